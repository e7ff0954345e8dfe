//! The resolved manifest: what the user meant.
//!
//! Invariant: holds meaning, never a directive, and knows no other module.
//! Every target is printed from here through units (`expand`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use self::name::{CapabilityName, HostName, ServiceName, UserName, VariableName};
use self::quantity::{Duration, Size};
use self::text::{PortReference, Text, Word};
use self::version::Version;

pub mod name;
pub mod quantity;
pub mod text;
pub mod version;

/// A manifest without problems.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The file name of the manifest, which the first line of every generated file names.
    pub manifest: String,
    pub nixos: Nixos,
    pub plain_hosts: Vec<PlainHost>,
    pub services: BTreeMap<ServiceName, Service>,
}

/// The NixOS modules that are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Nixos {
    /// The attribute path below which the options of a service live.
    pub prefix: Vec<String>,
    pub ports: PortSource,
    /// The version of systemd that every NixOS host has at least.
    pub systemd: u16,
    /// The services that get a module.
    pub services: BTreeSet<ServiceName>,
    /// What each declared NixOS host runs.
    pub hosts: BTreeMap<HostName, BTreeSet<ServiceName>>,
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
    pub podman: Version,
    pub services: BTreeSet<ServiceName>,
}

/// One service, on every host that runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub name: ServiceName,
    pub description: Option<String>,
    /// The address under which its own host reaches the service, without the port.
    pub address: IpAddr,
    /// The port that users see.
    pub port: Option<Port>,
    /// The private port behind a proxy.
    pub backend_port: Option<Port>,
    pub workload: Workload,
    pub activation: Activation,
    pub environment: BTreeMap<VariableName, Text>,
    pub environment_files: Vec<String>,
    /// Services that are started before this one.
    pub depends_on: BTreeSet<ServiceName>,
    pub restart: Restart,
    /// How many files the service may have open.
    pub open_files: Option<u64>,
    pub ts_proxy: Option<TsProxy>,
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
    Process(Process),
    Container(Container),
}

/// A process of the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub command: Vec<Word>,
    pub working_directory: Option<String>,
    pub user: Option<UserName>,
    pub group: Option<UserName>,
}

/// A container.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    pub image: String,
    pub pull: Pull,
    pub command: Vec<Word>,
    pub ports: Vec<PublishedPort>,
    pub volumes: Vec<Volume>,
    pub add_capabilities: BTreeSet<CapabilityName>,
    pub drop_capabilities: BTreeSet<CapabilityName>,
    pub memory: Option<Size>,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    Always,
    Missing,
    Never,
    Newer,
}

impl Pull {
    /// The policy as podman, Quadlet and NixOS all spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Pull::Always => "always",
            Pull::Missing => "missing",
            Pull::Never => "never",
            Pull::Newer => "newer",
        }
    }
}

/// A port of a container that the host answers on.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedPort {
    pub address: IpAddr,
    pub host: HostPort,
    pub container: u16,
    pub protocol: Protocol,
}

/// The port of the host under which a port of a container is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostPort {
    Fixed(u16),
    /// A port of the service.
    Own(PortRole),
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    Tcp,
    Udp,
}

/// A directory of the host, or a named volume, inside a container.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    pub source: String,
    pub target: String,
    pub access: Access,
}

/// What a container may do with a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    ReadOnly,
    ReadWrite,
}

/// How a service is reached and when it runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Activation {
    /// Always, from boot on.
    Boot,
    /// When started by hand or by another service.
    Manual,
    /// From the first connection on.
    Socket(Listener),
}

impl Activation {
    /// How connections reach the service, for one that is started by its socket.
    pub fn handoff(&self) -> Option<&Handoff> {
        match self {
            Activation::Socket(listener) => Some(&listener.handoff),
            Activation::Boot | Activation::Manual => None,
        }
    }

    /// Whether a proxy stands between the service and its users.
    pub fn is_proxied(&self) -> bool {
        matches!(self.handoff(), Some(Handoff::Proxy(_)))
    }
}

/// The socket of a service that sleeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    pub address: IpAddr,
    pub handoff: Handoff,
}

/// How a connection reaches the service behind a socket.
#[derive(Debug, Clone, PartialEq)]
pub enum Handoff {
    /// The service takes the listening socket itself (`LISTEN_FDS`).
    Fd,
    /// A proxy forwards to the backend port.
    Proxy(Proxy),
}

/// The proxy in front of a service that binds its own port.
#[derive(Debug, Clone, PartialEq)]
pub struct Proxy {
    /// After how long without a connection the service stops.
    pub idle_timeout: Duration,
    /// How long the service may take until it answers; when `None`, systemd's own limit for a process
    /// and five minutes for a container, which may have to be pulled first.
    pub start_timeout: Option<Duration>,
}

/// When a service is started again.
#[derive(Debug, Clone, PartialEq)]
pub struct Restart {
    pub policy: RestartPolicy,
    /// The pause before it; what suits the activation when `None`.
    pub delay: Option<Duration>,
}

/// The ends after which a service is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestartPolicy {
    No,
    OnSuccess,
    OnFailure,
    OnAbnormal,
    OnAbort,
    Always,
}

impl RestartPolicy {
    /// Every policy that both systemd and the NixOS option type accept
    /// (nixpkgs nixos/lib/systemd-lib.nix refuses `on-watchdog`).
    pub const ALL: &[RestartPolicy] = &[
        RestartPolicy::No,
        RestartPolicy::OnSuccess,
        RestartPolicy::OnFailure,
        RestartPolicy::OnAbnormal,
        RestartPolicy::OnAbort,
        RestartPolicy::Always,
    ];

    /// The policy as systemd spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            RestartPolicy::No => "no",
            RestartPolicy::OnSuccess => "on-success",
            RestartPolicy::OnFailure => "on-failure",
            RestartPolicy::OnAbnormal => "on-abnormal",
            RestartPolicy::OnAbort => "on-abort",
            RestartPolicy::Always => "always",
        }
    }
}

/// A name in a Tailscale network, by ts-proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TsProxy {
    pub tls: Tls,
}

/// Whether an exposed name answers with TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    On,
    Off,
}

impl Service {
    /// A reference to a port of the service.
    pub fn port_reference(&self, role: PortRole) -> PortReference {
        PortReference { service: self.name.clone(), role }
    }

    /// The ports of the host that the service publishes beside its own.
    pub fn fixed_ports(&self) -> impl Iterator<Item = u16> {
        let ports = match &self.workload {
            Workload::Process(_) => &[],
            Workload::Container(container) => container.ports.as_slice(),
        };
        ports.iter().filter_map(|port| match port.host {
            HostPort::Fixed(number) => Some(number),
            HostPort::Own(_) => None,
        })
    }

    /// The ports of the service with the role that each has.
    pub fn ports(&self) -> impl Iterator<Item = (PortRole, Port)> {
        let public = self.port.map(|port| (PortRole::Public, port));
        let backend = self.backend_port.map(|port| (PortRole::Backend, port));
        public.into_iter().chain(backend)
    }
}

/// Where services listen unless the manifest says otherwise.
pub const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// Returns the address to connect to where somebody listens on `address`.
///
/// A wildcard address is listened on but not connected to, so loopback stands for it.
pub fn connectable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) if address.is_unspecified() => LOOPBACK,
        IpAddr::V6(address) if address.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        IpAddr::V4(_) | IpAddr::V6(_) => address,
    }
}

/// Whether a podman of that version reads Quadlet files (podman-systemd.unit(5), since 4.4).
pub fn has_quadlet(podman: Version) -> bool {
    podman >= Version::new(4, 4, 0)
}

/// Which of its ports a service means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRole {
    /// The one users see.
    Public,
    /// The private one behind a proxy.
    Backend,
}

/// The address with the brackets that IPv6 needs beside a port.
pub fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}
