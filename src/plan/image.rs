//! An image of podman that has a unit of its own.

use super::container::image::Retry;

/// An image that is pulled before its containers start.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The reference by which registries, podman and containers know it.
    pub image: String,
    pub pull: ImagePull,
    pub arch: Option<String>,
    pub os: Option<String>,
    pub variant: Option<String>,
    pub auth_file: Option<String>,
    pub cert_dir: Option<String>,
    /// podman's own way when `None`.
    pub tls_verify: Option<bool>,
    pub retry: Retry,
    pub podman_args: Vec<String>,
}

/// When an image is pulled that has a unit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImagePull {
    Always,
    Missing,
}
