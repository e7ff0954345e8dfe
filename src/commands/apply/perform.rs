//! From what is wanted and what is there to what is done.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::apply::file::{self, FileChange, FileStep, FileSteps, Found};
use crate::apply::inventory::{self, Generation, Inventory};
use crate::apply::place::Place;
use crate::apply::tree::{Content, Tree};
use crate::disk::host::Host;
use crate::disk::store::{self, Kept, Store};
use crate::error::Error;
use crate::fileset::manifest_of;
use crate::problem::Code;

use super::super::{Outcome, Report, plural};
use super::wanted::{problem, refuse};

/// Whether steps are shown or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Shown,
    Done,
}

/// Makes a host what a tree says.
pub(super) fn perform(
    host: &Host,
    wanted: Tree,
    mode: Mode,
    mut talk: String,
) -> Result<Report, Error> {
    let store = match mode {
        Mode::Shown => None,
        Mode::Done => Some(Store::open(host)?),
    };
    let inventory = match store::read(host)? {
        Kept::Nothing => None,
        Kept::Inventory(inventory) => Some(inventory),
        Kept::Damaged(why) => {
            let _ = writeln!(talk, "the inventory is damaged and is made anew: {why}");
            None
        }
    };
    if let Some(inventory) = &inventory
        && inventory.header != wanted.header
        && !inventory.places.is_empty()
    {
        let message = format!("this host has what `{}` says", manifest_of(&inventory.header));
        let problem = problem(Code::OtherManifest, message)
            .hint("a manifest has a host to itself: put both into one");
        return Ok(refuse(talk, &[problem]));
    }
    let owned = match &inventory {
        Some(inventory) => inventory.places.clone(),
        None => host.find(&wanted.header)?,
    };
    let found = host.read(wanted.files.keys().chain(&owned).collect::<BTreeSet<_>>())?;
    let steps = file::steps(&wanted, &owned, &found);
    if !steps.in_the_way.is_empty() {
        let problems: Vec<_> = steps.in_the_way.iter().map(|it| in_the_way(host, it)).collect();
        return Ok(refuse(talk, &problems));
    }
    let FileSteps { changes, in_the_way: _, masked, given_up } = steps;
    for place in masked {
        let _ = writeln!(talk, "`{}` is masked and stays so", place.path(host.manager()));
    }
    for place in given_up {
        let place = place.path(host.manager());
        let _ = writeln!(talk, "`{place}` is not ours any more and is left alone");
    }
    let stdout: String = changes.iter().map(|it| line(host, it)).collect();
    let digest = inventory::digest(&wanted);
    let is_known = inventory.as_ref().is_some_and(|it| it.pending.is_none() && it.digest == digest);
    if changes.is_empty() && is_known {
        let _ = writeln!(talk, "nothing to change: {}", plural(wanted.files.len(), "file"));
        return Ok(Report { outcome: Outcome::Clean, stdout, stderr: talk });
    }
    let Some((store, _lock)) = store else {
        let outcome = if changes.is_empty() { Outcome::Clean } else { Outcome::Findings };
        let _ = writeln!(talk, "{}, none of them made", plural(changes.len(), "change"));
        return Ok(Report { outcome, stdout, stderr: talk });
    };
    let previous = previous(host, inventory.as_ref())?;
    for (place, text) in edited(&changes, &previous) {
        let kept = store.keep_edited(place, text)?;
        let place = place.path(host.manager());
        let _ = writeln!(talk, "`{place}` was edited: what it said is kept in `{kept}`");
    }
    let number = store.next_number()?;
    let before = Inventory {
        header: wanted.header.clone(),
        generation: inventory.as_ref().and_then(|it| it.generation),
        pending: Some(number),
        digest: String::new(),
        places: owned.iter().chain(wanted.files.keys()).cloned().collect(),
    };
    let generation = Generation { number, tree: wanted };
    store.keep_generation(&generation)?;
    store.keep_inventory(&before)?;
    host.change(&changes)?;
    let after = Inventory {
        generation: Some(number),
        pending: None,
        digest,
        places: generation.tree.files.keys().cloned().collect(),
        ..before
    };
    store.keep_inventory(&after)?;
    store.forget_old()?;
    let _ = writeln!(talk, "{}", counted(&changes, generation.tree.files.len()));
    Ok(Report { outcome: Outcome::Clean, stdout, stderr: talk })
}

/// The trees of which parts may be on the host: the one applied last, and one that was not finished.
fn previous(host: &Host, inventory: Option<&Inventory>) -> Result<Vec<Tree>, Error> {
    let numbers = match inventory {
        Some(inventory) => inventory.generation.into_iter().chain(inventory.pending).collect(),
        None => store::generations(host)?.into_iter().rev().take(2).collect::<Vec<_>>(),
    };
    let mut trees = Vec::new();
    for number in numbers {
        trees.extend(store::generation(host, number)?.map(|it| it.tree));
    }
    Ok(trees)
}

/// The texts that are replaced or removed and that no tree has: somebody has edited them.
fn edited<'a>(
    changes: &'a [FileStep],
    previous: &'a [Tree],
) -> impl Iterator<Item = (&'a Place, &'a str)> {
    changes.iter().filter_map(move |FileStep { place, change }| {
        let (FileChange::Replace { old: Found::Text(old), .. }
        | FileChange::Remove { old: Found::Text(old) }) = change
        else {
            return None;
        };
        let is_of =
            |tree: &Tree| tree.files.get(place).is_some_and(|it| *it == Content::Text(old.clone()));
        (!previous.iter().any(is_of)).then_some((place, old.as_str()))
    })
}

fn in_the_way(host: &Host, place: &Place) -> crate::problem::Problem {
    let path = place.path(host.manager());
    problem(Code::ForeignFile, format!("`{path}` was not put there by unitsmith and is in the way"))
        .hint("move it away, or give the service another name")
}

/// A change as a line of the plan.
fn line(host: &Host, step: &FileStep) -> String {
    let FileStep { place, change } = step;
    let verb = match change {
        FileChange::Add(_) => "add",
        FileChange::Replace { .. } => "replace",
        FileChange::Remove { .. } => "remove",
    };
    format!("{verb:<8} {}\n", place.path(host.manager()))
}

fn counted(changes: &[FileStep], wanted: usize) -> String {
    let count = |is: fn(&FileChange) -> bool| changes.iter().filter(|it| is(&it.change)).count();
    let added = count(|it| matches!(it, FileChange::Add(_)));
    let replaced = count(|it| matches!(it, FileChange::Replace { .. }));
    let removed = count(|it| matches!(it, FileChange::Remove { .. }));
    let unchanged = wanted.saturating_sub(added + replaced);
    format!(
        "{} added, {replaced} replaced, {removed} removed, {unchanged} unchanged",
        plural(added, "file")
    )
}
