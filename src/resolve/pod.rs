//! Pods, and the containers in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::container::Container;
use crate::plan::container::network::Networks;
use crate::plan::name::{HostName, ObjectName, ServiceName};
use crate::plan::object::{ObjectKind, ObjectReference};
use crate::plan::pod::Pod;
use crate::plan::service::{Service, Workload};
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};

use super::container::{network, security};
use super::object::{self, Scope};
use super::overrides::Variants;
use super::{pointless, quantity, service_path};

/// Resolves a pod; `path` is that of its table.
pub(super) fn resolve(
    written: &model::pod::Pod,
    path: &Trail<'_>,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Pod> {
    let model::pod::Pod {
        networks,
        hostname,
        hosts,
        dns,
        user_namespace,
        shm_size,
        labels,
        podman_args,
    } = written;
    let mut needs = BTreeSet::new();
    let networking = network::Written {
        networks,
        exposed_ports: &[],
        hostname: hostname.as_deref(),
        hosts,
        dns,
    };
    let networking = network::resolve(networking, path, scope, &mut needs, problems);
    if networking.networks == Networks::Host {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key("networks").at_value(),
                "containers on the network of the host share it without a pod",
            )
            .hint("write `networks = [\"host\"]` in each of its containers, and take the pod out"),
        );
    }
    let user_namespace = user_namespace.as_deref();
    let place = path.key("userNamespace");
    Some(Pod {
        networking,
        needs,
        user_namespace: security::user_namespace(user_namespace, &place, problems),
        shm_size: shm_size
            .as_deref()
            .and_then(|it| quantity::size(it, &path.key("shmSize"), problems)),
        labels: object::pairs(labels, &path.key("labels"), problems),
        podman_args: object::arguments(podman_args, &path.key("podmanArgs"), problems),
    })
}

/// The keys in use that not every podman knows, with the first version that does
/// (podman-pod-create(1) of each release).
pub(super) fn newer(pod: &Pod) -> Vec<(&'static str, Version)> {
    pod.shm_size.map(|_| ("shmSize", Version::new(4, 2, 0))).into_iter().collect()
}

/// Resolves the pod of a container; `path` is that of the container.
pub(super) fn of_container(
    written: &model::container::Container,
    path: &Trail<'_>,
    scope: &Scope<'_>,
    needs: &mut BTreeSet<ObjectReference>,
    problems: &mut Vec<Problem>,
) -> Option<ObjectName> {
    let name = written.pod.as_deref()?;
    let is_of_the_pod = [
        ("networks", !written.networks.is_empty()),
        ("hostname", written.hostname.is_some()),
        ("hosts", !written.hosts.is_empty()),
        ("dns", written.dns != model::container::network::Dns::default()),
        ("shmSize", written.shm_size.is_some()),
        ("userNamespace", written.user_namespace.is_some()),
        ("uidMap", !written.uid_map.is_empty()),
        ("gidMap", !written.gid_map.is_empty()),
        ("subUidMap", written.sub_uid_map.is_some()),
        ("subGidMap", written.sub_gid_map.is_some()),
    ];
    for (key, _) in is_of_the_pod.into_iter().filter(|(_, is_said)| *is_said) {
        let hint = if model_has(key) {
            format!("write it in `pods.{}`, or take it out", name.escape_debug())
        } else {
            "take it out; `userNamespace` of the pod says whose the accounts are".to_owned()
        };
        problems.push(pointless(path, key, "the container has that of its pod").hint(hint));
    }
    let object = scope.find((ObjectKind::Pod, name), &path.key("pod"), problems)?;
    let has_network = scope.resolved.pods[&object.name].networking.networks != Networks::None;
    if !has_network && !written.ports.is_empty() {
        problems.push(pointless(path, "ports", "the pod has no network"));
    }
    let name = object.name.clone();
    needs.insert(object);
    Some(name)
}

/// Whether a pod has a key of that name.
fn model_has(key: &str) -> bool {
    !key.ends_with("Map")
}

/// Refuses containers that would be in the way of each other or of their pod.
pub(super) fn check(
    pods: &BTreeMap<ObjectName, Pod>,
    services: &BTreeMap<ServiceName, Service>,
    problems: &mut Vec<Problem>,
) {
    let containers = || services.values().filter_map(|it| Some((&it.name, container_of(it)?)));
    for pod in pods.keys() {
        // podman gives a name once, be it to a pod, its infra container or another container.
        let infra = format!("{pod}-infra");
        for (service, _) in containers() {
            if service.as_str() == pod.as_str() || service.as_str() == infra {
                let message = format!("podman needs the name `{service}` for the pod `{pod}`");
                problems.push(
                    Problem::new(Code::UnitClash, service_path(service).at_key(), message)
                        .hint("rename one of the two"),
                );
            }
        }
        let members = containers().filter(|(_, it)| it.pod.as_ref() == Some(pod));
        let mut inside = BTreeMap::new();
        for (service, container) in members {
            for (index, port) in container.ports.iter().enumerate() {
                let first = inside.entry((port.container, port.protocol)).or_insert(service);
                if *first != service {
                    let path = service_path(service);
                    let path = path.key("container");
                    let message = format!(
                        "port {} is already that of `{first}` in the pod `{pod}`, whose containers share their ports",
                        port.container
                    );
                    problems.push(
                        Problem::new(
                            Code::PortTaken,
                            path.key("ports").index(index).at_value(),
                            message,
                        )
                        .hint("let one of them listen on another port"),
                    );
                }
            }
        }
    }
}

/// Refuses containers that publish something else on a NixOS host than on all others: one module makes their pod.
pub(super) fn check_overrides(
    services: &BTreeMap<ServiceName, Service>,
    variants: &Variants,
    nixos_hosts: &BTreeSet<&HostName>,
    problems: &mut Vec<Problem>,
) {
    let on_nixos = variants.iter().filter(|(host, _)| nixos_hosts.contains(host));
    for (host, variant) in on_nixos.flat_map(|(host, it)| it.values().map(move |it| (host, it))) {
        let everywhere = services.get(&variant.name).and_then(container_of);
        let Some((everywhere, here)) = everywhere.zip(container_of(variant)) else { continue };
        let is_in_a_pod = everywhere.pod.is_some() || here.pod.is_some();
        if is_in_a_pod && (everywhere.pod != here.pod || everywhere.ports != here.ports) {
            let message = format!(
                "the pod of `{}` would be another on `{host}`, and NixOS has one module for all hosts",
                variant.name
            );
            let path = service_path(&variant.name);
            let path = path.key("overrides");
            problems.push(
                Problem::new(Code::TargetCannot, path.key(host.as_str()).at_key(), message)
                    .hint("let it have the same `pod` and `ports` on all hosts"),
            );
        }
    }
}

fn container_of(service: &Service) -> Option<&Container> {
    match &service.workload {
        Workload::Process(_) | Workload::Flake => None,
        Workload::Container(container) => Some(container),
    }
}
