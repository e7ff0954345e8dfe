//! The timer that looks after a host between two runs of `unitsmith apply`.

use crate::directive as d;
use crate::plan::quantity::Duration;
use crate::unit::{Kind, Unit, Value};

/// The name of both units.
pub const NAME: &str = "unitsmith-reconcile";

/// How long after the boot, and how long after each run, the next one comes, in milliseconds.
const PAUSE: u64 = 30_000;

/// Returns the job and its timer; `command` is what the job runs.
pub fn units(command: &[&str]) -> [Unit; 2] {
    let mut job = Unit::new(NAME, Kind::Service);
    job.assign(&d::unit::DESCRIPTION, Value::text("Repair of what unitsmith has put here"));
    job.assign(&d::service::TYPE, Value::Keyword("oneshot"));
    let words = command.iter().map(|it| (*it).into()).collect();
    job.assign(&d::service::EXEC_START, Value::command(words));
    let mut timer = Unit::new(NAME, Kind::Timer);
    timer.assign(
        &d::unit::DESCRIPTION,
        Value::text("Repair of what unitsmith has put here (timer)"),
    );
    let pause = Duration::milliseconds(PAUSE);
    timer.assign(&d::timer::ON_BOOT_SEC, Value::Duration(pause));
    timer.assign(&d::timer::ON_UNIT_INACTIVE_SEC, Value::Duration(pause));
    timer.assign(&d::install::WANTED_BY, Value::Names(vec!["timers.target".to_owned()]));
    [job, timer]
}
