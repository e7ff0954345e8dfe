//! Units as the files of each target.
//!
//! No service's files depend on those of another, so they are made on all processors;
//! the file set puts them in order.

use std::collections::BTreeSet;

use crate::fileset::FileSet;
use crate::plan::Plan;

mod nixos;
mod plain;

/// A kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// NixOS modules.
    Nixos,
    /// Unit files for hosts without Nix; containers are services that run podman.
    Systemd,
    /// Unit files for hosts without Nix; containers are Quadlets where the host's podman reads them.
    Quadlet,
}

impl Target {
    /// Every target.
    pub const ALL: &[Target] = &[Target::Nixos, Target::Systemd, Target::Quadlet];

    /// The directories, below the output directory, in which the files of the target lie.
    pub fn directories(self) -> &'static [&'static str] {
        match self {
            Target::Nixos => &["nixos"],
            Target::Systemd | Target::Quadlet => plain::DIRECTORIES,
        }
    }
}

/// Returns the files that the targets want.
pub fn emit(plan: &Plan, targets: &BTreeSet<Target>) -> FileSet {
    let mut files = Vec::new();
    let containers = if targets.contains(&Target::Quadlet) {
        Some(plain::Containers::Quadlets)
    } else if targets.contains(&Target::Systemd) {
        Some(plain::Containers::Services)
    } else {
        None
    };
    if let Some(containers) = containers {
        for host in &plan.plain_hosts {
            plain::emit(plan, host, containers, &mut files);
        }
    }
    if targets.contains(&Target::Nixos) {
        nixos::emit(plan, &mut files);
    }
    FileSet::new(files)
}
