//! Containers for a host whose engine is docker: services that run its client in the foreground.
//!
//! The daemon runs containers, not the unit: it inherits no socket and no limit, and tells systemd nothing.
//! What it has no word for is left out here; `gap` has made a problem of it, which the manifest accepts.

use crate::directive::{self as d, Directive, Podman, Section};
use crate::plan::text::{Program, Reference, Segment, Text};
use crate::plan::version::Version;
use crate::unit::{Assignment, Command, Kind, Unit, Value};

use super::{oci, podman, proxy, raw};

mod option;

/// The newest docker whose options are known here, which stands for that of NixOS: its releases have several.
pub const OF_NIXOS: Version = Version::new(28, 2, 0);

/// Something of a unit that docker cannot do, in the words of podman or systemd: `--userns=keep-id`.
pub type Gap = String;

/// Makes a container fit docker, and says what was lost.
///
/// Limits of the unit become arguments, because the container is not below it. Other units are returned as they are.
pub fn fit(unit: Unit, version: Version) -> (Unit, Vec<Gap>) {
    let mut gaps = Vec::new();
    if unit.kind != Kind::Container {
        return (unit, gaps);
    }
    let mut fitted = Unit::new(unit.name, unit.kind);
    let mut arguments = Vec::new();
    for Assignment { directive, mut value } in unit.assignments {
        if directive == &d::container::PODMAN_ARGS {
            gaps.push("arguments of podman".to_owned());
            continue;
        }
        if directive.section == Section::Container {
            let (kept, missing) = option::keep(directive, value, version);
            gaps.extend(missing);
            fitted.assign_some(directive, kept);
            continue;
        }
        if oci::LIMITS_OF_THE_UNIT.contains(&directive) || directive == &d::service::OOM_POLICY {
            match limit(directive, &value) {
                Some(argument) => arguments.push(argument),
                None => gaps.push(format!("{}=", directive.key)),
            }
            continue;
        }
        if let Value::Commands(commands) = &mut value {
            let before = commands.len();
            commands.retain(|it| !it.words.iter().any(is_podman));
            if commands.len() < before {
                gaps.push(format!("a command of podman in {}=", directive.key));
            }
            if commands.is_empty() {
                continue;
            }
        }
        fitted.assign(directive, value);
    }
    proxy::behind_docker(&mut fitted);
    if !arguments.is_empty() {
        fitted.assign(&d::container::PODMAN_ARGS, Value::Texts(arguments));
    }
    (fitted, gaps)
}

/// Turns a fitted container into a service that runs docker.
///
/// Other units are returned as they are.
pub fn lower(unit: Unit) -> Unit {
    if unit.kind != Kind::Container {
        return unit;
    }
    let (container, others): (Vec<_>, Vec<_>) =
        unit.assignments.into_iter().partition(|it| it.directive.section == Section::Container);
    let (head, tail): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|it| it.directive.section == Section::Unit);
    let mut lowered = Unit { name: unit.name, kind: Kind::Service, assignments: head };
    let names = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    lowered.add_names(&d::unit::REQUIRES, names(&["docker.service"]));
    lowered.add_names(&d::unit::WANTS, names(&["network-online.target"]));
    lowered.add_names(&d::unit::AFTER, names(&["docker.service", "network-online.target"]));
    if !tail.iter().any(|it| it.directive == &d::service::TYPE) {
        lowered.assign(&d::service::TYPE, Value::Keyword("exec"));
    }
    let name = podman::container_name(&container);
    let about = |verb: &[&str]| {
        let words = verb.iter().map(|it| Text::from(*it)).chain([name.clone()]);
        std::iter::once(docker().into()).chain(words).collect::<Vec<Text>>()
    };
    let remove = || Command::new(about(&["rm", "--force"])).ignoring_failure();
    // One that a crash left behind would keep its name.
    let mut before = vec![remove()];
    let mut after = Vec::new();
    let mut rest = Vec::new();
    let (tail, raw) = podman::without_raw(tail);
    for Assignment { directive, value } in tail {
        let place = if directive == &d::service::EXEC_START_PRE {
            Some(&mut before)
        } else if directive == &d::service::EXEC_STOP_POST {
            Some(&mut after)
        } else {
            None
        };
        if let (Some(place), Value::Commands(commands)) = (place, &value) {
            place.extend(commands.iter().cloned());
        } else {
            rest.push(Assignment { directive, value });
        }
    }
    lowered.assign(&d::service::EXEC_START_PRE, Value::Commands(before));
    lowered.assign(&d::service::EXEC_START, Value::command(run(&container)));
    let stop = Command::new(about(&["stop"])).ignoring_failure();
    lowered.assign(&d::service::EXEC_STOP, Value::Commands(vec![stop]));
    rest.into_iter().for_each(|it| lowered.assign(it.directive, it.value));
    // The last, because a proxy would face a dead container while docker removes it.
    after.push(remove());
    lowered.assign(&d::service::EXEC_STOP_POST, Value::Commands(after));
    for (directive, lines) in raw {
        raw::merge(&mut lowered, directive, &lines);
    }
    podman::let_it_pull(&mut lowered);
    lowered.assignments.sort_by_key(|it| it.directive.section);
    lowered
}

fn run(container: &[Assignment]) -> Vec<Text> {
    let mut words = vec![docker().into(), "run".into(), "--rm".into()];
    words.extend(container.iter().flat_map(podman::options));
    for part in [Podman::Image, Podman::Command] {
        let assignments = container.iter().filter(|it| it.directive.podman == part);
        words.extend(assignments.flat_map(|it| it.value.texts()).cloned());
    }
    words
}

/// A limit of the unit as docker-run(1) gives it to the container.
fn limit(directive: &Directive, value: &Value) -> Option<Text> {
    let argument = if let Value::Size(size) = value
        && directive == &d::service::MEMORY_MAX
    {
        format!("--memory={}", size.podman())
    } else if let Value::Percent(percent) = value
        && directive == &d::service::CPU_QUOTA
    {
        format!("--cpus={}", percent.processors())
    } else if let Value::Names(slice) = value
        && directive == &d::service::SLICE
    {
        format!("--cgroup-parent={}", slice.concat())
    } else if let Value::Number(number) = value
        && directive == &d::service::TASKS_MAX
    {
        format!("--pids-limit={number}")
    } else {
        return None;
    };
    Some(argument.into())
}

fn docker() -> Program {
    Program::Package {
        package: vec!["docker".to_owned()],
        bin: None,
        path: "/usr/bin/docker".to_owned(),
    }
}

fn is_podman(word: &Text) -> bool {
    let Some(Segment::Reference(Reference::Program(Program::Package { package, .. }))) =
        word.0.first()
    else {
        return false;
    };
    *package == ["podman"]
}
