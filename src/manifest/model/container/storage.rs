//! What a container sees of the host's files and devices.

use schemars::JsonSchema;
use serde::Deserialize;

/// A directory or named volume inside a container.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Volume {
    /// A path of the host or the name of a volume.
    pub source: String,
    /// Where the container sees it.
    pub target: String,
    /// Whether the container may only read it.
    #[serde(default)]
    pub read_only: bool,
    pub relabel: Option<Relabel>,
    /// Whether its files are given to the account that runs the program.
    #[serde(default)]
    pub chown: bool,
    /// Whether its files keep their owners in the accounts of the container.
    #[serde(default)]
    pub idmap: bool,
    pub propagation: Option<Propagation>,
    /// Whether a new volume stays empty where the image has files.
    #[serde(default)]
    pub no_copy: bool,
    /// Whether no program in it can be run.
    #[serde(default)]
    pub no_exec: bool,
    /// Whether no file of it is a device.
    #[serde(default)]
    pub no_dev: bool,
    /// Whether no program of it runs with the rights of its owner.
    #[serde(default)]
    pub no_suid: bool,
    /// Whether what is written to it is forgotten when the container ends.
    #[serde(default)]
    pub overlay: bool,
}

/// For whom SELinux labels the files of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Relabel {
    /// All containers.
    Shared,
    /// This container alone.
    Private,
}

/// Which mounts inside a mount are seen on the other side; none when absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Propagation {
    Private,
    Rprivate,
    Shared,
    Rshared,
    Slave,
    Rslave,
}

/// A mount of a kind that `volumes` does not have.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Mount {
    /// What is mounted.
    #[serde(rename = "type")]
    pub kind: MountKind,
    /// A path of the host, a volume, an image, or a pattern of paths.
    pub source: Option<String>,
    /// Where the container sees it.
    pub target: String,
    /// Whether the container may only read it; it may write all but an image when absent.
    pub read_only: Option<bool>,
    /// The directory of the volume or image that is mounted, in place of all of it.
    pub subpath: Option<String>,
    /// The most that it may hold, `64M`, of a `tmpfs`.
    pub size: Option<String>,
    /// The permissions of the directory, `1777`, of a `tmpfs` or `devpts`.
    pub mode: Option<String>,
    pub relabel: Option<Relabel>,
    /// Whether its files are given to the account that runs the program.
    #[serde(default)]
    pub chown: bool,
    pub propagation: Option<Propagation>,
}

/// A kind of mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MountKind {
    Bind,
    Volume,
    Image,
    Tmpfs,
    Ramfs,
    Devpts,
    Glob,
}

/// A directory in memory.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Tmpfs {
    #[serde(rename = "a string")]
    Target(String),
    #[serde(rename = "a table")]
    Sized(SizedTmpfs),
}

/// A directory in memory, and what it may hold.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SizedTmpfs {
    /// Where the container sees it.
    pub target: String,
    /// The most that it may hold, `64M`.
    pub size: Option<String>,
    /// Its permissions, `1777`.
    pub mode: Option<String>,
    /// Whether programs in it can be run.
    #[serde(default)]
    pub exec: bool,
}

/// A device that a container may use.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Device {
    #[serde(rename = "a string")]
    Name(String),
    #[serde(rename = "a table")]
    Mapped(MappedDevice),
}

/// A device that the container sees elsewhere or may not use in every way.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MappedDevice {
    /// The device of the host.
    pub host: String,
    /// Where the container sees it; at the same place when absent.
    pub container: Option<String>,
    /// What it may do, some of `r`, `w` and `m`; all when absent.
    pub permissions: Option<String>,
}
