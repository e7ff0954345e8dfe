//! How a container is separated from its host.

use schemars::JsonSchema;
use serde::Deserialize;

/// The capabilities of a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Capabilities {
    /// Capabilities that the container has beyond those of its engine.
    pub add: Vec<String>,
    /// Capabilities that are taken from the container; `ALL` is all of them.
    pub drop: Vec<String>,
}

/// What the kernel keeps a container from.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Security {
    pub label: Label,
    /// The file of allowed system calls, or `unconfined`.
    pub seccomp_profile: Option<String>,
    /// The profile of AppArmor, or `unconfined`.
    pub app_armor: Option<String>,
    /// Paths that the container cannot see.
    pub mask: Vec<String>,
    /// Paths that the container sees although podman would hide them; `ALL` is all of them.
    pub unmask: Vec<String>,
}

/// The SELinux label of a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Label {
    /// Whether SELinux does not separate the container.
    pub disable: bool,
    /// Whether programs of the container may set labels of their own.
    pub nested: bool,
    /// The type of its processes, `spc_t`.
    #[serde(rename = "type")]
    pub type_: Option<String>,
    /// The type of its files.
    pub file_type: Option<String>,
    /// Its level, `s0:c1,c2`.
    pub level: Option<String>,
}
