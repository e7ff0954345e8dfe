//! When a service is started again, and how it is stopped.

use crate::directive::{self as d, Versions};
use crate::plan::dependency::Dependents;
use crate::plan::quantity::Duration;
use crate::plan::restart::{BackOff, GiveUp, RestartPolicy, Stop};
use crate::plan::service::Service;
use crate::unit::{Unit, Value};

/// How the pauses grow where a client may be waiting.
const USUAL_BACK_OFF: BackOff = BackOff { steps: 8, max_delay: Duration::milliseconds(30_000) };

/// The pause where somebody may be waiting and pauses cannot grow: a service that fails at start is started less
/// than once a second, and its client waits so long after each failure.
const STEADY_PAUSE: Duration = Duration::milliseconds(1_500);

/// What podman is given beyond the time of the container, before systemd kills podman itself.
const PATIENCE_WITH_PODMAN: Duration = Duration::milliseconds(15_000);

/// Assigns when the service is started again, and after which pause.
pub(super) fn restart(unit: &mut Unit, service: &Service, versions: Versions) {
    let policy = service.restart.policy;
    unit.assign(&d::service::RESTART, Value::Keyword(policy.as_str()));
    if policy != RestartPolicy::No || service.restart.delay.is_some() {
        let is_steady = !d::service::RESTART_STEPS.is_known_to(versions);
        let usual = match service.activation.handoff() {
            Some(_) if is_steady => STEADY_PAUSE,
            Some(_) | None => service.activation.usual_restart_delay(),
        };
        let delay = service.restart.delay.unwrap_or(usual);
        unit.assign(&d::service::RESTART_SEC, Value::Duration(delay));
    }
    if let Some(back_off) = service.restart.back_off {
        slow_down(unit, back_off);
    }
}

/// A crash loop is slowed down step by step instead of being ended, because a client may be waiting.
///
/// One that starts at that pace already is left at it: systemd would hurry it to the longest pause.
pub(super) fn back_off(unit: &mut Unit, service: &Service) {
    let is_restarted = service.restart.policy != RestartPolicy::No;
    let is_slow = service.restart.delay.is_some_and(|it| it >= USUAL_BACK_OFF.max_delay);
    if service.restart.back_off.is_none() && is_restarted && !is_slow {
        slow_down(unit, USUAL_BACK_OFF);
    }
}

fn slow_down(unit: &mut Unit, back_off: BackOff) {
    let BackOff { steps, max_delay } = back_off;
    unit.assign(&d::service::RESTART_STEPS, Value::Number(steps));
    unit.assign(&d::service::RESTART_MAX_DELAY_SEC, Value::Duration(max_delay));
}

/// Lets a service be started again by itself: what runs and needs it goes on, and what waits for it waits on.
///
/// Unasked, systemd starts again all that requires a service which it starts again (measured with 257).
pub(super) fn alone(unit: &mut Unit, service: &Service, versions: Versions) {
    if is_alone(service, versions) {
        unit.assign(&d::service::RESTART_MODE, Value::Keyword("direct"));
    }
}

/// Whether a service is started again without others, and so is never seen dead by them.
pub(super) fn is_alone(service: &Service, versions: Versions) -> bool {
    service.dependents == Dependents::Independent
        && service.activation.handoff().is_none()
        && service.restart.policy != RestartPolicy::No
        && d::service::RESTART_MODE.is_known_to(versions)
}

/// Assigns when a service that nobody waits for is given up.
pub(super) fn give_up(unit: &mut Unit, service: &Service) {
    if let Some(GiveUp { attempts, seconds }) = service.restart.give_up {
        unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(seconds));
        unit.assign(&d::unit::START_LIMIT_BURST, Value::Number(attempts));
    }
}

/// Assigns the exit codes that are no failure: those of the manifest and those that the workload itself has.
pub(super) fn success(unit: &mut Unit, service: &Service, of_workload: Option<u8>) {
    let mut codes = service.restart.success_exit_codes.clone();
    codes.extend(of_workload);
    let value = match Vec::from_iter(codes)[..] {
        [] => return,
        [code] => Value::Number(code.into()),
        ref codes => Value::Names(codes.iter().map(ToString::to_string).collect()),
    };
    unit.assign(&d::service::SUCCESS_EXIT_STATUS, value);
}

/// Assigns how a process is stopped.
pub(super) fn stop_process(unit: &mut Unit, service: &Service) {
    let Stop { signal, timeout } = &service.stop;
    unit.assign_some(&d::service::KILL_SIGNAL, signal.map(|it| Value::Keyword(it.as_str())));
    unit.assign_some(&d::service::TIMEOUT_STOP_SEC, timeout.map(Value::Duration));
}

/// Assigns how a container is stopped: podman does it, and systemd waits for podman.
pub(super) fn stop_container(unit: &mut Unit, service: &Service) {
    let Stop { signal, timeout } = &service.stop;
    unit.assign_some(&d::container::STOP_SIGNAL, signal.map(|it| Value::Keyword(it.as_str())));
    if let Some(timeout) = timeout {
        let seconds = timeout.whole_seconds().expect("`resolve` refuses parts of a second");
        unit.assign(&d::container::STOP_TIMEOUT, Value::Number(seconds));
        let timeout = timeout.plus(PATIENCE_WITH_PODMAN);
        unit.assign(&d::service::TIMEOUT_STOP_SEC, Value::Duration(timeout));
    }
}
