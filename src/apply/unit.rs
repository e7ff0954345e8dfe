//! Which units are stopped, restarted, reloaded and started, so that what runs is what the files say.
//!
//! What runs may be of several trees: of the one applied last, of one that was not finished, of what somebody
//! has edited. A unit is restarted when one of them means something else, and only if it runs.

use std::collections::{BTreeMap, BTreeSet};

use crate::unit::name_in_systemd;
use crate::unitset::consequence::Consequence;
use crate::unitset::{self, Kind, Meaning, UnitSet};

use super::file::{FileChange, FileStep, Found};
use super::place::{Directory, Manager, Place};
use super::tree::{Content, Tree, wanted_by};

/// What systemd says of the units that it has loaded, by their names.
pub type States = BTreeMap<String, State>;

/// What a unit is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    pub active: Active,
    /// Whether it is up and neither starts nor stops.
    pub runs: bool,
    /// The state in the words of its kind of unit, `running`, `auto-restart`.
    pub sub: String,
    /// Whether its administrator lets nobody start it (systemctl(1), "mask").
    pub is_masked: bool,
}

/// `ActiveState` of a unit, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Active {
    /// It runs, or starts, or stops and may be about to start again.
    Up,
    Failed,
    #[default]
    Down,
}

/// What the units of a host need, apart from `systemctl daemon-reload`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitSteps {
    /// Units that are wanted no more, before their files go.
    pub stop: Vec<String>,
    /// Units that mean something else than before and run.
    pub restart: Vec<String>,
    /// Those of them that are stopped only, because what needs them starts them again.
    pub needed: Vec<String>,
    /// Those of them that are stopped before their files change, because they are stopped otherwise from then on.
    pub first: Vec<String>,
    /// Those of them that systemd restarts with what they depend on, which nobody has to ask it for.
    pub drawn: Vec<String>,
    /// Services that read a changed file when they are told to.
    pub reload: Vec<String>,
    /// Units that something enables and that do not run.
    pub start: Vec<String>,
    /// Volumes with another definition, which podman never changes.
    pub kept: Vec<String>,
    /// Changed files that somebody else must tell their reader of.
    pub unread: Vec<Place>,
    /// Units that are masked beside their files, as those of Quadlets are.
    pub masked: Vec<String>,
}

impl UnitSteps {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.by_verb().iter().all(|(_, units)| units.is_empty())
    }

    /// The units to which something is done, with what systemctl calls it, in the order in which it is done.
    pub fn by_verb(&self) -> [(&'static str, &[String]); 4] {
        let UnitSteps {
            stop,
            restart,
            needed: _,
            first: _,
            drawn: _,
            reload,
            start,
            kept: _,
            unread: _,
            masked: _,
        } = self;
        [("stop", stop), ("restart", restart), ("reload", reload), ("start", start)]
    }

    /// Adds the units that systemd stops or restarts with those that are stopped or restarted.
    ///
    /// `dependants` says of each unit which others that are, of units of other people, too.
    pub fn draw_along(
        &mut self,
        dependants: &BTreeMap<String, Vec<String>>,
        wanted: &Tree,
        states: &States,
    ) {
        let wanted = wanted.units();
        let is_wanted = |it: &String| wanted.contains_key(it);
        let is_up = |it: &String| states.get(it).is_some_and(|it| it.active == Active::Up);
        let asked: BTreeSet<String> = self.stop.iter().chain(&self.restart).cloned().collect();
        let with = |causes: Vec<&String>, may: &dyn Fn(&String) -> bool| {
            let mut all = BTreeSet::new();
            let mut next = causes;
            while let Some(cause) = next.pop() {
                let dependants = dependants.get(cause).into_iter().flatten();
                for unit in dependants.filter(|it| is_up(it) && may(it)) {
                    if all.insert(unit.clone()) {
                        next.push(unit);
                    }
                }
            }
            all.retain(|it| !asked.contains(it));
            all
        };
        let (groups, gone): (Vec<&String>, Vec<&String>) =
            self.stop.iter().partition(|it| it.ends_with(TARGET));
        let (stopped, restarted): (Vec<&String>, Vec<&String>) =
            self.restart.iter().partition(|it| self.needed.contains(it) || self.first.contains(it));
        // What is ours has left a group by the time that the group is stopped.
        let with_groups = with(groups, &|it| !is_wanted(it));
        // What is stopped with a unit that goes, and is to be there still, must be started again.
        let (again, stop): (BTreeSet<String>, BTreeSet<String>) =
            with(gone, &|_| true).into_iter().chain(with_groups).partition(is_wanted);
        let again: BTreeSet<String> = with(stopped, &|_| true).into_iter().chain(again).collect();
        let mut drawn = with(restarted, &|_| true);
        drawn.retain(|it| !again.contains(it) && !stop.contains(it));
        self.stop.extend(stop);
        self.restart.extend(again.into_iter().chain(drawn.iter().cloned()));
        self.drawn = drawn.into_iter().collect();
        self.reload.retain(|it| !self.restart.contains(it));
        self.sort();
    }

    fn sort(&mut self) {
        for list in [&mut self.restart, &mut self.reload, &mut self.start] {
            list.sort_by_key(|it| (rank(it), it.clone()));
            list.dedup();
        }
        self.stop.sort_by_key(|it| (!wakes(it), std::cmp::Reverse((rank(it), it.clone()))));
        self.stop.dedup();
    }
}

/// What there was before.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The trees of which parts may run.
    pub trees: &'a [Tree],
    pub changes: &'a [FileStep],
    pub masked: &'a [Place],
    pub states: &'a States,
}

/// Returns what the units need to be what `wanted` says.
pub fn steps(wanted: &Tree, before: Before<'_>, manager: &Manager) -> UnitSteps {
    let units = wanted.units();
    let (altered, new) = differences(wanted, before);
    let state = |unit: &str| before.states.get(unit).map_or(Active::Down, |it| it.active);
    let masked: BTreeSet<String> =
        before.masked.iter().map(|it| name_in_systemd(&it.name)).collect();
    let is_masked_beside = |unit: &String| {
        !masked.contains(unit) && before.states.get(unit).is_some_and(|it| it.is_masked)
    };
    let is_masked = |unit: &String| masked.contains(unit) || is_masked_beside(unit);
    let mut steps = UnitSteps::default();
    let mut restart = BTreeSet::new();
    for (unit, Altered { consequence, is_stopped_otherwise }) in altered {
        let Some(text) = units.get(&unit) else {
            if state(&unit) != Active::Down {
                steps.stop.push(unit);
            }
            continue;
        };
        match (consequence, unit.rsplit_once('.').map(|(_, it)| it)) {
            // What they hold is in force as soon as systemd has read it.
            (_, Some("target" | "slice")) => {}
            (Consequence::Notes | Consequence::Waits | Consequence::Starts, _) => {}
            _ if is_volume(&unit, text) => steps.kept.push(unit),
            (
                Consequence::Restarts
                | Consequence::ListensAnew
                | Consequence::IsMadeAnew
                | Consequence::Stops,
                _,
            ) => {
                if state(&unit) == Active::Up {
                    if is_stopped_otherwise && !is_masked(&unit) {
                        steps.first.push(unit.clone());
                    }
                    restart.insert(unit);
                }
            }
        }
    }
    let changed = before.changes.iter().map(|it| &it.place);
    for place in changed.filter(|it| !it.directory.has_units()) {
        let path = place.path(manager);
        let readers = units.iter().filter(|(_, text)| text.contains(&path));
        for (unit, text) in readers.filter(|(unit, _)| state(unit) == Active::Up) {
            if values(text, "Service", "ExecReload").is_empty() {
                restart.insert(unit.clone());
            } else {
                steps.reload.push(unit.clone());
            }
        }
        match place.directory {
            Directory::Nginx if state(NGINX) == Active::Up => steps.reload.push(NGINX.to_owned()),
            Directory::Caddy if state(CADDY) == Active::Up => steps.reload.push(CADDY.to_owned()),
            Directory::Nftables | Directory::Cloudflared => steps.unread.push(place.clone()),
            Directory::Nginx
            | Directory::Caddy
            | Directory::TsProxy
            | Directory::Sysusers
            | Directory::Tmpfiles
            | Directory::Sysctl
            | Directory::Units
            | Directory::Quadlets
            | Directory::UnitsOfAccount
            | Directory::QuadletsOfAccount => {}
        }
    }
    let starts = |unit: &String| {
        !is_masked(unit)
            && state(unit) != Active::Up
            && is_up_at_boot(unit, &units, before.states, &mut BTreeSet::new())
            // What has done its work would do it again.
            && (new.contains(unit) || !is_over_when_done(units[unit]))
    };
    steps.start = units.keys().filter(|it| starts(it)).cloned().collect();
    steps.reload.retain(|it| !restart.contains(it));
    steps.restart = restart.into_iter().filter(|it| !is_masked(it)).collect();
    steps.masked = units.keys().filter(|it| is_masked_beside(it)).cloned().collect();
    // The backend of a proxy stops its proxy when it stops, so a job that restarts both is at odds with itself.
    let is_needed = |it: &&String| {
        values(units[*it], "Unit", "StopWhenUnneeded").last().is_some_and(|it| it == "true")
    };
    steps.needed = steps.restart.iter().filter(is_needed).cloned().collect();
    steps.kept.dedup();
    steps.sort();
    steps
}

/// How the names of units end that only group others.
pub const TARGET: &str = ".target";

const NGINX: &str = "nginx.service";
const CADDY: &str = "caddy.service";

/// The order in which units are started: who listens before who answers, and timers when all is there.
pub fn rank(unit: &str) -> u8 {
    match unit.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("slice" | "mount") => 0,
        Some("socket" | "path") => 1,
        Some("timer") => 3,
        Some(_) | None => 2,
    }
}

/// Whether a unit starts others when somebody calls or the time comes: stopped after them, it might do so again.
pub fn wakes(unit: &str) -> bool {
    matches!(unit.rsplit_once('.'), Some((_, "socket" | "path" | "timer")))
}

/// Whether a unit is of a kind that may be told to depend on another.
pub fn may_depend(unit: &str) -> bool {
    let kinds = ["service", "socket", "path", "timer", "target", "mount", "automount", "swap"];
    unit.rsplit_once('.').is_some_and(|(_, kind)| kinds.contains(&kind))
}

/// How a unit is meant otherwise than before.
struct Altered {
    /// The most that follows from it.
    consequence: Consequence,
    /// Whether what stops it is another than what stops what runs.
    is_stopped_otherwise: bool,
}

/// Whether something else happens when a unit is stopped.
fn is_stopped_otherwise(change: &unitset::Change) -> bool {
    let keys = ["ExecStop", "ExecStopPost", "KillMode", "KillSignal"];
    change.differences.iter().any(|it| keys.contains(&it.key.as_str()))
}

/// The units that some tree before means otherwise, and those that no tree had.
fn differences(wanted: &Tree, before: Before<'_>) -> (BTreeMap<String, Altered>, BTreeSet<String>) {
    if before.trees.is_empty() && before.changes.is_empty() {
        return Default::default();
    }
    let new = unit_set(unit_files(wanted));
    let wanted_units = wanted.units();
    let mut sets: Vec<UnitSet> = before.trees.iter().map(|it| unit_set(unit_files(it))).collect();
    sets.push(unit_set(found_before(wanted, before.changes)));
    let mut altered: BTreeMap<String, Altered> = BTreeMap::new();
    let mut added: BTreeMap<String, usize> = BTreeMap::new();
    for old in &sets {
        for change in unitset::compare(old, &new) {
            let unit = name_in_systemd(&change.unit);
            let (consequence, is_stopped_otherwise) = match change.kind {
                Kind::Added => {
                    *added.entry(unit).or_default() += 1;
                    continue;
                }
                // A container that becomes a service, or the other way round, is the same unit.
                Kind::Removed if wanted_units.contains_key(&unit) => (Consequence::Restarts, true),
                Kind::Removed | Kind::Changed => {
                    (change.consequence, is_stopped_otherwise(&change))
                }
            };
            let most = altered.entry(unit).or_insert(Altered { consequence, is_stopped_otherwise });
            most.consequence = most.consequence.max(consequence);
            most.is_stopped_otherwise |= is_stopped_otherwise;
        }
    }
    let is_new = |unit: &String, count: usize| count == sets.len() && !altered.contains_key(unit);
    let new = added.into_iter().filter(|(unit, count)| is_new(unit, *count));
    let mut new: BTreeSet<String> = new.map(|(unit, _)| unit).collect();
    new.extend(altered.keys().cloned());
    (altered, new)
}

/// The units of a tree by the names of their files.
fn unit_files(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    let units = tree.texts().filter(|(place, _)| place.directory.has_units());
    units.map(|(place, text)| (place.name.as_str(), text))
}

/// The units as they were found, where they are ours.
fn found_before<'a>(
    wanted: &'a Tree,
    changes: &'a [FileStep],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let changed: BTreeSet<&Place> = changes.iter().map(|it| &it.place).collect();
    let unchanged = wanted.texts().filter(move |(place, _)| !changed.contains(place));
    let old = changes.iter().filter_map(|FileStep { place, change }| match change {
        FileChange::Replace { old: Found::Text(old), new: Content::Text(_) | Content::Link(_) }
        | FileChange::Remove { old: Found::Text(old) } => Some((place, old.as_str())),
        FileChange::Add(_) | FileChange::Replace { .. } | FileChange::Remove { .. } => None,
    });
    let all = unchanged.chain(old).filter(|(place, _)| place.directory.has_units());
    all.map(|(place, text)| (place.name.as_str(), text))
}

/// Reads units; what is no unit says nothing, and so something else than every unit.
fn unit_set<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> UnitSet {
    let readable = |text: &'a str| if Meaning::read(text).is_ok() { text } else { "" };
    UnitSet::read(files.map(|(name, text)| (name, readable(text))))
        .expect("only what can be read is read")
}

/// Whether something that is up after each boot wants the unit.
fn is_up_at_boot<'a>(
    unit: &'a str,
    units: &BTreeMap<String, &'a str>,
    states: &States,
    seen: &mut BTreeSet<&'a str>,
) -> bool {
    let Some(text) = units.get(unit) else { return false };
    seen.insert(unit)
        && wanted_by(text).into_iter().any(|it| {
            let is_up = states.get(it).is_some_and(|it| it.active == Active::Up);
            is_up || is_up_at_boot(it, units, states, seen)
        })
}

/// Whether a unit is inactive when its work is done.
fn is_over_when_done(text: &str) -> bool {
    let last = |key| values(text, "Service", key).pop();
    last("Type").as_deref() == Some("oneshot") && last("RemainAfterExit").as_deref() != Some("true")
}

fn is_volume(unit: &str, text: &str) -> bool {
    unit.ends_with("-volume.service")
        && Meaning::read(text).is_ok_and(|it| {
            it.has_section("Volume") || it.get("Service", "Type").iter().any(|it| it == "oneshot")
        })
}

/// The values of a key of a unit, as they are written.
pub(super) fn values(text: &str, section: &str, key: &str) -> Vec<String> {
    Meaning::read(text).map(|it| it.get(section, key).to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
