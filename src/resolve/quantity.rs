//! Durations, sizes and counts of the manifest.

use std::ops::RangeInclusive;

use crate::plan::quantity::{Duration, Size};
use crate::problem::{Code, Problem, Trail};

/// Every number of things that there can be.
pub(super) const ANY_COUNT: RangeInclusive<u64> = 1..=i64::MAX.unsigned_abs();

/// Parses a duration of the manifest.
pub(super) fn duration(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Duration> {
    let duration = Duration::parse(written);
    if duration.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{}` is not a duration", written.escape_debug()),
            )
            .hint("write numbers with `ms`, `s`, `min`, `h` or `d`, largest first, like `1h30min`"),
        );
    }
    duration
}

/// Parses a duration that must not be nothing: to systemd 0 means at once or never, depending on the option.
pub(super) fn positive_duration(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Duration> {
    let duration = duration(written, path, problems)?;
    if duration == Duration::milliseconds(0) {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{path}` is no time at all"),
            )
            .hint("write at least `1s`, or leave it out"),
        );
        return None;
    }
    Some(duration)
}

/// Returns the seconds of a duration, of which `who` counts whole ones only.
pub(super) fn whole_seconds(
    duration: Duration,
    who: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<u64> {
    let seconds = duration.whole_seconds();
    if seconds.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{path}` has a part of a second, and {who} counts whole ones"),
            )
            .hint("round it up"),
        );
    }
    seconds
}

/// Parses a size of the manifest.
pub(super) fn size(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<Size> {
    let size = Size::parse(written);
    if size.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{}` is not a size", written.escape_debug()),
            )
            .hint("write a whole number with `K`, `M`, `G` or `T`, of 1024 each, like `128M`"),
        );
    }
    size
}

/// Returns a number of the manifest that must lie in a range.
pub(super) fn count(
    written: i64,
    range: RangeInclusive<u64>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<u64> {
    let count = u64::try_from(written).ok().filter(|it| range.contains(it));
    if count.is_none() {
        let hint = if *range.end() == *ANY_COUNT.end() {
            "write a whole number above 0".to_owned()
        } else {
            format!("write a whole number from {} to {}", range.start(), range.end())
        };
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{path}` cannot be {written}"),
            )
            .hint(hint),
        );
    }
    count
}
