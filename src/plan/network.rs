//! A network of podman.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::address::Subnet;

/// A network of podman.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    pub driver: Option<String>,
    /// Those that say more come first, because podman counts gateways and ranges like subnets.
    pub subnets: Vec<AddressRange>,
    pub ipv6: bool,
    pub internal: bool,
    pub name_resolution: bool,
    pub dns: Vec<IpAddr>,
    pub ipam_driver: Option<String>,
    pub interface: Option<String>,
    pub options: BTreeMap<String, String>,
    pub labels: BTreeMap<String, String>,
    pub podman_args: Vec<String>,
}

/// A range of addresses of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct AddressRange {
    pub subnet: Subnet,
    /// The address of the host.
    pub gateway: Option<IpAddr>,
    /// The part from which containers get theirs.
    pub range: Option<Subnet>,
}
