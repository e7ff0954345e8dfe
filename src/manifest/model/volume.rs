//! A volume of podman as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A volume that containers mount; it is made once and never changed, for it holds data.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Volume {
    /// Who keeps the data: `local` unless said otherwise, `image`, or a plugin.
    pub driver: Option<String>,
    /// What is mounted as the volume: a device, a directory, `tmpfs`, the address of an NFS export.
    pub device: Option<String>,
    /// The type of the file system on the device, like `nfs`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Options with which the device is mounted, `size=10M,noexec`.
    pub options: Option<String>,
    /// The number of the user to whom the volume belongs.
    pub user: Option<i64>,
    /// The number of the group to which the volume belongs.
    pub group: Option<i64>,
    /// Whether what the image has at the place is copied into an empty volume, as it is unless this is off.
    pub copy: Option<bool>,
    /// The image whose content the volume shows, with `driver = "image"`.
    pub image: Option<String>,
    /// Labels that tools find the volume by.
    pub labels: BTreeMap<String, String>,
    /// Further arguments of `podman volume create`.
    pub podman_args: Vec<String>,
}
