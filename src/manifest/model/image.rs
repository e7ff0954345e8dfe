//! An image of podman that has a unit of its own, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::container::image::Retry;

/// An image that is pulled before its containers start; `container.image = "NAME.image"` runs it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Image {
    /// What is pulled, like `docker.io/library/nginx:1.29`.
    pub image: String,
    /// When it is pulled: `always` as its unit starts unless said otherwise, or only while it is `missing`.
    pub pull: Option<ImagePull>,
    /// The architecture for which the image is pulled; the host's when absent.
    pub arch: Option<String>,
    /// The operating system for which the image is pulled; the host's when absent.
    pub os: Option<String>,
    /// The variant of the architecture, like `v7` of `arm`.
    pub variant: Option<String>,
    /// The file that has the passwords of registries.
    pub auth_file: Option<String>,
    /// The directory that has the certificates with which podman talks to the registry.
    pub cert_dir: Option<String>,
    /// Whether the registry must have a certificate that is trusted, as it must unless this is off.
    pub tls_verify: Option<bool>,
    #[serde(default)]
    pub retry: Retry,
    /// Further arguments of `podman image pull`.
    #[serde(default)]
    pub podman_args: Vec<String>,
}

/// When an image is pulled that has a unit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ImagePull {
    Always,
    Missing,
}
