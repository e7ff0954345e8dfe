//! A pod of podman as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::container::network::{Dns, Network};

/// Containers that share a network, and see each other on its loopback; `container.pod` names it.
///
/// The ports of its containers are published by the pod.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Pod {
    /// The networks that the pod joins: those of the manifest, `none` or `bridge`; podman's usual one when absent.
    pub networks: Vec<Network>,
    /// The name of the host as the containers see it.
    pub hostname: Option<String>,
    /// Addresses by the names under which the containers find them; `host-gateway` is the host.
    pub hosts: BTreeMap<String, String>,
    pub dns: Dns,
    /// The accounts of the containers, `auto`, `keep-id`, `nomap`, `host` or `keep-id:uid=200,gid=210`.
    pub user_namespace: Option<String>,
    /// The size of `/dev/shm`, which the containers share, `256M`.
    pub shm_size: Option<String>,
    /// Labels that tools find the pod by.
    pub labels: BTreeMap<String, String>,
    /// Further arguments of `podman pod create`.
    pub podman_args: Vec<String>,
}
