//! When a job runs.

use crate::plan::quantity::Duration;
use crate::plan::schedule::{self, Missed, Suspended};

use super::{Found, Schedule, cron};

impl Found<'_> {
    /// Returns when the job runs, as far as process-compose can say it.
    pub(super) fn schedule(&mut self, schedule: &schedule::Schedule) -> Option<Schedule> {
        let schedule::Schedule {
            calendar,
            after_boot,
            every,
            after_end,
            randomized_delay,
            accuracy: _, // It is never late.
            missed,
            suspended,
            timeout,
        } = schedule;
        let key = "schedule";
        self.gap_if(
            after_end.is_some(),
            key,
            "`schedule.afterEnd`: it counts from one start to the next",
        );
        self.gap_if(randomized_delay.is_some(), key, "`schedule.randomizedDelay`");
        let catches_up = *missed == Missed::MadeUpFor;
        self.gap_if(catches_up, key, "`schedule.catchUp`: it does not know when it ran last");
        let wakes = *suspended == Suspended::WakesTheHost;
        self.gap_if(wakes, key, "`schedule.wakeSystem`");
        self.gap_if(timeout.is_some(), key, "`schedule.timeout`");
        match (&calendar[..], every) {
            ([], Some(every)) => {
                let first = after_boot.unwrap_or(*every);
                let is_plain = first == *every || first == Duration::milliseconds(0);
                self.gap_if(
                    !is_plain,
                    key,
                    "a `schedule.afterBoot` that is neither `every` nor `0s`",
                );
                Some(Schedule::Interval { every: *every, on_start: first != *every })
            }
            ([calendar], None) => {
                self.gap_if(after_boot.is_some(), key, "`schedule.afterBoot` beside a calendar");
                let cron = cron::of(calendar.as_str());
                if cron.is_none() {
                    let what = format!("`{}`, for which cron has no words", calendar.as_str());
                    self.gap(key, what);
                }
                let (expression, zone) = cron?;
                Some(Schedule::Cron { expression, zone })
            }
            ([], None) => {
                self.gap_if(after_boot.is_some(), key, "`schedule.afterBoot` without `every`");
                None
            }
            _ => {
                self.gap(key, "more than one time of a `schedule`");
                None
            }
        }
    }
}
