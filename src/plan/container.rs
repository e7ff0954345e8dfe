//! A container.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::name::CapabilityName;
use super::object::ObjectReference;
use super::service::PortRole;
use super::text::{Text, Word};

/// A container.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    pub image: String,
    pub pull: Pull,
    pub command: Vec<Word>,
    pub ports: Vec<PublishedPort>,
    pub volumes: Vec<Volume>,
    /// The networks that it joins; podman's usual one when there are none.
    pub networks: Vec<String>,
    /// The objects of the manifest that must be there first.
    pub objects: BTreeSet<ObjectReference>,
    pub add_capabilities: BTreeSet<CapabilityName>,
    pub drop_capabilities: BTreeSet<CapabilityName>,
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
    /// A path of the host, a directory of the service, or the name of a volume.
    pub source: Text,
    pub target: String,
    pub access: Access,
}

/// What a container may do with a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    ReadOnly,
    ReadWrite,
}
