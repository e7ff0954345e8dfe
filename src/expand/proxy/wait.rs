//! How somebody waits until a service behind a proxy answers: scripts of bash alone.
//!
//! The manifest contributes nothing but the numbers of ports.

use crate::directive as d;
use crate::plan::address::LOOPBACK;
use crate::plan::service::{PortRole, Service};
use crate::plan::text::{Program, Reference, Segment, Text};
use crate::unit::{Command, Unit, Value};

use crate::expand::own_port;

/// What a pause is read from, which never says anything; a process for each pause would cost more than the rest.
const CLOCK: &str = "exec 5<> <(:); ";

/// The end of the loop with the pause between two looks: 2 ms cost 7 % of a processor while somebody waits.
const PAUSE: &str = "read -rt 0.002 <&5 || :; done";

/// Connects again and again, as the end of the wait says.
fn wait(start: &str, service: &Service, end: String) -> Text {
    Text::literal(format!("{start}{CLOCK}until {{ exec 4<>/dev/tcp/{LOOPBACK}/"))
        .then(own_port(service, PortRole::Backend))
        .then(Text::literal(end))
}

/// The end of the wait where a connection is proof enough and the service is somebody else, which may come back: the
/// limit of the start ends it.
fn connected_some_time() -> String {
    format!("; }} 2>/dev/null; do {PAUSE}")
}

/// The same for the service itself, which is given up at once when it is gone.
fn connected(lives: &str) -> String {
    format!("; }} 2>/dev/null; do {lives}; {PAUSE}")
}

/// Ends the wait when the main process is gone.
const LIVES: &str = "kill -0 $MAINPID 2>/dev/null || exit 1";

/// Ends the wait when the container's first process is gone, which the watch knows: conmon, the main process, stays
/// until podman has cleaned up, and meanwhile a connection that is forwarded to where the container was hangs.
const CONTAINER_LIVES: &str = "[[ -e /proc/$p ]] || exit 1";

/// The end of the wait behind what accepts connections before anything listens, and then drops them:
/// `read` ends with 1 where one is dropped, with 0 where the service speaks first, and with more than 128
/// where it waits for its client (bash(1)).
fn connected_and_kept(lives: &str) -> String {
    format!(
        "; }} 2>/dev/null && {{ read -rt 0.05 -N 1 <&4; [ $? != 1 ]; }} 2>/dev/null; \
         do {lives}; {PAUSE}"
    )
}

/// Waits before the proxy.
pub(super) fn until_it_answers(service: &Service) -> Command {
    script(wait("", service, connected_some_time()))
}

/// Waits in the service, which is not up before.
pub(super) fn until_the_main_process_answers(service: &Service) -> Command {
    script(wait("", service, connected(LIVES)))
}

/// The same in a service that ends with its container.
pub(super) fn until_the_container_answers(service: &Service) -> Command {
    watching(wait(WATCH, service, connected(CONTAINER_LIVES)))
}

/// Lets the service end with its container, in the place of conmon.
///
/// By itself it ends with conmon, which first waits until podman has cleaned up, and for that time the proxy would
/// face a dead container: measured, every death lost what came in for 0.3 to 0.9 s, and with this for 0.02 s.
/// systemd kills what is still cleaning up, and in `ExecStopPost=` podman cleans up again.
pub(super) fn end_with_the_container() -> Command {
    watching(Text::literal(WATCH))
}

/// A script that begins with the watch.
fn watching(text: Text) -> Command {
    let mut command = script(text);
    command.words.push(Program::Systemd("bin/systemd-notify").into());
    command
}

/// A script of bash, which must succeed.
fn script(text: Text) -> Command {
    Command::new(vec![Program::bash().into(), "-c".into(), text])
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

/// Lets the backend of a proxy wait until its container listens, whatever its forwarder says.
///
/// The forwarders of rootless podman accept a connection as soon as the port is published, and may hold it for
/// longer than anybody would wait for its end: measured with pasta, whose clients were then reset by a proxy
/// that had started too early. The table of the container's own network knows: a line of proc_net_tcp(5) with
/// the port and state `0A`. To read it takes milliseconds of a processor, because the kernel looks through the
/// connections of all networks for it. A pod publishes the ports of its containers, of which the number is not
/// known here.
pub(in crate::expand) fn look_behind_the_forwarder(unit: &mut Unit) {
    let Some(port) = published_for_the_proxy(unit) else {
        return wait_until_it_is_kept(unit, CONTAINER_LIVES);
    };
    for text in waits(unit) {
        *text = Text::literal(format!(
            "{WATCH}{CLOCK}l=':{port:04X} [0-9A-F]+:0000 0A'; \
             until {{ read -rd '' t </proc/$p/net/tcp; read -rd '' u </proc/$p/net/tcp6; }} 2>/dev/null; \
             [[ $t$u =~ $l ]]; do {CONTAINER_LIVES}; read -rt 0.01 <&5 || :; done"
        ));
    }
}

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

/// Lets the backend of a proxy wait until a connection is kept: docker's proxy accepts one as soon as the port
/// is published. Its client is the main process of the service, and ends with the container.
pub(in crate::expand) fn behind_docker(unit: &mut Unit) {
    for command in commands_after_the_start(unit) {
        let script = command.words.get_mut(2).and_then(|it| it.0.first_mut());
        let Some(Segment::Literal(start)) = script else { continue };
        if let Some(wait) = start.strip_prefix(WATCH) {
            *start = wait.to_owned();
            command.words.truncate(3);
        }
    }
    wait_until_it_is_kept(unit, LIVES);
}

fn wait_until_it_is_kept(unit: &mut Unit, lives: &str) {
    for text in waits(unit) {
        text.0.pop();
        text.0.push(Segment::Literal(connected_and_kept(lives)));
    }
}

/// The scripts that wait for a connection to a container.
fn waits(unit: &mut Unit) -> impl Iterator<Item = &mut Text> {
    let connected = connected(CONTAINER_LIVES);
    let words = commands_after_the_start(unit).flat_map(|it| &mut it.words);
    words.filter(move |it| matches!(it.0.last(), Some(Segment::Literal(end)) if *end == connected))
}

fn commands_after_the_start(unit: &mut Unit) -> impl Iterator<Item = &mut Command> {
    let waits =
        unit.assignments.iter_mut().filter(|it| it.directive == &d::service::EXEC_START_POST);
    let commands = waits.filter_map(|it| {
        if let Value::Commands(commands) = &mut it.value { Some(commands) } else { None }
    });
    commands.flatten()
}
