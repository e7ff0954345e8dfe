//! A proxy in front of a service that binds its own port.
//!
//! `NAME.socket` and `NAME.service` face the user, `NAME-backend.service` is the service itself.

use crate::directive::{self as d, Versions};
use crate::plan::Plan;
use crate::plan::activation::Proxy;
use crate::plan::address::{LOOPBACK, bracketed};
use crate::plan::service::{PortRole, Service, Workload};
use crate::plan::text::{Program, Reference, Segment, Text};
use crate::unit::{Command, Failure, Kind, Privileges, Unit, Value};

use super::{
    Around, depend, describe, group, introduce, own_port, probe, restart, run, tell_systemd,
    workload_name, workload_unit,
};

/// `systemd-socket-proxyd`, which stops when nobody is connected.
pub(super) fn facing_the_user(
    plan: &Plan,
    service: &Service,
    proxy: &Proxy,
    versions: Versions,
) -> Unit {
    let mut unit = Unit::new(service.name.as_str(), Kind::Service);
    describe(&mut unit, service, " (proxy)");
    let backend = format!("{}.service", workload_name(service));
    let socket = format!("{}.socket", service.name);
    let both = vec![socket.clone(), backend.clone()];
    let wait = Wait::of(versions);
    match wait {
        Wait::Backend => {
            unit.assign(&d::unit::REQUIRES, Value::Names(both.clone()));
            unit.assign(&d::unit::AFTER, Value::Names(both));
            unit.add_names(&d::unit::WANTS, probe::watcher_of_proxied(service));
            unit.assign(&d::unit::BINDS_TO, Value::Names(vec![backend]));
        }
        Wait::Proxy => {
            unit.assign(&d::unit::REQUIRES, Value::Names(vec![socket]));
            unit.assign(&d::unit::WANTS, Value::Names(vec![backend.clone()]));
            unit.add_names(&d::unit::WANTS, probe::watcher_of_proxied(service));
            unit.assign(&d::unit::AFTER, Value::Names(both));
            unit.assign(&d::unit::PART_OF, Value::Names(vec![backend]));
        }
    }
    group::stop_with_groups(&mut unit, service);
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    // The proxy of systemd 252 does not say when it is ready.
    let kind = if wait == Wait::Backend { "notify" } else { "exec" };
    unit.assign(&d::service::TYPE, Value::Keyword(kind));
    let words = vec![
        Program::Systemd("lib/systemd/systemd-socket-proxyd").into(),
        // A blank inside the span would make two words of one.
        Text::literal(format!(
            "--exit-idle-time={}",
            proxy.idle_timeout.systemd().replace(' ', "")
        )),
        Text::literal(format!("{}:", bracketed(LOOPBACK)))
            .then(own_port(service, PortRole::Backend)),
    ];
    if wait == Wait::Proxy {
        let wait = script(until_it_answers(service, CONNECTED_SOME_TIME));
        unit.assign(&d::service::EXEC_START_PRE, Value::Commands(vec![wait]));
    }
    unit.assign(&d::service::EXEC_START, Value::command(words));
    if wait == Wait::Proxy {
        let give_up = give_the_backend_up(service);
        unit.assign(&d::service::EXEC_STOP_POST, Value::Commands(vec![give_up]));
        limit_the_start(&mut unit, service, proxy);
    }
    // It accepts whoever calls, and needs nothing of the host.
    unit.assign(&d::service::DYNAMIC_USER, Value::Flag(true));
    group::limit(&mut unit, plan, service);
    unit
}

/// The service itself, up as long as the proxy needs it.
pub(super) fn backend(plan: &Plan, service: &Service, proxy: &Proxy, versions: Versions) -> Unit {
    let mut unit = workload_unit(service, &workload_name(service));
    introduce(&mut unit, service);
    depend(&mut unit, Vec::new(), Vec::new(), plan, service);
    unit.assign(&d::unit::STOP_WHEN_UNNEEDED, Value::Flag(true));
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    // What else shows that it is ready says more than its port.
    let is_waiting = Wait::of(versions) == Wait::Backend && service.readiness.is_none();
    let wait = is_waiting.then(|| until_it_answers(service, CONNECTED));
    let after_start = match service.workload {
        Workload::Process(_) | Workload::Flake => wait.map(script),
        Workload::Container(_) => Some(end_with_the_container(wait.unwrap_or_default())),
    };
    let verb = match Wait::of(versions) {
        Wait::Backend => "stop",
        Wait::Proxy => "try-restart",
    };
    let around = Around {
        versions,
        after_start: after_start.into_iter().collect(),
        // The proxy ends with its backend, so that the next connection waits for both.
        after_stop: vec![tell_systemd(service, verb, format!("{}.service", service.name))],
    };
    run(&mut unit, plan, service, around);
    limit_the_start(&mut unit, service, proxy);
    restart::restart(&mut unit, service, versions);
    if Wait::of(versions) == Wait::Backend {
        unit.assign(&d::service::RESTART_MODE, Value::Keyword("direct"));
        restart::back_off(&mut unit, service);
    }
    unit
}

/// Which unit is not up until the service answers.
///
/// A proxy that requires its backend is stopped as soon as the backend has failed, and the client who still waits
/// starts both again at once: 316 starts in 8 s. `RestartMode=direct` of systemd 254 lets the backend fail without
/// that; before, the proxy only wants its backend and waits itself, so that nothing but `RestartSec=` paces it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Backend,
    Proxy,
}

impl Wait {
    fn of(versions: Versions) -> Wait {
        if d::service::RESTART_MODE.is_known_to(versions) { Wait::Backend } else { Wait::Proxy }
    }
}

/// Assigns how long a client waits before the start is given up and tried again.
fn limit_the_start(unit: &mut Unit, service: &Service, proxy: &Proxy) {
    let timeout = proxy.start_timeout.or(probe::start_timeout(service));
    let timeout = timeout.or(match service.workload {
        Workload::Process(_) | Workload::Flake => None,
        // A container has no limit of its own, and somebody is waiting.
        Workload::Container(_) => Some(probe::PATIENCE_WITH_PULLING),
    });
    unit.assign_some(&d::service::TIMEOUT_START_SEC, timeout.map(Value::Duration));
}

/// Starts a backend anew that did not answer in time: a proxy that is wanted again at once would find the same one,
/// and that would take back the job of a mere stop.
fn give_the_backend_up(service: &Service) -> Command {
    let mut command = script(Text::literal("[[ $SERVICE_RESULT != timeout ]] || exec \"$@\""));
    let words = [
        "--no-block".into(),
        "try-restart".into(),
        format!("{}.service", workload_name(service)).into(),
    ];
    command.words.extend(["bash".into(), Program::Systemd("bin/systemctl").into()]);
    command.words.extend(words);
    command.failure = Failure::Ignored;
    // Stopping a unit is not for the account of the proxy.
    command.privileges = Privileges::Full;
    command
}

/// A wait in bash alone, polling every 10 ms; its end says what is enough and when to give up.
///
/// The manifest contributes nothing but the number of the port.
fn until_it_answers(service: &Service, end: &'static str) -> Text {
    Text::literal(format!("until {{ exec 3<>/dev/tcp/{LOOPBACK}/"))
        .then(own_port(service, PortRole::Backend))
        .then(Text::literal(end))
}

/// A script of bash, which must succeed.
fn script(text: Text) -> Command {
    Command::new(vec![Program::bash().into(), "-c".into(), text])
}

/// The end of the wait where a connection is proof enough; it gives up at once when the service is gone.
const CONNECTED: &str =
    "; } 2>/dev/null; do kill -0 $MAINPID 2>/dev/null || exit 1; read -rt 0.01 <> <(:) || :; done";

/// The same for somebody else than the service, which may come back: the limit of the start ends it.
const CONNECTED_SOME_TIME: &str = "; } 2>/dev/null; do read -rt 0.01 <> <(:) || :; done";

/// Lets the backend of a proxy wait until its container listens, whatever its forwarder says.
///
/// The forwarders of rootless podman accept a connection as soon as the port is published, and may hold it for
/// longer than anybody would wait for its end: measured with pasta, whose clients were then reset by a proxy
/// that had started too early. The table of the container's own network knows: a line of proc_net_tcp(5) with
/// the port and state `0A`. The container is the child of conmon, which is the main process of the service.
/// A pod publishes the ports of its containers, of which the number is not known here.
pub(super) fn look_behind_the_forwarder(unit: &mut Unit) {
    let Some(port) = published_for_the_proxy(unit) else { return wait_until_it_is_kept(unit) };
    let script = format!(
        "{WATCH}l=':{port:04X} [0-9A-F]+:0000 0A'; \
         until [[ $(</proc/$p/net/tcp)$(</proc/$p/net/tcp6) =~ $l ]] 2>/dev/null; \
         do kill -0 $MAINPID 2>/dev/null || exit 1; read -rt 0.01 <> <(:) || :; done"
    );
    for word in words_after_the_start(unit) {
        if matches!(word.0.last(), Some(Segment::Literal(end)) if end == CONNECTED) {
            *word = Text::literal(script.clone());
        }
    }
}

/// Lets the service end with its container, in the place of conmon, and then waits.
///
/// By itself it ends with conmon, which first waits until podman has cleaned up, and for that time the proxy would
/// face a dead container: measured, every death lost what came in for 0.3 to 0.9 s, and with this for 0.02 s.
/// systemd kills what is still cleaning up, and in `ExecStopPost=` podman cleans up again.
fn end_with_the_container(wait: Text) -> Command {
    let mut command = script(match &wait.0[..] {
        [Segment::Literal(start), rest @ ..] => {
            Text::literal(format!("{WATCH}{start}")).then(Text(rest.to_vec()))
        }
        _ => Text::literal(WATCH).then(wait),
    });
    command.words.push(Program::Systemd("bin/systemd-notify").into());
    command
}

/// Starts somebody who ends with the container's own status, and whom systemd adopts as the main process of the
/// service. conmon(8) writes that status to `--exit-dir` before anything is cleaned up. When there is none though
/// conmon is gone, either a stop was faster than the next look, or conmon was killed and the container, its child,
/// lives on. A container that is gone before anybody looks has failed.
const WATCH: &str = "while IFS= read -rd \"\" w; do case $o in -c) c=$w;; --exit-dir) d=$w;; esac; o=$w; \
     done </proc/$MAINPID/cmdline; read -r p _ </proc/$MAINPID/task/$MAINPID/children; [[ $c && $p ]] || exit 1; \
     ({ exec 4<> <(:); \"$0\" MAINPID=$BASHPID; \
     until [[ -e $d/$c || ! -e /proc/$MAINPID ]]; do read -rt 0.02 <&4; done; \
     [[ -e $d/$c ]] && exit $(<\"$d/$c\"); [[ ! -e /proc/$p ]]; } &); ";

/// The port of the container to which its proxy is forwarded.
fn published_for_the_proxy(unit: &Unit) -> Option<u16> {
    let is_backend = |it: &&Text| {
        let is_backend =
            |it: &Reference| matches!(it, Reference::Port(it) if it.role == PortRole::Backend);
        it.references().any(is_backend)
    };
    let published = unit.get(&d::container::PUBLISH_PORT)?.texts().iter().find(is_backend)?;
    published.literals().last()?.strip_prefix(':')?.parse().ok()
}

/// The words of the commands that run once the service itself has started.
fn words_after_the_start(unit: &mut Unit) -> impl Iterator<Item = &mut Text> {
    commands_after_the_start(unit).flat_map(|it| &mut it.words)
}

fn commands_after_the_start(unit: &mut Unit) -> impl Iterator<Item = &mut Command> {
    let waits =
        unit.assignments.iter_mut().filter(|it| it.directive == &d::service::EXEC_START_POST);
    let commands = waits.filter_map(|it| {
        if let Value::Commands(commands) = &mut it.value { Some(commands) } else { None }
    });
    commands.flatten()
}

/// The end of the wait behind what accepts connections before anything listens, and then drops them:
/// `read` ends with 1 where one is dropped, with 0 where the service speaks first, and with more than 128
/// where it waits for its client (bash(1)).
const CONNECTED_AND_KEPT: &str = "; } 2>/dev/null && { read -rt 0.05 -N 1 <&3; [ $? != 1 ]; } 2>/dev/null; \
     do kill -0 $MAINPID 2>/dev/null || exit 1; read -rt 0.01 <> <(:) || :; done";

/// Lets the backend of a proxy wait until a connection is kept: docker's proxy accepts one as soon as the port
/// is published. Its client is the main process of the service, and ends with the container.
pub(super) fn behind_docker(unit: &mut Unit) {
    for command in commands_after_the_start(unit) {
        let script = command.words.get_mut(2).and_then(|it| it.0.first_mut());
        let Some(Segment::Literal(start)) = script else { continue };
        if let Some(wait) = start.strip_prefix(WATCH) {
            *start = wait.to_owned();
            command.words.truncate(3);
        }
    }
    wait_until_it_is_kept(unit);
}

fn wait_until_it_is_kept(unit: &mut Unit) {
    for word in words_after_the_start(unit) {
        if let Some(Segment::Literal(end)) = word.0.last_mut()
            && end == CONNECTED
        {
            *end = CONNECTED_AND_KEPT.to_owned();
        }
    }
}
