//! When a service is started again, and how it is stopped.

use std::collections::BTreeSet;

use crate::manifest::model;
use crate::plan::activation::{Activation, Handoff};
use crate::plan::quantity::Duration;
use crate::plan::restart::{BackOff, GiveUp, Restart, RestartPolicy, Signal, Stop};
use crate::plan::service::Service;
use crate::problem::{Code, Problem, Trail};

use super::{pointless, quantity, refuse_pointless, service_path};

/// The first systemd whose pauses grow: `RestartSteps=` and `RestartMaxDelaySec=` (systemd.service(5)).
const GROWING_PAUSES_SINCE: u16 = 254;

/// In how many steps pauses grow when the manifest does not say.
const USUAL_STEPS: u64 = 8;

/// Resolves the restart; `path` is that of its table.
pub(super) fn resolve(
    written: Option<&model::restart::Restart>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Restart {
    let usual = model::restart::Restart::default();
    let model::restart::Restart {
        policy,
        delay,
        max_delay,
        steps,
        attempts,
        window,
        success_exit_codes,
    } = written.unwrap_or(&usual);
    let policy = match policy {
        None | Some(model::restart::RestartPolicy::OnFailure) => RestartPolicy::OnFailure,
        Some(model::restart::RestartPolicy::No) => RestartPolicy::No,
        Some(model::restart::RestartPolicy::OnSuccess) => RestartPolicy::OnSuccess,
        Some(model::restart::RestartPolicy::OnAbnormal) => RestartPolicy::OnAbnormal,
        Some(model::restart::RestartPolicy::OnAbort) => RestartPolicy::OnAbort,
        Some(model::restart::RestartPolicy::Always) => RestartPolicy::Always,
    };
    let is_restarted = policy != RestartPolicy::No;
    let never = "the service is never started again";
    let keys = [
        ("maxDelay", max_delay.is_some() && !is_restarted, never),
        ("steps", steps.is_some() && !is_restarted, never),
        ("attempts", attempts.is_some() && !is_restarted, never),
        ("window", window.is_some() && !is_restarted, never),
        ("steps", steps.is_some() && max_delay.is_none() && is_restarted, "there is no `maxDelay`"),
        (
            "window",
            window.is_some() && attempts.is_none() && is_restarted,
            "there are no `attempts`",
        ),
    ];
    refuse_pointless(keys, path, problems);
    if attempts.is_some() && window.is_none() && is_restarted {
        problems.push(
            Problem::new(
                Code::MissingKey,
                path.key("attempts").at_key(),
                "`attempts` need a `window` in which they are counted",
            )
            .hint("the longest time that so many attempts may take, like `window = \"5min\"`"),
        );
    }
    let delay =
        delay.as_deref().and_then(|it| quantity::duration(it, &path.key("delay"), problems));
    let max_delay = max_delay
        .as_deref()
        .and_then(|it| quantity::positive_duration(it, &path.key("maxDelay"), problems));
    let steps = match steps {
        None => Some(USUAL_STEPS),
        Some(it) => quantity::count(*it, 1..=1000, &path.key("steps"), problems),
    };
    let attempts =
        attempts.and_then(|it| quantity::count(it, 1..=1_000_000, &path.key("attempts"), problems));
    let window = window.as_deref().and_then(|it| {
        let path = path.key("window");
        let window = quantity::positive_duration(it, &path, problems)?;
        // The option of NixOS is a number of seconds.
        quantity::whole_seconds(window, "systemd on NixOS", &path, problems)
    });
    Restart {
        policy,
        delay,
        back_off: max_delay.zip(steps).map(|(max_delay, steps)| BackOff { steps, max_delay }),
        give_up: attempts.zip(window).map(|(attempts, seconds)| GiveUp { attempts, seconds }),
        success_exit_codes: exit_codes(success_exit_codes, path, problems),
    }
}

fn exit_codes(written: &[i64], path: &Trail<'_>, problems: &mut Vec<Problem>) -> BTreeSet<u8> {
    let path = path.key("successExitCodes");
    let mut codes = BTreeSet::new();
    for (index, code) in written.iter().enumerate() {
        let code = quantity::count(*code, 1..=255, &path.index(index), problems);
        codes.extend(code.and_then(|it| u8::try_from(it).ok()));
    }
    codes
}

/// Resolves how the service is stopped; `path` is that of its table.
pub(super) fn stop(
    written: &model::restart::Stop,
    is_container: bool,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Stop {
    let model::restart::Stop { signal, timeout } = written;
    let signal = signal.as_deref().and_then(|it| {
        let signal = Signal::parse(it);
        if signal.is_none() {
            problems.push(
                Problem::new(
                    Code::UnknownValue,
                    path.key("signal").at_value(),
                    format!("`{}` is not a signal that ends a program", it.escape_debug()),
                )
                .hint(crate::nearest::hint(it, Signal::ALL, "signals")),
            );
        }
        signal
    });
    let timeout = timeout.as_deref().and_then(|it| {
        let path = path.key("timeout");
        let timeout = quantity::positive_duration(it, &path, problems)?;
        if is_container {
            quantity::whole_seconds(timeout, "podman", &path, problems)?;
        }
        Some(timeout)
    });
    Stop { signal, timeout }
}

/// What the pauses and attempts mean beside each other, once it is known how the service is reached.
pub(super) fn check_pace(
    restart: &Restart,
    activation: &Activation,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let path = path.key("restart");
    let delay = restart.delay.unwrap_or(activation.usual_restart_delay());
    if restart.back_off.is_some_and(|it| it.max_delay <= delay) {
        problems.push(pointless(
            &path,
            "maxDelay",
            &format!("the first pause is {} already", delay.systemd()),
        ));
    }
    let Some(GiveUp { attempts, seconds }) = restart.give_up else { return };
    let pauses = pauses(restart, delay, attempts);
    if activation.handoff().is_some() {
        let why = "a socket whose service was given up would refuse everybody from then on";
        problems.push(pointless(&path, "attempts", why));
    } else if pauses >= Duration::milliseconds(seconds.saturating_mul(1_000)) {
        let pauses = pauses.systemd();
        let why =
            format!("the pauses of {attempts} attempts take {pauses}, so it is never given up");
        problems.push(pointless(&path, "attempts", &why));
    }
}

/// What the pauses between so many attempts take at least; those that still grow count as the first.
fn pauses(restart: &Restart, delay: Duration, attempts: u64) -> Duration {
    let short = restart.back_off.map_or(attempts, |it| it.steps.min(attempts));
    let longest = restart.back_off.map_or(delay, |it| it.max_delay);
    delay.times(short).plus(longest.times(attempts - short))
}

/// Reports pauses that the systemd of a host cannot make.
pub(super) fn refuse_old(service: &Service, host: &str, systemd: u16, problems: &mut Vec<Problem>) {
    if service.restart.back_off.is_some() && systemd < GROWING_PAUSES_SINCE {
        problems.push(
            Problem::new(
                Code::HostTooOld,
                service_path(&service.name).key("restart").key("maxDelay").at_value(),
                format!(
                    "{host} has systemd {systemd}; pauses that grow need {GROWING_PAUSES_SINCE}"
                ),
            )
            .hint(
                "take `maxDelay` and `steps` out, or leave that host out of the service's `hosts`",
            ),
        );
    }
}

/// A service that sleeps by exiting must not be restarted for it, and one that somebody waits for
/// must be restarted after every crash: its socket starts it again at once and without a pause.
pub(super) fn refuse_loop(
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
