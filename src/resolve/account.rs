//! Hosts whose services an account runs, and what it cannot do that the system could.

use std::collections::BTreeMap;

use crate::manifest::model::{self, allow::Allow};
use crate::plan::activation::Activation;
use crate::plan::container::network::HostPort;
use crate::plan::name::{HostName, ServiceName, UserName};
use crate::plan::process::Lifetime;
use crate::plan::service::{PortRole, Service, Workload};
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};

use super::host::{Hosts, Kind, RunsOn};
use super::overrides::Variants;
use super::service_path;

/// The first NixOS whose oci-containers runs podman as another account than root (option `podman.user`).
const NIXOS_SINCE: Version = Version::new(25, 5, 0);

/// The ports below are for root alone, unless `net.ipv4.ip_unprivileged_port_start` says otherwise (ip(7)).
const FIRST_UNPRIVILEGED_PORT: u16 = 1024;

/// Resolves the account of a host; `path` is that of the key.
pub(super) fn resolve(
    written: &model::host::Host,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<UserName> {
    let model::host::Host {
        nixos,
        systemd: _,
        podman: _,
        docker,
        process_compose,
        process_compose_flake,
        user,
    } = written;
    // Where process-compose runs what it has, `host` says that an account means nothing.
    let user = user.as_ref().filter(|_| process_compose.is_none() && !process_compose_flake);
    let user = user.map(String::as_str)?;
    if docker.is_some() {
        problems.push(not_with_docker(path));
    }
    if user == "root" {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.at_value(),
                "`user` means nothing here: the system runs services as root anyway",
            )
            .hint("take it out"),
        );
        return None;
    }
    if let Some(release) = nixos.as_deref().filter(|it| is_too_old(it)) {
        problems.push(
            Problem::new(
                Code::HostTooOld,
                path.at_key(),
                format!(
                    "NixOS {release} runs no containers as another account than root; 25.05 does"
                ),
            )
            .hint("take it out, or give the services of that host to another one"),
        );
    }
    let name =
        UserName::parse(user).filter(|it| !it.as_str().bytes().all(|it| it.is_ascii_digit()));
    if name.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.at_value(),
                format!("`{}` cannot be the name of an account", user.escape_debug()),
            )
            .hint("at most 31 lower-case letters, digits, `_` and `-`, beginning with a letter or `_`"),
        );
    }
    name
}

/// The daemon of docker runs as root, and whoever may ask it may do what root may.
pub(super) fn not_with_docker(path: &Trail<'_>) -> Problem {
    Problem::new(
        Code::Pointless,
        path.at_key(),
        "`user` means nothing here: the daemon of docker runs containers as root",
    )
    .hint("take it out, or use podman, which needs no daemon")
}

fn is_too_old(release: &str) -> bool {
    Version::parse(release).is_some_and(|it| it < NIXOS_SINCE)
}

/// Refuses what a service says that the host's account cannot do:
/// be another one, or use a controller that `user@.service` does not delegate (`Delegate=pids memory cpu`).
pub(super) fn refuse_others(
    service: &Service,
    allow: &[Allow],
    host: &HostName,
    hosts: &Hosts,
    problems: &mut Vec<Problem>,
) {
    let Some(own) = hosts.users.get(host) else { return };
    if is_allowed(allow) {
        return;
    }
    if service.limits.io_weight.is_some() && matches!(hosts.hosts[host], Kind::Plain { .. }) {
        problems.push(
            Problem::new(
                Code::TargetCannot,
                service_path(&service.name).key("limits").key("ioWeight").at_key(),
                format!("`{own}` runs the services of `{host}`, and the system gives its manager no weights of IO"),
            )
            .hint(
                "take it out, or delegate `io` to `user@.service` on that host and accept it with \
                 `allow = [\"US060\"]`",
            ),
        );
    }
    let Workload::Process(process) = &service.workload else { return };
    let group = match hosts.hosts[host] {
        Kind::Nixos { .. } | Kind::ProcessCompose { .. } => None,
        // The groups of a manager are those of its account.
        Kind::Plain { .. } => process.account.group.as_ref(),
    };
    let on_plain = matches!(hosts.hosts[host], Kind::Plain { .. });
    let is_dynamic = process.account.lifetime == Lifetime::Dynamic;
    let has_groups = !process.account.supplementary_groups.is_empty();
    for (key, is_present) in [("dynamicUser", is_dynamic), ("supplementaryGroups", has_groups)] {
        if is_present && on_plain {
            problems.push(
                Problem::new(
                    Code::TargetCannot,
                    service_path(&service.name).key(key).at_key(),
                    format!("`{own}` runs the services of `{host}`, and its manager cannot give them other accounts"),
                )
                .hint("take it out, or leave that host out of the service's `hosts`"),
            );
        }
    }
    for (key, account) in [("user", process.account.user.as_ref()), ("group", group)] {
        if let Some(account) = account.filter(|it| *it != own) {
            problems.push(
                Problem::new(
                    Code::TargetCannot,
                    service_path(&service.name).key(key).at_value(),
                    format!("`{own}` runs the services of `{host}`, and cannot run one with the {key} `{account}`"),
                )
                .hint(
                    "take it out, leave that host out of the service's `hosts`, \
                     or accept that it runs as that account with `allow = [\"US060\"]`",
                ),
            );
        }
    }
}

/// What runs where.
pub(super) struct Runs<'a> {
    pub(super) on: &'a RunsOn,
    pub(super) services: &'a BTreeMap<ServiceName, Service>,
    pub(super) variants: &'a Variants,
}

/// Refuses ports that only root may listen on.
pub(super) fn refuse_privileged_ports(
    hosts: &Hosts,
    runs: &Runs<'_>,
    written: &BTreeMap<String, model::service::Service>,
    problems: &mut Vec<Problem>,
) {
    for (host, user) in &hosts.users {
        for name in runs.on.get(host).into_iter().flatten() {
            if written.get(name.as_str()).is_some_and(|it| is_allowed(&it.allow)) {
                continue;
            }
            let variant = runs.variants.get(host).and_then(|it| it.get(name));
            let service = variant.unwrap_or(&runs.services[name]);
            let refuse = |port: u16, path: &Trail<'_>| {
                Problem::new(
                    Code::TargetCannot,
                    path.at_value(),
                    format!("`{user}` runs the services of `{host}`, and may not listen on port {port}"),
                )
                .hint(format!(
                    "choose one from {FIRST_UNPRIVILEGED_PORT} on, or set \
                     `net.ipv4.ip_unprivileged_port_start` to {port} on that host and accept it with \
                     `allow = [\"US060\"]`"
                ))
            };
            let path = service_path(name);
            for (role, port) in service.ports() {
                let key = match role {
                    PortRole::Public => "port",
                    PortRole::Backend => "backendPort",
                };
                if port.number < FIRST_UNPRIVILEGED_PORT
                    && !root_listens(service, role, hosts.hosts[host])
                {
                    problems.push(refuse(port.number, &path.key(key)));
                }
            }
            let Workload::Container(container) = &service.workload else { continue };
            for (index, port) in container.ports.iter().enumerate() {
                match port.host {
                    HostPort::Fixed(number) if number < FIRST_UNPRIVILEGED_PORT => {
                        let path = path.key("container");
                        problems.push(refuse(number, &path.key("ports").index(index).key("host")));
                    }
                    HostPort::Fixed(_) | HostPort::Own(_) => {}
                }
            }
        }
    }
}

/// Whether a socket of the system listens on the port: on NixOS only what is run has the account.
fn root_listens(service: &Service, role: PortRole, kind: Kind) -> bool {
    match kind {
        Kind::Nixos { .. } => {
            role == PortRole::Public && matches!(service.activation, Activation::Socket(_))
        }
        Kind::Plain { .. } | Kind::ProcessCompose { .. } => false,
    }
}

fn is_allowed(allow: &[Allow]) -> bool {
    allow.iter().any(|it| it.code() == Code::TargetCannot.as_str())
}
