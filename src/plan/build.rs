//! An image that is built on the host.

use std::collections::BTreeMap;

use super::container::image::Retry;

/// An image that is built before its containers start.
#[derive(Debug, Clone, PartialEq)]
pub struct Build {
    /// The reference by which podman and containers know it.
    pub tag: String,
    /// An absolute path.
    pub context: String,
    /// An absolute path.
    pub file: Option<String>,
    pub target: Option<String>,
    pub arguments: BTreeMap<String, String>,
    pub labels: BTreeMap<String, String>,
    pub auth_file: Option<String>,
    /// podman's own way when `None`.
    pub tls_verify: Option<bool>,
    pub retry: Retry,
    pub podman_args: Vec<String>,
}
