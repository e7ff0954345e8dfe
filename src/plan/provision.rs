//! What a service finds where it runs: files, secrets, directories and what it cannot be without.

use std::collections::{BTreeMap, BTreeSet};

use super::name::{SecretName, VariableName};
use super::quantity::Mode;

/// What a service finds where it runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Provision {
    pub environment_files: Vec<EnvironmentFile>,
    /// Variables without which the service must not start.
    pub required_environment: BTreeSet<VariableName>,
    pub secrets: BTreeMap<SecretName, Secret>,
    pub directories: Directories,
    pub required_paths: Vec<RequiredPath>,
    /// Paths whose file systems are mounted first.
    pub mounts: Vec<String>,
}

/// A file of variables.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentFile {
    pub path: String,
    pub presence: Presence,
}

/// Whether something must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Required,
    /// Only of processes: podman wants every file.
    Optional,
}

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Secret {
    /// A file of the host.
    File(String),
    /// A file that `systemd-creds encrypt` wrote.
    Encrypted(String),
    /// A secret that podman keeps already; only of containers.
    Podman(SecretName),
}

/// Directories of the service's own, each by its path below the one of its kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Directories {
    pub names: BTreeMap<DirectoryKind, String>,
    pub mode: Option<Mode>,
}

/// What a directory is for (systemd.exec(5), `RuntimeDirectory=`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DirectoryKind {
    State,
    Cache,
    Logs,
    Runtime,
}

impl DirectoryKind {
    /// Every kind.
    pub const ALL: &[DirectoryKind] =
        &[DirectoryKind::State, DirectoryKind::Cache, DirectoryKind::Logs, DirectoryKind::Runtime];

    /// The directory of all directories of the kind, for services of the system.
    pub fn parent(self) -> &'static str {
        match self {
            DirectoryKind::State => "/var/lib",
            DirectoryKind::Cache => "/var/cache",
            DirectoryKind::Logs => "/var/log",
            DirectoryKind::Runtime => "/run",
        }
    }
}

/// A file or directory that must be there.
#[derive(Debug, Clone, PartialEq)]
pub struct RequiredPath {
    pub path: String,
    /// What makes it.
    pub hint: Option<String>,
}
