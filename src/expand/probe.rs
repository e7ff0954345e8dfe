//! How it is found out whether a service can be used, and whether it still works.
//!
//! What is tried is a program with its arguments; scripts of bash try it again and again.
//! They are given values as arguments and have none pasted into them.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::directive as d;
use crate::plan::address::bracketed;
use crate::plan::container::health::{Check, Health, OnFailure, Startup};
use crate::plan::container::run::Notify;
use crate::plan::probe::{
    Endpoint, Http, Liveness, Probe, ProbedPort, Readiness, ReadySign, Tries,
};
use crate::plan::quantity::Duration;
use crate::plan::service::{Service, Workload};
use crate::plan::text::{Program, Text, Word};
use crate::unit::{Command, Privileges, Unit, Value};

use super::podman::podman;

mod watch;

pub(super) use self::watch::{start_watcher, stop_watcher, watcher, watcher_of_proxied};

/// Tries until enough tries in a row have succeeded, or too many have failed:
/// the first pause, the pause, how many must succeed and may fail, and what is tried.
///
/// It gives up at once when the service is gone.
const UNTIL_READY: &str = "\
pause() { read -rt \"$1\" <> <(:) || :; kill -0 \"$MAINPID\" 2>/dev/null || exit 1; }; \
period=$2 successes=$3 failures=$4 passed=0 failed=0; pause \"$1\"; shift 4; \
while :; do \
if \"$@\"; then ((++passed < successes)) || exit 0; \
else passed=0; ((++failed < failures)) || { echo \"$0 was not ready, $failed tries have failed\" >&2; exit 1; }; fi; \
pause \"$period\"; done";

/// Asks for a path over HTTP: what stands in `Host:`, host, port, path, and a pattern of the status.
const ANSWERS: &str = "\
{ exec 3<>\"/dev/tcp/$2/$3\"; } 2>/dev/null || exit 1; \
printf 'GET %s HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: unitsmith\\r\\nAccept: */*\\r\\nConnection: close\\r\\n\\r\\n' \
\"$4\" \"$1\" >&3; \
read -r version status _ <&3 && [[ $version == HTTP/* && $status == $5 ]]";

/// The status of an answer that shows that a service works.
const ANY_SUCCESS: &str = "[23][0-9][0-9]";

/// Connects: host and port.
const CONNECTS: &str = "{ exec 3<>\"/dev/tcp/$1/$2\"; } 2>/dev/null";

/// Connects to what may be a forwarder, which accepts before anything listens and drops the connection then:
/// `read` ends with 1 where it is dropped (bash(1)).
const STAYS_CONNECTED: &str = "\
{ exec 3<>\"/dev/tcp/$1/$2\"; } 2>/dev/null && { read -rt 0.05 -N 1 <&3; [[ $? != 1 ]]; } 2>/dev/null";

/// Looks for a text in what the service has printed since it was started: the text and `journalctl`.
const IS_IN_THE_JOURNAL: &str = "\
while IFS= read -r line; do [[ $line == *\"$1\"* ]] && exit 0; done \
< <(\"$2\" --quiet --no-pager --output=cat \"_SYSTEMD_INVOCATION_ID=$INVOCATION_ID\"); exit 1";

/// Looks for a text in what a container has printed: the text, podman and the container.
const IS_PRINTED: &str = "\
while IFS= read -r line || [[ $line ]]; do [[ $line == *\"$1\"* ]] && exit 0; done \
< <(\"$2\" logs \"$3\" 2>&1); exit 1";

/// How long a container may take until it is there, because it may have to be pulled first.
pub(super) const PATIENCE_WITH_PULLING: Duration = Duration::milliseconds(5 * 60 * 1_000);

/// What systemd waits for a process unasked (systemd-system.conf(5)).
const USUAL_START: Duration = Duration::milliseconds(90_000);

/// What systemd is given beyond the tries, so that it is they that end a start.
const PATIENCE_WITH_TRIES: Duration = Duration::milliseconds(10_000);

/// Longer is for ever.
const LONGEST: Duration = Duration::milliseconds(365 * 86_400_000);

/// The commands that hold back a start until the service is ready.
pub(super) fn wait(service: &Service) -> Option<Command> {
    let Readiness::Tried(sign, tries) = service.readiness.as_ref()? else { return None };
    let is_container = matches!(service.workload, Workload::Container(_));
    let (tried, privileges) = match sign {
        // podman finds it out and says so.
        ReadySign::Answer(Probe::Command(_)) if is_container => return None,
        ReadySign::Answer(probe) => (words_of(service, probe), Privileges::Unit),
        ReadySign::Printed(text) if is_container => {
            let more = [text.as_str().into(), podman().into(), service.name.as_str().into()];
            (script(IS_PRINTED, service, more), Privileges::Unit)
        }
        ReadySign::Printed(text) => {
            let more = [text.as_str().into(), Program::Systemd("bin/journalctl").into()];
            // The journal is not for everybody to read.
            (script(IS_IN_THE_JOURNAL, service, more), Privileges::Full)
        }
    };
    let Tries { initial_delay, period, timeout: _, successes, failures } = tries;
    let times = [
        initial_delay.seconds().into(),
        period.seconds().into(),
        successes.to_string().into(),
        failures.to_string().into(),
    ];
    let words = script(UNTIL_READY, service, times).into_iter();
    let words = words.chain(limited(tries, tried)).collect();
    Some(Command::new(words).with(privileges))
}

/// How long a start may take, where the readiness decides it.
pub(super) fn start_timeout(service: &Service) -> Option<Duration> {
    let is_container = matches!(service.workload, Workload::Container(_));
    let (longest, is_of_podman) = match service.readiness.as_ref()? {
        Readiness::Notified { timeout } => {
            return timeout
                .map(|it| if is_container { it.plus(PATIENCE_WITH_PULLING) } else { it });
        }
        Readiness::Tried(ReadySign::Answer(Probe::Command(_)), tries) => {
            (tries.longest(), is_container)
        }
        Readiness::Tried(_, tries) => (tries.longest(), false),
    };
    let longest = longest.plus(PATIENCE_WITH_TRIES).min(LONGEST);
    match (is_container, is_of_podman) {
        (false, _) => Some(longest.max(USUAL_START)),
        // The tries begin when the image is there, and end by themselves.
        (true, false) if !service.activation.is_proxied() => None,
        (true, false) => Some(longest.max(PATIENCE_WITH_PULLING)),
        (true, true) => Some(longest.plus(PATIENCE_WITH_PULLING)),
    }
}

/// Lets a process say by itself when it is ready and that it works.
pub(super) fn notify(unit: &mut Unit, service: &Service) {
    let is_process = matches!(service.workload, Workload::Process(_));
    if is_process && matches!(service.readiness, Some(Readiness::Notified { timeout: _ })) {
        unit.set(&d::service::TYPE, Value::Keyword("notify"));
    }
    if let Some(Liveness::Notified { silence }) = service.liveness {
        unit.assign(&d::service::WATCHDOG_SEC, Value::Duration(silence));
    }
}

/// Who says when a container is ready.
pub(super) fn notify_of_container(service: &Service) -> Option<Notify> {
    match service.readiness.as_ref()? {
        Readiness::Notified { timeout: _ } => Some(Notify::Container),
        Readiness::Tried(ReadySign::Answer(Probe::Command(_)), _) => Some(Notify::Healthy),
        Readiness::Tried(_, _) => None,
    }
}

/// The health check of a container with what is tried inside of it.
///
/// podman has one check for a container that starts and one for all the time after.
pub(super) fn health<'a>(service: &Service, health: &'a Health) -> Cow<'a, Health> {
    let command = |probe: Option<(&Probe, &Tries)>| match probe {
        Some((Probe::Command(words), tries)) => Some((words.clone(), tries.clone())),
        Some((Probe::Http(_) | Probe::Tcp(_), _)) | None => None,
    };
    let ready = command(service.readiness.as_ref().and_then(Readiness::probe));
    let alive = command(service.liveness.as_ref().and_then(Liveness::probe));
    let is_watched = alive.is_some();
    let Some((words, tries)) = alive.or(ready.clone()) else { return Cow::Borrowed(health) };
    let mut health = health.clone();
    if let Some((words, tries)) = ready.filter(|(_, it)| is_watched || it.successes > 1) {
        let Tries { initial_delay: _, period, timeout, successes, failures: _ } = tries;
        health.startup = Startup {
            command: words,
            interval: Some(period),
            timeout: Some(timeout),
            // podman would start the container again, which is for systemd to do when the start takes too long.
            retries: Some(0),
            success: Some(successes),
        };
    }
    let Tries { initial_delay, period, timeout, successes: _, failures } = tries;
    health.check = Check::Command(words);
    health.interval = Some(period);
    health.timeout = Some(timeout);
    health.retries = Some(failures);
    health.start_period = Some(initial_delay).filter(|it| *it > Duration::milliseconds(0));
    health.on_failure = is_watched.then_some(OnFailure::Kill);
    Cow::Owned(health)
}

/// What is tried, cut off when it takes too long.
fn limited(tries: &Tries, tried: Vec<Word>) -> impl Iterator<Item = Word> {
    let program = Program::Package {
        package: vec!["coreutils".to_owned()],
        bin: Some("timeout".to_owned()),
        path: "/usr/bin/timeout".to_owned(),
    };
    let head = [program.into(), "--signal=KILL".into(), tries.timeout.seconds().into()];
    head.into_iter().chain(tried)
}

/// The words of a try that runs on the host.
pub fn words_of(service: &Service, probe: &Probe) -> Vec<Word> {
    match probe {
        Probe::Http(Http { endpoint, path, status }) => {
            let host = match endpoint.host.parse::<IpAddr>() {
                Ok(address) => bracketed(address),
                Err(_) => endpoint.host.clone(),
            };
            let authority = Text::literal(format!("{host}:")).then(port(service, endpoint));
            let status = status.map_or(ANY_SUCCESS.to_owned(), |it| it.to_string());
            let more = [
                authority,
                endpoint.host.as_str().into(),
                port(service, endpoint),
                path.as_str().into(),
                status.into(),
            ];
            script(ANSWERS, service, more)
        }
        Probe::Tcp(endpoint) => {
            let connects = match service.workload {
                Workload::Process(_) | Workload::Flake => CONNECTS,
                Workload::Container(_) => STAYS_CONNECTED,
            };
            let more = [endpoint.host.as_str().into(), port(service, endpoint)];
            script(connects, service, more)
        }
        Probe::Command(words) => words.clone(),
    }
}

fn port(service: &Service, endpoint: &Endpoint) -> Text {
    match endpoint.port {
        ProbedPort::Fixed(number) => number.to_string().into(),
        ProbedPort::Own(role) => super::own_port(service, role),
    }
}

/// The words of a script in which the service is called by its name.
fn script<const N: usize>(script: &str, service: &Service, arguments: [Word; N]) -> Vec<Word> {
    super::script(script, service.name.as_str(), arguments)
}
