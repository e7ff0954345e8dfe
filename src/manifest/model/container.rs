//! A container as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// A container.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Container {
    /// The image that is run.
    pub image: String,
    pub pull: Option<Pull>,
    /// Arguments after the image.
    #[serde(default)]
    pub command: Vec<String>,
    #[serde(default)]
    pub ports: Vec<PublishedPort>,
    #[serde(default)]
    pub volumes: Vec<Volume>,
    /// The networks that it joins; podman's usual one when absent.
    #[serde(default)]
    pub networks: Vec<Network>,
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Pull {
    Always,
    Missing,
    Never,
    Newer,
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

/// A directory or named volume inside a container.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Volume {
    /// A path of the host or the name of a volume.
    pub source: String,
    /// Where the container sees it.
    pub target: String,
    /// Whether the container may only read it.
    #[serde(default)]
    pub read_only: bool,
}

/// A network that a container joins.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Network {
    /// A network of the manifest, or `none`, `host` or `bridge`.
    #[serde(rename = "a string")]
    Name(String),
    #[serde(rename = "a table")]
    Named(NamedNetwork),
}

/// A network that a container joins, and how.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NamedNetwork {
    /// The network's name.
    pub name: String,
    /// Whether somebody else makes the network.
    #[serde(default)]
    pub external: bool,
}

/// The capabilities of a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Capabilities {
    /// Capabilities that the container has beyond those of its engine.
    pub add: Vec<String>,
    /// Capabilities that are taken from the container; `ALL` is all of them.
    pub drop: Vec<String>,
}
