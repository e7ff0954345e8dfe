//! The NixOS modules that a manifest asks for.

use std::collections::BTreeMap;

use crate::manifest::model;
use crate::plan::name::{self, ServiceName};
use crate::plan::service::Service;
use crate::plan::{Nixos, NixosContainers, NixosHost, PortSource};
use crate::problem::{Code, Problem, Trail};

use super::account;
use super::host::{Hosts, Kind, RunsOn};

/// Where options live when the manifest does not say: a place that no module of NixOS has.
const DEFAULT_PREFIX: &str = "unitsmith";

/// The systemd that NixOS is taken to have where no host says its release.
const IMPLIED_SYSTEMD: u16 = 257;

/// Resolves the NixOS side.
pub(super) fn resolve(
    written: &model::host::Nixos,
    hosts: &Hosts,
    runs_on: &RunsOn,
    services: &BTreeMap<ServiceName, Service>,
    problems: &mut Vec<Problem>,
) -> Nixos {
    let model::host::Nixos { prefix, ports, containers } = written;
    let prefix = prefix.as_deref().unwrap_or(DEFAULT_PREFIX);
    let attributes = name::attribute_path(prefix);
    if attributes.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                Trail::Root.key("nixos").key("prefix").at_value(),
                format!("`{}` cannot be the place of options", prefix.escape_debug()),
            )
            .hint("attribute names with dots between them, like `services` or `homelab.services`"),
        );
    }
    let nixos_hosts: Vec<_> = hosts
        .hosts
        .iter()
        .filter_map(|(name, kind)| match kind {
            Kind::Nixos { systemd } => Some((name, *systemd)),
            Kind::Plain { .. } | Kind::ProcessCompose { .. } => None,
        })
        .collect();
    let by_host = nixos_hosts.iter().map(|(name, _)| {
        let services = runs_on[*name].clone();
        ((*name).clone(), NixosHost { user: hosts.users.get(*name).cloned(), services })
    });
    let by_host: BTreeMap<_, NixosHost> = by_host.collect();
    if *containers == Some(model::host::Engine::Docker) {
        for (name, _) in by_host.iter().filter(|(_, host)| host.user.is_some()) {
            let hosts = Trail::Root.key("hosts");
            problems.push(account::not_with_docker(&hosts.key(name.as_str()).key("user")));
        }
    }
    Nixos {
        prefix: attributes.unwrap_or_default(),
        ports: match ports {
            None | Some(model::host::PortSource::Literal) => PortSource::Literal,
            Some(model::host::PortSource::NetworkingPorts) => PortSource::NetworkingPorts,
        },
        containers: match containers {
            None | Some(model::host::Engine::Podman) => NixosContainers::Podman,
            Some(model::host::Engine::Docker) => NixosContainers::Docker,
        },
        systemd: nixos_hosts.iter().map(|(_, systemd)| *systemd).min().unwrap_or(IMPLIED_SYSTEMD),
        services: if hosts.is_declared {
            by_host.values().flat_map(|it| &it.services).cloned().collect()
        } else {
            services.keys().cloned().collect()
        },
        hosts: by_host,
    }
}
