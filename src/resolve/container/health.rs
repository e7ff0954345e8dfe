//! How podman finds out whether a container works.

use crate::manifest::model::container::health as written;
use crate::plan::container::health::{Check, Health, HealthLog, OnFailure, Startup};
use crate::plan::quantity::Duration;
use crate::plan::text::Text;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::text::{self, Texts};
use crate::resolve::{quantity, refuse_pointless};

/// Resolves a health check; `path` is that of its table.
pub(super) fn resolve(
    written: &written::Health,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Health> {
    let written::Health {
        command,
        disable,
        interval,
        timeout,
        retries,
        start_period,
        on_failure,
        startup,
        log,
    } = written;
    check_combinations(written, path, problems);
    let words = self::command(command, &path.key("command"), texts, problems);
    let startup = resolve_startup(startup, &path.key("startup"), texts, problems);
    let check = match words? {
        _ if *disable => Check::Nothing,
        words if words.is_empty() => Check::OfImage,
        words => Check::Command(words),
    };
    Some(Health {
        check,
        interval: time(interval, &path.key("interval"), problems),
        timeout: time(timeout, &path.key("timeout"), problems),
        retries: count(*retries, 1, &path.key("retries"), problems),
        start_period: time(start_period, &path.key("startPeriod"), problems),
        on_failure: on_failure.map(|it| match it {
            written::OnFailure::None => OnFailure::None,
            written::OnFailure::Kill => OnFailure::Kill,
            written::OnFailure::Stop => OnFailure::Stop,
        }),
        startup: startup?,
        log: resolve_log(log, &path.key("log"), problems),
    })
}

fn resolve_startup(
    written: &written::Startup,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Startup> {
    let written::Startup { command, interval, timeout, retries, success } = written;
    let command = self::command(command, &path.key("command"), texts, problems);
    Some(Startup {
        command: command?,
        interval: time(interval, &path.key("interval"), problems),
        timeout: time(timeout, &path.key("timeout"), problems),
        retries: count(*retries, 0, &path.key("retries"), problems),
        success: count(*success, 0, &path.key("success"), problems),
    })
}

fn resolve_log(
    written: &written::HealthLog,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> HealthLog {
    let written::HealthLog { destination, max_count, max_size } = written;
    HealthLog {
        destination: destination.as_deref().and_then(|it| match it {
            "local" | "events_logger" => Some(it.to_owned()),
            directory => text::absolute_path(directory, &path.key("destination"), problems),
        }),
        max_count: count(*max_count, 0, &path.key("maxCount"), problems),
        max_size: count(*max_size, 0, &path.key("maxSize"), problems),
    }
}

/// podman (5.4, `makeHealthCheckFromCli`) takes some first words for its own,
/// and splits a command of one word at its blanks.
pub(in crate::resolve) fn command(
    written: &[String],
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Text>> {
    let words = super::words(written, path, texts, problems)?;
    let Some(first) = words.first() else { return Some(words) };
    let literal = first.as_literal().unwrap_or_else(|| "x".to_owned());
    let is_of_podman = ["CMD", "CMD-SHELL", "NONE"].contains(&literal.to_uppercase().as_str());
    let is_split = words.len() == 1
        && (literal.is_empty()
            || first
                .literals()
                .any(|it| it.contains(|it: char| it.is_whitespace() || it.is_control())));
    let (message, hint) = if is_of_podman {
        (
            format!("`{literal}` is podman's word for what comes after it, and no program"),
            "write the words of the command itself",
        )
    } else if is_split {
        (
            format!(
                "`{}` is one word with blanks, which podman would split",
                literal.escape_debug()
            ),
            "write each word on its own, or `[\"sh\", \"-c\", \"SCRIPT\"]` for a script",
        )
    } else {
        return Some(words);
    };
    problems.push(
        Problem::new(Code::ImpossibleCharacter, path.index(0).at_value(), message).hint(hint),
    );
    None
}

/// What means nothing without a check.
fn check_combinations(written: &written::Health, path: &Trail<'_>, problems: &mut Vec<Problem>) {
    let written::Health {
        command,
        disable,
        interval,
        timeout,
        retries,
        start_period,
        on_failure,
        startup,
        log: _, // It may be said for the check of the image.
    } = written;
    let none = "the health check of the image is left undone";
    let no_command = "there is no `command` that could fail";
    let no_startup = "there is no `startup.command`";
    let pointless = [
        ("command", *disable && !command.is_empty(), none),
        ("interval", *disable && interval.is_some(), none),
        ("timeout", *disable && timeout.is_some(), none),
        ("retries", *disable && retries.is_some(), none),
        ("startPeriod", *disable && start_period.is_some(), none),
        ("onFailure", on_failure.is_some() && (*disable || command.is_empty()), no_command),
        ("startup", !startup.command.is_empty() && (*disable || command.is_empty()), no_command),
        (
            "startup",
            startup.command.is_empty() && *startup != written::Startup::default(),
            no_startup,
        ),
    ];
    refuse_pointless(pointless, path, problems);
}

fn time(
    written: &Option<String>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Duration> {
    written.as_deref().and_then(|it| quantity::positive_duration(it, path, problems))
}

fn count(
    written: Option<i64>,
    least: u64,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<u64> {
    written.and_then(|it| quantity::count(it, least..=1_000_000, path, problems))
}
