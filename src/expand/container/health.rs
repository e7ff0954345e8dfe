//! The health check of a container.

use crate::directive::{self as d, Directive};
use crate::plan::container::health::{Check, Health, HealthLog, Startup};
use crate::plan::quantity::Duration;
use crate::plan::text::{Text, Word};
use crate::syntax::json;
use crate::unit::{Unit, Value};

/// Assigns how podman finds out whether the container works.
pub(super) fn assign(unit: &mut Unit, health: &Health) {
    let Health { check, interval, timeout, retries, start_period, on_failure, startup, log } =
        health;
    let check = match check {
        Check::OfImage => None,
        Check::Nothing => Some(Text::literal("none")),
        Check::Command(words) => Some(command(words)),
    };
    unit.assign_text(&d::container::HEALTH_CMD, check);
    assign_time(unit, &d::container::HEALTH_INTERVAL, *interval);
    assign_time(unit, &d::container::HEALTH_TIMEOUT, *timeout);
    assign_count(unit, &d::container::HEALTH_RETRIES, *retries);
    assign_time(unit, &d::container::HEALTH_START_PERIOD, *start_period);
    let on_failure = on_failure.map(|it| Value::Keyword(it.as_str()));
    unit.assign_some(&d::container::HEALTH_ON_FAILURE, on_failure);
    let Startup { command: words, interval, timeout, retries, success } = startup;
    let check = (!words.is_empty()).then(|| command(words));
    unit.assign_text(&d::container::HEALTH_STARTUP_CMD, check);
    assign_time(unit, &d::container::HEALTH_STARTUP_INTERVAL, *interval);
    assign_time(unit, &d::container::HEALTH_STARTUP_TIMEOUT, *timeout);
    assign_count(unit, &d::container::HEALTH_STARTUP_RETRIES, *retries);
    assign_count(unit, &d::container::HEALTH_STARTUP_SUCCESS, *success);
    let HealthLog { destination, max_count, max_size } = log;
    unit.assign_text(&d::container::HEALTH_LOG_DESTINATION, destination.as_deref());
    assign_count(unit, &d::container::HEALTH_MAX_LOG_COUNT, *max_count);
    assign_count(unit, &d::container::HEALTH_MAX_LOG_SIZE, *max_size);
}

/// The command so that podman runs it without a shell (podman 5.4, `makeHealthCheckFromCli`).
///
/// A list of one word would be given to a shell; after `CMD` it is run as it is, but split at blanks,
/// so that `resolve` lets none through.
fn command(words: &[Word]) -> Text {
    match words {
        [word] => Text::literal("CMD ").then(word.clone()),
        words => json::list(words),
    }
}

fn assign_time(unit: &mut Unit, directive: &'static Directive, time: Option<Duration>) {
    unit.assign_text(directive, time.map(Duration::podman));
}

fn assign_count(unit: &mut Unit, directive: &'static Directive, count: Option<u64>) {
    unit.assign_some(directive, count.map(Value::Number));
}
