//! When a job runs.

use crate::manifest::model;
use crate::nearest;
use crate::plan::activation::Activation;
use crate::plan::calendar::{Calendar, Fault};
use crate::plan::restart::{Restart, RestartPolicy};
use crate::plan::schedule::{Choice, Missed, RandomizedDelay, Schedule, Suspended};
use crate::plan::service::Service;
use crate::problem::{Code, Problem, Trail};

use super::{quantity, refuse_pointless, service_path};

/// Resolves the schedule of a job; `path` is that of its table.
///
/// `None` comes with at least one problem, be it that a part of it could not be read.
pub(super) fn resolve(
    written: &model::schedule::Schedule,
    path: &Trail<'_>,
    is_damaged: &dyn Fn(&Trail<'_>) -> bool,
    problems: &mut Vec<Problem>,
) -> Option<Schedule> {
    let model::schedule::Schedule {
        calendar,
        after_boot,
        every,
        after_end,
        randomized_delay,
        fixed_random_delay,
        accuracy,
        catch_up,
        wake_system,
        timeout,
    } = written;
    let before = problems.len();
    if is_damaged(path) {
        return None;
    }
    refuse_what_never_runs(written, path, problems);
    let mut span = |key: &str, written: &Option<String>| {
        let written = written.as_deref()?;
        quantity::positive_duration(written, &path.key(key), problems)
    };
    let every = span("every", every);
    let after_end = span("afterEnd", after_end);
    let longest = span("randomizedDelay", randomized_delay);
    let accuracy = span("accuracy", accuracy);
    let timeout = span("timeout", timeout);
    // Right after boot is a time like any other.
    let after_boot = after_boot.as_deref();
    let after_boot =
        after_boot.and_then(|it| quantity::duration(it, &path.key("afterBoot"), problems));
    let keys = [
        ("catchUp", *catch_up && calendar.is_empty(), "only times of the calendar can be missed"),
        (
            "fixedRandomDelay",
            *fixed_random_delay && randomized_delay.is_none(),
            "there is no `randomizedDelay`",
        ),
    ];
    refuse_pointless(keys, path, problems);
    let calendar_path = path.key("calendar");
    let calendar = calendar.iter().enumerate();
    let calendar: Vec<Calendar> = calendar
        .filter_map(|(index, it)| calendar_event(it, &calendar_path.index(index), problems))
        .collect();
    let choice = if *fixed_random_delay { Choice::ForEachHost } else { Choice::ForEachRun };
    let schedule = Schedule {
        calendar,
        after_boot,
        every,
        after_end,
        randomized_delay: longest.map(|longest| RandomizedDelay { longest, choice }),
        accuracy,
        missed: if *catch_up { Missed::MadeUpFor } else { Missed::LeftOut },
        suspended: if *wake_system { Suspended::WakesTheHost } else { Suspended::Waits },
        timeout,
    };
    (problems.len() == before).then_some(schedule)
}

/// systemd.timer(5): `OnUnitActiveSec=` and `OnUnitInactiveSec=` count from a run, so they make no first one.
fn refuse_what_never_runs(
    written: &model::schedule::Schedule,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    if !written.calendar.is_empty() || written.after_boot.is_some() {
        return;
    }
    let (place, message) = match (&written.every, &written.after_end) {
        (Some(_), _) => {
            (path.key("every"), "`every` counts from the last run, and nothing makes the first one")
        }
        (None, Some(_)) => (
            path.key("afterEnd"),
            "`afterEnd` counts from the last run, and nothing makes the first one",
        ),
        (None, None) => (*path, "this schedule has no time at which the job runs"),
    };
    let hint = "add `calendar = [\"daily\"]` or `afterBoot = \"5min\"`";
    problems.push(Problem::new(Code::MissingKey, place.at_key(), message).hint(hint));
}

fn calendar_event(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Calendar> {
    match Calendar::parse(written) {
        Ok(calendar) => Some(calendar),
        Err(Fault { part, why, known }) => {
            let message = format!(
                "`{}` is not a time of the calendar: `{}` {why}",
                written.escape_debug(),
                part.escape_debug()
            );
            let hint = match nearest::nearest(&part, &known) {
                Some(zone) => format!("did you mean `{zone}`?"),
                None if !known.is_empty() => {
                    "zones are `UTC` and names like `Europe/Berlin`; without one, the host's own is meant"
                        .to_owned()
                }
                None => "like `daily`, `Mon..Fri 04:30`, `*-*-01 00:00:00` or `*:0/15`; \
                         `systemd-analyze calendar` shows when one comes"
                    .to_owned(),
            };
            let problem = Problem::new(Code::ImpossibleQuantity, path.at_value(), message);
            problems.push(problem.hint(hint));
            None
        }
    }
}

/// What the host's systemd cannot do for a job (versions of systemd.timer(5) and systemd's NEWS).
pub(super) fn refuse_on_old_systemd(
    service: &Service,
    host: &str,
    systemd: u16,
    problems: &mut Vec<Problem>,
) {
    let Activation::Schedule(schedule) = &service.activation else { return };
    let path = service_path(&service.name);
    let fixed = schedule.randomized_delay.is_some_and(|it| it.choice == Choice::ForEachHost);
    let restarted = service.restart.policy != RestartPolicy::No;
    for (is_used, since, place, what) in [
        (fixed, 247, path.key("schedule").key("fixedRandomDelay").at_key(), "a fixed random delay"),
        (restarted, 244, path.key("restart").at_key(), "the restart of a job"),
    ] {
        if is_used && systemd < since {
            let message = format!("{host} has systemd {systemd}; {what} needs {since}");
            problems.push(
                Problem::new(Code::HostTooOld, place, message)
                    .hint("take it out, or leave that host out of the service's `hosts`"),
            );
        }
    }
}

/// The restart of a job: none unless the manifest says so, because its next run comes by itself.
///
/// systemd.service(5) refuses a oneshot service that is restarted after a success.
pub(super) fn restart(
    written: Option<&model::restart::Restart>,
    resolved: Restart,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Restart {
    let says_nothing_of_it = written.is_none_or(|it| {
        let usual = model::restart::Restart {
            success_exit_codes: it.success_exit_codes.clone(),
            ..Default::default()
        };
        *it == usual
    });
    if says_nothing_of_it {
        return Restart { policy: RestartPolicy::No, ..resolved };
    }
    if !resolved.policy.suits_a_job() {
        let policy = resolved.policy.as_str();
        let message = format!("`{policy}` starts a job again that has done its work, for ever");
        let problem = Problem::new(Code::Pointless, path.key("policy").at_value(), message);
        problems.push(problem.hint("`on-failure` tries a failed run again"));
    }
    resolved
}
