//! Times of the calendar in the five fields of cron, where these have words for them.

/// Words of systemd.time(7) for times of the calendar.
const WORDS: &[(&str, &str)] = &[
    ("minutely", "* * * * *"),
    ("hourly", "0 * * * *"),
    ("daily", "0 0 * * *"),
    ("weekly", "0 0 * * 1"),
    ("monthly", "0 0 1 * *"),
    ("quarterly", "0 0 1 1,4,7,10 *"),
    ("semiannually", "0 0 1 1,7 *"),
    ("yearly", "0 0 1 1 *"),
    ("annually", "0 0 1 1 *"),
];

const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Returns the five fields and the zone of time, if there is one.
///
/// `calendar` is one that systemd takes.
pub(super) fn of(calendar: &str) -> Option<(String, Option<String>)> {
    let (mut weekdays, mut date, mut time, mut zone) = (None, None, None, None);
    for part in calendar.split_whitespace() {
        let lower = part.to_ascii_lowercase();
        if let Some((_, fields)) = WORDS.iter().find(|(word, _)| *word == lower) {
            let rest = calendar.trim_start()[part.len()..].trim();
            let zone = (!rest.is_empty()).then(|| rest.to_owned());
            return Some(((*fields).to_owned(), zone));
        }
        let is_weekday = WEEKDAYS.iter().any(|it| lower.starts_with(it));
        let place = if part.contains(':') {
            &mut time
        } else if part.contains('-') && part.starts_with(['*', '0', '1', '2']) {
            &mut date
        } else if is_weekday && weekdays.is_none() && date.is_none() && time.is_none() {
            &mut weekdays
        } else {
            &mut zone
        };
        if place.replace(part).is_some() {
            return None;
        }
    }
    let weekdays = weekdays.map_or(Some("*".to_owned()), weekday_field)?;
    let (month, day) = match date {
        None => ("*".to_owned(), "*".to_owned()),
        Some(date) => {
            let parts: Vec<&str> = date.split('-').collect();
            let (month, day) = match parts[..] {
                ["*", month, day] | [month, day] => (month, day),
                _ => return None,
            };
            (field(month)?, field(day)?)
        }
    };
    let (hour, minute) = match time.unwrap_or("00:00").split(':').collect::<Vec<_>>()[..] {
        [hour, minute] | [hour, minute, "00" | "0"] => (field(hour)?, field(minute)?),
        _ => return None,
    };
    // cron runs on either day where systemd wants both.
    let is_both = weekdays != "*" && day != "*";
    let fields = format!("{minute} {hour} {day} {month} {weekdays}");
    (!is_both).then(|| (fields, zone.map(str::to_owned)))
}

/// A list of numbers, ranges and steps; `None` where cron has no such thing.
fn field(text: &str) -> Option<String> {
    let parts = text.split(',').map(|part| {
        let (range, step) =
            part.split_once('/').map_or((part, None), |(it, step)| (it, Some(step)));
        let range = match range.split_once("..") {
            Some((from, to)) => format!("{}-{}", number(from)?, number(to)?),
            None if range == "*" => "*".to_owned(),
            None => number(range)?.to_string(),
        };
        Some(match step {
            None => range,
            Some(step) => format!("{range}/{}", number(step)?),
        })
    });
    parts.collect::<Option<Vec<_>>>().map(|it| it.join(","))
}

fn number(text: &str) -> Option<u8> {
    text.parse().ok()
}

/// Days by their numbers from Sunday on.
fn weekday_field(text: &str) -> Option<String> {
    let day = |name: &str| {
        let name = name.to_ascii_lowercase();
        WEEKDAYS.iter().position(|it| name.starts_with(it))
    };
    let mut days = Vec::new();
    for part in text.split(',').filter(|it| !it.is_empty()) {
        let (from, to) = part.split_once("..").unwrap_or((part, part));
        let (mut at, to) = (day(from)?, day(to)?);
        days.push(at);
        while at != to {
            at = (at + 1) % 7;
            days.push(at);
        }
    }
    days.sort_unstable();
    days.dedup();
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    Some(days.join(","))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_cron_can_say_is_said() {
        for (calendar, expected) in [
            ("daily", Some("0 0 * * *")),
            ("weekly UTC", Some("0 0 * * 1 @UTC")),
            ("*-*-* 03:30:00", Some("30 3 * * *")),
            ("03:30", Some("30 3 * * *")),
            ("*:0/15", Some("0/15 * * * *")),
            ("Mon..Fri *-*-* 08..18:00", Some("0 8-18 * * 1,2,3,4,5")),
            ("Sat..Mon 12:00 Europe/Berlin", Some("0 12 * * 0,1,6 @Europe/Berlin")),
            ("*-*-01,15 00:00", Some("0 0 1,15 * *")),
            ("Sunday", Some("0 0 * * 0")),
            ("12-24", Some("0 0 24 12 *")),
            ("Mon *-*-01 00:00", None),
            ("*-*~01 00:00", None),
            ("2026-01-01 00:00", None),
            ("*-*-* 00:00:30", None),
        ] {
            let found = of(calendar).map(|(fields, zone)| match zone {
                None => fields,
                Some(zone) => format!("{fields} @{zone}"),
            });
            assert_eq!(found.as_deref(), expected, "{calendar}");
        }
    }
}
