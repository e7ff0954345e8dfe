//! The container of a service.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::activation::Activation;
use crate::plan::container::Container;
use crate::plan::container::storage::MountKind;
use crate::plan::object::ObjectKind;
use crate::plan::text::Text;
use crate::problem::{Code, Problem, Trail};

use super::text::{self, Texts};
use super::{image as own_image, object, pod as own_pod, port};

pub(super) mod check;
pub(super) mod health;
pub(super) mod image;
mod limits;
pub(super) mod network;
mod port_map;
mod run;
pub(super) mod security;
mod storage;
mod word;

/// Resolves a container; `path` is that of its table.
pub(super) fn resolve(
    written: &model::container::Container,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Option<Container> {
    check::combinations(written, activation, path, problems);
    let model::container::Container {
        image,
        pull,
        retry,
        auto_update,
        login,
        entrypoint,
        command,
        working_directory,
        user,
        group,
        supplementary_groups,
        environment_host,
        http_proxy,
        timezone,
        init,
        notify,
        reload,
        pod: _, // `own_pod` reads it beside the keys that are the pod's.
        networks,
        ports,
        exposed_ports,
        hostname,
        hosts,
        dns,
        volumes,
        mounts,
        tmpfs,
        devices,
        read_only,
        read_only_tmpfs,
        shm_size,
        capabilities,
        privileged,
        no_new_privileges,
        security,
        user_namespace,
        uid_map,
        gid_map,
        sub_uid_map,
        sub_gid_map,
        pids_limit,
        ulimits,
        sysctls,
        labels,
        annotations,
        log,
        health,
        podman_args,
    } = written;
    let mut objects = BTreeSet::new();
    let pull = image::pull(*pull);
    let named = (image.as_str(), pull);
    let image = own_image::of_container(named, path, texts.objects, &mut objects, problems);
    let fetch = image::fetch(retry, *auto_update, login.as_ref(), path, problems);
    let run = run::Written {
        entrypoint,
        working_directory: working_directory.as_deref(),
        user: user.as_deref(),
        group: group.as_deref(),
        supplementary_groups,
        environment_host: *environment_host,
        http_proxy: *http_proxy,
        timezone: timezone.as_deref(),
        init: *init,
        notify: *notify,
        reload: reload.as_ref(),
    };
    let run = run::resolve(run, path, texts, problems);
    let command = words(command, &path.key("command"), texts, problems);
    let pod = own_pod::of_container(written, path, texts.objects, &mut objects, problems);
    let networking =
        network::Written { networks, exposed_ports, hostname: hostname.as_deref(), hosts, dns };
    let networking = network::resolve(networking, path, texts.objects, &mut objects, problems);
    let ports = port_map::resolve(ports, &networking, activation, path, texts, wanted, problems);
    let volumes_path = path.key("volumes");
    let volumes = storage::volumes(volumes, &volumes_path, texts, &mut objects, problems);
    let storage = storage::Written {
        mounts,
        tmpfs,
        devices,
        read_only: *read_only,
        read_only_tmpfs: *read_only_tmpfs,
        shm_size: shm_size.as_deref(),
    };
    let storage = storage::resolve(storage, path, problems);
    for mount in storage.mounts.iter().filter(|it| it.kind == MountKind::Volume) {
        let Some(name) = mount.source.as_deref() else { continue };
        if texts.objects.declares(ObjectKind::Volume, name) {
            let volume = (ObjectKind::Volume, name);
            objects.extend(texts.objects.find(volume, &path.key("mounts"), problems));
        }
    }
    let capabilities = security::capabilities(capabilities, &path.key("capabilities"), problems);
    let security = security::Written {
        privileged: *privileged,
        no_new_privileges: *no_new_privileges,
        security,
        user_namespace: user_namespace.as_deref(),
        uid_map,
        gid_map,
        sub_uid_map: sub_uid_map.as_deref(),
        sub_gid_map: sub_gid_map.as_deref(),
    };
    let security = security::resolve(security, path, problems);
    let limits = limits::resolve(*pids_limit, ulimits, sysctls, path, problems);
    let labels = pairs(labels, &path.key("labels"), texts, problems);
    let annotations = pairs(annotations, &path.key("annotations"), texts, problems);
    let log = run::log(log, &path.key("log"), problems);
    let health = health::resolve(health, &path.key("health"), texts, problems);
    let podman_args = words(podman_args, &path.key("podmanArgs"), texts, problems);
    Some(Container {
        image: image?,
        pull,
        fetch,
        command: command?,
        run: run?,
        pod,
        networking,
        ports: ports?,
        volumes,
        storage,
        objects,
        add_capabilities: capabilities.add,
        drop_capabilities: capabilities.drop,
        security,
        limits,
        labels,
        annotations,
        log,
        health: health?,
        podman_args: podman_args?,
    })
}

/// Parses the words of a command.
fn words(
    written: &[String],
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Text>> {
    let words: Vec<Option<Text>> = written
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let path = path.index(index);
            let is_whole = object::refuse_broken_character(word, &path, problems);
            text::parse(word, &path, texts, problems).filter(|_| is_whole)
        })
        .collect();
    words.into_iter().collect()
}

/// Parses values by keys, which podman ends at the first `=`.
fn pairs(
    written: &BTreeMap<String, String>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Text> {
    let mut pairs = BTreeMap::new();
    for (key, value) in written {
        let path = path.key(key);
        let name = text::literal(key, &path, problems);
        if name.as_ref().is_some_and(|it| it.is_empty() || it.contains('=')) {
            problems.push(
                Problem::new(
                    Code::ImpossibleName,
                    path.at_key(),
                    format!("`{}` cannot be a key, which ends at `=`", key.escape_debug()),
                )
                .hint("write `KEY = \"VALUE\"`"),
            );
            continue;
        }
        object::refuse_broken_character(value, &path, problems);
        let value = text::parse(value, &path, texts, problems);
        pairs.extend(name.zip(value));
    }
    pairs
}
