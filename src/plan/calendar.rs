//! Times of the calendar, in the grammar of systemd.time(7) "Calendar Events".
//!
//! They are checked here because systemd ignores a timer's expression that it cannot read: the job would
//! never run, and nothing would say so but a line in the journal.
//! `tests/calendar.rs` holds the parser against systemd's own.

use std::ops::RangeInclusive;

mod component;

use self::component::{Chain, Field};

/// A time of the calendar, or many of them, as systemd reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar(String);

/// Why a text is no time of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The part of the text that is wrong; empty where something is missing at the end.
    pub part: String,
    /// What is wrong with that part, as the end of a sentence.
    pub why: String,
    /// The known names when the part is an unknown one.
    pub known: Vec<&'static str>,
}

impl Calendar {
    /// Parses a text; `OnCalendar=` takes every one that passes.
    pub fn parse(text: &str) -> Result<Calendar, Fault> {
        let (when, zone) = split_zone(text);
        if when.is_empty() {
            return fault("", "says no time");
        }
        check(when)?;
        match zone {
            Zone::Fine => Ok(Calendar(text.to_owned())),
            // systemd reads an unknown zone on as part of the time, where it is never right.
            Zone::Unknown(zone) => Err(Fault {
                part: zone.to_owned(),
                why: "is no time zone that every host knows".to_owned(),
                known: zones().collect(),
            }),
        }
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words that stand for a whole expression; `anually` is systemd's own, for older files.
const SHORTHANDS: &[&str] = &[
    "minutely",
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "yearly",
    "annually",
    "anually",
    "biannually",
    "bi-annually",
    "semiannually",
    "semi-annually",
];

/// The years in which systemd computes.
const YEARS: RangeInclusive<i64> = 1970..=2199;

/// The last second of them.
const LAST_SECOND: i64 = 7_258_118_399;

enum Zone<'t> {
    /// None, or one that was taken off.
    Fine,
    /// A last word that may be meant as one.
    Unknown(&'t str),
}

/// Names of zones that every host with tzdata has, without those of Debian's tzdata-legacy.
fn zones() -> impl Iterator<Item = &'static str> {
    include_str!("calendar/zones.txt").lines()
}

/// Takes the zone off the end.
///
/// systemd knows `UTC`, the names of tzdata, and the two abbreviations of the host's own zone;
/// those mean something on some hosts only and are not taken.
fn split_zone(text: &str) -> (&str, Zone<'_>) {
    let Some((when, last)) = text.rsplit_once(' ') else { return (text, Zone::Fine) };
    if last.eq_ignore_ascii_case("UTC") || zones().any(|it| it == last) {
        return (when, Zone::Fine);
    }
    let is_name = last.starts_with(|it: char| it.is_ascii_alphabetic())
        && !last.contains([':', ',', '~', '.']);
    if is_name { (when, Zone::Unknown(last)) } else { (text, Zone::Fine) }
}

fn fault<T>(part: impl Into<String>, why: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { part: part.into(), why: why.into(), known: Vec::new() })
}

/// Checks weekdays, date and time, each of which may be missing.
fn check(text: &str) -> Result<(), Fault> {
    if SHORTHANDS.iter().any(|it| it.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    let rest = weekdays(text)?;
    if let Some(timestamp) = rest.strip_prefix('@') {
        return seconds_since_1970(timestamp);
    }
    let rest = date(rest)?;
    time(rest)
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("Monday", "Mon"),
    ("Tuesday", "Tue"),
    ("Wednesday", "Wed"),
    ("Thursday", "Thu"),
    ("Friday", "Fri"),
    ("Saturday", "Sat"),
    ("Sunday", "Sun"),
];

/// Reads days of the week and the blanks after them.
fn weekdays(text: &str) -> Result<&str, Fault> {
    let mut rest = text;
    let mut start_of_range = None;
    let mut is_first = true;
    loop {
        let Some((day, length)) = weekday(rest) else {
            return if is_first { Ok(rest) } else { fault(word(rest), "is not a day of the week") };
        };
        let after = &rest[length..];
        if !after.is_empty() && !after.starts_with(['-', '.', ',', ' ']) {
            return fault(word(rest), "is not a day of the week");
        }
        if let Some(start) = start_of_range
            && start > day
        {
            let why = "ends a range that began later in the week: a week begins on Monday";
            return fault(&rest[..length], why);
        }
        rest = after;
        if rest.is_empty() || rest.starts_with(' ') {
            return Ok(rest.trim_start_matches(' '));
        }
        let range = rest.strip_prefix("..").or_else(|| rest.strip_prefix('-'));
        if let Some(after) = range {
            if start_of_range.is_some() {
                return fault(word(rest), "makes a range of a range");
            }
            start_of_range = Some(day);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(',') {
            start_of_range = None;
            rest = after;
        } else {
            return fault(word(rest), "is neither `..` nor `,`");
        }
        if rest.is_empty() || rest.starts_with(' ') {
            return match start_of_range {
                Some(_) => fault(word(text), "is a range of days without an end"),
                // A comma may stand at the end.
                None => Ok(rest.trim_start_matches(' ')),
            };
        }
        is_first = false;
    }
}

/// The day of the week that a text begins with, and how long its name is.
fn weekday(text: &str) -> Option<(usize, usize)> {
    let begins =
        |name: &str| text.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
    WEEKDAYS.iter().enumerate().find_map(|(number, (long, short))| {
        let name = [long, short].into_iter().find(|it| begins(it))?;
        Some((number, name.len()))
    })
}

/// The number after `@` is read by C's strtoul(3).
fn seconds_since_1970(text: &str) -> Result<(), Fault> {
    let blanks = [' ', '\t', '\n', '\u{b}', '\u{c}', '\r'];
    let number = text.trim_start_matches(blanks);
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    match digits.parse::<i64>() {
        Ok(seconds) if is_number && (0..=LAST_SECOND).contains(&seconds) => Ok(()),
        Ok(_) if is_number => fault(text, "is not a second of the years 1970 to 2199"),
        Ok(_) | Err(_) => fault(text, "is not a number of seconds"),
    }
}

/// Reads a date and the blanks after it; a text that begins with a time is left as it is.
fn date(text: &str) -> Result<&str, Fault> {
    if text.is_empty() {
        return Ok(text);
    }
    let (first, rest) = Chain::parse(text, Field::Year)?;
    if rest.is_empty() || rest.starts_with(':') {
        return Ok(text);
    }
    let (separator, rest) = separator(rest, text)?;
    let (second, rest) = Chain::parse(rest, Field::Month)?;
    if rest.is_empty() || rest.starts_with(' ') {
        days(&first, separator, &second)?;
        return Ok(rest.trim_start_matches(' '));
    }
    if separator == Separator::FromTheEnd {
        return fault(word(text), "has a `~` before the month; it stands before the day");
    }
    let (separator, rest) = self::separator(rest, text)?;
    let (third, rest) = Chain::parse(rest, Field::Day)?;
    if !rest.is_empty() && !rest.starts_with(' ') {
        return fault(word(text), "has more parts than a date has");
    }
    first.years().check(Field::Year)?;
    days(&second, separator, &third)?;
    Ok(rest.trim_start_matches(' '))
}

/// What stands before the day of a date.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Separator {
    Plain,
    /// `~`: the days are counted from the end of the month.
    FromTheEnd,
}

fn separator<'t>(rest: &'t str, text: &str) -> Result<(Separator, &'t str), Fault> {
    if let Some(rest) = rest.strip_prefix('~') {
        Ok((Separator::FromTheEnd, rest))
    } else if let Some(rest) = rest.strip_prefix('-') {
        Ok((Separator::Plain, rest))
    } else {
        fault(word(text), "is neither a date like `*-*-01` nor a time like `10:00`")
    }
}

fn days(months: &Chain, separator: Separator, days: &Chain) -> Result<(), Fault> {
    months.check(Field::Month)?;
    match separator {
        Separator::FromTheEnd => days.check(Field::DayFromTheEnd),
        Separator::Plain => {
            days.check(Field::Day)?;
            let longest = months.numbers(Field::Month).map(longest_month).max().unwrap_or(31);
            match days.numbers(Field::Day).min() {
                Some(first) if first > longest => {
                    fault(days.text(), "is a day that none of these months has")
                }
                Some(_) | None => Ok(()),
            }
        }
    }
}

fn longest_month(month: i64) -> i64 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Reads a time up to the end; none at all is midnight.
fn time(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Ok(());
    }
    let (hours, rest) = Chain::parse(text, Field::Hour)?;
    let Some(rest) = rest.strip_prefix(':') else {
        return fault(word(text), "is neither a date like `*-*-01` nor a time like `10:00`");
    };
    let (minutes, rest) = Chain::parse(rest, Field::Minute)?;
    hours.check(Field::Hour)?;
    minutes.check(Field::Minute)?;
    if rest.is_empty() {
        return Ok(());
    }
    let Some(rest) = rest.strip_prefix(':') else {
        return fault(rest.trim_start_matches(' '), "is left over after the time");
    };
    let (seconds, rest) = Chain::parse(rest, Field::Second)?;
    seconds.check(Field::Second)?;
    if rest.is_empty() {
        Ok(())
    } else {
        fault(rest.trim_start_matches(' '), "is left over after the time")
    }
}

/// The text up to the next blank.
fn word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The part that is wrong and why.
    fn faults(text: &str) -> String {
        match Calendar::parse(text) {
            Ok(_) => "fine".to_owned(),
            Err(Fault { part, why, known: _ }) => format!("{part}: {why}"),
        }
    }

    #[test]
    fn a_fault_names_the_part_that_is_wrong() {
        for (text, expected) in [
            ("Mon *-13-01", "13: is not a month, 1 to 12"),
            ("25:00", "25: is not an hour, 0 to 23"),
            ("*/5:00", "*/5: takes no `/` after `*`: write the first number there, like `0/5`"),
            ("*-*-* 10:61:00", "61: is not a minute, 0 to 59"),
            (
                "Fri..Mon 10:00",
                "Mon: ends a range that began later in the week: a week begins on Monday",
            ),
            ("Mon..", "Mon..: is a range of days without an end"),
            ("Montag", "Montag: is not a day of the week"),
            ("*-02-30", "30: is a day that none of these months has"),
            ("daily Europe/Berln", "Europe/Berln: is no time zone that every host knows"),
            ("10:00 CEST", "CEST: is no time zone that every host knows"),
            ("dayly", "dayly: is neither a word like `daily` nor a date nor a time"),
            ("12", "12: is neither a date like `*-*-01` nor a time like `10:00`"),
            ("10:00 am", "am: is no time zone that every host knows"),
            ("10:00:00:00", ":00: is left over after the time"),
            ("5..3:00", "5..3: ends before it begins"),
            ("0/0:00", "0/0: repeats after nothing"),
            ("", ": says no time"),
        ] {
            assert_eq!(faults(text), expected, "{text}");
        }
    }

    #[test]
    fn the_zones_are_sorted_and_each_is_there_once() {
        let zones: Vec<&str> = zones().collect();
        assert!(zones.is_sorted_by(|a, b| a < b));
        assert!(zones.len() > 400);
    }
}
