//! `unitsmith reconcile`
//!
//! What an administrator did by hand is left alone: only what is gone, edited or dead is repaired.

use std::collections::BTreeSet;

use crate::apply::file::{self, FileChange, FileStep, FileSteps};
use crate::apply::place::Place;
use crate::apply::reconcile::{self, Repair};
use crate::apply::tree::Content;
use crate::cli;
use crate::disk::store::{self, Store};
use crate::error::Error;
use crate::problem::Problem;

use super::super::{Outcome, Report, plural};
use super::perform::{self, OnFailure, keep_edited};
use super::status::applied;
use super::{activate, open};

/// Repairs what is not as it was made, and says nothing when all is well.
pub(crate) fn run(arguments: &cli::Reconcile) -> Result<Report, Error> {
    let cli::Reconcile { on, wait } = arguments;
    let (site, _) = open(on, wait)?;
    let host = &site.host;
    let quiet = || Report { outcome: Outcome::Clean, stdout: String::new(), stderr: String::new() };
    if matches!(store::read(host)?, store::Kept::Nothing) {
        return Ok(quiet());
    }
    let Some((store, lock)) = Store::try_open(host)? else {
        // Whoever changes the host knows better what it is to be.
        return Ok(quiet());
    };
    super::hold(&site, &lock)?;
    let (inventory, tree) = applied(host)?;
    if !inventory.pending.is_empty() {
        return perform::change(&site, &store, tree, OnFailure::Stay, String::new());
    }
    let places: BTreeSet<&Place> = tree.files.keys().chain(&inventory.places).collect();
    let found = host.read(places)?;
    let FileSteps { changes, in_the_way, masked, given_up: _ } =
        file::steps(&tree, &inventory.places, &found);
    let mut left: Vec<String> = Vec::new();
    let left_alone = |place: &Place, what: &str| {
        format!("`{}` {what} and is left alone\n", place.path(host.manager()))
    };
    left.extend(in_the_way.iter().map(|it| left_alone(it, "is somebody else's")));
    left.extend(masked.iter().map(|it| left_alone(it, "is masked")));
    let (disabled, files): (Vec<FileStep>, Vec<FileStep>) =
        changes.into_iter().partition(|it| matches!(it.change, FileChange::Add(Content::Link(_))));
    left.extend(disabled.iter().map(|it| left_alone(&it.place, "is disabled")));
    let mut repair = Repair::default();
    if let Some(systemd) = &site.systemd {
        let disabled: Vec<&Place> = disabled.iter().map(|it| &it.place).collect();
        let states = systemd.states()?;
        repair = reconcile::repair(&tree, &files, &masked, &disabled, &states);
        perform::draw_along(systemd, &mut repair.units, &tree, &states)?;
    }
    let Repair { units, stopped } = repair;
    left.extend(units.masked.iter().map(|it| format!("`{it}` is masked and is left alone\n")));
    left.extend(stopped.iter().map(|it| format!("`{it}` was stopped and is left alone\n")));
    let mut stderr = if store.is_said(&left.concat())? { String::new() } else { left.concat() };
    if files.is_empty() && units.is_empty() {
        return Ok(Report { outcome: Outcome::Clean, stdout: String::new(), stderr });
    }
    let stdout = perform::shown(&site, &files, &units, &[]);
    keep_edited(&site, &store, &files, std::slice::from_ref(&tree), &mut stderr)?;
    host.change(&files, || Ok(()))?;
    let mut problems: Vec<Problem> = Vec::new();
    if let Some(systemd) = &site.systemd {
        if files.iter().any(|it| it.place.directory.has_units()) {
            systemd.reload_manager()?;
        }
        let failing = activate::activate(systemd, &units, site.limit)?;
        problems = failing.iter().map(|it| activate::failed(systemd, it)).collect();
    }
    let shown: Vec<String> = problems.iter().map(|it| format!("{it}\n\n")).collect();
    stderr.push_str(&shown.concat());
    if problems.is_empty() {
        return Ok(Report { outcome: Outcome::Clean, stdout, stderr });
    }
    stderr.push_str(&format!("{}\n", plural(problems.len(), "problem")));
    Ok(Report { outcome: Outcome::Findings, stdout, stderr })
}
