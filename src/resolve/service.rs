//! One service, put together from its parts.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::nearest;
use crate::plan::name::{ServiceName, VariableName};
use crate::plan::text::Text;
use crate::plan::{Activation, Handoff, Restart, RestartPolicy, Service, Tls, TsProxy, Workload};
use crate::problem::{Code, Problem, Trail};

use super::text::{From, Texts};
use super::{
    Context, activation, container, host, port, process, service_path, text, unknown_name,
};

/// Where a service stands among the others.
pub(super) struct Scope<'a> {
    pub(super) name: &'a ServiceName,
    pub(super) services: &'a BTreeMap<String, model::Service>,
    pub(super) names: &'a BTreeMap<&'a str, ServiceName>,
    pub(super) hosts: &'a host::Hosts,
    pub(super) context: &'a Context<'a>,
}

/// Resolves one service; its ports have no numbers yet.
pub(super) fn resolve(
    written: &model::Service,
    scope: &Scope<'_>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Option<Service> {
    let path = service_path(scope.name);
    let model::Service {
        description,
        hosts: _, // `host::assign` reads it once every service is known.
        allow,
        exec,
        container,
        port,
        backend_port,
        environment,
        environment_files,
        user,
        group,
        activation,
        depends_on,
        restart,
        limits: model::Limits { open_files },
        expose: model::Expose { ts_proxy },
    } = written;
    let is_container =
        container.is_some() && !allow.iter().any(|it| it == Code::TargetCannot.as_str());
    let mut texts = Texts {
        own: scope.name,
        services: scope.services,
        names: scope.names,
        from: if is_container { From::Container } else { From::Host },
        uses: Vec::new(),
    };
    let before = problems.len();

    let description =
        description.as_deref().and_then(|it| text::line(it, &path.key("description"), problems));
    let allow = allowed(allow, &path.key("allow"), problems);
    let activation = match activation {
        // An activation that could not be read is not that of boot.
        None if (scope.context.is_damaged)(&path.key("activation")) => None,
        written => {
            let path = path.key("activation");
            activation::resolve(written.as_ref(), &path, scope.context.is_damaged, problems)
        }
    };
    let environment =
        resolve_environment(environment, &path.key("environment"), &mut texts, problems);
    let environment_files =
        resolve_environment_files(environment_files, &path.key("environmentFiles"), problems);
    let depends_on = dependencies(depends_on, scope, &path.key("dependsOn"), problems);
    let restart = resolve_restart(restart.as_ref(), &path.key("restart"), problems);
    let limits = path.key("limits");
    let open_files =
        open_files.and_then(|it| resolve_open_files(it, &limits.key("openFiles"), problems));
    let is_damaged = scope.context.is_damaged;
    let pins = port::Pins::resolve(*port, *backend_port, &path, is_damaged, problems);
    let account = process::Account { user: user.as_deref(), group: group.as_deref() };
    let workload = match (exec, container) {
        (Some(exec), None) => {
            let process = process::resolve(exec, account, &path, &mut texts, problems);
            process.map(Workload::Process)
        }
        (None, Some(container)) => {
            process::refuse_account(account, &path, problems);
            let path = path.key("container");
            let activation = activation.as_ref();
            container::resolve(container, activation, &path, &mut texts, wanted, problems)
                .map(Workload::Container)
        }
        (exec, _) => {
            refuse_workload(exec.is_some(), scope, &path, problems);
            None
        }
    };
    if let Some(activation) = &activation {
        restart_loop(&restart, activation, &allow, &path, problems);
        if ts_proxy.is_some() {
            host::refuse_ts_proxy_on_plain_hosts(scope, written, &allow, &path, problems);
        }
        let expose = path.key("expose");
        let exposed = ts_proxy.is_some().then(|| expose.key("tsProxy"));
        let is_sound = problems.len() == before && !is_damaged(&path);
        let uses = texts.uses;
        let demand = port::Demand { name: scope.name, activation, pins, uses, exposed, is_sound };
        port::want(demand, &path, wanted, problems);
    }
    Some(Service {
        name: scope.name.clone(),
        description,
        address: activation::reachable(written),
        port: None,
        backend_port: None,
        workload: workload?,
        activation: activation?,
        environment,
        environment_files,
        depends_on,
        restart,
        open_files,
        ts_proxy: ts_proxy
            .as_ref()
            .map(|model::TsProxy { tls }| TsProxy { tls: if *tls { Tls::On } else { Tls::Off } }),
    })
}

/// The codes of problems that a manifest may accept for a service.
const ALLOWABLE: [Code; 2] = [Code::RestartLoop, Code::TargetCannot];

fn allowed(written: &[String], path: &Trail<'_>, problems: &mut Vec<Problem>) -> BTreeSet<Code> {
    let mut codes = BTreeSet::new();
    for (index, word) in written.iter().enumerate() {
        match ALLOWABLE.iter().find(|it| it.as_str() == word) {
            Some(code) => {
                codes.insert(*code);
            }
            None => problems.push(
                Problem::new(
                    Code::UnknownValue,
                    path.index(index).at_value(),
                    format!("`{}` is not a code that can be allowed", word.escape_debug()),
                )
                .hint(nearest::hint(
                    word,
                    &ALLOWABLE.map(Code::as_str),
                    "codes that can be allowed",
                )),
            ),
        }
    }
    codes
}

fn resolve_environment(
    written: &BTreeMap<String, String>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<VariableName, Text> {
    let mut environment = BTreeMap::new();
    for (name, value) in written {
        let path = path.key(name);
        let variable = VariableName::parse(name);
        if variable.is_none() {
            problems.push(
                Problem::new(
                    Code::ImpossibleVariable,
                    path.at_key(),
                    format!("`{}` cannot be an environment variable", name.escape_debug()),
                )
                .hint("letters, digits and `_`, not beginning with a digit; systemd ignores all others"),
            );
        }
        let value = text::parse(value, &path, texts, problems);
        environment.extend(variable.zip(value));
    }
    environment
}

fn resolve_environment_files(
    written: &[String],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let files = written.iter().enumerate();
    files.filter_map(|(index, file)| environment_file(file, &path.index(index), problems)).collect()
}

fn resolve_open_files(written: i64, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<u64> {
    let limit = u64::try_from(written).ok().filter(|it| *it > 0);
    if limit.is_none() {
        let message = format!("nobody can open {written} files");
        problems.push(
            Problem::new(Code::ImpossibleQuantity, path.at_value(), message)
                .hint("write a whole number above 0"),
        );
    }
    limit
}

/// systemd reads the path of an environment file as a glob (systemd.exec(5)), podman does not.
fn environment_file(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let file = text::absolute_path(written, path, problems)?;
    if file.contains(['*', '?', '[', '\\']) {
        problems.push(
            text::cannot_carry(
                path,
                "has one of `*`, `?`, `[` and `\\`, which systemd reads as a pattern",
            )
            .hint("name each file"),
        );
        return None;
    }
    Some(file)
}

fn dependencies(
    written: &BTreeMap<String, model::Condition>,
    scope: &Scope<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeSet<ServiceName> {
    let mut dependencies = BTreeSet::new();
    for (name, condition) in written {
        let model::Condition::Started = condition;
        match scope.names.get(name.as_str()) {
            Some(name) => {
                dependencies.insert(name.clone());
            }
            // A service with an impossible name has been reported where it is declared.
            None if scope.services.contains_key(name) => {}
            None => {
                let known = scope.names.keys().copied();
                problems.push(unknown_name(name, path.key(name).at_key(), "service", known));
            }
        }
    }
    dependencies
}

fn resolve_restart(
    written: Option<&model::Restart>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Restart {
    let Some(model::Restart { policy, delay }) = written else {
        return Restart { policy: RestartPolicy::OnFailure, delay: None };
    };
    let delay =
        delay.as_deref().and_then(|it| activation::duration(it, &path.key("delay"), problems));
    let policy = match policy {
        None | Some(model::RestartPolicy::OnFailure) => RestartPolicy::OnFailure,
        Some(model::RestartPolicy::No) => RestartPolicy::No,
        Some(model::RestartPolicy::OnSuccess) => RestartPolicy::OnSuccess,
        Some(model::RestartPolicy::OnAbnormal) => RestartPolicy::OnAbnormal,
        Some(model::RestartPolicy::OnAbort) => RestartPolicy::OnAbort,
        Some(model::RestartPolicy::Always) => RestartPolicy::Always,
    };
    Restart { policy, delay }
}

/// A service that sleeps by exiting must not be restarted for it, and one that somebody waits for
/// must be restarted after every crash: its socket starts it again at once and without a pause.
fn restart_loop(
    restart: &Restart,
    activation: &Activation,
    allow: &BTreeSet<Code>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    use RestartPolicy::{Always, No, OnAbnormal, OnAbort, OnFailure, OnSuccess};
    let policy = restart.policy.as_str();
    let message = match (activation.handoff(), restart.policy) {
        (None, _) | (Some(_), OnFailure) | (Some(Handoff::Proxy(_)), Always) => return,
        (Some(Handoff::Fd), Always | OnSuccess) => {
            format!("`{policy}` starts a service again that exits because nobody calls, for ever")
        }
        (Some(_), No | OnSuccess | OnAbnormal | OnAbort) => {
            format!(
                "with `{policy}` the socket starts a service that fails again and again without a pause"
            )
        }
    };
    if !allow.contains(&Code::RestartLoop) {
        problems.push(
            Problem::new(Code::RestartLoop, path.key("restart").key("policy").at_value(), message).hint(
                "`on-failure` restarts crashes with growing pauses and leaves the idle exit alone; \
                 the next connection starts the service",
            ),
        );
    }
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
