//! A volume of podman.

use std::collections::BTreeMap;

/// A volume of podman.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    pub driver: Option<String>,
    pub device: Option<Device>,
    pub user: Option<u32>,
    pub group: Option<u32>,
    /// Whether an empty volume gets what the image has at its place; podman's own way when `None`.
    pub copy: Option<bool>,
    /// The image whose content it shows.
    pub image: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub podman_args: Vec<String>,
}

/// What is mounted as a volume.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    pub path: String,
    pub kind: Option<String>,
    pub options: Option<String>,
}
