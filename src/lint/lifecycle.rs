//! How a service ends, and what comes after.

use super::{Findings, Subject, family};
use crate::plan::activation::Activation;
use crate::plan::container::health::{Check, OnFailure};
use crate::plan::container::run::LogDriver;
use crate::plan::dependency::Condition;
use crate::plan::quantity::Duration;
use crate::plan::restart::RestartPolicy;

family! {
    StaysDown "US261" Service(stays_down),
    NoPause "US262" Service(no_pause),
    UnhealthyGoesOn "US263" Service(unhealthy_goes_on),
    NoLog "US264" Service(no_log),
    StartedIsNotReady "US274" Service(started_is_not_ready),
}

fn stays_down(it: &Subject<'_>, findings: &mut Findings) {
    if it.service.activation == Activation::Boot && it.service.restart.policy == RestartPolicy::No {
        findings.add(
            it.at(["restart", "policy"]),
            format!(
                "after its first crash `{}` stays down until the host boots again",
                it.service.name
            ),
            "`on-failure` starts it again, and leaves it alone when it ends by itself",
        );
    }
}

fn no_pause(it: &Subject<'_>, findings: &mut Findings) {
    let restart = &it.service.restart;
    let is_short = restart.delay.is_some_and(|it| it < Duration::milliseconds(100));
    if is_short && restart.back_off.is_none() && restart.give_up.is_none() {
        findings.add(
            it.at(["restart", "delay"]),
            format!(
                "when it cannot start, `{}` is tried again without a pause, for ever",
                it.service.name
            ),
            "leave `delay` out, or let the pauses grow with `maxDelay`",
        );
    }
}

fn unhealthy_goes_on(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let health = &container.health;
    let is_checked = matches!(health.check, Check::Command(_));
    if is_checked && matches!(health.on_failure, None | Some(OnFailure::None)) {
        findings.add(
            it.at(["container", "health"]),
            format!(
                "`{}` goes on when its health check fails, and nobody is told",
                it.service.name
            ),
            "add `onFailure = \"kill\"`, so that it is started again",
        );
    }
}

/// Only who listens on a port is called by those that wait for it.
fn started_is_not_ready(it: &Subject<'_>, findings: &mut Findings) {
    for (name, dependency) in &it.service.depends_on {
        let Some(other) = it.plan.services.get(name) else { continue };
        let port = other.port.map(|it| it.number).or_else(|| other.fixed_ports().next());
        let sleeps = matches!(other.activation, Activation::Socket(_));
        let Some(port) = port.filter(|_| dependency.condition == Condition::Started && !sleeps)
        else {
            continue;
        };
        findings.add(
            it.at(["dependsOn", name.as_str()]),
            format!(
                "`{}` starts when `{name}` runs, which may be before it listens on port {port}",
                it.service.name
            ),
            format!("give `{name}` a `readiness`, like `readiness.tcp = true`"),
        );
    }
}

fn no_log(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    if container.log.driver == Some(LogDriver::None) {
        findings.add(
            it.at(["container", "log", "driver"]),
            format!("when `{}` fails, there is nothing to read", it.service.name),
            "leave `driver` out: the journal keeps what fits, and `journalctl -u` shows it",
        );
    }
}
