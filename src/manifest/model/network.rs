//! A network of podman as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A network that containers join.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Network {
    /// What carries the network: `bridge` unless said otherwise, `macvlan` or `ipvlan`.
    pub driver: Option<String>,
    /// The ranges of addresses that the network has; podman chooses one when absent.
    pub subnets: Vec<Subnet>,
    /// Whether containers get addresses of IPv6, too.
    pub ipv6: bool,
    /// Whether containers reach each other only, and nothing beyond the network.
    pub internal: bool,
    /// Whether containers find each other by name, as they do unless it is off.
    pub name_resolution: Option<bool>,
    /// The addresses of DNS servers that the containers of the network ask.
    pub dns: Vec<String>,
    /// Who gives out addresses: `host-local`, `dhcp` or `none`.
    pub ipam_driver: Option<String>,
    /// What the network's interface on the host is called.
    pub interface: Option<String>,
    /// Options of the driver, like `mtu = "9000"`.
    pub options: BTreeMap<String, String>,
    /// Labels that tools find the network by.
    pub labels: BTreeMap<String, String>,
    /// Further arguments of `podman network create`.
    pub podman_args: Vec<String>,
}

/// A range of addresses of a network.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Subnet {
    /// The range, `10.5.0.0/24`.
    pub subnet: String,
    /// The address of the host in it; the first one when absent.
    pub gateway: Option<String>,
    /// The part of it from which containers get their addresses, `10.5.0.128/25`; all of it when absent.
    pub range: Option<String>,
}
