//! What two trees of generated files say differently, by host and by service.
//!
//! Files of units are compared by what they say; of all others it is only said that they differ.
//!
//! Invariant: knows trees and units, not where they come from or how it is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::fileset::{self, FileSet};
use crate::unitset::consequence::Consequence;
use crate::unitset::{self, Change, Kind, UnitSet, nixos};

/// What is different between two trees.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contrast(pub BTreeMap<Host, Changes>);

/// For whom a part of a tree is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// Every NixOS host that enables a service.
    Nixos,
    /// One NixOS host.
    NixosHost(String),
    /// A host with plain unit files; `None` is any.
    Plain(Option<String>),
}

/// What is different for a host.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changed units of each service.
    pub services: BTreeMap<String, Vec<Change>>,
    /// Files that are no units and differ.
    pub files: Vec<(String, Kind)>,
    /// The sockets of changed services that are open all the time.
    pub listening: BTreeSet<String>,
}

/// Data that a service will not find where it was.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    pub service: String,
    /// The directory or volume that was used so far.
    pub old: String,
    /// What takes its place.
    pub new: Option<String>,
}

/// What a file of a tree is.
enum Part<'a> {
    Unit(&'a str),
    Module,
    Other,
}

/// Compares two trees.
///
/// ```
/// use unitsmith::contrast::{self, Host};
/// use unitsmith::fileset::FileSet;
/// use unitsmith::unitset::consequence::Consequence;
///
/// let tree = |policy: &str| {
///     let text = format!("[Service]\nExecStart=/usr/bin/web\nRestart={policy}\n");
///     FileSet::new(vec![("systemd/web.service".to_owned(), text)])
/// };
/// let contrast = contrast::compare(&tree("no"), &tree("on-failure"));
/// let changes = &contrast.0[&Host::Plain(None)].services["web"];
/// assert_eq!(changes[0].consequence, Consequence::Notes);
/// assert_eq!(changes[0].differences[0].new, ["on-failure"]);
/// ```
pub fn compare(old: &FileSet, new: &FileSet) -> Contrast {
    let (mut old_hosts, mut new_hosts) = (by_host(old), by_host(new));
    let hosts: BTreeSet<Host> = old_hosts.keys().chain(new_hosts.keys()).cloned().collect();
    let changes = hosts.into_iter().map(|host| {
        let old = old_hosts.remove(&host).unwrap_or_default();
        let new = new_hosts.remove(&host).unwrap_or_default();
        (host, changes(&old, &new))
    });
    let is_different = |it: &Changes| !it.services.is_empty() || !it.files.is_empty();
    Contrast(changes.filter(|(_, it)| is_different(it)).collect())
}

/// Whether two files say the same to those who read them.
pub fn is_same(path: &str, old: &str, new: &str) -> bool {
    match place(path).1 {
        Part::Unit(name) => {
            let read = |text| UnitSet::read([(name, text)]);
            read(old).is_ok_and(|old| Ok(old) == read(new))
        }
        Part::Module => nixos::is_same_code(old, new),
        Part::Other if path.ends_with(".nix") => nixos::is_same_code(old, new),
        Part::Other => without_header(old) == without_header(new),
    }
}

/// The text below the line that says from which manifest it was made.
fn without_header(text: &str) -> &str {
    match text.split_once('\n') {
        Some((first, rest)) if fileset::header_of(first).is_some() => rest,
        Some(_) | None => text,
    }
}

/// The units and the other files of a host.
#[derive(Default)]
struct Files<'a> {
    units: UnitSet,
    others: BTreeMap<&'a str, &'a str>,
}

fn by_host(tree: &FileSet) -> BTreeMap<Host, Files<'_>> {
    let mut hosts: BTreeMap<Host, Files<'_>> = BTreeMap::new();
    for (path, text) in tree.iter() {
        let (host, part) = place(path);
        let files = hosts.entry(host).or_default();
        let units = match part {
            Part::Unit(name) => UnitSet::read([(name, text)]).ok(),
            Part::Module => nixos::read(text),
            Part::Other => None,
        };
        match units {
            Some(units) => files.units.extend(units),
            None => {
                files.others.insert(path, text);
            }
        }
    }
    hosts
}

/// Returns whose a file is and what it is; the layout is that of `emit`.
fn place(path: &str) -> (Host, Part<'_>) {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["nixos", "hosts", host] => {
            (Host::NixosHost(host.trim_end_matches(".nix").to_owned()), Part::Other)
        }
        ["nixos", "hosts", host, _] => (Host::NixosHost(host.to_owned()), Part::Module),
        ["nixos", "default.nix"] => (Host::Nixos, Part::Other),
        ["nixos", ..] => (Host::Nixos, Part::Module),
        ["hosts", host, ref rest @ ..] => (Host::Plain(Some(host.to_owned())), plain(rest)),
        ref rest => (Host::Plain(None), plain(rest)),
    }
}

fn plain<'a>(path: &[&'a str]) -> Part<'a> {
    match path {
        ["systemd" | "systemd-user" | "quadlet" | "quadlet-user", name] => Part::Unit(name),
        _ => Part::Other,
    }
}

fn changes(old: &Files<'_>, new: &Files<'_>) -> Changes {
    let mut changes = Changes::default();
    for change in unitset::compare(&old.units, &new.units) {
        let units = if change.kind == Kind::Removed { &old.units } else { &new.units };
        let service = units.service_of(&change.unit).to_owned();
        changes.services.entry(service).or_default().push(change);
    }
    for (service, units) in &changes.services {
        let socket = format!("{service}.socket");
        let is_open = old.units.get(&socket).is_some() && new.units.get(&socket).is_some();
        let own = units.iter().find(|it| it.unit == socket);
        if is_open && own.is_none_or(|it| it.consequence == Consequence::Notes) {
            changes.listening.insert(socket);
        }
    }
    let paths: BTreeSet<&str> = old.others.keys().chain(new.others.keys()).copied().collect();
    for path in paths {
        let kind = match (old.others.get(path), new.others.get(path)) {
            (Some(old), Some(new)) if is_same(path, old, new) => continue,
            (Some(_), Some(_)) => Kind::Changed,
            (None, _) => Kind::Added,
            (_, None) => Kind::Removed,
        };
        changes.files.push((path.to_owned(), kind));
    }
    changes
}

impl Changes {
    /// Returns the data that services of the host will not find where it was.
    pub fn losses(&self) -> BTreeSet<Loss> {
        let mut losses = BTreeSet::new();
        for (service, units) in &self.services {
            for change in units {
                for difference in &change.differences {
                    let lines = |lines: &[String]| -> Vec<String> {
                        lines.iter().flat_map(|it| sources(&difference.key, it)).collect()
                    };
                    let (old, new) = (lines(&difference.old), lines(&difference.new));
                    let mut added = new.iter().filter(|it| !old.contains(it));
                    for gone in old.iter().filter(|it| !new.contains(it)) {
                        losses.insert(Loss {
                            service: service.clone(),
                            old: gone.clone(),
                            new: added.next().cloned(),
                        });
                    }
                }
            }
        }
        losses
    }
}

/// The directories and volumes that a line names in which a service keeps data.
fn sources(key: &str, line: &str) -> Vec<String> {
    match key {
        "StateDirectory" => line.split_whitespace().map(|it| format!("/var/lib/{it}")).collect(),
        // A mount that is only read holds no data of the service.
        "Volume" | "volumes" => {
            let is_read_only =
                line.rsplit(':').next().is_some_and(|it| it.split(',').any(|it| it == "ro"));
            let source = line.split(':').next().map(|it| it.trim_matches('"').to_owned());
            source.filter(|_| !is_read_only).into_iter().collect()
        }
        "Device" => vec![line.to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> FileSet {
        FileSet::new(
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        )
    }

    const SOCKET: &str = "[Socket]\nListenStream=80\n";

    #[test]
    fn changes_are_those_of_hosts_and_services() {
        let old = tree(&[
            ("hosts/a/systemd/web.socket", SOCKET),
            ("hosts/a/systemd/web-backend.service", "[Service]\nExecStart=/bin/a\n"),
            ("hosts/b/systemd/web.socket", SOCKET),
            ("hosts/b/sysctl.d/x.conf", "a = 1\n"),
        ]);
        let new = tree(&[
            ("hosts/a/systemd/web.socket", "# other\n[Socket]\nListenStream = 80\n"),
            ("hosts/a/systemd/web-backend.service", "[Service]\nExecStart=/bin/b\n"),
            ("hosts/b/systemd/web.socket", SOCKET),
            ("hosts/b/sysctl.d/x.conf", "a = 2\n"),
        ]);
        let Contrast(hosts) = compare(&old, &new);
        let a = &hosts[&Host::Plain(Some("a".to_owned()))];
        assert_eq!(a.services["web"][0].unit, "web-backend.service");
        assert_eq!(a.listening, ["web.socket".to_owned()].into());
        let b = &hosts[&Host::Plain(Some("b".to_owned()))];
        assert_eq!(b.files, [("hosts/b/sysctl.d/x.conf".to_owned(), Kind::Changed)]);
    }

    #[test]
    fn data_is_lost_when_its_place_is_another() {
        let unit = |volume: &str| format!("[Container]\nVolume={volume}\nVolume=/etc/a:/a:ro\n");
        let check = |old: &str, new: &str, expected: &[(&str, Option<&str>)]| {
            let tree = |text: &str| tree(&[("quadlet/db.container", text)]);
            let Contrast(hosts) = compare(&tree(&unit(old)), &tree(&unit(new)));
            let losses: Vec<Loss> = hosts.values().flat_map(Changes::losses).collect();
            let losses: Vec<_> =
                losses.iter().map(|it| (it.old.as_str(), it.new.as_deref())).collect();
            assert_eq!(losses, expected, "{old} {new}");
        };
        check("data:/data", "data2:/data", &[("data", Some("data2"))]);
        check("data:/data", "data:/other", &[]);
        check("data:/data", "/srv/b:/data:ro", &[("data", None)]);
    }

    #[test]
    fn modules_are_compared_by_what_they_define() {
        let module = |restart: &str| {
            format!("{{ systemd.services.web.serviceConfig = {{ Restart = {restart:?}; }}; }}")
        };
        let old = tree(&[("nixos/web.nix", &module("no"))]);
        let new = tree(&[("nixos/web.nix", &module("always").replace("; }", ";\n}"))]);
        let Contrast(hosts) = compare(&old, &new);
        let change = &hosts[&Host::Nixos].services["web"][0];
        assert_eq!(change.consequence, Consequence::Notes);
        assert_eq!(change.differences[0].new, ["always"]);
    }
}
