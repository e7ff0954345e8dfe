//! A unit beside a service that watches whether it still works.
//!
//! It is bound to the service, tries it, and ends when it has failed too often;
//! then the service is killed, and its restart policy says what comes next.

use crate::directive::{self as d, Versions};
use crate::plan::name::UserName;
use crate::plan::probe::{Liveness, Probe, Tries};
use crate::plan::process::{Account, Lifetime, Process};
use crate::plan::service::{Service, Workload};
use crate::plan::text::Program;
use crate::unit::{Command, Kind, Privileges, Unit, Value};

use super::{limited, script, words_of};
use crate::expand::{describe, process, provision, restart, tell_systemd, workload_name};

/// Tries until too many tries in a row have failed: the first pause, the pause, how many may fail, and what is tried.
const WHILE_ALIVE: &str = "\
pause() { read -rt \"$1\" <> <(:) || :; }; \
period=$2 failures=$3 failed=0; pause \"$1\"; shift 3; \
while :; do \
if \"$@\"; then failed=0; \
else ((++failed < failures)) || { echo \"$0 does not work, $failed tries in a row have failed\" >&2; exit 1; }; fi; \
pause \"$period\"; done";

/// Runs its arguments when the tries have failed, and not when the watcher was stopped (systemd.exec(5)).
const WHEN_IT_HAS_FAILED: &str = "[[ $SERVICE_RESULT != exit-code ]] || exec \"$@\"";

/// The unit that watches a service behind a proxy, which starts it.
pub(in crate::expand) fn watcher_of_proxied(service: &Service) -> Option<String> {
    tried(service).map(|_| unit_name(service))
}

/// Starts what watches a service that has no proxy.
///
/// A service that wanted it would be started again at once and without a pause: systemd starts what is wanted
/// as soon as a restart is planned, and with it what that one is bound to (measured with 257).
pub(in crate::expand) fn start_watcher(service: &Service) -> Option<Command> {
    tried(service)?;
    let has_proxy = service.activation.is_proxied();
    (!has_proxy).then(|| tell_systemd(service, "start", unit_name(service)))
}

/// Stops what watches a service that does not go through the dead state when it is started again.
pub(in crate::expand) fn stop_watcher(service: &Service, versions: Versions) -> Option<Command> {
    tried(service)?;
    let is_alone = restart::is_alone(service, versions);
    is_alone.then(|| tell_systemd(service, "stop", unit_name(service)))
}

/// Returns the unit that watches a service.
pub(in crate::expand) fn watcher(service: &Service) -> Option<Unit> {
    let (probe, tries) = tried(service)?;
    let mut unit = Unit::new(name(service), Kind::Service);
    describe(&mut unit, service, " (liveness)");
    // The proxy, where there is one: what is bound to its backend would keep that awake (companion.rs).
    let bound = vec![format!("{}.service", service.name)];
    unit.assign(&d::unit::AFTER, Value::Names(bound.clone()));
    unit.assign(&d::unit::BINDS_TO, Value::Names(bound));
    // It is started as often as the service, which has a limit of its own.
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    unit.assign(&d::service::TYPE, Value::Keyword("exec"));
    match (probe, &service.workload) {
        (Probe::Command(_), Workload::Process(process)) => run_as(&mut unit, service, process),
        // Connecting takes no account.
        (Probe::Http(_) | Probe::Tcp(_) | Probe::Command(_), _) => {
            unit.assign(&d::service::DYNAMIC_USER, Value::Flag(true));
        }
    }
    let Tries { initial_delay, period, timeout: _, successes: _, failures } = tries;
    let times =
        [initial_delay.seconds().into(), period.seconds().into(), failures.to_string().into()];
    let words = script(WHILE_ALIVE, service, times).into_iter();
    let words = words.chain(limited(tries, words_of(service, probe))).collect();
    unit.assign(&d::service::EXEC_START, Value::command(words));
    let kill = [
        Program::Systemd("bin/systemctl").into(),
        "kill".into(),
        "--signal=SIGKILL".into(),
        format!("{}.service", workload_name(service)).into(),
    ];
    // Killing a service is not for its user.
    let kill = Command::new(script(WHEN_IT_HAS_FAILED, service, kill)).with(Privileges::Full);
    unit.assign(&d::service::EXEC_STOP_POST, Value::Commands(vec![kill]));
    Some(unit)
}

/// What the watcher tries; podman itself tries what is inside of a container.
fn tried(service: &Service) -> Option<(&Probe, &Tries)> {
    let (probe, tries) = service.liveness.as_ref().and_then(Liveness::probe)?;
    match (probe, &service.workload) {
        (Probe::Command(_), Workload::Container(_)) => None,
        (Probe::Http(_) | Probe::Tcp(_) | Probe::Command(_), _) => Some((probe, tries)),
    }
}

fn name(service: &Service) -> String {
    format!("{}-liveness", service.name)
}

fn unit_name(service: &Service) -> String {
    format!("{}.service", name(service))
}

/// A command finds what the service itself finds where it runs.
fn run_as(unit: &mut Unit, service: &Service, process: &Process) {
    let mut account = process.account.clone();
    if account.lifetime == Lifetime::Dynamic && account.user.is_none() {
        // The account that systemd makes is called like the unit (systemd.exec(5)).
        account = Account { user: UserName::parse(&workload_name(service)), ..account };
    }
    process::run_as(unit, &account);
    provision::credentials(unit, service);
    if let Some(directory) = &process.working_directory {
        unit.assign(&d::service::WORKING_DIRECTORY, Value::text(directory.clone()));
    }
    unit.assign(&d::service::ENVIRONMENT, Value::Variables(service.environment.clone()));
    provision::environment_files(unit, service);
}
