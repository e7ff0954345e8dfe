//! Schedules without problems.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const CALENDAR: &[&str] =
    &["daily", "Mon..Fri *-*-* 04:30", "*:0/15", "*-02~03 10:00:00.5", "weekly UTC", "@5"];
const SPANS: &[&str] = &["500ms", "90s", "1h30min", "2d"];

/// A schedule that has no problem.
pub(super) fn any_schedule() -> impl Strategy<Value = Value> {
    let span = || prop::option::of(select(SPANS));
    let calendar = subsequence(CALENDAR, 0..=3);
    let spans = (span(), span(), span(), span(), span(), span());
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (calendar, spans, flags).prop_map(|(calendar, spans, flags)| {
        let (after_boot, every, after_end, randomized_delay, accuracy, timeout) = spans;
        let (catch_up, wake_system, fixed_random_delay) = flags;
        json!({
            // Something makes the first run.
            "afterBoot": if calendar.is_empty() { after_boot.or(Some("0s")) } else { after_boot },
            "catchUp": catch_up && !calendar.is_empty(),
            "calendar": calendar,
            "every": every,
            "afterEnd": after_end,
            "randomizedDelay": randomized_delay,
            "fixedRandomDelay": fixed_random_delay && randomized_delay.is_some(),
            "accuracy": accuracy,
            "wakeSystem": wake_system,
            "timeout": timeout,
        })
    })
}
