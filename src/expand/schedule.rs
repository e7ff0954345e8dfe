//! Timers and the jobs that they start.

use crate::directive as d;
use crate::plan::Plan;
use crate::plan::calendar::Calendar;
use crate::plan::quantity::Duration;
use crate::plan::schedule::{Choice, Missed, Schedule, Suspended};
use crate::plan::service::Service;
use crate::unit::{Kind, Unit, Value};

use super::{describe, group};

/// The timer of a job, which starts the unit of its own name.
pub(super) fn timer(plan: &Plan, service: &Service, schedule: &Schedule) -> Unit {
    let Schedule {
        calendar,
        after_boot,
        every,
        after_end,
        randomized_delay,
        accuracy,
        missed,
        suspended,
        timeout: _, // The job has it.
    } = schedule;
    let mut unit = Unit::new(service.name.as_str(), Kind::Timer);
    describe(&mut unit, service, " (timer)");
    group::stop_with_groups(&mut unit, service);
    if !calendar.is_empty() {
        let events = calendar.iter().map(Calendar::as_str).map(Into::into).collect();
        unit.assign(&d::timer::ON_CALENDAR, Value::Texts(events));
    }
    for (directive, span) in [
        (&d::timer::ON_BOOT_SEC, *after_boot),
        (&d::timer::ON_UNIT_ACTIVE_SEC, *every),
        (&d::timer::ON_UNIT_INACTIVE_SEC, *after_end),
        (&d::timer::RANDOMIZED_DELAY_SEC, randomized_delay.map(|it| it.longest)),
        (&d::timer::ACCURACY_SEC, *accuracy),
    ] {
        unit.assign_some(directive, span.map(Value::Duration));
    }
    if randomized_delay.is_some_and(|it| it.choice == Choice::ForEachHost) {
        unit.assign(&d::timer::FIXED_RANDOM_DELAY, Value::Flag(true));
    }
    if *missed == Missed::MadeUpFor {
        unit.assign(&d::timer::PERSISTENT, Value::Flag(true));
    }
    if *suspended == Suspended::WakesTheHost {
        unit.assign(&d::timer::WAKE_SYSTEM, Value::Flag(true));
    }
    group::start_waiting(&mut unit, plan, service, "timers.target");
    unit
}

/// Makes a unit a job: it has started when it has ended, so what waits for it waits for its end.
pub(super) fn run_to_the_end(unit: &mut Unit, timeout: Option<Duration>) {
    unit.set(&d::service::TYPE, Value::Keyword("oneshot"));
    // The whole run is the start of a oneshot service; systemd has no limit for it (systemd.service(5)).
    unit.assign_some(&d::service::TIMEOUT_START_SEC, timeout.map(Value::Duration));
}
