//! One service, put together from its parts.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model::{self, allow::Allow};
use crate::nearest;
use crate::plan::activation::Activation;
use crate::plan::dependency::Dependents;
use crate::plan::name::ServiceName;
use crate::plan::provision::Provision;
use crate::plan::service::{Gaps, Service, Workload};
use crate::problem::{Code, Problem, Severity, Trail};

use super::container::check::shares_the_network_of_the_host;
use super::text::{Texts, Within};
use super::{
    Context, activation, container, dependency, environment, expose, flake, group, host, limits,
    object, port, probe, process, provision, raw, restart, schedule, text, unknown_name,
};

/// Where a service stands among the others.
pub(super) struct Scope<'a> {
    pub(super) name: &'a ServiceName,
    /// Where it is written: as a service, or as what one is on a host.
    pub(super) path: &'a Trail<'a>,
    pub(super) services: &'a BTreeMap<String, model::service::Service>,
    pub(super) names: &'a BTreeMap<&'a str, ServiceName>,
    pub(super) hosts: &'a host::Hosts,
    pub(super) groups: &'a group::Groups,
    pub(super) objects: &'a object::Scope<'a>,
    pub(super) context: &'a Context<'a>,
}

/// Resolves one service; its ports have no numbers yet.
pub(super) fn resolve(
    written: &model::service::Service,
    scope: &Scope<'_>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Option<Service> {
    let path = *scope.path;
    let model::service::Service {
        description,
        documentation,
        hosts: _, // `host::assign` reads it once every service is known.
        allow,
        extend: _, // What it extends, and its replicas, are merged before anything is decoded.
        replicas: _,
        companion_of,
        groups,
        overrides: _, // `resolve::overrides` resolves each as a service of its own.
        exec,
        container,
        flake_service,
        port,
        backend_port,
        environment,
        environment_files,
        required_environment,
        secrets,
        directories,
        requires,
        user,
        group,
        dynamic_user,
        supplementary_groups,
        hardening,
        umask,
        nice,
        activation,
        schedule,
        depends_on,
        readiness,
        liveness,
        restart,
        stop,
        limits,
        expose,
        systemd,
    } = written;
    let before = problems.len();
    let is_damaged = scope.context.is_damaged;
    let runs_in = if container.is_some() { Within::Container } else { Within::Host };
    let secrets = provision::secrets(secrets, runs_in, &path.key("secrets"), problems);
    let directories = provision::directories(directories, &path.key("directories"), problems);
    let places = provision::places(&secrets, &directories, runs_in);
    let shares_network = container.as_ref().is_some_and(shares_the_network_of_the_host);
    let is_accepted = allow.iter().any(|it| it.code() == Code::TargetCannot.as_str());
    let mut texts = Texts {
        own: scope.name,
        services: scope.services,
        names: scope.names,
        loopback: if shares_network || is_accepted { Within::Host } else { runs_in },
        objects: scope.objects,
        places: &places,
        runs_in,
        uses: Vec::new(),
    };

    let description =
        description.as_deref().and_then(|it| text::line(it, &path.key("description"), problems));
    let documentation = documents(documentation, &path.key("documentation"), problems);
    let allow = allowed(allow, &path.key("allow"), problems);
    let activation = activated(activation.as_ref(), schedule.as_ref(), scope, problems);
    let path_of_variables = path.key("environment");
    let variables = environment::variables(environment, &path_of_variables, &mut texts, problems);
    if runs_in == Within::Container {
        for (name, value) in environment {
            object::refuse_broken_character(value, &path_of_variables.key(name), problems);
        }
    }
    let path_of_files = path.key("environmentFiles");
    let files = environment::files(environment_files, runs_in, &path_of_files, problems);
    let path_of_names = path.key("requiredEnvironment");
    let required_environment = environment::required(
        required_environment,
        &variables,
        &files,
        runs_in,
        &path_of_names,
        problems,
    );
    let model::provision::Requires { paths, mounts } = requires;
    let requires = path.key("requires");
    let provision = Provision {
        environment_files: files,
        required_environment,
        secrets,
        directories,
        required_paths: provision::required_paths(paths, &requires.key("paths"), problems),
        mounts: provision::mounts(mounts, &requires.key("mounts"), problems),
    };
    let depends_on = dependency::resolve(depends_on, scope, &path.key("dependsOn"), problems);
    let companion_of =
        companion_of.as_deref().and_then(|it| owner(it, scope, &path.key("companionOf"), problems));
    let stop = restart::stop(stop, container.is_some(), &path.key("stop"), problems);
    let written_restart = restart.as_ref();
    let restart = restart::resolve(written_restart, &path.key("restart"), problems);
    let restart = match &activation {
        Some(Activation::Once | Activation::Schedule(_)) => {
            schedule::restart(written_restart, restart, &path.key("restart"), problems)
        }
        Some(Activation::Boot | Activation::Manual | Activation::Socket(_)) | None => restart,
    };
    let path_of_raw = path.key("systemd");
    let systemd = raw::resolve(systemd, activation.as_ref(), &path_of_raw, problems);
    let groups = group::members(groups, scope.groups, &path.key("groups"), problems);
    let limits = limits::resolve(limits, &path.key("limits"), problems);
    let pins = port::Pins::resolve(*port, *backend_port, &path, is_damaged, problems);
    let account = process::Written {
        user: user.as_deref(),
        group: group.as_deref(),
        dynamic_user: *dynamic_user,
        supplementary_groups,
        hardening: hardening.as_ref(),
        umask: umask.as_deref(),
        nice: *nice,
    };
    let workload = match (exec, container) {
        (Some(exec), None) => {
            let directories = &provision.directories;
            let process =
                process::resolve(exec, &account, directories, &path, &mut texts, problems);
            process.map(|it| Workload::Process(Box::new(it)))
        }
        (None, Some(container)) => {
            process::refuse_account(&account, &path, problems);
            let path = path.key("container");
            let activation = activation.as_ref();
            container::resolve(container, activation, &path, &mut texts, wanted, problems)
                .map(|it| Workload::Container(Box::new(it)))
        }
        (None, None) if flake_service.is_some() => {
            flake::refuse_the_rest(written, &path, problems);
            Some(Workload::Flake)
        }
        (exec, _) => {
            refuse_workload(exec.is_some(), scope, &path, problems);
            None
        }
    };
    let flake_service = flake_service
        .as_deref()
        .and_then(|it| flake::name(it, &path.key("flakeService"), problems));
    let expose_path = path.key("expose");
    let address = activation::reachable(written);
    let probed = activation.as_ref().map(|activation| probe::Probed {
        runs_in,
        activation,
        address,
        is_damaged,
    });
    process::refuse_unheard(exec.as_ref(), readiness.as_ref(), &path, problems);
    let readiness = probed.as_ref().zip(readiness.as_ref()).and_then(|(probed, written)| {
        probe::readiness(written, probed, &path.key("readiness"), &mut texts, problems)
    });
    let liveness = probed.as_ref().zip(liveness.as_ref()).and_then(|(probed, written)| {
        probe::liveness(written, probed, &path.key("liveness"), &mut texts, problems)
    });
    let shown = activation.as_ref().and_then(|activation| {
        let shown =
            expose::Shown { activation, workload: workload.as_ref(), address, allow: &allow };
        expose::resolve(expose, shown, &expose_path, problems)
    });
    if let Some(container) = container {
        let probes = (readiness.as_ref(), liveness.as_ref());
        probe::refuse_said_twice(container, probes, &path, problems);
    }
    if let Some(activation) = &activation {
        restart::check_pace(&restart, activation, &path, problems);
        restart::refuse_loop(&restart, activation, &allow, &path, problems);
        let exposed = expose::first_key(expose).map(|it| expose_path.key(it));
        let is_sound = problems.len() == before && !is_damaged(&path);
        let uses = texts.uses;
        let demand = port::Demand { name: scope.name, activation, pins, uses, exposed, is_sound };
        port::want(demand, &path, wanted, problems);
    }
    Some(Service {
        name: scope.name.clone(),
        gaps: if allow.contains(&Code::TargetCannot) { Gaps::Accepted } else { Gaps::Refused },
        description,
        documentation,
        address,
        port: None,
        backend_port: None,
        groups,
        systemd,
        workload: workload?,
        flake_service,
        activation: activation?,
        environment: variables,
        provision,
        depends_on,
        dependents: Dependents::Nobody, // `dependency::settle` knows them.
        readiness,
        liveness,
        companion_of,
        restart,
        stop,
        limits,
        expose: shown?,
    })
}

/// Resolves what starts a service, unless what is written of that could not be read.
fn activated(
    activation: Option<&model::activation::Activation>,
    schedule: Option<&model::schedule::Schedule>,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Activation> {
    let is_damaged = scope.context.is_damaged;
    let (own_path, schedule_path) = (scope.path.key("activation"), scope.path.key("schedule"));
    let scheduled = schedule.map(|it| schedule::resolve(it, &schedule_path, is_damaged, problems));
    let is_unread = (activation.is_none() && is_damaged(&own_path))
        || (schedule.is_none() && is_damaged(&schedule_path));
    if is_unread {
        // It is not that of boot.
        return None;
    }
    activation::resolve(activation, scheduled, &own_path, is_damaged, problems)
}

/// Whether a manifest may accept a problem for a service: one that stops nothing, or one of a few others.
fn is_allowable(code: Code) -> bool {
    code.severity() != Severity::Error || [Code::RestartLoop, Code::TargetCannot].contains(&code)
}

fn allowed(written: &[Allow], path: &Trail<'_>, problems: &mut Vec<Problem>) -> BTreeSet<Code> {
    let mut codes = BTreeSet::new();
    let allowable = || Code::ALL.iter().filter(|it| is_allowable(**it));
    for (index, allow) in written.iter().enumerate() {
        let word = allow.code();
        match allowable().find(|it| it.as_str() == word) {
            Some(code) => {
                codes.insert(*code);
            }
            None => problems.push(
                Problem::new(
                    Code::UnknownValue,
                    // Where the code stands alone there is no such key, and the whole value is meant.
                    path.index(index).key("code").at_value(),
                    format!("`{}` is not a code that can be allowed", word.escape_debug()),
                )
                .hint(nearest::list(
                    &allowable().map(|it| it.as_str()).collect::<Vec<_>>(),
                    "codes that can be allowed",
                )),
            ),
        }
    }
    codes
}

/// systemd takes URIs of a few kinds, without blanks (systemd.unit(5), `Documentation=`).
fn documents(written: &[String], path: &Trail<'_>, problems: &mut Vec<Problem>) -> Vec<String> {
    const KINDS: [&str; 5] = ["https://", "http://", "file:/", "info:", "man:"];
    let mut documents = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let path = path.index(index);
        let Some(uri) = text::line(written, &path, problems) else { continue };
        let rest = KINDS.iter().find_map(|it| uri.strip_prefix(it));
        let is_plain = uri.bytes().all(|it| it.is_ascii_graphic() && !b"\"'\\".contains(&it));
        if is_plain && rest.is_some_and(|it| !it.is_empty()) {
            documents.push(uri);
            continue;
        }
        problems.push(
            Problem::new(
                Code::ImpossibleCharacter,
                path.at_value(),
                format!("`{}` is not a document that systemd could name", uri.escape_debug()),
            )
            .hint("a URI without blanks or quotes: `https://…`, `http://…`, `file:/…`, `info:…` or `man:…`"),
        );
    }
    documents
}

/// The service that a companion belongs to.
fn owner(
    written: &str,
    scope: &Scope<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<ServiceName> {
    let owner = scope.names.get(written);
    if owner.is_none() && !scope.services.contains_key(written) {
        let known = scope.names.keys().copied();
        problems.push(unknown_name(written, path.at_value(), "service", known));
    }
    owner.cloned()
}

fn refuse_workload(
    has_exec: bool,
    scope: &Scope<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let message = if has_exec {
        format!("`{}` has both `exec` and `container`", scope.name)
    } else if (scope.context.is_damaged)(path) {
        // What it runs is there but could not be read, and has been reported.
        return;
    } else {
        format!("`{}` does not say what it runs", scope.name)
    };
    problems.push(Problem::new(Code::Workload, path.at_key(), message).hint(
        "give it `exec.command` for a process or `container.image` for a container, not both",
    ));
}
