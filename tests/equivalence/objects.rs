//! What podman is told of networks and the like, whoever tells it.

use std::collections::BTreeMap;

use crate::support::unit::{self, Unit};

/// What an object can be.
const NOUNS: &[&str] = &["network", "volume", "image", "build"];

/// Options without a value.
const FLAGS: &[&str] = &["--disable-dns", "--ignore", "--internal", "--ipv6", "--tls-verify"];

/// Puts what podman is told of an object in the place of the command that tells it.
///
/// Options are a multiset, and their values stand in the same word or in the next; other units are left alone.
pub(super) fn spell_out(unit: &mut Unit) {
    let is_service = unit.get("Service").is_some_and(|it| it.contains_key("ExecStart"));
    let mut words = if is_service { unit::command(unit) } else { Vec::new() };
    if words.first().is_some_and(|it| it.ends_with("/bash")) && words.len() > 6 {
        // Where podman is too old for `--ignore`, a script of bash does the same.
        words.drain(..4);
        if words[1] != "image" {
            words.insert(3, "--ignore".to_owned());
        }
    }
    let is_podman = words.first().is_some_and(|it| it.ends_with("/podman"));
    if !is_podman || !words.get(1).is_some_and(|it| NOUNS.contains(&it.as_str())) {
        return;
    }
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let verb = if words[1] == "build" { 2 } else { 3 };
    told.insert("verb".to_owned(), words[1..verb].to_vec());
    let mut words = words[verb..].iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            _ if !word.starts_with("--") => ("subject", word.clone()),
            Some((name, value)) => (name, value.to_owned()),
            None if FLAGS.contains(&word.as_str()) => (word.as_str(), String::new()),
            None => (word.as_str(), words.next().expect("an option has its value").clone()),
        };
        told.entry(name.to_owned()).or_default().push(value);
    }
    told.values_mut().for_each(|it| it.sort());
    unit.get_mut("Service").unwrap().remove("ExecStart");
    unit.insert("podman".to_owned(), told);
}
