//! `unitsmith remove`

use std::fmt::Write as _;

use crate::apply::object::{Kept, objects};
use crate::apply::tree::Tree;
use crate::cli;
use crate::disk::store;
use crate::error::Error;
use crate::systemctl::{self, Ended, Systemctl};
use crate::unitset::Meaning;

use super::super::{Outcome, Report};
use super::activate::PREPARATION;
use super::open;
use super::perform::{self, Mode, OnFailure, Site};
use super::status::applied;

/// Takes away everything that was put on a host.
pub(crate) fn run(arguments: &cli::Remove) -> Result<Report, Error> {
    let cli::Remove { state, on, wait, dry_run } = arguments;
    let (site, mut talk) = open(on, wait)?;
    if matches!(store::read(&site.host)?, store::Kept::Nothing) {
        let stderr = format!("{talk}nothing was applied here\n");
        return Ok(Report { outcome: Outcome::Clean, stdout: String::new(), stderr });
    }
    let (_, tree) = applied(&site.host)?;
    let nothing = Tree { header: tree.header.clone(), ..Tree::default() };
    if *dry_run {
        return perform::perform(&site, perform::look(&site)?, nothing, Mode::Shown, talk);
    }
    let (store, _lock) = super::open_store(&site)?;
    if let Some(systemd) = site.systemd.as_ref().filter(|_| *state) {
        clean(&site, systemd, &tree, &mut talk)?;
    }
    let report = perform::change(&site, &store, nothing, OnFailure::Stay, talk)?;
    let Report { outcome, mut stdout, mut stderr } = report;
    if outcome == Outcome::Clean {
        if site.systemd.is_some() {
            take_objects(&tree, *state, &mut stdout, &mut stderr)?;
        }
        store.forget_all()?;
    }
    Ok(Report { outcome, stdout, stderr })
}

/// Removes the directories that systemd has made for units, which it does for stopped units alone.
fn clean(site: &Site, systemd: &Systemctl, tree: &Tree, talk: &mut String) -> Result<(), Error> {
    let units = tree.units();
    systemd.run("stop", &units.keys().cloned().collect::<Vec<_>>(), site.limit)?;
    let keys = ["StateDirectory", "CacheDirectory", "LogsDirectory"];
    for (unit, text) in units {
        let has = |meaning: &Meaning| keys.iter().any(|it| !meaning.get("Service", it).is_empty());
        if Meaning::read(text).is_ok_and(|it| has(&it)) {
            let ended = systemd.clean(&unit, site.limit)?;
            if let Some(why) = ended.trouble() {
                let _ = writeln!(talk, "the directories of `{unit}` are kept: {why}");
            }
        }
    }
    Ok(())
}

/// Removes networks, and volumes where their data is to go.
fn take_objects(
    tree: &Tree,
    state: bool,
    stdout: &mut String,
    talk: &mut String,
) -> Result<(), Error> {
    for (kind, name) in objects(tree) {
        let noun = kind.as_str();
        if kind == Kept::Volume && !state {
            let _ = writeln!(talk, "the volume `{name}` is kept, with its data");
            continue;
        }
        let words = ["podman", noun, "rm", "--force", &name].map(str::to_owned);
        match systemctl::prepare(&words, PREPARATION)? {
            Ended::Well => {
                let _ = writeln!(stdout, "{:<8} {noun} {name}", "remove");
            }
            Ended::Badly(why) => {
                let _ = writeln!(talk, "the {noun} `{name}` is kept: {why}");
            }
            Ended::Late => {
                let _ = writeln!(talk, "the {noun} `{name}` is kept: podman takes too long");
            }
        }
    }
    Ok(())
}
