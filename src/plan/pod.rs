//! Containers that share a network.

use std::collections::{BTreeMap, BTreeSet};

use super::container::network::Networking;
use super::object::ObjectReference;
use super::quantity::Size;

/// What the containers of a pod have in common; the ports that it publishes are those of the containers.
#[derive(Debug, Clone, PartialEq)]
pub struct Pod {
    pub networking: Networking,
    /// The objects of the manifest that must be there first.
    pub needs: BTreeSet<ObjectReference>,
    pub user_namespace: Option<String>,
    pub shm_size: Option<Size>,
    pub labels: BTreeMap<String, String>,
    pub podman_args: Vec<String>,
}
