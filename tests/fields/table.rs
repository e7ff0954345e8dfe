//! What the examples become on each target: the table of fields in the README.

use std::collections::{BTreeMap, BTreeSet};

use rnix::ast;
use rowan::ast::AstNode as _;
use unitsmith::directive::{self, Quoting, Since};
use unitsmith::emit::Target;
use unitsmith::syntax::unit::read;

use super::{Example, compose, files_of, schema};
use crate::support::unit;

/// Returns the rows of the table, in the order of the paths.
pub(super) fn rows(examples: &BTreeMap<String, Vec<Example>>) -> String {
    let rows = schema::fields().into_iter().map(|(path, field)| {
        let of = |target| {
            let changes = examples[&path].iter().map(|it| changes(target, it));
            changes.flatten().collect::<BTreeSet<Change>>()
        };
        let plain: BTreeSet<Change> = of(Target::Systemd);
        let quadlet: BTreeSet<Change> =
            of(Target::Quadlet).into_iter().filter(|it| !plain.contains(it)).collect();
        let since: BTreeSet<String> =
            plain.iter().chain(&quadlet).filter_map(|it| it.since.clone()).collect();
        let cells = [cell(&plain), cell(&quadlet), cell(&of(Target::Nixos))].join(" | ");
        let since = Vec::from_iter(since).join(", ");
        let compose = compose::cell(&path, &examples[&path]);
        format!(
            "| `{path}` | {} | {} | {cells} | {compose} | {since} |\n",
            field.kind, field.meaning
        )
    });
    rows.collect()
}

/// Something that is other with a field than without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    what: String,
    since: Option<String>,
}

impl Change {
    fn new(what: impl Into<String>) -> Change {
        Change { what: what.into(), since: None }
    }
}

fn cell(changes: &BTreeSet<Change>) -> String {
    let shown: BTreeSet<String> = changes.iter().map(|it| format!("`{}`", it.what)).collect();
    Vec::from_iter(shown).join(" ")
}

fn changes(target: Target, example: &Example) -> BTreeSet<Change> {
    let with = files_of(target, &example.manifest);
    let without = files_of(target, &example.without);
    let paths: BTreeSet<&String> = with.keys().chain(without.keys()).collect();
    let mut changes = BTreeSet::new();
    for path in paths {
        match (with.get(path), without.get(path)) {
            (Some(with), Some(without)) if with == without => {}
            (Some(with), Some(without)) if path.ends_with(".nix") => {
                changes.extend(nix_changes(with, without));
            }
            (Some(with), Some(without)) if is_unit(path) => {
                changes.extend(unit_changes(with, without));
            }
            // Every port has a line there, which says nothing of the field.
            _ if path.contains("sysctl.d/") => {}
            _ => {
                changes.insert(Change::new(shown_path(path)));
            }
        }
    }
    changes
}

fn is_unit(path: &str) -> bool {
    ["systemd", "quadlet"]
        .iter()
        .any(|it| path.contains(&format!("{it}/")) || path.contains(&format!("{it}-user/")))
}

/// A file without the directory of its host and with `NAME` for the service of the examples.
fn shown_path(path: &str) -> String {
    let path = match path.strip_prefix("hosts/").and_then(|rest| rest.split_once('/')) {
        Some((_, rest)) => rest,
        None => path,
    };
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    if is_unit(path) { named(name) } else { format!("{directory}/{}", named(name)) }
}

/// The examples call their service `web`.
pub(super) fn named(text: &str) -> String {
    match text.strip_prefix("web") {
        Some(rest) if rest.starts_with(['.', '-']) || rest.is_empty() => format!("NAME{rest}"),
        _ => text.to_owned(),
    }
}

fn unit_changes(with: &str, without: &str) -> BTreeSet<Change> {
    let (with, without) = (unit::parse(with), unit::parse(without));
    let keys = |unit: &unit::Unit| {
        let keys = unit
            .iter()
            .flat_map(|(section, keys)| keys.keys().map(|key| (section.clone(), key.clone())));
        keys.collect::<BTreeSet<_>>()
    };
    let mut changes = BTreeSet::new();
    for (section, key) in keys(&with).union(&keys(&without)) {
        let [with, without] = [&with, &without].map(|it| unit::values(it, section, key));
        if with == without {
            continue;
        }
        let arguments: Vec<String> = match (section.as_str(), key.as_str()) {
            (_, "PodmanArgs") => arguments(Quoting::QuadletWords, with, without),
            (_, "ExecStart") if is_podman(with) && is_podman(without) => {
                arguments(Quoting::Command, with, without)
            }
            _ => Vec::new(),
        };
        let row = directive::all().find(|it| it.section.as_str() == section && it.key == key);
        let since = row.and_then(|it| match it.since {
            Since::Systemd(version) if version > 240 => Some(format!("systemd {version}")),
            Since::Podman(version) if (version.major, version.minor) > (4, 4) => {
                Some(format!("podman {}.{}", version.major, version.minor))
            }
            Since::Always | Since::Never | Since::Systemd(_) | Since::Podman(_) => None,
        });
        if arguments.is_empty() {
            changes.insert(Change { what: format!("{key}="), since });
        }
        changes.extend(arguments.into_iter().map(Change::new));
    }
    changes
}

fn is_podman(values: &[String]) -> bool {
    matches!(values, [value] if value.contains("podman run ") || value.contains("docker run "))
}

/// The options of podman that only one of two command lines has.
fn arguments(quoting: Quoting, with: &[String], without: &[String]) -> Vec<String> {
    let words = |values: &[String]| {
        let words = values.iter().flat_map(|it| read::texts(quoting, it).unwrap());
        words.collect::<BTreeSet<String>>()
    };
    let (with, without) = (words(with), words(without));
    let options = with.symmetric_difference(&without).filter(|it| it.starts_with("--"));
    let names: BTreeSet<String> =
        options.map(|it| it.split('=').next().unwrap().to_owned()).collect();
    names.into_iter().collect()
}

/// The attributes that differ; options are named only where nothing that follows from them differs.
fn nix_changes(with: &str, without: &str) -> BTreeSet<Change> {
    let (with, without) = (attributes(with), attributes(without));
    let names: BTreeSet<&String> = with.keys().chain(without.keys()).collect();
    // As with sysctl.d, that a port is reserved says nothing of the field.
    let reserved = ["ports", "boot.kernel.sysctl.\"net.ipv4.ip_local_reserved_ports\""];
    let names = names.into_iter().filter(|it| !reserved.contains(&it.as_str()));
    let differing: Vec<&String> = names.filter(|it| with.get(*it) != without.get(*it)).collect();
    let (options, others): (Vec<&String>, Vec<&String>) =
        differing.into_iter().partition(|it| it.starts_with("options."));
    let shown = if others.is_empty() { options } else { others };
    let is_within = |path: &str, other: &String| {
        other.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    };
    // A set that is updated with an option is told by the attribute in it.
    let shown =
        shown.iter().filter(|path| !shown.iter().any(|other| is_within(path, other))).copied();
    let mut changes = BTreeSet::new();
    for path in shown {
        if path.ends_with(".extraOptions") {
            let list = |of: &BTreeMap<String, String>| {
                let words = of.get(path).map(String::as_str).unwrap_or_default().split('"');
                words.filter(|it| it.starts_with("--")).map(str::to_owned).collect::<BTreeSet<_>>()
            };
            for word in list(&with).symmetric_difference(&list(&without)) {
                let name = word.split('=').next().unwrap();
                changes.insert(Change::new(format!("extraOptions {name}")));
            }
        } else {
            changes.insert(Change::new(shown_attribute(path)));
        }
    }
    changes
}

/// An attribute as a reader knows it: below the unit or container that it is of.
fn shown_attribute(path: &str) -> String {
    const LONG: &[(&str, &str)] = &[
        ("config.", ""),
        ("options.unitsmith.web.", "options."),
        ("virtualisation.oci-containers.containers.web.", "containers.NAME."),
        ("systemd.services.web.", ""),
        ("systemd.services.web-backend.", ""),
        ("systemd.sockets.web.", ""),
        ("systemd.timers.web.", ""),
    ];
    let mut path = path.to_owned();
    for (long, short) in LONG {
        if let Some(rest) = path.strip_prefix(long) {
            path = format!("{short}{rest}");
        }
    }
    path
}

/// Every attribute of a Nix file whose value is no attribute set, by its path.
fn attributes(text: &str) -> BTreeMap<String, String> {
    let parse = rnix::Root::parse(text);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for node in parse.syntax().descendants().filter_map(ast::AttrpathValue::cast) {
        let value = node.value().unwrap();
        let has_inner =
            value.syntax().descendants().any(|it| ast::AttrpathValue::can_cast(it.kind()));
        if has_inner {
            continue;
        }
        let names = node.syntax().ancestors().filter_map(ast::AttrpathValue::cast);
        let names = names.map(|it| it.attrpath().unwrap().syntax().text().to_string());
        let mut names: Vec<String> = names.collect();
        names.reverse();
        found.entry(names.join(".")).or_default().push_str(&value.syntax().text().to_string());
    }
    found
}
