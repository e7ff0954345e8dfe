//! The parts of a date and a time: numbers, ranges, steps and lists of them.

use super::{Fault, YEARS, fault};

/// What a part of an expression counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Field {
    Year,
    Month,
    Day,
    DayFromTheEnd,
    Hour,
    Minute,
    Second,
}

impl Field {
    /// The smallest and the largest number; seconds are counted in microseconds.
    fn range(self) -> (i64, i64) {
        match self {
            Field::Year => (*YEARS.start(), *YEARS.end()),
            Field::Month => (1, 12),
            Field::Day => (1, 31),
            // Only those that every month has.
            Field::DayFromTheEnd => (1, 28),
            Field::Hour => (0, 23),
            Field::Minute => (0, 59),
            Field::Second => (0, 60 * SECOND - 1),
        }
    }

    fn is_not(self) -> &'static str {
        match self {
            Field::Year => "is not a year, 1970 to 2199",
            Field::Month => "is not a month, 1 to 12",
            Field::Day => "is not a day of a month, 1 to 31",
            Field::DayFromTheEnd => "is not a day that every month has, 1 to 28 from the end",
            Field::Hour => "is not an hour, 0 to 23",
            Field::Minute => "is not a minute, 0 to 59",
            Field::Second => "is not a second, 0 to 59",
        }
    }

    fn unit(self) -> i64 {
        match self {
            Field::Second => SECOND,
            Field::Year
            | Field::Month
            | Field::Day
            | Field::DayFromTheEnd
            | Field::Hour
            | Field::Minute => 1,
        }
    }
}

const SECOND: i64 = 1_000_000;

/// As many parts of a list as systemd reads.
const MOST_PARTS: usize = 241;

/// The largest number that systemd reads at all.
const LARGEST: i64 = i32::MAX as i64;

/// Numbers, ranges and steps with commas between them; none of them is `*`.
pub(super) struct Chain(Vec<Component>);

/// `START`, `START..STOP`, `START/STEP` or `START..STOP/STEP`.
struct Component {
    text: String,
    start: i64,
    stop: Option<i64>,
    step: i64,
    /// Whether the step was written; that of a range is one otherwise.
    has_step: bool,
}

impl Chain {
    /// Reads a chain off the front and returns what follows.
    pub(super) fn parse(text: &str, field: Field) -> Result<(Chain, &str), Fault> {
        if let Some(rest) = text.strip_prefix('*') {
            return if rest.starts_with('/') {
                let part = format!("*{}", upto_the_end_of_the_part(rest));
                fault(part, "takes no `/` after `*`: write the first number there, like `0/5`")
            } else {
                Ok((Chain(Vec::new()), rest))
            };
        }
        let mut components = Vec::new();
        let mut rest = text;
        loop {
            let (component, after) = Component::parse(rest, field)?;
            components.push(component);
            if components.len() > MOST_PARTS {
                return fault(super::word(text), "has more parts than systemd reads");
            }
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => return Ok((Chain(components), after)),
            }
        }
    }

    /// The chain as it was written.
    pub(super) fn text(&self) -> String {
        if self.0.is_empty() {
            return "*".to_owned();
        }
        self.0.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(",")
    }

    /// Years of two digits are those from 1970 to 2069.
    pub(super) fn years(self) -> Chain {
        let year = |number: i64| match number {
            0..70 => number + 2000,
            70..100 => number + 1900,
            _ => number,
        };
        let full =
            |it: Component| Component { start: year(it.start), stop: it.stop.map(year), ..it };
        Chain(self.0.into_iter().map(full).collect())
    }

    /// Whether each number is one of the field, and each step and range leads somewhere.
    pub(super) fn check(&self, field: Field) -> Result<(), Fault> {
        let (first, last) = field.range();
        let mut parts: Vec<(i64, i64, i64, &str)> = Vec::new();
        for it in &self.0 {
            let (stop, step) = it.reached(field)?;
            parts.push((it.start, stop.unwrap_or(-1), step, &it.text));
        }
        parts.sort_unstable();
        parts.dedup_by_key(|it| (it.0, it.1, it.2));
        for (index, (start, stop, step, text)) in (0..).zip(parts) {
            // systemd counts a list of such days down by three for each part (252 and 257).
            let last = if field == Field::DayFromTheEnd { last - 3 * index } else { last };
            let is_outside = |number: i64| !(first..=last).contains(&number);
            if is_outside(start) || (stop >= 0 && is_outside(stop)) {
                let is_late = index > 0 && field == Field::DayFromTheEnd;
                let why =
                    if is_late { "is too far from the end for a list" } else { field.is_not() };
                return fault(text, why);
            }
            let leads_nowhere = match (stop, field) {
                (0.., _) => start + step > stop,
                (_, Field::DayFromTheEnd) => start - step < first,
                (
                    _,
                    Field::Year
                    | Field::Month
                    | Field::Day
                    | Field::Hour
                    | Field::Minute
                    | Field::Second,
                ) => start + step > last,
            };
            if leads_nowhere || step > last - first {
                return fault(text, "has a step that leads beyond the end");
            }
        }
        Ok(())
    }

    /// Every number that the chain stands for, and all of the field for `*`.
    pub(super) fn numbers(&self, field: Field) -> impl Iterator<Item = i64> {
        let (first, last) = field.range();
        let all = self.0.is_empty().then_some(first..=last).into_iter().flatten();
        let said = self.0.iter().flat_map(move |it| {
            let step = usize::try_from(it.step.max(1)).unwrap_or(usize::MAX);
            let stop = match (it.stop, it.step) {
                (Some(stop), _) => stop,
                (None, 0) => it.start,
                (None, _) => last,
            };
            (it.start..=stop).step_by(step)
        });
        all.chain(said)
    }
}

impl Component {
    /// Where the component really ends, and its step: systemd cuts the end of a range to the last step
    /// that reaches it, and a range of one number is that number.
    fn reached(&self, field: Field) -> Result<(Option<i64>, i64), Fault> {
        let Component { text, start, stop, step, has_step } = self;
        let Some(stop) = stop else { return Ok((None, *step)) };
        if stop < start {
            return fault(text, "ends before it begins");
        }
        let stop = stop - (stop - start) % step;
        if stop > *start {
            return Ok((Some(stop), *step));
        }
        // `5..5` is a minute but not a second (252 and 257).
        if field == Field::Second && !has_step {
            return fault(text, "is a range of less than a second");
        }
        Ok((None, 0))
    }

    fn parse(text: &str, field: Field) -> Result<(Component, &str), Fault> {
        let part = upto_the_end_of_the_part(text);
        let (start, mut rest) = number(text, field)?;
        let mut stop = None;
        let mut step = 0;
        if let Some(after) = rest.strip_prefix("..") {
            let (number, after) = number(after, field)?;
            stop = Some(number);
            step = field.unit();
            rest = after;
        }
        let has_step = rest.starts_with('/');
        if let Some(after) = rest.strip_prefix('/') {
            let (number, after) = number(after, field)?;
            if number == 0 {
                return fault(part, "repeats after nothing");
            }
            step = number;
            rest = after;
        }
        if !rest.is_empty() && !rest.starts_with([' ', ',', '-', '~', ':']) {
            return fault(super::word(text), "is neither a number nor a range nor a step");
        }
        Ok((Component { text: part.to_owned(), start, stop, step, has_step }, rest))
    }
}

/// Reads a number off the front; that of seconds may have a fraction.
fn number(text: &str, field: Field) -> Result<(i64, &str), Fault> {
    let (digits, mut rest) = digits(text);
    if digits.is_empty() {
        let why = match text.starts_with(|it: char| it.is_ascii_alphabetic()) {
            true => "is neither a word like `daily` nor a date nor a time",
            false if text.is_empty() => "ends where a number must follow",
            false => "is not a number",
        };
        return fault(super::word(text), why);
    }
    let too_large =
        || Fault { part: digits.to_owned(), why: field.is_not().to_owned(), known: Vec::new() };
    let number: i64 = digits.parse().map_err(|_| too_large())?;
    let mut number = number.checked_mul(field.unit()).ok_or_else(too_large)?;
    if field == Field::Second
        && let Some(after) = rest.strip_prefix('.')
        && !after.starts_with('.')
    {
        let (fraction, after) = self::digits(after);
        if fraction.is_empty() {
            return fault(super::word(text), "has no digit after its point");
        }
        number += microseconds(fraction);
        rest = after;
    }
    if number > LARGEST {
        return Err(too_large());
    }
    Ok((number, rest))
}

/// Six digits of a fraction; the next one rounds.
fn microseconds(fraction: &str) -> i64 {
    let digit = |index: usize| fraction.as_bytes().get(index).map_or(0, |it| i64::from(it - b'0'));
    let six = (0..6).fold(0, |sum, index| sum * 10 + digit(index));
    six + i64::from(digit(6) >= 5)
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len()))
}

fn upto_the_end_of_the_part(text: &str) -> &str {
    let end = text.find([' ', ',', '-', '~', ':']).unwrap_or(text.len());
    &text[..end]
}
