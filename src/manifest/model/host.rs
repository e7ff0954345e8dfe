//! Hosts as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

/// How the NixOS modules are written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Nixos {
    /// Where the options of a service live: `services` for `services.NAME`.
    pub prefix: Option<String>,
    pub ports: Option<PortSource>,
    /// What runs the containers of every NixOS host.
    pub containers: Option<Engine>,
}

/// A program that runs containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Engine {
    Podman,
    Docker,
}

/// Where a module takes its ports from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PortSource {
    /// Written into the module.
    #[serde(rename = "literal")]
    Literal,
    /// Read from `config.networking.ports.NAME.port`.
    #[serde(rename = "networking.ports")]
    NetworkingPorts,
}

/// A machine and what it can do.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Host {
    /// The NixOS release, `25.11`; a host without it has plain unit files.
    pub nixos: Option<String>,
    /// The version of systemd, `257`.
    pub systemd: Option<i64>,
    /// The version of podman, `5.4`.
    pub podman: Option<String>,
    /// The version of docker, `28.2`, where it runs the containers and not podman.
    pub docker: Option<String>,
    /// The version of process-compose, `1.87`; there is no systemd on that host.
    pub process_compose: Option<String>,
    /// Whether process-compose-flake makes what process-compose runs; there is no systemd on that host.
    pub process_compose_flake: bool,
    /// The account that runs the services, by its own systemd manager and rootless podman; the system does when absent.
    pub user: Option<String>,
}
