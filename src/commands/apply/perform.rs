//! From what is wanted and what is there to what is done.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use crate::apply::file::{self, FileChange, FileStep, FileSteps, Found};
use crate::apply::image::{self, Fetch};
use crate::apply::inventory::{Generation, Inventory};
use crate::apply::place::{Manager, Place};
use crate::apply::tree::{Content, Tree};
use crate::apply::unit::{self, Active, Before, States, UnitSteps, may_depend};
use crate::disk::host::Host;
use crate::disk::store::{self, Kept, Store};
use crate::error::Error;
use crate::fileset::manifest_of;
use crate::problem::{Code, Problem};
use crate::systemctl::Systemctl;

use super::super::{Outcome, Report, plural};
use super::activate;
use super::wanted::{problem, refuse};

/// Whether steps are shown or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Shown,
    Done(OnFailure),
}

/// What happens when a unit does not become ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnFailure {
    Stay,
    GoBack,
}

/// A host on which something is to be done.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) host: Host,
    /// `None` for an image, in which nothing runs.
    pub(super) systemd: Option<Systemctl>,
    /// How long units have to stop, and to become ready.
    pub(super) limit: Duration,
}

/// Makes a host what a tree says; `seen` is how it was a moment ago.
pub(super) fn perform(
    site: &Site,
    seen: Seen,
    wanted: Tree,
    mode: Mode,
    talk: String,
) -> Result<Report, Error> {
    match mode {
        Mode::Shown => show(site, seen, &wanted, talk),
        Mode::Done(on_failure) => {
            let (store, _lock) = super::open_store(site)?;
            // Where something is to be done, the host is looked at again, when nobody else can change it.
            let mut said = talk.clone();
            match survey(site, seen, &wanted, &mut said)? {
                Ok(survey) if survey.is_done() => Ok(nothing(&wanted, said)),
                Ok(_) | Err(_) => change(site, &store, wanted, on_failure, talk),
            }
        }
    }
}

fn show(site: &Site, seen: Seen, wanted: &Tree, mut talk: String) -> Result<Report, Error> {
    let survey = match survey(site, seen, wanted, &mut talk)? {
        Ok(survey) => survey,
        Err(problems) => return Ok(refuse(talk, &problems)),
    };
    let stdout = survey.show(site);
    // What is only to be kept anew changes nothing of the host.
    if stdout.is_empty() {
        return Ok(nothing(wanted, talk));
    }
    let count = stdout.lines().count();
    let _ = writeln!(talk, "{}, none of them made", plural(count, "change"));
    Ok(Report { outcome: Outcome::Findings, stdout, stderr: talk })
}

pub(super) fn change(
    site: &Site,
    store: &Store,
    wanted: Tree,
    on_failure: OnFailure,
    mut talk: String,
) -> Result<Report, Error> {
    let survey = match survey(site, look(site)?, &wanted, &mut talk)? {
        Ok(survey) => survey,
        Err(problems) => return Ok(refuse(talk, &problems)),
    };
    if survey.is_done() {
        return Ok(nothing(&wanted, talk));
    }
    let stdout = survey.show(site);
    let host = &site.host;
    let Survey { inventory, owned, trees, is_kept: _, files, mut units, fetches } = survey;
    if site.systemd.is_some() {
        let problems = activate::fetch(&fetches, &mut talk)?;
        if !problems.is_empty() {
            return Ok(refuse(talk, &problems));
        }
    }
    keep_edited(site, store, &files, &trees, &mut talk)?;
    let last = inventory.as_ref().and_then(|it| it.generation);
    let earlier = match last {
        Some(number) => Earlier::Tree(number),
        None if inventory.is_none() && !owned.is_empty() => Earlier::Unknown,
        None => Earlier::Nothing,
    };
    let was_interrupted = inventory.as_ref().is_none_or(|it| !it.pending.is_empty());
    if was_interrupted {
        // systemd may still be at work for the run that was killed, and start a unit of another tree
        // before it reads this one; to start it then would do nothing.
        units.restart.append(&mut units.start);
    }
    let number = store.next_number()?;
    let before = Inventory {
        header: wanted.header.clone(),
        generation: last,
        pending: inventory.into_iter().flat_map(|it| it.pending).chain([number]).collect(),
        places: owned.iter().chain(wanted.files.keys()).cloned().collect(),
    };
    let generation = Generation { number, tree: wanted };
    store.keep_generation(&generation)?;
    store.keep_inventory(&before)?;
    if was_interrupted {
        host.remove_leftovers(&before.places)?;
    }
    host.change(&files, || match &site.systemd {
        None => Ok(()),
        Some(systemd) => activate::stop(systemd, &units, site.limit, &mut talk),
    })?;
    let wanted = &generation.tree;
    let failing = match &site.systemd {
        None => Vec::new(),
        Some(systemd) => {
            if *host.manager() == Manager::System {
                activate::prepare(wanted, &files, was_interrupted, &mut talk)?;
            }
            if was_interrupted || files.iter().any(|it| it.place.directory.has_units()) {
                systemd.reload_manager()?;
            }
            let failing = activate::activate(systemd, &units, site.limit)?;
            failing.iter().map(|it| activate::failed(systemd, it)).collect()
        }
    };
    let places = wanted.files.keys().cloned().collect();
    let after = Inventory { generation: Some(number), pending: Vec::new(), places, ..before };
    store.keep_inventory(&after)?;
    store.forget_old()?;
    for place in &units.unread {
        let path = place.path(host.manager());
        let _ = writeln!(talk, "`{path}` changed: tell who reads it, for unitsmith does not know");
    }
    let _ = writeln!(talk, "{}", counted(&files, wanted.files.len()));
    if failing.is_empty() {
        return Ok(Report { outcome: Outcome::Clean, stdout, stderr: talk });
    }
    let shown: Vec<String> = failing.iter().map(ToString::to_string).collect();
    let _ = writeln!(talk, "{}\n\n{}", shown.join("\n\n"), plural(failing.len(), "problem"));
    let back = match on_failure {
        OnFailure::Stay => return Ok(Report { outcome: Outcome::Findings, stdout, stderr: talk }),
        OnFailure::GoBack => go_back(site, store, &earlier, &wanted.header)?,
    };
    Ok(Report {
        outcome: Outcome::Findings,
        stdout: stdout + &back.stdout,
        stderr: talk + &back.stderr,
    })
}

/// What a host had before.
enum Earlier {
    Nothing,
    Tree(u64),
    /// Files of ours of which the inventory is lost.
    Unknown,
}

/// Makes the host what it was, where that is known.
fn go_back(site: &Site, store: &Store, to: &Earlier, header: &str) -> Result<Report, Error> {
    let tree = match to {
        Earlier::Nothing => Ok(Tree { header: header.to_owned(), ..Tree::default() }),
        Earlier::Tree(number) => store::tree(&site.host, *number)?,
        Earlier::Unknown => Err("the inventory of what was there is lost".to_owned()),
    };
    match tree {
        Ok(tree) => {
            let talk = "going back to what was there before\n".to_owned();
            change(site, store, tree, OnFailure::Stay, talk)
        }
        Err(why) => {
            let stderr = format!("nothing is taken back: {why}\n");
            Ok(Report { outcome: Outcome::Findings, stdout: String::new(), stderr })
        }
    }
}

fn nothing(wanted: &Tree, mut talk: String) -> Report {
    let _ = writeln!(talk, "nothing to change: {}", plural(wanted.files.len(), "file"));
    Report { outcome: Outcome::Clean, stdout: String::new(), stderr: talk }
}

/// How a host is, before it is known what it is to be.
pub(super) struct Seen {
    kept: Kept,
    /// The tree that was applied last; `None` where there was none or it is damaged.
    tree: Option<Tree>,
    /// What is at the places of the inventory.
    found: BTreeMap<Place, Found>,
    /// `None` for an image, in which nothing runs.
    states: Option<States>,
}

/// Looks at a host, and changes nothing.
pub(super) fn look(site: &Site) -> Result<Seen, Error> {
    let kept = store::read(&site.host)?;
    let inventory = match &kept {
        Kept::Inventory(inventory) => Some(inventory),
        Kept::Nothing | Kept::Damaged(_) => None,
    };
    let places = inventory.into_iter().flat_map(|it| &it.places);
    let number = inventory.and_then(|it| it.generation);
    let tree = || number.map(|it| store::generation(&site.host, it)).transpose();
    let states = || site.systemd.as_ref().map(Systemctl::states).transpose();
    let ((found, tree), states) =
        rayon::join(|| rayon::join(|| site.host.read(places), tree), states);
    let (found, tree, states) = (found?, tree?, states?);
    let tree = tree.and_then(|it| Some(it.whole()?.tree));
    Ok(Seen { kept, tree, found, states })
}

/// What is to be done, and what must be known to do it.
struct Survey {
    inventory: Option<Inventory>,
    /// The places at which something of ours may be.
    owned: BTreeSet<Place>,
    /// The trees of which parts may run.
    trees: Vec<Tree>,
    /// Whether the wanted tree is kept as the one that was applied last, and no other was begun.
    is_kept: bool,
    files: Vec<FileStep>,
    units: UnitSteps,
    fetches: Vec<Fetch>,
}

impl Survey {
    fn is_done(&self) -> bool {
        self.is_kept && self.files.is_empty() && self.units.is_empty()
    }

    fn show(&self, site: &Site) -> String {
        shown(site, &self.files, &self.units, &self.fetches)
    }
}

/// Compares what is wanted with what is there; the problems are those for which nothing can be done.
fn survey(
    site: &Site,
    seen: Seen,
    wanted: &Tree,
    talk: &mut String,
) -> Result<Result<Survey, Vec<Problem>>, Error> {
    let host = &site.host;
    let Seen { kept, tree, mut found, states } = seen;
    let inventory = match kept {
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
        return Ok(Err(vec![problem]));
    }
    let owned = match &inventory {
        Some(inventory) => inventory.places.clone(),
        None => host.find(&wanted.header)?,
    };
    let seen = |it: &&Place| inventory.as_ref().is_some_and(|seen| seen.places.contains(*it));
    let unseen = wanted.files.keys().chain(&owned).filter(|it| !seen(it));
    found.extend(host.read(unseen.collect::<BTreeSet<_>>())?);
    let FileSteps { changes: files, in_the_way, masked, given_up } =
        file::steps(wanted, &owned, &found);
    if !in_the_way.is_empty() {
        return Ok(Err(in_the_way.iter().map(|it| self::in_the_way(host, it)).collect()));
    }
    for place in &masked {
        let _ = writeln!(talk, "`{}` is masked and stays so", place.path(host.manager()));
    }
    for place in given_up {
        let place = place.path(host.manager());
        let _ = writeln!(talk, "`{place}` is not ours any more and is left alone");
    }
    let is_kept = inventory.as_ref().is_some_and(|it| it.pending.is_empty())
        && tree.as_ref().is_some_and(|it| it.files == wanted.files);
    let trees = if files.is_empty() && is_kept {
        Vec::new()
    } else {
        previous(host, inventory.as_ref(), tree)?
    };
    let units = match &states {
        None => UnitSteps::default(),
        Some(states) => {
            let before = Before { trees: &trees, changes: &files, masked: &masked, states };
            let mut steps = unit::steps(wanted, before, host.manager());
            if let Some(systemd) = &site.systemd {
                draw_along(systemd, &mut steps, wanted, states)?;
            }
            steps
        }
    };
    for unit in &units.masked {
        let _ = writeln!(talk, "`{unit}` is masked and stays so");
    }
    for unit in &units.kept {
        let _ = writeln!(
            talk,
            "`{unit}` has another definition, and podman keeps the volume as it was made"
        );
    }
    let fetches = if site.systemd.is_some() { image::fetches(wanted, &files) } else { Vec::new() };
    Ok(Ok(Survey { inventory, owned, trees, is_kept, files, units, fetches }))
}

/// Adds what systemd stops or restarts with the units, as it knows now.
///
/// What depends on a unit from now on only has changed itself, so nothing is missed.
pub(super) fn draw_along(
    systemd: &Systemctl,
    steps: &mut UnitSteps,
    wanted: &Tree,
    states: &States,
) -> Result<(), Error> {
    let mut next: BTreeSet<String> = steps.stop.iter().chain(&steps.restart).cloned().collect();
    if next.is_empty() {
        return Ok(());
    }
    let may = states.iter().filter(|(unit, it)| it.active == Active::Up && may_depend(unit));
    let others: Vec<String> =
        may.filter(|(unit, _)| !next.contains(*unit)).map(|(unit, _)| unit.clone()).collect();
    // Whichever are fewer are asked.
    let dependants = if others.len() < next.len() {
        systemd.dependants_among(&others)?
    } else {
        let mut all = BTreeMap::new();
        while !next.is_empty() {
            let found = systemd.dependants(&next.into_iter().collect::<Vec<_>>())?;
            next = found.values().flatten().cloned().collect();
            all.extend(found);
            next.retain(|it| others.contains(it) && !all.contains_key(it));
        }
        all
    };
    steps.draw_along(&dependants, wanted, states);
    Ok(())
}

/// What is done to files, images and units, a line each.
pub(super) fn shown(
    site: &Site,
    files: &[FileStep],
    units: &UnitSteps,
    fetches: &[Fetch],
) -> String {
    let files = files.iter().map(|it| line(&site.host, it));
    let images = fetches.iter().map(|it| format!("{:<8} {}\n", "fetch", it.image));
    let units = units
        .by_verb()
        .into_iter()
        .flat_map(|(verb, units)| units.iter().map(move |it| format!("{verb:<8} {it}\n")));
    files.chain(images).chain(units).collect()
}

/// The trees of which parts may be on the host: the one applied last, and those that were not finished.
fn previous(
    host: &Host,
    inventory: Option<&Inventory>,
    last: Option<Tree>,
) -> Result<Vec<Tree>, Error> {
    let numbers = match inventory {
        Some(inventory) => inventory.pending.clone(),
        None => store::generations(host)?.into_iter().rev().take(2).collect(),
    };
    let mut trees: Vec<Tree> = last.into_iter().collect();
    for number in numbers {
        trees.extend(store::generation(host, number)?.whole().map(|it| it.tree));
    }
    Ok(trees)
}

/// Keeps what somebody has edited before it is written anew.
pub(super) fn keep_edited(
    site: &Site,
    store: &Store,
    files: &[FileStep],
    trees: &[Tree],
    talk: &mut String,
) -> Result<(), Error> {
    for (place, text) in edited(files, trees) {
        let kept = store.keep_edited(place, text)?;
        let place = place.path(site.host.manager());
        let _ = writeln!(talk, "`{place}` was edited: what it said is kept in `{kept}`");
    }
    Ok(())
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

fn in_the_way(host: &Host, place: &Place) -> Problem {
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
