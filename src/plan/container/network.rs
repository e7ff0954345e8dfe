//! How a container is reached, and what it reaches.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::plan::service::PortRole;

/// How a container is reached, and what it reaches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Networking {
    pub networks: Networks,
    /// `80`, `53/udp`, `8000-8010`.
    pub exposed_ports: Vec<String>,
    pub hostname: Option<String>,
    /// Addresses by names; `None` is the host.
    pub hosts: BTreeMap<String, Option<IpAddr>>,
    pub dns: Dns,
}

/// The networks of a container.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Networks {
    /// That of podman.
    #[default]
    Usual,
    None,
    /// That of the host itself.
    Host,
    Joined(Vec<Attachment>),
}

/// A network, and what the container is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    pub name: String,
    pub aliases: Vec<String>,
    pub ip: Option<Ipv4Addr>,
    pub ip6: Option<Ipv6Addr>,
}

impl Attachment {
    /// Whether the container is in the network as podman puts it there unasked.
    pub fn is_plain(&self) -> bool {
        let Attachment { name: _, aliases, ip, ip6 } = self;
        aliases.is_empty() && ip.is_none() && ip6.is_none()
    }
}

/// How a container looks up names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dns {
    pub servers: Vec<IpAddr>,
    pub search: Vec<String>,
    pub options: Vec<String>,
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
