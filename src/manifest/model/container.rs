//! A container as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use self::health::Health;
use self::image::{AutoUpdate, Login, Pull, Retry};
use self::network::{Dns, Network, PublishedPort};
use self::run::{Log, Notify, Reload, Ulimit};
use self::security::{Capabilities, Security};
use self::storage::{Device, Mount, Tmpfs, Volume};

pub mod health;
pub mod image;
pub mod network;
pub mod run;
pub mod security;
pub mod storage;

/// A container.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Container {
    /// The image that is run, or `NAME.image` or `NAME.build` of the manifest.
    pub image: String,
    pub pull: Option<Pull>,
    #[serde(default)]
    pub retry: Retry,
    pub auto_update: Option<AutoUpdate>,
    pub login: Option<Login>,
    /// The program and its first arguments, in place of those of the image.
    #[serde(default)]
    pub entrypoint: Vec<String>,
    /// Arguments after the image.
    #[serde(default)]
    pub command: Vec<String>,
    /// The directory inside the container in which the program starts.
    pub working_directory: Option<String>,
    /// The account inside the container that runs the program, a name or a number.
    pub user: Option<String>,
    /// The group inside the container in which the program runs.
    pub group: Option<String>,
    /// Further groups of the program; `keep-groups` keeps those of the account that runs podman.
    #[serde(default)]
    pub supplementary_groups: Vec<String>,
    /// Whether the container sees the variables of podman itself.
    #[serde(default)]
    pub environment_host: bool,
    /// Whether the container sees the proxy variables of the host; it does when absent.
    pub http_proxy: Option<bool>,
    /// The time zone inside the container, `Europe/Berlin` or `local` for that of the host.
    pub timezone: Option<String>,
    /// Whether a small init runs as the first process and reaps those left behind.
    #[serde(default)]
    pub init: bool,
    pub notify: Option<Notify>,
    pub reload: Option<Reload>,
    /// The pod of the manifest whose network and names the container shares.
    pub pod: Option<String>,
    /// The networks that it joins: those of the manifest, `none`, `host` or `bridge`; podman's usual one when absent.
    #[serde(default)]
    pub networks: Vec<Network>,
    /// Ports that the host answers on.
    ///
    /// One on an address that is not loopback is reached past the firewall of the host.
    #[serde(default)]
    pub ports: Vec<PublishedPort>,
    /// Ports that other containers may expect, `8080`, `53/udp` or `8000-8010`; none is published.
    #[serde(default)]
    pub exposed_ports: Vec<String>,
    /// The name of the host as the container sees it.
    pub hostname: Option<String>,
    /// Addresses by the names under which the container finds them; `host-gateway` is the host.
    #[serde(default)]
    pub hosts: BTreeMap<String, String>,
    #[serde(default)]
    pub dns: Dns,
    #[serde(default)]
    pub volumes: Vec<Volume>,
    #[serde(default)]
    pub mounts: Vec<Mount>,
    /// Directories of the container that are kept in memory.
    #[serde(default)]
    pub tmpfs: Vec<Tmpfs>,
    /// Devices of the host, `/dev/dri`, or of a vendor, `nvidia.com/gpu=all`.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// Whether the container cannot write its own files.
    #[serde(default)]
    pub read_only: bool,
    /// Whether `/run`, `/tmp` and `/var/tmp` of a read-only container can be written all the same; they can when absent.
    pub read_only_tmpfs: Option<bool>,
    /// The size of `/dev/shm`, `256M`.
    pub shm_size: Option<String>,
    #[serde(default)]
    pub capabilities: Capabilities,
    /// Whether the container is hardly separated from the host.
    #[serde(default)]
    pub privileged: bool,
    /// Whether no program of the container can gain privileges.
    #[serde(default)]
    pub no_new_privileges: bool,
    #[serde(default)]
    pub security: Security,
    /// The accounts of the container, `auto`, `keep-id`, `nomap`, `host` or `keep-id:uid=200,gid=210`.
    pub user_namespace: Option<String>,
    /// Ranges of accounts, `INSIDE:OUTSIDE:COUNT`.
    #[serde(default)]
    pub uid_map: Vec<String>,
    /// Ranges of groups, `INSIDE:OUTSIDE:COUNT`.
    #[serde(default)]
    pub gid_map: Vec<String>,
    /// The name in `/etc/subuid` whose accounts are the container's.
    pub sub_uid_map: Option<String>,
    /// The name in `/etc/subgid` whose groups are the container's.
    pub sub_gid_map: Option<String>,
    /// The most processes it may have, as podman counts them; -1 for any number.
    pub pids_limit: Option<i64>,
    /// Limits of each process by their names, `nofile` or `memlock`.
    #[serde(default)]
    pub ulimits: BTreeMap<String, Ulimit>,
    /// Settings of the kernel for the container alone.
    #[serde(default)]
    pub sysctls: BTreeMap<String, String>,
    /// Labels of the container, which other programs read.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the container, which its runtime reads.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    #[serde(default)]
    pub log: Log,
    #[serde(default)]
    pub health: Health,
    /// Further arguments of `podman run`, each as it is, after all others.
    #[serde(default)]
    pub podman_args: Vec<String>,
}
