//! Units as the files of each target.
//!
//! No service's files depend on those of another, so they are made on all processors;
//! the file set puts them in order.

use std::collections::BTreeSet;

use crate::expand::{Shared, upkeep};
use crate::fileset::FileSet;
use crate::plan::name::HostName;
use crate::plan::service::Service;
use crate::plan::text::Reference;
use crate::plan::{Form, PlainHost, Plan};
use crate::syntax;
use crate::unit::Unit;

mod nixos;
mod plain;
mod process_compose;

/// A kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// NixOS modules.
    Nixos,
    /// Unit files for hosts without Nix; containers are services that run podman.
    Systemd,
    /// Unit files for hosts without Nix; containers are Quadlets where the host's podman reads them.
    Quadlet,
    /// A file of process-compose, for containers and other places without systemd.
    ProcessCompose,
    /// A module of process-compose-flake.
    ProcessComposeFlake,
}

impl Target {
    /// The targets of hosts with systemd.
    pub const WITH_SYSTEMD: &[Target] = &[Target::Nixos, Target::Systemd, Target::Quadlet];

    /// The target of hosts whose process-compose is told what it runs in this form.
    pub fn of(form: Form) -> Target {
        match form {
            Form::File(_) => Target::ProcessCompose,
            Form::Flake => Target::ProcessComposeFlake,
        }
    }

    /// The directories, below the output directory, in which the files of the target lie.
    pub fn directories(self) -> &'static [&'static str] {
        match self {
            Target::Nixos => &["nixos"],
            Target::Systemd | Target::Quadlet => plain::DIRECTORIES,
            Target::ProcessCompose => &["process-compose"],
            Target::ProcessComposeFlake => &["process-compose-flake"],
        }
    }
}

/// The name of the units that repair a host.
pub const UPKEEP: &str = upkeep::NAME;

/// Returns the units that repair a host between two runs of `unitsmith apply`, by the names of their files.
///
/// `command` is what they run.
pub fn upkeep(header: &str, command: &[&str]) -> [(String, String); 2] {
    upkeep::units(command).map(|unit| {
        let fill = |_: &_| unreachable!("there are no references");
        (unit.file_name(), syntax::unit::file(header, &unit, &fill))
    })
}

/// How a host without Nix runs containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Containers {
    /// As Quadlets, where the host's podman reads them.
    Quadlets,
    /// As services that run podman or docker.
    Services,
}

/// A unit as a host gets it.
#[derive(Debug)]
pub struct Written {
    /// The file in which it is, below the directory of the host.
    pub path: String,
    pub unit: Unit,
}

/// A host that is asked for its units.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    Plain(&'a PlainHost, Containers),
    /// With a host, its service is another one than everywhere else, and has a module of its own.
    Nixos(Option<&'a HostName>),
}

impl Place<'_> {
    /// Returns the units of a service there; `plan` is that of the host.
    pub fn units(self, plan: &Plan, service: &Service) -> Vec<Written> {
        match self {
            Place::Plain(host, containers) => plain::units(plan, host, containers, service),
            Place::Nixos(own) => {
                let own = own.map(|it| format!("hosts/{it}/")).unwrap_or_default();
                let path = format!("nixos/{own}{}.nix", service.name);
                nixos::in_file(&path, nixos::units(plan, service))
            }
        }
    }

    /// Returns the units of something that services share.
    pub fn shared_units(self, plan: &Plan, shared: Shared) -> Vec<Written> {
        match self {
            Place::Plain(host, containers) => {
                shared.units.into_iter().map(|it| plain::written(host, containers, it)).collect()
            }
            Place::Nixos(_) => {
                nixos::in_file(&nixos::path_of(&shared), nixos::shared_units(plan, &shared))
            }
        }
    }

    /// Returns what a reference stands for there; a program of NixOS by its name alone.
    pub fn fill(self, plan: &Plan, reference: &Reference) -> String {
        match self {
            Place::Plain(host, _) => plain::fill(plan, host, reference),
            Place::Nixos(_) => nixos::fill(plan, reference),
        }
    }
}

/// Returns the files that the targets want.
pub fn emit(plan: &Plan, targets: &BTreeSet<Target>) -> FileSet {
    let mut files = Vec::new();
    let containers = if targets.contains(&Target::Quadlet) {
        Some(Containers::Quadlets)
    } else if targets.contains(&Target::Systemd) {
        Some(Containers::Services)
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
    for host in &plan.compose_hosts {
        if targets.contains(&Target::of(host.form)) {
            process_compose::emit(plan, host, &mut files);
        }
    }
    FileSet::new(files)
}
