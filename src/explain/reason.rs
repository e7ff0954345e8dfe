//! Why a directive is there.
//!
//! Invariant: every directive of systemd has a reason here, or is said to need none; a test counts them.

use crate::directive::{self as d, Directive};
use crate::plan::activation::Handoff;
use crate::plan::service::{Service, Workload};
use crate::plan::text::Word;
use crate::unit::{Assignment, Failure, Value};

/// Why who takes a socket requires it.
macro_rules! without_socket {
    ($taker:literal) => {
        concat!(
            "systemd ties a socket to its service, but not a service to its socket: started by hand, ",
            $taker,
            " would find no socket to take."
        )
    };
}

mod probe;
mod proxy;

/// What a unit does for a service, or for several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Listens for users in the name of a service.
    Socket,
    /// Starts a job.
    Timer,
    /// Stands between users and a service.
    Proxy,
    /// Is the service itself.
    Workload,
    /// Stands beside a service, or is shared by several.
    Beside,
}

/// A directive in its unit.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) role: Role,
    /// `None` for what several services share.
    pub(super) service: Option<&'a Service>,
    pub(super) assignment: &'a Assignment,
}

/// Returns why a directive is there; `None` for one that says so itself.
pub(super) fn reason(line: Line<'_>) -> Option<&'static str> {
    let of_directive = all().filter(|it| it.directive == line.assignment.directive);
    of_directive.into_iter().find(|it| (it.holds)(line)).map(|it| it.why)
}

/// Those that hold for few units come first.
fn all() -> impl Iterator<Item = &'static Reason> {
    probe::REASONS.iter().chain(proxy::REASONS).chain(REASONS)
}

/// A sentence about a directive, where it holds.
struct Reason {
    directive: &'static Directive,
    holds: fn(Line<'_>) -> bool,
    why: &'static str,
}

const fn because(directive: &'static Directive, why: &'static str) -> Reason {
    Reason { directive, holds: |_| true, why }
}

const fn where_it(
    holds: fn(Line<'_>) -> bool,
    directive: &'static Directive,
    why: &'static str,
) -> Reason {
    Reason { directive, holds, why }
}

fn is_proxy(line: Line<'_>) -> bool {
    line.role == Role::Proxy
}

/// Whether it is the service itself, and a request wakes it.
fn is_woken(line: Line<'_>) -> bool {
    line.role == Role::Workload && handoff(line).is_some()
}

/// Whether it is the service itself behind a proxy.
fn is_backend(line: Line<'_>) -> bool {
    line.role == Role::Workload && matches!(handoff(line), Some(Handoff::Proxy(_)))
}

/// Whether it is the service itself, which takes its socket.
fn takes_the_socket(line: Line<'_>) -> bool {
    line.role == Role::Workload && matches!(handoff(line), Some(Handoff::Fd))
}

fn handoff<'a>(line: Line<'a>) -> Option<&'a Handoff> {
    line.service.and_then(|it| it.activation.handoff())
}

fn is_container(line: Line<'_>) -> bool {
    let workload = line.service.map(|it| &it.workload);
    line.role == Role::Workload && matches!(workload, Some(Workload::Container(_)))
}

fn is_shared(line: Line<'_>) -> bool {
    line.service.is_none()
}

/// Whether the unit makes a pod and not something that is made once.
fn is_a_pod(line: Line<'_>) -> bool {
    let Value::Commands(commands) = &line.assignment.value else { return false };
    let is_pod = |it: &Word| it.as_literal().as_deref() == Some("pod");
    is_shared(line) && commands.iter().any(|it| it.words.get(1).is_some_and(is_pod))
}

fn is_zero(line: Line<'_>) -> bool {
    line.assignment.value == Value::Number(0)
}

fn is_word(line: Line<'_>, word: &str) -> bool {
    matches!(line.assignment.value, Value::Keyword(it) if it == word)
}

fn names(line: Line<'_>, unit: &str) -> bool {
    matches!(&line.assignment.value, Value::Names(names) if names.iter().any(|it| it == unit))
}

fn names_several(line: Line<'_>) -> bool {
    matches!(&line.assignment.value, Value::Names(names) if names.len() > 1)
}

/// Whether it names the service's own socket.
fn names_its_socket(line: Line<'_>) -> bool {
    line.service.is_some_and(|it| names(line, &format!("{}.socket", it.name)))
}

/// Whether the service goes on when its commands fail.
fn only_tries(line: Line<'_>) -> bool {
    let Value::Commands(commands) = &line.assignment.value else { return false };
    commands.iter().all(|it| it.failure == Failure::Ignored)
}

fn is_a_companion(line: Line<'_>) -> bool {
    line.service.is_some_and(|it| it.companion_of.is_some())
}

/// The reasons; of several for one directive, the first that holds.
const REASONS: &[Reason] = &[
    because(
        &d::unit::REQUIRES_MOUNTS_FOR,
        "These file systems are mounted first; without them it does not start.",
    ),
    where_it(
        is_proxy,
        &d::unit::REQUIRES,
        "The backend is started with the proxy, and both live behind the socket.",
    ),
    where_it(
        |line| takes_the_socket(line) && names_its_socket(line) && names_several(line),
        &d::unit::REQUIRES,
        concat!(
            without_socket!("it"),
            " The others are started with it, and when one is stopped, so is it."
        ),
    ),
    where_it(
        |line| takes_the_socket(line) && names_its_socket(line),
        &d::unit::REQUIRES,
        without_socket!("it"),
    ),
    because(&d::unit::REQUIRES, "These are started with it, and when one is stopped, so is it."),
    where_it(
        is_proxy,
        &d::unit::AFTER,
        "A proxy does not try again: it waits until the backend answers.",
    ),
    where_it(
        |line| names(line, "network-online.target"),
        &d::unit::AFTER,
        "Waits for the network as Quadlet does unasked, and for what else stands here.",
    ),
    because(&d::unit::AFTER, "The order: what it needs would start at the same time otherwise."),
    where_it(
        is_proxy,
        &d::unit::BINDS_TO,
        "The proxy ends with its backend, also when that was stopped by hand: it would go on \
         accepting connections that lead nowhere.",
    ),
    where_it(is_a_companion, &d::unit::BINDS_TO, "A companion stops when its owner does."),
    because(&d::unit::BINDS_TO, "It stops when that stops, for whatever reason."),
    because(
        &d::unit::PART_OF,
        "It stops when one of these is stopped, and is started again with it.",
    ),
    because(&d::unit::WANTS, "These are started with it; it runs also without them."),
    because(
        &d::unit::STOP_WHEN_UNNEEDED,
        "The idle stop: when the proxy exits for want of connections, nobody needs it any more.",
    ),
    where_it(
        |line| is_zero(line) && line.role == Role::Beside,
        &d::unit::START_LIMIT_INTERVAL_SEC,
        "No limit of starts: it is there again whenever the service is.",
    ),
    where_it(
        is_zero,
        &d::unit::START_LIMIT_INTERVAL_SEC,
        "No limit of starts: with systemd's own, five in 10 s, the port is dead for good.",
    ),
    because(
        &d::unit::START_LIMIT_INTERVAL_SEC,
        "`restart.window`: when it fails more often in this time, it is given up until somebody \
         starts it.",
    ),
    because(
        &d::socket::FREE_BIND,
        "Sockets are opened before the network is up, when the address may not exist yet.",
    ),
    because(
        &d::socket::TRIGGER_LIMIT_INTERVAL_SEC,
        "No limit of wake-ups: with systemd's own, 20 in 2 s, a program that fails at start takes \
         the port down in a second.",
    ),
    because(
        &d::timer::RANDOMIZED_DELAY_SEC,
        "Hosts with the same schedule do not all run at once.",
    ),
    because(&d::timer::FIXED_RANDOM_DELAY, "The delay of a host is the same each time."),
    because(
        &d::timer::ACCURACY_SEC,
        "A run may be so late that the processor wakes once for several timers; without it, a \
         minute.",
    ),
    because(&d::timer::PERSISTENT, "A run that was missed while the host was off is made up for."),
    because(&d::timer::WAKE_SYSTEM, "A suspended host wakes up for it, where its hardware can."),
    where_it(
        is_proxy,
        &d::service::TYPE,
        "The proxy says itself when it is ready, so nothing is handed to it too early.",
    ),
    where_it(
        |line| is_word(line, "oneshot"),
        &d::service::TYPE,
        "It has started when it has ended: what waits for it waits until it is done.",
    ),
    where_it(
        |line| is_word(line, "exec"),
        &d::service::TYPE,
        "A program that cannot be run is a failed start; with `simple`, the usual one, it would \
         have started.",
    ),
    where_it(
        |line| is_container(line) && is_word(line, "notify"),
        &d::service::TYPE,
        "It has started when the container runs, which is said to systemd.",
    ),
    because(&d::service::TYPE, "How systemd knows that it has started."),
    because(
        &d::service::NOTIFY_ACCESS,
        "Who says that the container runs is conmon, which looks after it, and not podman.",
    ),
    because(
        &d::service::PID_FILE,
        "The pod is there as long as the conmon of its own container, which notes its number here.",
    ),
    where_it(
        is_proxy,
        &d::service::DYNAMIC_USER,
        "The proxy talks to whoever calls and needs nothing of the host: it runs under an account \
         that exists only meanwhile, without capabilities, and may write nowhere.",
    ),
    because(&d::service::DYNAMIC_USER, "An account that exists only while it runs."),
    because(
        &d::service::LOAD_CREDENTIAL,
        "systemd reads the secret and shows it to this service alone, below \
         $CREDENTIALS_DIRECTORY; whoever may read the unit does not see it.",
    ),
    because(
        &d::service::LOAD_CREDENTIAL_ENCRYPTED,
        "The same of a file that only this host can decrypt (systemd-creds).",
    ),
    because(
        &d::service::REMAIN_AFTER_EXIT,
        "It counts as up when its command has ended, so that it is done once.",
    ),
    where_it(
        is_a_pod,
        &d::service::EXEC_START_PRE,
        "The pod is made anew at each start, as the manifest has it now.",
    ),
    where_it(
        is_shared,
        &d::service::EXEC_START_PRE,
        "What was made of another definition is removed first; podman refuses while it is in use.",
    ),
    where_it(
        only_tries,
        &d::service::EXEC_START_PRE,
        "Removes what a crash has left of the container, which would keep its name.",
    ),
    because(
        &d::service::EXEC_START_PRE,
        "Before the service, and it does not start when this fails: what it requires is looked \
         for, so that the journal names what is missing, and what it needs is put in its place.",
    ),
    where_it(
        is_container,
        &d::service::EXEC_STOP,
        "The program is asked to end, and its container goes with it.",
    ),
    where_it(
        is_container,
        &d::service::EXEC_STOP_POST,
        "Removes what a crash leaves of the container, which would keep its name.",
    ),
    where_it(
        is_zero,
        &d::service::TIMEOUT_START_SEC,
        "No limit: the first start pulls the image, for which systemd's 90 s may be too short.",
    ),
    where_it(
        is_backend,
        &d::service::TIMEOUT_START_SEC,
        "`activation.startTimeout`: a start that takes longer has failed, and its clients see an \
         end.",
    ),
    where_it(
        is_container,
        &d::service::TIMEOUT_STOP_SEC,
        "`stop.timeout`, and 15 s for podman, which would be killed in the middle of it otherwise.",
    ),
    where_it(
        |line| is_woken(line) && is_word(line, "on-failure"),
        &d::service::RESTART,
        "A crash is made good while clients wait, and an exit for want of clients, which is a \
         success, is left alone.",
    ),
    where_it(
        |line| is_woken(line) && is_word(line, "no"),
        &d::service::RESTART,
        "`restart.policy`: after a crash the next connection starts it.",
    ),
    where_it(
        is_backend,
        &d::service::RESTART_MODE,
        "A restart does not go through the dead state, which would end the proxy and start both \
         again for each waiting client: 316 starts in 8 s of crashes, with it 8.",
    ),
    where_it(
        is_woken,
        &d::service::RESTART_SEC,
        "The pause before it is started again, the first where pauses grow: short because somebody \
         may be waiting.",
    ),
    because(
        &d::service::RESTART_STEPS,
        "In so many steps the pauses grow to the longest one, so that a crash loop costs little.",
    ),
    because(
        &d::service::RESTART_MAX_DELAY_SEC,
        "The longest pause, and so the longest wait for a client once the service is healed.",
    ),
    where_it(
        is_container,
        &d::service::SUCCESS_EXIT_STATUS,
        "A container that is asked to stop ends with 143, which is no failure.",
    ),
    because(&d::service::SLICE, "Its group limits it, together with the others of that group."),
    because(
        &d::service::KILL_MODE,
        "Only the main process is asked to end; podman passes that on to the container.",
    ),
    because(
        &d::service::DELEGATE,
        "podman makes groups of processes of its own below the unit, which systemd leaves to it.",
    ),
    because(
        &d::service::AMBIENT_CAPABILITIES,
        "It listens on a port below 1024 without being root.",
    ),
    where_it(
        |line| names(line, "sockets.target"),
        &d::install::WANTED_BY,
        "The port is open early in the boot, before any service is started.",
    ),
    where_it(
        |line| names(line, "timers.target"),
        &d::install::WANTED_BY,
        "The timer runs from the boot on.",
    ),
    where_it(is_a_companion, &d::install::WANTED_BY, "A companion is started by its owner."),
    where_it(
        |line| line.role == Role::Beside && !is_shared(line),
        &d::install::WANTED_BY,
        "It is up from the boot on.",
    ),
    because(&d::install::WANTED_BY, "What starts it, unless somebody does by hand."),
    where_it(
        takes_the_socket,
        &d::container::NETWORK,
        "The socket travels through podman into the container, whatever its network is; with \
         `none` it starts fastest and reaches nobody.",
    ),
    where_it(
        is_backend,
        &d::container::PUBLISH_PORT,
        "The backend's port, on loopback for the proxy alone; another one is reached as it is.",
    ),
    because(
        &d::container::POD,
        "The pod in which it runs, with the network and the published ports of all its containers.",
    ),
    because(
        &d::container::CGROUPS_MODE,
        "podman keeps the container below its unit, because the limits of the unit do not reach it \
         elsewhere.",
    ),
    because(
        &d::container::NOTIFY,
        "It has started when the program, or its health check, says so, and not when it runs.",
    ),
    because(
        &d::container::AUTO_UPDATE,
        "`podman auto-update` looks for a newer image and starts the service again with it.",
    ),
    because(
        &d::container::PODMAN_ARGS,
        "What the Quadlet of this podman has no key for, or cannot carry unchanged.",
    ),
];

/// Directives of systemd that say themselves what they are for, or repeat what the manifest says.
#[cfg(test)]
const SPEAKING: &[&Directive] = &[
    &d::unit::DESCRIPTION,
    &d::unit::DOCUMENTATION,
    &d::unit::START_LIMIT_BURST,
    &d::socket::LISTEN_STREAM,
    &d::timer::ON_CALENDAR,
    &d::timer::ON_BOOT_SEC,
    &d::timer::ON_UNIT_ACTIVE_SEC,
    &d::timer::ON_UNIT_INACTIVE_SEC,
    &d::slice::MEMORY_HIGH,
    &d::slice::MEMORY_MAX,
    &d::slice::CPU_QUOTA,
    &d::slice::CPU_WEIGHT,
    &d::slice::TASKS_MAX,
    &d::slice::IO_WEIGHT,
    &d::service::USER,
    &d::service::GROUP,
    &d::service::SUPPLEMENTARY_GROUPS,
    &d::service::UMASK,
    &d::service::NICE,
    &d::service::STATE_DIRECTORY,
    &d::service::STATE_DIRECTORY_MODE,
    &d::service::CACHE_DIRECTORY,
    &d::service::CACHE_DIRECTORY_MODE,
    &d::service::LOGS_DIRECTORY,
    &d::service::LOGS_DIRECTORY_MODE,
    &d::service::RUNTIME_DIRECTORY,
    &d::service::RUNTIME_DIRECTORY_MODE,
    &d::service::WORKING_DIRECTORY,
    &d::service::STANDARD_OUTPUT,
    &d::service::STANDARD_ERROR,
    &d::service::ENVIRONMENT,
    &d::service::ENVIRONMENT_FILE,
    &d::service::EXEC_START,
    &d::service::EXEC_RELOAD,
    &d::service::LIMIT_NOFILE,
    &d::service::LIMIT_NPROC,
    &d::service::MEMORY_HIGH,
    &d::service::MEMORY_MAX,
    &d::service::CPU_QUOTA,
    &d::service::CPU_WEIGHT,
    &d::service::TASKS_MAX,
    &d::service::IO_WEIGHT,
    &d::service::OOM_POLICY,
    &d::service::KILL_SIGNAL,
    &d::service::READ_WRITE_PATHS,
];

#[cfg(test)]
mod tests;
