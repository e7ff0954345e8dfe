//! One service, on every host that runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::activation::Activation;
use super::container::Container;
use super::container::network::{HostPort, Networks, Protocol};
use super::dependency::{Dependency, Dependents};
use super::expose::Expose;
use super::limits::Limits;
use super::name::{FlakeService, GroupName, ServiceName, VariableName};
use super::probe::{Liveness, Readiness};
use super::process::Process;
use super::provision::Provision;
use super::raw::Raw;
use super::restart::{Restart, Stop};
use super::text::{PortReference, Text};

/// One service, on every host that runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub name: ServiceName,
    pub gaps: Gaps,
    pub description: Option<String>,
    /// Where more is to be read, as URIs.
    pub documentation: Vec<String>,
    /// The address under which its own host reaches the service, without the port.
    pub address: IpAddr,
    /// The port that users see.
    pub port: Option<Port>,
    /// The private port behind a proxy.
    pub backend_port: Option<Port>,
    /// The groups with which the service is started and stopped.
    pub groups: BTreeSet<GroupName>,
    pub workload: Workload,
    /// What of services-flake takes the place of the workload under process-compose-flake.
    pub flake_service: Option<FlakeService>,
    /// What is passed on to systemd as it stands.
    pub systemd: Vec<Raw>,
    pub activation: Activation,
    pub environment: BTreeMap<VariableName, Text>,
    pub provision: Provision,
    /// Services that are started before this one.
    pub depends_on: BTreeMap<ServiceName, Dependency>,
    pub dependents: Dependents,
    pub readiness: Option<Readiness>,
    pub liveness: Option<Liveness>,
    /// The service with which this one starts, runs and stops.
    pub companion_of: Option<ServiceName>,
    pub restart: Restart,
    pub stop: Stop,
    pub limits: Limits,
    pub expose: Expose,
}

/// What happens where a host cannot do all that a service says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// It is a problem.
    Refused,
    /// The service goes without.
    Accepted,
}

/// A port and why it is that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    pub number: u16,
    pub origin: PortOrigin,
}

/// Where the number of a port comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortOrigin {
    /// The manifest says it.
    Pinned,
    /// The first candidate of the key's digest.
    Hashed,
    /// A later candidate, because an earlier one was taken or impossible, or the lock file said so.
    Moved,
}

/// What a service runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Workload {
    Process(Box<Process>),
    Container(Box<Container>),
    /// Nothing that the manifest knows: a service of services-flake, and only hosts that have it run it.
    Flake,
}

impl Service {
    /// A reference to a port of the service.
    pub fn port_reference(&self, role: PortRole) -> PortReference {
        PortReference { service: self.name.clone(), role }
    }

    /// The ports of the host that the service publishes beside its own.
    pub fn fixed_ports(&self) -> impl Iterator<Item = u16> {
        let ports = match &self.workload {
            Workload::Process(_) | Workload::Flake => &[],
            Workload::Container(container) => container.ports.as_slice(),
        };
        ports.iter().filter_map(|port| match port.host {
            HostPort::Fixed(number) => Some(number),
            HostPort::Own(_) => None,
        })
    }

    /// Whether the host reaches a port of the service over TCP.
    pub fn is_reached_at(&self, role: PortRole) -> bool {
        match &self.workload {
            Workload::Process(_) | Workload::Flake => true,
            Workload::Container(container) => {
                let own = (HostPort::Own(role), Protocol::Tcp);
                container.networking.networks == Networks::Host
                    || container.ports.iter().any(|it| (it.host, it.protocol) == own)
            }
        }
    }

    /// The ports of the service with the role that each has.
    pub fn ports(&self) -> impl Iterator<Item = (PortRole, Port)> {
        let public = self.port.map(|port| (PortRole::Public, port));
        let backend = self.backend_port.map(|port| (PortRole::Backend, port));
        public.into_iter().chain(backend)
    }
}

/// Which of its ports a service means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRole {
    /// The one users see.
    Public,
    /// The private one behind a proxy.
    Backend,
}
