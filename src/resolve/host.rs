//! Hosts: what each can do, and which services it runs.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::name::{HostName, ServiceName, UserName};
use crate::plan::service::{Service, Workload};
use crate::plan::version::{Version, systemd_of_nixos};
use crate::plan::{ComposeHost, Engine, Entrypoint, Form, PlainHost};
use crate::problem::{Code, Problem, Trail};

use super::overrides::Variants;
use super::{
    account, limits, pointless, probe, provision, raw, refuse_pointless, restart, schedule,
    service_path, unknown_name,
};

/// What a manifest without hosts means: Debian 13, which has systemd 257 and podman 5.4.
const IMPLIED_SYSTEMD: u16 = 257;
const IMPLIED_ENGINE: Engine = Engine::Podman(Version::new(5, 4, 0));

/// The oldest systemd on which it was measured that a proxy loses no request.
const PROXY_SINCE: u16 = 252;

/// The same where only the backend can tell whether it is ready, because a forwarder accepts connections before or
/// because more than a port shows it: `RestartMode=direct` came with it (systemd.service(5)).
const PROXY_OF_READY_BACKEND_SINCE: u16 = 254;

/// The hosts of a manifest.
pub(super) struct Hosts {
    /// Whether the manifest names any; if not, all kinds of output are meant.
    pub(super) is_declared: bool,
    /// The names of hosts that have problems of their own.
    refused: BTreeSet<String>,
    pub(super) hosts: BTreeMap<HostName, Kind>,
    /// The accounts that run the services of hosts, where it is not the system.
    pub(super) users: BTreeMap<HostName, UserName>,
}

impl Hosts {
    /// Whether there is a host of that name with problems of its own.
    pub(super) fn is_refused(&self, name: &str) -> bool {
        self.refused.contains(name)
    }
}

/// What a host is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Nixos { systemd: u16 },
    Plain { systemd: u16, engine: Engine },
    ProcessCompose { form: Form },
}

/// Resolves the hosts.
pub(super) fn resolve(
    written: &BTreeMap<String, model::host::Host>,
    problems: &mut Vec<Problem>,
) -> Hosts {
    let mut hosts = BTreeMap::new();
    let mut users = BTreeMap::new();
    let mut refused = BTreeSet::new();
    let hosts_path = Trail::Root.key("hosts");
    for (name, host) in written {
        let path = hosts_path.key(name);
        let parsed = HostName::parse(name);
        if parsed.is_none() {
            problems.push(super::impossible_name(&path, name));
        }
        let user = account::resolve(host, &path.key("user"), problems);
        match parsed.zip(kind(host, &path, problems)) {
            Some((name, kind)) => {
                users.extend(user.map(|it| (name.clone(), it)));
                hosts.insert(name, kind);
            }
            None => {
                refused.insert(name.clone());
            }
        }
    }
    Hosts { is_declared: !written.is_empty(), refused, hosts, users }
}

fn kind(
    written: &model::host::Host,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Kind> {
    let model::host::Host {
        nixos,
        systemd,
        podman,
        docker,
        process_compose,
        process_compose_flake,
        user,
    } = written;
    if process_compose.is_some() || *process_compose_flake {
        let others = [
            ("processCompose", process_compose.is_some() && *process_compose_flake),
            ("nixos", nixos.is_some()),
            ("systemd", systemd.is_some()),
            ("podman", podman.is_some()),
            ("docker", docker.is_some()),
            ("user", user.is_some()),
        ];
        for (key, _) in others.into_iter().filter(|(_, is_present)| *is_present) {
            problems.push(
                pointless(path, key, "process-compose runs what this host has")
                    .hint("take it out, or make it a host of its own"),
            );
        }
        let path = path.key("processCompose");
        let form = match process_compose {
            Some(it) if !process_compose_flake => {
                version_of("process-compose", it, Form::OLDEST, "1.87", &path, problems)
                    .map(Form::File)
            }
            Some(_) | None => Some(Form::Flake),
        };
        return Some(Kind::ProcessCompose { form: form? });
    }
    if let Some(release) = nixos {
        let why = "the NixOS release decides it";
        let versions = [
            ("systemd", systemd.is_some(), why),
            ("podman", podman.is_some(), why),
            ("docker", docker.is_some(), why),
        ];
        refuse_pointless(versions, path, problems);
        let systemd = systemd_of_nixos(release);
        if systemd.is_none() {
            problems.push(
                Problem::new(
                    Code::UnknownValue,
                    path.key("nixos").at_value(),
                    format!("`{}` is not a release of NixOS from 23.05 on", release.escape_debug()),
                )
                .hint("like `25.11`; for unstable, the last release"),
            );
        }
        return Some(Kind::Nixos { systemd: systemd? });
    }
    let systemd = match systemd {
        None => Some(IMPLIED_SYSTEMD),
        Some(version) => {
            let version = u16::try_from(*version).ok().filter(|it| (240..1000).contains(it));
            if version.is_none() {
                problems.push(
                    Problem::new(
                        Code::UnknownValue,
                        path.key("systemd").at_value(),
                        "this is not a version of systemd from 240 on",
                    )
                    .hint("the number that `systemctl --version` shows, like 257"),
                );
            }
            version
        }
    };
    let engine = engine(podman.as_deref(), docker.as_deref(), path, problems);
    Some(Kind::Plain { systemd: systemd?, engine: engine? })
}

/// The oldest docker whose options are known here.
const OLDEST_DOCKER: Version = Version::new(20, 10, 0);

/// What runs the containers of a host without Nix.
fn engine(
    podman: Option<&str>,
    docker: Option<&str>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Engine> {
    let mut version = |key: &'static str, written: &str, oldest: Version, like: &str| {
        version_of(key, written, oldest, like, &path.key(key), problems)
    };
    let podman = podman.map(|it| version("podman", it, Version::new(4, 0, 0), "5.4"));
    let docker = docker.map(|it| version("docker", it, OLDEST_DOCKER, "28.2"));
    if podman.is_some() && docker.is_some() {
        problems.push(
            pointless(path, "docker", "podman runs the containers of this host")
                .hint("take out one of the two"),
        );
    }
    match (podman, docker) {
        (None, None) => Some(IMPLIED_ENGINE),
        (None, Some(docker)) => Some(Engine::Docker(docker?)),
        (Some(podman), _) => Some(Engine::Podman(podman?)),
    }
}

/// The version of a program; `path` is where it is written.
fn version_of(
    program: &str,
    written: &str,
    oldest: Version,
    like: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Version> {
    let parsed = Version::parse(written).filter(|it| *it >= oldest);
    if parsed.is_none() {
        let message =
            format!("`{}` is not a version of {program} from {oldest} on", written.escape_debug());
        problems.push(
            Problem::new(Code::UnknownValue, path.at_value(), message)
                .hint(format!("what `{program} --version` shows, like `{like}`")),
        );
    }
    parsed
}

/// Which services each host runs.
pub(super) type RunsOn = BTreeMap<HostName, BTreeSet<ServiceName>>;

/// Assigns services to hosts and reports what a host cannot run.
pub(super) fn assign(
    hosts: &Hosts,
    written: &BTreeMap<String, model::service::Service>,
    services: &BTreeMap<ServiceName, Service>,
    variants: &Variants,
    problems: &mut Vec<Problem>,
) -> RunsOn {
    let mut runs_on: RunsOn =
        hosts.hosts.keys().map(|name| (name.clone(), BTreeSet::new())).collect();
    for (name, written) in written {
        let path = super::SERVICES.key(name);
        let chosen = chosen_hosts(hosts, written.hosts.as_ref(), &path.key("hosts"), problems);
        // A service that could not be resolved has been reported; its hosts are checked all the same.
        let Some((name, service)) =
            ServiceName::parse(name).and_then(|it| services.get_key_value(&it))
        else {
            continue;
        };
        refuse_flake_alone(service, &chosen, hosts, problems);
        if !hosts.is_declared {
            let kind = Kind::Plain { systemd: IMPLIED_SYSTEMD, engine: IMPLIED_ENGINE };
            check_versions(service, "the host that is meant without `hosts`", kind, None, problems);
        }
        for host in chosen {
            let variant = variants.get(&host).and_then(|it| it.get(name));
            let service = variant.unwrap_or(service);
            let (kind, user) = (hosts.hosts[&host], hosts.users.get(&host));
            check_versions(service, &format!("`{host}`"), kind, user, problems);
            account::refuse_others(service, &written.allow, &host, hosts, problems);
            runs_on.entry(host).or_default().insert(name.clone());
        }
    }
    for (host, running) in &runs_on {
        for name in running {
            for dependency in services[name].depends_on.keys().filter(|it| !running.contains(*it)) {
                if services.contains_key(dependency) {
                    problems.push(
                        Problem::new(
                            Code::UnknownName,
                            service_path(name).key("dependsOn").key(dependency.as_str()).at_key(),
                            format!("`{dependency}` does not run on `{host}`, where `{name}` waits for it"),
                        )
                        .hint("give both services the same `hosts`"),
                    );
                }
            }
        }
    }
    runs_on
}

/// What services-flake alone has runs nowhere else.
fn refuse_flake_alone(
    service: &Service,
    chosen: &BTreeSet<HostName>,
    hosts: &Hosts,
    problems: &mut Vec<Problem>,
) {
    if service.workload != Workload::Flake {
        return;
    }
    let has_it =
        |it: &HostName| matches!(hosts.hosts[it], Kind::ProcessCompose { form: Form::Flake });
    let other = chosen.iter().find(|it| !has_it(it));
    let place = match other {
        Some(host) => format!("on `{host}`"),
        None if hosts.is_declared => return,
        None => "for systemd and NixOS, which are meant without `hosts`".to_owned(),
    };
    let name = &service.name;
    problems.push(
        Problem::new(
            Code::Workload,
            service_path(name).key("flakeService").at_key(),
            format!("`{name}` does not say what it runs {place}"),
        )
        .hint(
            "give it `exec.command` or `container.image`, \
             or leave it to hosts with `processComposeFlake = true`",
        ),
    );
}

pub(super) fn chosen_hosts(
    hosts: &Hosts,
    chosen: Option<&Vec<String>>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeSet<HostName> {
    let Some(chosen) = chosen else { return hosts.hosts.keys().cloned().collect() };
    if chosen.is_empty() {
        problems.push(
            Problem::new(Code::Pointless, path.at_value(), "a service without hosts runs nowhere")
                .hint("name its hosts, or leave the key out for all of them"),
        );
    }
    let mut names = BTreeSet::new();
    for (index, name) in chosen.iter().enumerate() {
        match hosts.hosts.keys().find(|it| it.as_str() == name) {
            Some(host) => {
                names.insert(host.clone());
            }
            None if hosts.refused.contains(name) => {}
            None => {
                let known = hosts.hosts.keys().map(HostName::as_str);
                problems.push(unknown_name(name, path.index(index).at_value(), "host", known));
            }
        }
    }
    names
}

fn check_versions(
    service: &Service,
    host: &str,
    kind: Kind,
    user: Option<&UserName>,
    problems: &mut Vec<Problem>,
) {
    let (Kind::Nixos { systemd } | Kind::Plain { systemd, engine: _ }) = kind else {
        // `gap` asks what process-compose can do.
        return;
    };
    let needed = proxy_since(service, kind, user);
    if service.activation.is_proxied() && systemd < needed {
        problems.push(
            Problem::new(
                Code::HostTooOld,
                service_path(&service.name).key("activation").key("handoff").at_value(),
                format!("{host} has systemd {systemd}; a proxy that loses no request needs {needed}"),
            )
            .hint("leave that host out of the service's `hosts`, or let the service start at boot there"),
        );
    }
    restart::refuse_old(service, host, systemd, problems);
    limits::refuse_old(service, host, systemd, problems);
    raw::refuse_old(service, host, systemd, problems);
    schedule::refuse_on_old_systemd(service, host, systemd, problems);
    provision::refuse_old(service, host, systemd, problems);
    if let (
        Workload::Container(container),
        Kind::Plain { systemd: _, engine: Engine::Podman(podman) },
    ) = (&service.workload, kind)
    {
        let path = service_path(&service.name);
        let path = path.key("container");
        let words = [("command", &container.command), ("podmanArgs", &container.podman_args)];
        let empty = words.iter().filter(|(_, words)| words.iter().any(|it| it.0.is_empty()));
        for (key, _) in empty.filter(|_| crate::plan::has_quadlet(podman)) {
            problems.push(
                Problem::new(
                    Code::ImpossibleCharacter,
                    path.key(key).at_value(),
                    format!("Quadlet on {host} drops an empty argument and all that follow it"),
                )
                .hint("put the command into the image, or leave that host out of the service's `hosts`"),
            );
        }
        super::container::check::refuse_old(container, host, podman, &path, problems);
        probe::refuse_old(service, host, podman, problems);
    }
}

/// Returns the hosts of process-compose and what each runs.
pub(super) fn process_compose(hosts: &Hosts, runs_on: &RunsOn) -> Vec<ComposeHost> {
    let each = hosts.hosts.iter().filter_map(|(name, kind)| match *kind {
        Kind::Nixos { .. } | Kind::Plain { .. } => None,
        Kind::ProcessCompose { form } => {
            let (name, services) = (Some(name.clone()), runs_on[name].clone());
            Some(ComposeHost { name, form, entrypoint: Entrypoint::None, services })
        }
    });
    each.collect()
}

/// The oldest systemd that has a proxy for a service.
fn proxy_since(service: &Service, kind: Kind, user: Option<&UserName>) -> u16 {
    let is_told_by_its_port = service.readiness.is_none()
        && match (kind, &service.workload) {
            // The modules are the same for every release, and those with less are no longer maintained.
            (Kind::Nixos { .. } | Kind::ProcessCompose { .. }, _) | (_, Workload::Flake) => false,
            (Kind::Plain { .. }, Workload::Process(_)) => true,
            (Kind::Plain { engine, systemd: _ }, Workload::Container(_)) => {
                matches!(engine, Engine::Podman(_)) && user.is_none()
            }
        };
    if is_told_by_its_port { PROXY_SINCE } else { PROXY_OF_READY_BACKEND_SINCE }
}

/// Returns the hosts with plain unit files and what each runs.
pub(super) fn plain(
    hosts: &Hosts,
    runs_on: &RunsOn,
    services: &BTreeMap<ServiceName, Service>,
) -> Vec<PlainHost> {
    if !hosts.is_declared {
        return vec![PlainHost {
            name: None,
            systemd: IMPLIED_SYSTEMD,
            engine: IMPLIED_ENGINE,
            user: None,
            services: services.keys().cloned().collect(),
        }];
    }
    let plain = hosts.hosts.iter().filter_map(|(name, kind)| match *kind {
        Kind::Nixos { systemd: _ } | Kind::ProcessCompose { form: _ } => None,
        Kind::Plain { systemd, engine } => Some(PlainHost {
            name: Some(name.clone()),
            systemd,
            engine,
            user: hosts.users.get(name).cloned(),
            services: runs_on[name].clone(),
        }),
    });
    plain.collect()
}
