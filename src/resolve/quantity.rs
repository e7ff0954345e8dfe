//! Durations, sizes and counts of the manifest.

use std::ops::RangeInclusive;

use crate::plan::quantity::{Duration, Size};
use crate::problem::{Code, Problem, Trail};

/// Every number of things that there can be.
pub(super) const ANY_COUNT: RangeInclusive<u64> = 1..=i64::MAX.unsigned_abs();

/// How to write a duration, first of all the one that was meant.
fn duration_hint(written: &str) -> String {
    let rule = "write numbers with `ms`, `s`, `min`, `h` or `d`, largest first, like `1h30min`";
    let (number, unit) = parts(written);
    let unit = match unit.as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "min",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "ms" | "msec" | "millisecond" | "milliseconds" => "ms",
        _ => return rule.to_owned(),
    };
    meant(format!("{number}{unit}"), |it| Duration::parse(it).is_some(), rule)
}

/// How to write a size, first of all the one that was meant.
fn size_hint(written: &str) -> String {
    let rule = "write a whole number with `K`, `M`, `G` or `T`, of 1024 each, like `128M`";
    let (number, unit) = parts(written);
    let Some(letter) = unit.chars().next() else { return rule.to_owned() };
    let unit = match unit.get(1..) {
        Some("" | "b" | "ib") => letter.to_ascii_uppercase(),
        _ => return rule.to_owned(),
    };
    meant(format!("{number}{unit}"), |it| Size::parse(it).is_some(), rule)
}

/// A number and the letters after it, in lower case and without blanks around them.
fn parts(written: &str) -> (&str, String) {
    let written = written.trim();
    let end = written.find(|it: char| !it.is_ascii_digit()).unwrap_or(written.len());
    let (number, unit) = written.split_at(end);
    (number, unit.trim().to_ascii_lowercase())
}

/// A rule, after a question whether `guess` was meant when that can be read.
fn meant(guess: String, is_read: impl Fn(&str) -> bool, rule: &str) -> String {
    if is_read(&guess) { format!("did you mean `{guess}`? {rule}") } else { rule.to_owned() }
}

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
            .hint(duration_hint(written)),
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
            .hint(size_hint(written)),
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
