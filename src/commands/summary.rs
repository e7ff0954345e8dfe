//! What two trees say differently, for people and for programs.

use std::collections::{BTreeMap, BTreeSet};

use crate::contrast::{Changes, Contrast, Host};
use crate::unitset::consequence::Consequence;
use crate::unitset::{Change, Difference, Kind};

/// Returns what changed of each service on all hosts together: `Restart no → on-failure (nixos, quadlet)`.
pub(super) fn by_service(contrast: &Contrast) -> Vec<(String, String)> {
    let mut said: BTreeMap<&str, BTreeMap<String, BTreeSet<&str>>> = BTreeMap::new();
    for (host, changes) in &contrast.0 {
        for (service, units) in &changes.services {
            let said = said.entry(service).or_default();
            for change in units {
                for what in what(change) {
                    said.entry(what).or_default().insert(kind(host, change));
                }
            }
        }
    }
    let said = said.into_iter().map(|(service, said)| {
        let parts = said.into_iter().map(|(what, kinds)| {
            let kinds: Vec<&str> = kinds.into_iter().collect();
            format!("{what} ({})", kinds.join(", "))
        });
        (service.to_owned(), parts.collect::<Vec<_>>().join("; "))
    });
    said.collect()
}

/// The kind of output in which a change is.
fn kind(host: &Host, change: &Change) -> &'static str {
    let is_quadlet = [".container", ".network", ".volume", ".image", ".build", ".pod"];
    match host {
        Host::Nixos | Host::NixosHost(_) => "nixos",
        Host::Plain(_) if is_quadlet.iter().any(|it| change.unit.ends_with(it)) => "quadlet",
        Host::Plain(_) => "systemd",
    }
}

/// What changed of a unit, one text for each key.
pub(super) fn what(change: &Change) -> Vec<String> {
    match change.kind {
        Kind::Added => vec![format!("{} is new", suffix(&change.unit))],
        Kind::Removed => vec![format!("{} is gone", suffix(&change.unit))],
        Kind::Changed => change.differences.iter().map(difference).collect(),
    }
}

fn suffix(unit: &str) -> &str {
    unit.rsplit_once('.').map_or(unit, |(_, suffix)| suffix)
}

/// `Restart no → on-failure`; of a list only what is not on both sides.
fn difference(difference: &Difference) -> String {
    let Difference { section: _, key, old, new } = difference;
    let gone: Vec<&String> = old.iter().filter(|it| !new.contains(it)).collect();
    let added: Vec<&String> = new.iter().filter(|it| !old.contains(it)).collect();
    let shown = |lines: &[&String]| {
        let lines: Vec<String> = lines.iter().map(|it| shortened(it)).collect();
        lines.join(", ")
    };
    if let ([gone], [added]) = (&gone[..], &added[..]) {
        let (gone, added) = middles(gone, added);
        return format!("{key} {} → {}", shortened(&gone), shortened(&added));
    }
    match (gone.is_empty(), added.is_empty()) {
        (true, true) => format!("{key} in another order"),
        (true, false) => format!("{key} + {}", shown(&added)),
        (false, true) => format!("{key} - {}", shown(&gone)),
        (false, false) => format!("{key} {} → {}", shown(&gone), shown(&added)),
    }
}

/// Returns what is different of two values, with `…` for the words around it that are the same.
///
/// One word on each side stays, so that something is left of what was only added or taken away.
fn middles(old: &str, new: &str) -> (String, String) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
    let least = old.len().min(new.len());
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(old, new)| old == new).count()
    };
    let before = same(&mut old.iter().zip(&new));
    let after = same(&mut old.iter().rev().zip(new.iter().rev())).min(least - before);
    let is_replaced = least > before + after;
    let before = if is_replaced { before } else { before.saturating_sub(1) };
    let middle = |words: &[&str]| {
        let head = if before > 0 { "… " } else { "" };
        let tail = if after > 0 { " …" } else { "" };
        format!("{head}{}{tail}", words[before..words.len() - after].join(" "))
    };
    (middle(&old), middle(&new))
}

/// The beginning of a value that is too long for a line.
fn shortened(value: &str) -> String {
    const LONGEST: usize = 60;
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    value.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// What happens to a service: the most of what happens to its units.
///
/// A unit in place of another, as a Quadlet in place of a service, is the service started anew.
pub(super) fn consequence(units: &[Change]) -> Consequence {
    let (gone, left): (Vec<&Change>, Vec<&Change>) =
        units.iter().partition(|it| it.kind == Kind::Removed);
    let most = left.into_iter().map(|it| it.consequence).max();
    match most {
        None => Consequence::Stops,
        Some(most) if gone.is_empty() => most,
        Some(most) => most.max(Consequence::Restarts),
    }
}

/// How a host is called.
pub(super) fn host(host: &Host) -> String {
    match host {
        Host::Nixos => "NixOS".to_owned(),
        Host::NixosHost(name) => format!("{name} (NixOS)"),
        Host::Plain(Some(name)) => name.clone(),
        Host::Plain(None) => "every host".to_owned(),
    }
}

/// Returns everything for a program to read.
pub(super) fn json(contrast: &Contrast) -> serde_json::Value {
    let hosts = contrast.0.iter().map(|(it, changes)| {
        let services = changes.services.iter().map(|(service, units)| {
            serde_json::json!({
                "name": service,
                "consequence": consequence(units).as_str(),
                "units": units.iter().map(unit).collect::<Vec<_>>(),
            })
        });
        let files = changes.files.iter();
        let files =
            files.map(|(path, kind)| serde_json::json!({ "path": path, "is": word(*kind) }));
        serde_json::json!({
            "name": host(it),
            "services": services.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
            "listening": changes.listening,
            "losses": losses(changes),
        })
    });
    hosts.collect()
}

fn unit(change: &Change) -> serde_json::Value {
    let differences = change.differences.iter().map(|it| {
        serde_json::json!({ "section": it.section, "key": it.key, "old": it.old, "new": it.new })
    });
    serde_json::json!({
        "name": change.unit,
        "is": word(change.kind),
        "consequence": change.consequence.as_str(),
        "differences": differences.collect::<Vec<_>>(),
    })
}

fn losses(changes: &Changes) -> Vec<serde_json::Value> {
    let losses = changes.losses().into_iter();
    let losses =
        losses.map(|it| serde_json::json!({ "service": it.service, "old": it.old, "new": it.new }));
    losses.collect()
}

/// What became of something, in a word.
pub(super) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "new",
        Kind::Changed => "changed",
        Kind::Removed => "gone",
    }
}

#[cfg(test)]
mod tests {
    use super::middles;

    #[test]
    fn only_the_words_that_differ_are_shown() {
        for (old, new, expected) in [
            ("no", "on-failure", ("no", "on-failure")),
            ("/bin/a --x=1 80", "/bin/a --x=2 80", ("… --x=1 …", "… --x=2 …")),
            ("/bin/a 80", "/bin/b 80", ("/bin/a …", "/bin/b …")),
            ("/bin/a b", "/bin/a b c", ("… b", "… b c")),
            ("a", "a a", ("a", "a a")),
            ("a b c", "a c", ("a b …", "a …")),
        ] {
            let found = middles(old, new);
            assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{old} {new}");
        }
    }
}
