//! Data: where it is, who shares it, when it is lost.

use std::collections::BTreeMap;

use super::{Findings, Subject, family, image, services_by_host};
use crate::plan::Plan;
use crate::plan::container::storage::{Access, MountKind};
use crate::plan::name::ServiceName;
use crate::plan::provision::DirectoryKind;
use crate::plan::service::{Service, Workload};
use crate::problem::{Place, Trail};

family! {
    SharedState "US251" Plan(shared_state),
    DataGoesAtBoot "US252" Service(data_goes_at_boot),
    MountNotAwaited "US253" Service(mount_not_awaited),
    DatabaseWithoutVolume "US254" Service(database_without_volume),
}

/// What a service writes that is meant for itself: state directories and named volumes.
fn state(service: &Service) -> Vec<(String, Place)> {
    let services = Trail::Root.key("services");
    let path = services.key(service.name.as_str());
    let directory = service.provision.directories.names.get(&DirectoryKind::State);
    let place = || path.key("directories").key("state").at_value();
    let mut state: Vec<(String, Place)> =
        directory.map(|it| (format!("/var/lib/{it}"), place())).into_iter().collect();
    match &service.workload {
        Workload::Process(_) | Workload::Flake => {}
        Workload::Container(container) => {
            let volumes = container.volumes.iter().enumerate();
            state.extend(volumes.filter_map(|(index, volume)| {
                let source = volume.source.as_literal()?;
                let is_named = !source.starts_with('/') && volume.access == Access::ReadWrite;
                let place = path.key("container").key("volumes").index(index).at_value();
                is_named.then_some((source, place))
            }));
        }
    }
    state
}

fn shared_state(plan: &Plan, findings: &mut Findings) {
    let mut reported: Vec<Place> = Vec::new();
    for services in services_by_host(plan) {
        let mut owners: BTreeMap<String, &ServiceName> = BTreeMap::new();
        for (name, service) in services {
            for (what, place) in state(service) {
                let Some(owner) = owners.get(&what).filter(|it| **it != name) else {
                    owners.entry(what).or_insert(name);
                    continue;
                };
                if reported.contains(&place) {
                    continue;
                }
                let message = format!("`{name}` writes into `{what}`, and so does `{owner}`");
                let hint =
                    "give each its own, or mount it with `readOnly = true` where it is only read";
                findings.add(place.clone(), message, hint);
                reported.push(place);
            }
        }
    }
}

/// Directories that are in memory or emptied at boot (file-hierarchy(7)).
const EMPTIED: &[&str] = &["/dev/shm", "/run", "/tmp", "/var/run", "/var/tmp"];

fn data_goes_at_boot(it: &Subject<'_>, findings: &mut Findings) {
    for (index, volume) in it.container().iter().flat_map(|it| &it.volumes).enumerate() {
        let Some(source) = volume.source.as_literal() else { continue };
        let is_below = |directory: &&&str| source.starts_with(&format!("{directory}/"));
        let is_socket = source.ends_with(".sock") || source.ends_with(".socket");
        if volume.access == Access::ReadOnly || is_socket {
            continue;
        }
        if let Some(directory) = EMPTIED.iter().find(is_below) {
            findings.add(
                it.at_index(["container", "volumes"], index),
                format!("what `{}` writes into `{source}` goes with `{directory}` when the host boots", it.service.name),
                "keep data in a named volume or below `/var/lib` or `/srv`; what may go fits in `tmpfs`",
            );
        }
    }
}

fn mount_not_awaited(it: &Subject<'_>, findings: &mut Findings) {
    for (index, volume) in it.container().iter().flat_map(|it| &it.volumes).enumerate() {
        let Some(source) = volume.source.as_literal() else { continue };
        let is_elsewhere = ["/media/", "/mnt/", "/net/"].iter().any(|it| source.starts_with(it));
        let is_awaited = it.service.provision.mounts.iter().any(|mount| {
            let below = format!("{}/", mount.trim_end_matches('/'));
            source == *mount || source.starts_with(&below)
        });
        if is_elsewhere && !is_awaited {
            findings.add(
                it.at_index(["container", "volumes"], index),
                format!("`{}` may start before `{source}` is mounted, and write below the empty mount point", it.service.name),
                format!("add `requires.mounts = [\u{22}{source}\u{22}]`"),
            );
        }
    }
}

/// Images of databases that keep all they have in a directory of the container.
const DATABASES: &[&str] = &[
    "couchdb",
    "influxdb",
    "mariadb",
    "mongo",
    "mongodb",
    "mysql",
    "pgvecto-rs",
    "postgis",
    "postgres",
    "postgresql",
    "timescaledb",
];

fn database_without_volume(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    // Another command makes it a client, as for a dump.
    if !container.command.is_empty() || !DATABASES.contains(&image::base_name(&container.image)) {
        return;
    }
    let keeps = |kind: MountKind| matches!(kind, MountKind::Bind | MountKind::Volume);
    let mounts = container.storage.mounts.iter().any(|it| keeps(it.kind));
    if container.volumes.is_empty() && !mounts {
        findings.add(
            it.at(["container", "image"]),
            format!(
                "the data of `{}` goes with its container at the next restart",
                it.service.name
            ),
            "mount a volume where the image keeps its data",
        );
    }
}
