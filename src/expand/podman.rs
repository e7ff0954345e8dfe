//! Containers for a host without Quadlet: services that run podman.

use std::collections::BTreeMap;

use crate::directive::{self as d, Directive, Podman, Section, Versions};
use crate::plan::Plan;
use crate::plan::name::VariableName;
use crate::plan::service::Service;
use crate::plan::text::{Program, Text};
use crate::plan::version::Version;
use crate::unit::{Assignment, Command, Kind, Unit, Value};

use super::{raw, script};

mod object;
mod pod;

pub(super) use self::object::remove_another_network;

/// Turns a container or another object of podman into the service that Quadlet would make of it.
///
/// Other units are returned as they are.
pub fn lower(unit: Unit, versions: Versions) -> Unit {
    match unit.kind {
        Kind::Container => container(unit),
        Kind::Network | Kind::Volume | Kind::Image | Kind::Build => object::lower(unit, versions),
        Kind::Pod => pod::lower(unit, versions),
        Kind::Service | Kind::Socket | Kind::Timer | Kind::Target | Kind::Slice => unit,
    }
}

/// What podman is told, what `[Unit]` says, and the rest.
fn split(assignments: Vec<Assignment>) -> (Vec<Assignment>, Vec<Assignment>, Vec<Assignment>) {
    let (told, others): (Vec<_>, Vec<_>) =
        assignments.into_iter().partition(|it| it.directive.section.is_of_quadlet());
    let (head, tail) = others.into_iter().partition(|it| it.directive.section == Section::Unit);
    (told, head, tail)
}

fn container(unit: Unit) -> Unit {
    let mut lowered = Unit::new(unit.name, Kind::Service);
    let runs =
        if unit.assignments.iter().any(is_oneshot) { Runs::ToTheEnd } else { Runs::Detached };
    let (container, head, tail) = split(unit.assignments);
    lowered.assignments = head;
    order_after_the_network(&mut lowered);
    let name = container_name(&container);
    if container.iter().any(|it| it.directive == &d::container::AUTO_UPDATE) {
        // By it `podman auto-update` finds the unit that it starts again; Quadlet and NixOS set it always.
        let unit = Text::literal(format!("{}.service", lowered.name));
        let variable = VariableName::parse("PODMAN_SYSTEMD_UNIT").expect("it is a name");
        let variables = BTreeMap::from([(variable, unit)]);
        lowered.assign(&d::service::ENVIRONMENT, Value::Variables(variables));
    }
    match runs {
        Runs::Detached => {
            lowered.assign(&d::service::TYPE, Value::Keyword("notify"));
            lowered.assign(&d::service::NOTIFY_ACCESS, Value::Keyword("all"));
        }
        Runs::ToTheEnd => {}
    }
    lowered.assign(&d::service::DELEGATE, Value::Flag(true));
    lowered.assign(&d::service::KILL_MODE, Value::Keyword("mixed"));
    lowered.assign(&d::service::EXEC_START, Value::command(run(&container, runs)));
    lowered
        .assign(&d::service::EXEC_STOP, Value::command(podman_words(&["stop", "--ignore"], &name)));
    let remove = podman_words(&["rm", "--force", "--ignore"], &name);
    let mut after_the_end = Vec::new();
    let (tail, raw) = without_raw(tail);
    for Assignment { directive, value } in tail {
        if directive == &d::service::EXEC_STOP_POST
            && let Value::Commands(commands) = value
        {
            after_the_end.extend(commands);
        } else {
            lowered.assign(directive, value);
        }
    }
    // As with Quadlet, the last: it takes 100 ms, in which a proxy would face a dead container.
    after_the_end.push(Command::new(remove).ignoring_failure());
    lowered.assign(&d::service::EXEC_STOP_POST, Value::Commands(after_the_end));
    for (directive, lines) in raw {
        raw::merge(&mut lowered, directive, &lines);
    }
    let_it_pull(&mut lowered);
    log_in(&container, &mut lowered);
    lowered.assignments.sort_by_key(|it| it.directive.section);
    lowered
}

/// Directives with lines that the manifest passes on.
pub(super) type RawLines = Vec<(&'static Directive, Vec<String>)>;

/// Takes the lines of the manifest apart from what unitsmith assigns, after all of which they come.
pub(super) fn without_raw(assignments: Vec<Assignment>) -> (Vec<Assignment>, RawLines) {
    let mut raw = Vec::new();
    let mut others = Vec::new();
    for Assignment { directive, value } in assignments {
        if let Value::Raw { before, lines } = value {
            raw.push((directive, lines));
            others.extend(before.map(|value| Assignment { directive, value: *value }));
        } else {
            others.push(Assignment { directive, value });
        }
    }
    (others, raw)
}

/// Takes the limit off a start that has none of its own: the first one pulls the image,
/// which may take longer than systemd's usual 90 s. NixOS does so unasked.
pub(super) fn let_it_pull(unit: &mut Unit) {
    if unit.get(&d::service::TIMEOUT_START_SEC).is_none() {
        unit.assign(&d::service::TIMEOUT_START_SEC, Value::Number(0));
    }
}

/// Lets a unit log in to the registry of its image before it runs, as NixOS does by itself.
///
/// The values are arguments of the script, so that none of them is read as a part of it.
pub(super) fn log_in(container: &[Assignment], unit: &mut Unit) {
    let value = |directive: &Directive| {
        let assignment = container.iter().find(|it| it.directive == directive)?;
        assignment.value.texts().first().cloned()
    };
    let registry = value(&d::container::LOGIN_REGISTRY);
    let username = value(&d::container::LOGIN_USERNAME);
    let file = value(&d::container::LOGIN_PASSWORD_FILE);
    let (Some(registry), Some(username), Some(file)) = (registry, username, file) else { return };
    let login = "exec \"$0\" login --username \"$1\" --password-stdin \"$2\" <\"$3\"";
    let login = Value::command(script(login, podman(), [username, registry, file]));
    let before = unit.assignments.iter_mut().find(|it| it.directive == &d::service::EXEC_START_PRE);
    match (before.map(|it| &mut it.value), login) {
        (Some(Value::Commands(commands)), Value::Commands(login)) => {
            commands.splice(0..0, login);
        }
        (_, login) => unit.assign(&d::service::EXEC_START_PRE, login),
    }
}

/// The arguments of podman that an assignment of a section of Quadlet stands for.
pub fn options(assignment: &Assignment) -> Vec<Text> {
    let start = match assignment.directive.podman {
        Podman::Option(option) => format!("{option}="),
        Podman::Prefix(prefix) => prefix.to_owned(),
        Podman::Flag(flag) => {
            let is_set = assignment.value == Value::Flag(true);
            return vec![if is_set { flag.into() } else { format!("{flag}=false").into() }];
        }
        Podman::Choice(yes, no) => {
            let is_set = assignment.value == Value::Flag(true);
            return vec![if is_set { yes.into() } else { no.into() }];
        }
        Podman::Words => return assignment.value.texts().to_vec(),
        Podman::Nothing | Podman::Image | Podman::Command | Podman::Subject => return Vec::new(),
    };
    let with = |value: Text| Text::literal(start.as_str()).then(value);
    let pair =
        |name: &str, value: &Text| with(Text::literal(format!("{name}=")).then(value.clone()));
    match &assignment.value {
        Value::Texts(texts) => texts.iter().cloned().map(with).collect(),
        Value::Keyword(word) => vec![with((*word).into())],
        Value::Number(number) => vec![with(number.to_string().into())],
        Value::Names(names) => names.iter().map(|it| with(it.as_str().into())).collect(),
        Value::Variables(variables) => {
            variables.iter().map(|(name, value)| pair(name.as_str(), value)).collect()
        }
        Value::Pairs(pairs) => pairs.iter().map(|(name, value)| pair(name, value)).collect(),
        Value::Flag(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Percent(_)
        | Value::Signed(_)
        | Value::Mode(_)
        | Value::Commands(_)
        | Value::Raw { .. } => {
            unreachable!("`{}=` of a container holds texts or names", assignment.directive.key)
        }
    }
}

/// How long the process that runs podman stays.
#[derive(Clone, Copy, PartialEq)]
enum Runs {
    /// Until the container runs; conmon says so to systemd.
    Detached,
    /// As long as the container does, whose exit status it then has.
    ToTheEnd,
}

fn is_oneshot(assignment: &Assignment) -> bool {
    assignment.directive == &d::service::TYPE && assignment.value == Value::Keyword("oneshot")
}

fn run(container: &[Assignment], runs: Runs) -> Vec<Text> {
    // What Quadlet and NixOS add of their own accord.
    let mut words = vec![podman().into()];
    let is_detached = runs == Runs::Detached;
    let says_nothing = !container.iter().any(|it| it.directive == &d::container::NOTIFY);
    words.extend(["run", "--replace", "--rm"].map(Text::from));
    words.extend(is_detached.then(|| "--detach".into()));
    words.push("--cgroups=split".into());
    words.extend((is_detached && says_nothing).then(|| "--sdnotify=conmon".into()));
    words.extend(container.iter().flat_map(options));
    for part in [Podman::Image, Podman::Command] {
        let assignments = container.iter().filter(|it| it.directive.podman == part);
        words.extend(assignments.flat_map(|it| it.value.texts()).cloned());
    }
    words
}

/// Returns the command that runs a container for a trial, in the foreground and under another name.
///
/// It publishes nothing, it is in no pod, for which there may be none yet, and podman knows none of its secrets:
/// `further` is what stands in for them.
pub fn trial(plan: &Plan, service: &Service, name: &str, further: Vec<Text>) -> Vec<Text> {
    const LEFT_OUT: &[&Directive] = &[
        &d::container::AUTO_UPDATE,
        &d::container::CGROUPS_MODE,
        &d::container::CONTAINER_NAME,
        &d::container::NOTIFY,
        &d::container::POD,
        &d::container::PUBLISH_PORT,
        &d::container::SECRET,
    ];
    let newest = Versions { systemd: u16::MAX, podman: Version::new(u16::MAX, 0, 0) };
    let units = super::expand(plan, service, newest);
    let container = units.iter().filter(|it| it.kind == Kind::Container);
    let assignments: Vec<&Assignment> = container
        .flat_map(|it| &it.assignments)
        .filter(|it| !LEFT_OUT.contains(&it.directive))
        .collect();
    let mut words = vec![podman().into()];
    words.extend(["run", "--replace", "--rm", "--name", name].map(Text::from));
    words.extend(assignments.iter().flat_map(|it| options(it)));
    words.extend(further);
    for part in [Podman::Image, Podman::Command] {
        let assignments = assignments.iter().filter(|it| it.directive.podman == part);
        words.extend(assignments.flat_map(|it| it.value.texts()).cloned());
    }
    words
}

/// Returns the command that removes the container of a trial.
pub fn end_of_trial(name: &str) -> Vec<Text> {
    let words = ["rm", "--force", "--ignore", "--time", "0", name].map(Text::from);
    [podman().into()].into_iter().chain(words).collect()
}

fn podman_words(arguments: &[&str], name: &Text) -> Vec<Text> {
    std::iter::once(podman().into())
        .chain(arguments.iter().map(|it| Text::from(*it)))
        .chain([name.clone()])
        .collect()
}

/// The program itself.
pub(super) fn podman() -> Program {
    Program::Package {
        package: vec!["podman".to_owned()],
        bin: None,
        path: "/usr/bin/podman".to_owned(),
    }
}

pub(super) fn container_name(container: &[Assignment]) -> Text {
    let name = container.iter().find(|it| it.directive == &d::container::CONTAINER_NAME);
    name.and_then(|it| it.value.texts().first()).cloned().expect("every container is given a name")
}

/// Quadlet and NixOS let a container wait for the network of their own accord.
fn order_after_the_network(unit: &mut Unit) {
    const NETWORK: &str = "network-online.target";
    for directive in [&d::unit::WANTS, &d::unit::AFTER] {
        unit.add_names(directive, [NETWORK.to_owned()]);
    }
}
