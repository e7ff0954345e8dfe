//! The resolved manifest: what the user meant.
//!
//! Invariant: holds meaning, never a directive, and knows no other module.
//! Every target is printed from here through units (`expand`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use self::group::Group;
use self::name::{GroupName, HostName, ServiceName, UserName};
use self::object::Objects;
use self::service::{PortRole, Service};
use self::text::PortReference;
use self::version::Version;

pub mod activation;
pub mod address;
pub mod build;
pub mod calendar;
pub mod container;
pub mod dependency;
pub mod expose;
pub mod group;
pub mod hardening;
pub mod image;
pub mod limits;
pub mod name;
pub mod network;
pub mod object;
pub mod pod;
pub mod probe;
pub mod process;
pub mod provision;
pub mod quantity;
pub mod raw;
pub mod restart;
pub mod schedule;
pub mod service;
pub mod text;
pub mod version;
pub mod volume;

/// A manifest without problems.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The file name of the manifest, which the first line of every generated file names.
    pub manifest: String,
    pub nixos: Nixos,
    pub plain_hosts: Vec<PlainHost>,
    pub compose_hosts: Vec<ComposeHost>,
    pub groups: BTreeMap<GroupName, Group>,
    /// The programs through which services are shown.
    pub shown_by: expose::Programs,
    pub services: BTreeMap<ServiceName, Service>,
    /// Services as single hosts run them, in place of those above.
    pub variants: BTreeMap<HostName, BTreeMap<ServiceName, Service>>,
    pub objects: Objects,
}

impl Plan {
    /// Returns the plan as a host sees it: with what services are on that host.
    pub fn on(&self, host: &HostName) -> Cow<'_, Plan> {
        if self.variants.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut plan = self.clone();
        plan.services.extend(plan.variants.remove(host).unwrap_or_default());
        plan.variants.clear();
        Cow::Owned(plan)
    }

    /// The number of a port.
    ///
    /// # Panics
    ///
    /// When the service has none: `resolve` refuses such references.
    pub fn number(&self, port: &PortReference) -> u16 {
        let service = &self.services[&port.service];
        let port = match port.role {
            PortRole::Public => service.port,
            PortRole::Backend => service.backend_port,
        };
        port.expect("`resolve` refuses references to ports that do not exist").number
    }

    /// Adds a host of process-compose that runs every service.
    pub fn imply_process_compose(&mut self, form: Form) {
        let services = self.services.keys().cloned().collect();
        let entrypoint = Entrypoint::None;
        self.compose_hosts.push(ComposeHost { name: None, form, entrypoint, services });
    }

    /// Every service in every form that it has on some host.
    pub fn forms(&self) -> impl Iterator<Item = &Service> {
        let variants = self.variants.values().flat_map(BTreeMap::values);
        self.services.values().chain(variants)
    }
}

/// The NixOS modules that are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Nixos {
    /// The attribute path below which the options of a service live.
    pub prefix: Vec<String>,
    pub ports: PortSource,
    /// What runs the containers.
    pub containers: NixosContainers,
    /// The version of systemd that every NixOS host has at least.
    pub systemd: u16,
    /// The services that get a module.
    pub services: BTreeSet<ServiceName>,
    /// The declared NixOS hosts.
    pub hosts: BTreeMap<HostName, NixosHost>,
}

/// The backend of oci-containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NixosContainers {
    Podman,
    Docker,
}

/// What runs the containers of a host without Nix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Podman(Version),
    Docker(Version),
}

/// A host with NixOS.
#[derive(Debug, Clone, PartialEq)]
pub struct NixosHost {
    /// The account that runs the services; root does when `None`.
    pub user: Option<UserName>,
    pub services: BTreeSet<ServiceName>,
}

impl Nixos {
    /// The accounts by which hosts let a service be run.
    pub fn users<'a>(&'a self, service: &'a ServiceName) -> impl Iterator<Item = &'a UserName> {
        let running = self.hosts.values().filter(|it| it.services.contains(service));
        running.filter_map(|it| it.user.as_ref())
    }
}

/// Where a NixOS module takes its ports from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortSource {
    /// The number is the default of the option.
    Literal,
    /// The default of the option is `config.networking.ports.KEY.port`.
    NetworkingPorts,
}

/// A host with plain unit files.
#[derive(Debug, Clone, PartialEq)]
pub struct PlainHost {
    /// `None` is the host that a manifest without hosts means.
    pub name: Option<HostName>,
    pub systemd: u16,
    pub engine: Engine,
    /// The account whose own systemd manager runs the services; the system's manager does when `None`.
    pub user: Option<UserName>,
    pub services: BTreeSet<ServiceName>,
}

/// A container, or another place without systemd, where process-compose runs the services.
#[derive(Debug, Clone, PartialEq)]
pub struct ComposeHost {
    /// `None` is the host that a manifest means which names none.
    pub name: Option<HostName>,
    pub form: Form,
    pub entrypoint: Entrypoint,
    pub services: BTreeSet<ServiceName>,
}

/// How process-compose is told what it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// By a file that a process-compose of this version reads.
    File(Version),
    /// By a module of process-compose-flake.
    Flake,
}

/// What a container begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrypoint {
    /// A script beside the file of process-compose.
    Script,
    /// Somebody else's.
    None,
}

impl Form {
    /// The oldest version whose keys are known here: `tests/process-compose` asks it.
    pub const OLDEST: Version = Version::new(1, 87, 0);

    /// A file for that version.
    pub const FILE: Form = Form::File(Form::OLDEST);

    /// Each form once, whatever the version.
    pub const ALL: [Form; 2] = [Form::FILE, Form::Flake];

    /// Whether both are files, or both modules.
    pub fn is_like(self, other: Form) -> bool {
        (self == Form::Flake) == (other == Form::Flake)
    }
}

/// Whether a podman of that version reads Quadlet files (podman-systemd.unit(5), since 4.4).
pub fn has_quadlet(podman: Version) -> bool {
    podman >= Version::new(4, 4, 0)
}
