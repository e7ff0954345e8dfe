//! A container.

use std::collections::{BTreeMap, BTreeSet};

use self::health::Health;
use self::image::{Fetch, Pull};
use self::network::{Networking, PublishedPort};
use self::run::{Log, Run};
use self::security::Security;
use self::storage::{Storage, Volume};
use super::name::{CapabilityName, ObjectName};
use super::object::ObjectReference;
use super::text::{Text, Word};

pub mod health;
pub mod image;
pub mod network;
pub mod run;
pub mod security;
pub mod storage;

/// A container.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    pub image: String,
    pub pull: Pull,
    pub fetch: Fetch,
    pub command: Vec<Word>,
    pub run: Run,
    pub pod: Option<ObjectName>,
    pub networking: Networking,
    /// The ports that the host answers on; published by the pod if there is one.
    pub ports: Vec<PublishedPort>,
    pub volumes: Vec<Volume>,
    pub storage: Storage,
    /// The objects of the manifest that must be there first.
    pub objects: BTreeSet<ObjectReference>,
    pub add_capabilities: BTreeSet<CapabilityName>,
    pub drop_capabilities: BTreeSet<CapabilityName>,
    pub security: Security,
    pub limits: Limits,
    pub labels: BTreeMap<String, Text>,
    pub annotations: BTreeMap<String, Text>,
    pub log: Log,
    pub health: Health,
    /// Further arguments of `podman run`, each as it is, after all others.
    pub podman_args: Vec<Word>,
}

/// What podman, and not systemd, limits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// Processes of the container; -1 for any number.
    pub pids: Option<i64>,
    /// Soft and hard limits by their names; -1 for none.
    pub ulimits: BTreeMap<String, (i64, i64)>,
    pub sysctls: BTreeMap<String, String>,
}
