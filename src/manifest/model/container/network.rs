//! How a container is reached, and what it reaches.

use schemars::JsonSchema;
use serde::Deserialize;

/// A network of a container.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Network {
    #[serde(rename = "a string")]
    Name(String),
    #[serde(rename = "a table")]
    Attachment(Attachment),
}

/// A network, and what the container is in it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Attachment {
    /// The network's name.
    pub name: String,
    /// Whether somebody else makes the network.
    #[serde(default)]
    pub external: bool,
    /// Further names of the container in the network.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The IPv4 address of the container in the network.
    pub ip: Option<String>,
    /// The IPv6 address of the container in the network.
    pub ip6: Option<String>,
}

/// A port of a container that the host answers on.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PublishedPort {
    /// The port inside the container.
    pub container: i64,
    /// The port of the host; the service's own port when absent.
    pub host: Option<i64>,
    /// The address of the host; loopback when absent.
    pub address: Option<String>,
    pub protocol: Option<Protocol>,
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Protocol {
    Tcp,
    Udp,
}

/// How a container looks up names.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Dns {
    /// Addresses of name servers.
    pub servers: Vec<String>,
    /// Domains in which short names are looked up.
    pub search: Vec<String>,
    /// Options of resolv.conf(5), `ndots:1`.
    pub options: Vec<String>,
}
