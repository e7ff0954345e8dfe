//! What podman keeps beside containers, and who uses it.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Build;
use super::image::Image;
use super::name::{ObjectName, ServiceName};
use super::network::Network;
use super::pod::Pod;
use super::service::{Service, Workload};
use super::volume::Volume;

/// The objects of a manifest by their names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Objects {
    pub networks: BTreeMap<ObjectName, Network>,
    pub volumes: BTreeMap<ObjectName, Volume>,
    pub images: BTreeMap<ObjectName, Image>,
    pub builds: BTreeMap<ObjectName, Build>,
    pub pods: BTreeMap<ObjectName, Pod>,
}

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    Network,
    Volume,
    Image,
    Build,
    Pod,
}

impl ObjectKind {
    /// The word for one of them, by which Quadlet calls its files and units, too.
    pub fn as_str(self) -> &'static str {
        match self {
            ObjectKind::Network => "network",
            ObjectKind::Volume => "volume",
            ObjectKind::Image => "image",
            ObjectKind::Build => "build",
            ObjectKind::Pod => "pod",
        }
    }

    /// The word for several of them: the key of the manifest.
    pub fn plural(self) -> &'static str {
        match self {
            ObjectKind::Network => "networks",
            ObjectKind::Volume => "volumes",
            ObjectKind::Image => "images",
            ObjectKind::Build => "builds",
            ObjectKind::Pod => "pods",
        }
    }
}

/// An object that something needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectReference {
    pub kind: ObjectKind,
    pub name: ObjectName,
}

impl ObjectReference {
    /// The name that Quadlet gives to the object's service, without the suffix.
    pub fn unit(&self) -> String {
        format!("{}-{}", self.name, self.kind.as_str())
    }
}

impl Objects {
    /// Whether there is an object.
    pub fn has(&self, kind: ObjectKind, name: &ObjectName) -> bool {
        match kind {
            ObjectKind::Network => self.networks.contains_key(name),
            ObjectKind::Volume => self.volumes.contains_key(name),
            ObjectKind::Image => self.images.contains_key(name),
            ObjectKind::Build => self.builds.contains_key(name),
            ObjectKind::Pod => self.pods.contains_key(name),
        }
    }

    /// What an object itself needs.
    pub fn needs_of(&self, object: &ObjectReference) -> Vec<ObjectReference> {
        match object.kind {
            ObjectKind::Network | ObjectKind::Volume | ObjectKind::Image | ObjectKind::Build => {
                Vec::new()
            }
            ObjectKind::Pod => {
                let pod = self.pods.get(&object.name);
                pod.map(|it| it.needs.iter().cloned().collect()).unwrap_or_default()
            }
        }
    }

    /// Which services use an object, be it through other objects.
    pub fn users<'a>(
        &self,
        services: impl Iterator<Item = &'a Service>,
    ) -> BTreeMap<ObjectReference, BTreeSet<ServiceName>> {
        let mut users: BTreeMap<ObjectReference, BTreeSet<ServiceName>> = BTreeMap::new();
        for service in services {
            let mut pending: Vec<ObjectReference> = match &service.workload {
                Workload::Process(_) | Workload::Flake => Vec::new(),
                Workload::Container(container) => container.objects.iter().cloned().collect(),
            };
            while let Some(object) = pending.pop() {
                pending.extend(self.needs_of(&object));
                users.entry(object).or_default().insert(service.name.clone());
            }
        }
        users
    }

    /// Every object, in the order of kinds and names.
    pub fn all(&self) -> impl Iterator<Item = ObjectReference> {
        let Objects { networks, volumes, images, builds, pods } = self;
        let of = |kind: ObjectKind| {
            move |name: &ObjectName| ObjectReference { kind, name: name.clone() }
        };
        let networks = networks.keys().map(of(ObjectKind::Network));
        let volumes = volumes.keys().map(of(ObjectKind::Volume));
        let images = images.keys().map(of(ObjectKind::Image));
        let builds = builds.keys().map(of(ObjectKind::Build));
        let pods = pods.keys().map(of(ObjectKind::Pod));
        networks.chain(volumes).chain(images).chain(builds).chain(pods)
    }
}
