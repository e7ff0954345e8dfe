//! The manifest as it is written: the mirror of the user's file.
//!
//! Invariant: serde types live here and nowhere else, and mean nothing yet; `resolve` gives them meaning.
//! Texts are as typed, `${references}` and all.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A whole manifest.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Manifest {
    pub nixos: Nixos,
    pub hosts: BTreeMap<String, Host>,
    pub services: BTreeMap<String, Service>,
}

/// How the NixOS modules are written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Nixos {
    /// Where the options of a service live: `services` for `services.NAME`.
    pub prefix: Option<String>,
    pub ports: Option<PortSource>,
}

/// Where a module takes its ports from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PortSource {
    /// Written into the module.
    #[serde(rename = "literal")]
    Literal,
    /// Read from `config.networking.ports.NAME.port`.
    #[serde(rename = "networking.ports")]
    NetworkingPorts,
}

/// A machine and what it can do.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Host {
    /// The NixOS release, `25.11`; a host without it has plain unit files.
    pub nixos: Option<String>,
    /// The version of systemd, `257`.
    pub systemd: Option<i64>,
    /// The version of podman, `5.4`.
    pub podman: Option<String>,
}

/// One service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Service {
    pub description: Option<String>,
    /// The hosts that run it; all when absent.
    pub hosts: Option<Vec<String>>,
    /// Codes of problems that are accepted for this service.
    pub allow: Vec<String>,
    pub exec: Option<Exec>,
    pub container: Option<Container>,
    pub port: Option<i64>,
    pub backend_port: Option<i64>,
    pub environment: BTreeMap<String, String>,
    pub environment_files: Vec<String>,
    pub user: Option<String>,
    pub group: Option<String>,
    pub activation: Option<Activation>,
    pub depends_on: BTreeMap<String, Condition>,
    pub restart: Option<Restart>,
    pub limits: Limits,
    pub expose: Expose,
}

/// A process of the host.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Exec {
    pub command: Vec<Word>,
    pub working_directory: Option<String>,
}

/// One word of a command.
///
/// Its variants are named after shapes, which `decode` takes as: whatever has that shape.
/// An untagged enum would swallow the problems inside of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub enum Word {
    #[serde(rename = "a string")]
    Text(String),
    #[serde(rename = "a table")]
    Program(Program),
}

/// A program that each kind of host has in another place.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Program {
    /// The attribute of `pkgs` on NixOS.
    pub package: String,
    /// The name of the program in the package; the package's name when absent.
    pub bin: Option<String>,
    /// Where the program is on other hosts; `/usr/bin/BIN` when absent.
    pub path: Option<String>,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Container {
    pub image: String,
    pub pull: Option<Pull>,
    /// Arguments after the image.
    #[serde(default)]
    pub command: Vec<String>,
    #[serde(default)]
    pub ports: Vec<PublishedPort>,
    #[serde(default)]
    pub volumes: Vec<Volume>,
    #[serde(default)]
    pub capabilities: Capabilities,
    /// The most memory it may use, `128M`.
    pub memory: Option<String>,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pull {
    Always,
    Missing,
    Never,
    Newer,
}

/// A port of a container that the host answers on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PublishedPort {
    /// The port inside the container.
    pub container: i64,
    /// The port of the host; the service's own port when absent.
    pub host: Option<i64>,
    /// The address of the host; loopback when absent.
    pub address: Option<String>,
    pub protocol: Option<Protocol>,
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Protocol {
    Tcp,
    Udp,
}

/// A directory or named volume inside a container.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Volume {
    /// A path of the host or the name of a volume.
    pub source: String,
    /// Where the container sees it.
    pub target: String,
    #[serde(default)]
    pub read_only: bool,
}

/// The capabilities of a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Capabilities {
    pub add: Vec<String>,
    pub drop: Vec<String>,
}

/// How a service is reached and when it runs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Activation {
    pub on: On,
    pub handoff: Option<Handoff>,
    /// The address that is listened on; loopback when absent.
    pub address: Option<String>,
    pub idle_timeout: Option<String>,
    pub start_timeout: Option<String>,
}

/// What starts a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum On {
    Boot,
    Socket,
    Manual,
}

/// How a connection reaches a service that is started by its socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Handoff {
    Fd,
    Proxy,
}

/// What a service waits for before it starts after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Condition {
    Started,
}

/// When a service is started again.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Restart {
    pub policy: Option<RestartPolicy>,
    pub delay: Option<String>,
}

/// The ends after which a service is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestartPolicy {
    No,
    OnSuccess,
    OnFailure,
    OnAbnormal,
    OnAbort,
    Always,
}

/// What a service may use.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Limits {
    /// How many files it may have open.
    pub open_files: Option<i64>,
}

/// Where a service is shown beyond its host.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Expose {
    pub ts_proxy: Option<TsProxy>,
}

/// A name in a Tailscale network, by ts-proxy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TsProxy {
    pub tls: bool,
}
