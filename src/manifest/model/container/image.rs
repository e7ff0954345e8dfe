//! How an image comes to the host.

use schemars::JsonSchema;
use serde::Deserialize;

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Pull {
    Always,
    Missing,
    Never,
    Newer,
}

/// What is done when an image cannot be pulled.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Retry {
    /// How often podman tries again to pull the image.
    pub attempts: Option<i64>,
    /// How long podman waits before it pulls again.
    pub delay: Option<String>,
}

/// Where `podman auto-update` looks for a newer image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AutoUpdate {
    Registry,
    Local,
}

/// An account of a registry.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Login {
    /// The registry, `ghcr.io`.
    pub registry: String,
    /// The account of the registry.
    pub username: String,
    /// The file of the host that holds the password.
    pub password_file: String,
}
