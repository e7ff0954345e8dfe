//! Pods for a host without their Quadlets: the service that Quadlet would make.

use crate::directive::{self as d, Versions};
use crate::plan::provision::DirectoryKind;
use crate::plan::text::{Reference, Text};
use crate::plan::version::Version;
use crate::unit::{Assignment, Kind, Unit, Value};

use super::object::subject;
use super::{options, order_after_the_network, podman, split};

/// `--exit-policy`, without which older pods do what is said with it (release notes of podman).
const EXIT_POLICY_SINCE: Version = Version::new(4, 2, 0);

/// Turns a pod into a service whose main process is the conmon of its infra container.
pub(super) fn lower(unit: Unit, versions: Versions) -> Unit {
    let mut lowered = Unit::new(format!("{}-pod", unit.name), Kind::Service);
    let (pod, head, tail) = split(unit.assignments);
    lowered.assignments = head;
    order_after_the_network(&mut lowered);
    let name = subject(&pod);
    let pid = Reference::Directory(DirectoryKind::Runtime, format!("{}.pid", lowered.name));
    lowered.assign(&d::service::TYPE, Value::Keyword("forking"));
    lowered.assign(&d::service::PID_FILE, Value::Texts(vec![Text::reference(pid.clone())]));
    let create = create(&pod, &name, Text::reference(pid), versions);
    let command = |words: &[&str]| {
        let words = words.iter().map(|it| Text::from(*it));
        let words = [podman().into(), "pod".into()].into_iter().chain(words).chain([name.clone()]);
        Value::command(words.collect())
    };
    lowered.assign(&d::service::EXEC_START_PRE, Value::command(create));
    lowered.assign(&d::service::EXEC_START, command(&["start"]));
    lowered.assign(&d::service::EXEC_STOP, command(&["stop", "--ignore", "--time=10"]));
    lowered.assign(&d::service::EXEC_STOP_POST, command(&["rm", "--ignore", "--force"]));
    lowered.assign(&d::service::RESTART, Value::Keyword("on-failure"));
    tail.into_iter().for_each(|it| lowered.set(it.directive, it.value));
    lowered.assignments.sort_by_key(|it| it.directive.section);
    lowered
}

fn create(pod: &[Assignment], name: &Text, pid: Text, versions: Versions) -> Vec<Text> {
    let mut words: Vec<Text> =
        vec![podman().into(), "pod".into(), "create".into(), "--replace".into()];
    words.push(Text::literal("--infra-conmon-pidfile=").then(pid));
    words.push(Text::literal("--infra-name=").then(name.clone()).then("-infra".into()));
    let is_known = |it: &&Assignment| {
        it.directive != &d::pod::EXIT_POLICY || versions.podman >= EXIT_POLICY_SINCE
    };
    words.extend(pod.iter().filter(is_known).flat_map(options));
    words.push(name.clone());
    words
}
