//! An image that is built on the host, as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::container::image::Retry;

/// An image that is built before its containers start; `container.image = "NAME.build"` runs it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Build {
    /// What the image is called, like `localhost/app:latest`.
    pub tag: String,
    /// The directory of the host whose files the build sees.
    pub context: String,
    /// The file that says how to build; below the context unless it is an absolute path, and `Containerfile` or `Dockerfile` there when absent.
    pub file: Option<String>,
    /// The stage of the file that becomes the image; the last one when absent.
    pub target: Option<String>,
    /// Values for the `ARG` lines of the file.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// Labels that the image gets.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The file that has the passwords of registries.
    pub auth_file: Option<String>,
    /// Whether a registry must have a certificate that is trusted, as it must unless this is off.
    pub tls_verify: Option<bool>,
    #[serde(default)]
    pub retry: Retry,
    /// Further arguments of `podman build`.
    #[serde(default)]
    pub podman_args: Vec<String>,
}
