//! From what the units of a host need to jobs of systemd.

use std::fmt::Write as _;
use std::time::Duration;

use crate::apply::file::{FileChange, FileStep};
use crate::apply::image::{Fetch, When};
use crate::apply::place::{Directory, Manager, Place};
use crate::apply::tree::{Content, Tree};
use crate::apply::unit::{TARGET, UnitSteps, rank, wakes};
use crate::error::Error;
use crate::kernel;
use crate::problem::{Code, Problem};
use crate::progress;
use crate::systemctl::{self, Ended, Failing, Systemctl};

use super::wanted::problem;

/// How long preparing a host may take, pulling images aside.
pub(super) const PREPARATION: Duration = Duration::from_secs(60);

/// How long a pull or a build may take.
const FETCH: Duration = Duration::from_secs(3600);

/// How many lines of its journal a failing unit shows.
const LINES: usize = 10;

/// Pulls and builds what must be there; nothing on the host has changed until then.
pub(super) fn fetch(fetches: &[Fetch], talk: &mut String) -> Result<Vec<Problem>, Error> {
    let mut problems = Vec::new();
    for fetch in fetches {
        let Fetch { image, login, command, when } = fetch;
        let exists = || Ok(systemctl::prepare(&fetch.exists(), PREPARATION)? == Ended::Well);
        if *when == When::Missing && exists()? {
            continue;
        }
        let mut ended = Ended::Well;
        let doing = if *when == When::Built { "building" } else { "pulling" };
        let doing = format!("{doing} the image of `{image}`");
        for words in login.iter().chain([command]) {
            ended = progress::during(&doing, || systemctl::prepare(words, FETCH))?;
            if ended != Ended::Well {
                break;
            }
        }
        let why = match ended {
            Ended::Well => continue,
            Ended::Badly(why) => why,
            Ended::Late => "it takes more than an hour".to_owned(),
        };
        if *when == When::Always && exists()? {
            let _ = writeln!(
                talk,
                "`{image}` cannot be pulled, so the one that is here is used: {why}"
            );
            continue;
        }
        let verb = if *when == When::Built { "built" } else { "pulled" };
        let message = format!("the image of `{image}` cannot be {verb}: {why}");
        let hint = format!("see what `{}` says", command.join(" "));
        problems.push(problem(Code::NoImage, message).hint(hint));
    }
    Ok(problems)
}

/// Stops what is wanted no more, and what will be stopped otherwise, while the files are still there.
///
/// Groups come later.
pub(super) fn stop(
    systemd: &Systemctl,
    steps: &UnitSteps,
    limit: Duration,
    talk: &mut String,
) -> Result<(), Error> {
    let units = steps.stop.iter().chain(&steps.first).filter(|it| !it.ends_with(TARGET));
    // A client that waits would start again what its socket still wakes.
    let (wakers, others): (Vec<String>, Vec<String>) = units.cloned().partition(|it| wakes(it));
    for units in [wakers, others] {
        let ended = systemd.run("stop", &units, limit)?;
        note(&format!("systemctl stop {}", units.join(" ")), &ended, talk);
    }
    Ok(())
}

/// Makes accounts, directories and settings of the kernel as changed files say.
///
/// After a run that was not finished all files may be such.
pub(super) fn prepare(
    wanted: &Tree,
    changes: &[FileStep],
    was_interrupted: bool,
    talk: &mut String,
) -> Result<(), Error> {
    let is_changed = |place: &Place| {
        was_interrupted
            || changes
                .iter()
                .any(|it| it.place == *place && !matches!(it.change, FileChange::Remove { .. }))
    };
    for (place, content) in wanted.files.iter().filter(|(place, _)| is_changed(place)) {
        let Content::Text(text) = content else { continue };
        let path = place.path(&Manager::System);
        let commands: Vec<Vec<&str>> = match place.directory {
            Directory::Sysusers => vec![vec!["systemd-sysusers", &path]],
            Directory::Tmpfiles => {
                // What is in `linger` is looked at by the next boot only.
                let linger = lingering(text).map(|it| vec!["loginctl", "enable-linger", it]);
                [vec!["systemd-tmpfiles", "--create", &path]].into_iter().chain(linger).collect()
            }
            Directory::Sysctl => vec![vec!["/usr/lib/systemd/systemd-sysctl", &path]],
            Directory::Units
            | Directory::Quadlets
            | Directory::Nginx
            | Directory::Caddy
            | Directory::Cloudflared
            | Directory::TsProxy
            | Directory::Nftables
            | Directory::UnitsOfAccount
            | Directory::QuadletsOfAccount => Vec::new(),
        };
        for command in commands {
            let words: Vec<String> = command.iter().map(|it| (*it).to_owned()).collect();
            note(&words.join(" "), &systemctl::prepare(&words, PREPARATION)?, talk);
        }
    }
    Ok(())
}

/// The accounts whose managers run from boot on, as a file of tmpfiles.d(5) says.
fn lingering(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let path = line.strip_prefix("f ")?.split_whitespace().next()?;
        path.strip_prefix("/var/lib/systemd/linger/")
    })
}

/// Restarts, reloads and starts, and returns what did not become ready.
pub(super) fn activate(
    systemd: &Systemctl,
    steps: &UnitSteps,
    limit: Duration,
) -> Result<Vec<Failing>, Error> {
    let UnitSteps {
        stop,
        restart,
        needed,
        first: _,
        drawn,
        reload,
        start,
        kept: _,
        unread: _,
        masked: _,
    } = steps;
    // By now its services have left a group that is wanted no more, and go on without it.
    let groups: Vec<String> = stop.iter().filter(|it| it.ends_with(TARGET)).cloned().collect();
    systemd.run("stop", &groups, limit)?;
    // Who changes a service several times within seconds means each of them: without this the fifth is
    // refused (`StartLimitBurst=`), and so are units that have died and were given up. What is not loaded
    // has no such count, which systemctl calls a failure.
    // And of what is gone systemd shall not go on to say that it failed when it was stopped.
    let counted: Vec<String> = restart.iter().chain(start).chain(stop).cloned().collect();
    systemd.run("reset-failed", &counted, limit)?;
    let (waited, asked): (Vec<String>, Vec<String>) =
        restart.iter().cloned().partition(|it| drawn.contains(it));
    let (stopped, restart): (Vec<String>, Vec<String>) =
        asked.into_iter().partition(|it| needed.contains(it));
    for step in 0..=3 {
        let at = |units: &[String]| -> Vec<String> {
            units.iter().filter(|it| rank(it) == step).cloned().collect()
        };
        for (verb, units) in [("stop", &stopped), ("restart", &restart), ("start", start)] {
            let units = at(units);
            if units.is_empty() {
                continue;
            }
            let doing = format!("{verb} {}", units.join(" "));
            // Who fails is told by its state; that systemctl failed as well says nothing more.
            progress::during(&doing, || systemd.run(verb, &units, limit))?;
        }
    }
    // That systemd restarts them by itself is waited for, and also that a backend which went down with
    // what it depends on has stopped its proxy, which is then started here.
    if !waited.is_empty() {
        let doing = format!("restart {}", waited.join(" "));
        progress::during(&doing, || systemd.run("start", &waited, limit))?;
    }
    let mut failing = Vec::new();
    for unit in reload {
        match systemd.run("reload", std::slice::from_ref(unit), limit)? {
            Ended::Well => {}
            Ended::Badly(why) => failing.push(Failing {
                unit: unit.clone(),
                state: "not reloaded".to_owned(),
                result: why,
            }),
            Ended::Late => failing.push(Failing {
                unit: unit.clone(),
                state: "reloading".to_owned(),
                result: "timeout".to_owned(),
            }),
        }
    }
    let started: Vec<String> =
        [restart, stopped, waited, start.clone()].into_iter().flatten().collect();
    failing.extend(systemd.failing(&started)?);
    Ok(failing)
}

/// A failing unit as a problem, with the end of its journal.
pub(super) fn failed(systemd: &Systemctl, failing: &Failing) -> Problem {
    let Failing { unit, state, result } = failing;
    let journal = systemd.journal(unit, LINES);
    let lines: String = journal.lines().map(|it| format!("\n    {it}")).collect();
    let said = if lines.is_empty() { String::new() } else { format!("; it said last:{lines}") };
    let problem =
        problem(Code::NotReady, format!("`{unit}` is {state}, because of {result}{said}"));
    match port_holder(systemd, unit) {
        Some(held) => problem.hint(format!("{held}: stop it, or choose another `port`")),
        None => {
            problem.hint(format!("see `systemctl status {unit}` and `journalctl --unit {unit}`"))
        }
    }
}

/// Who has the port of a socket that is down, as a sentence; systemd says only that somebody has it.
pub(super) fn port_holder(systemd: &Systemctl, unit: &str) -> Option<String> {
    if !unit.ends_with(".socket") {
        return None;
    }
    let address = systemd.address(unit).ok()??;
    let holder = kernel::holder(address).ok()??;
    Some(format!("the port {} of `{unit}` is held by {holder}", address.port()))
}

fn note(what: &str, ended: &Ended, talk: &mut String) {
    if let Some(why) = ended.trouble() {
        let _ = writeln!(talk, "`{what}` failed: {why}");
    }
}
