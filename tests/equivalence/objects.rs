//! What podman is told of networks and the like, whoever tells it.

use std::collections::BTreeMap;

use unitsmith::directive::Quoting;

use crate::support::unit::{self, Unit};

/// What an object can be.
const NOUNS: &[&str] = &["network", "volume", "image", "build"];

/// Options without a value.
const FLAGS: &[&str] =
    &["--disable-dns", "--ignore", "--internal", "--ipv6", "--replace", "--tls-verify"];

/// Puts what podman is told of an object in the place of the command that tells it.
///
/// Options are a multiset, and their values stand in the same word or in the next; other units are left alone.
pub(super) fn spell_out(unit: &mut Unit) {
    spell_out_pod(unit);
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
    let verb = if words[1] == "build" { 2 } else { 3 };
    let told = take_apart(&words, verb);
    unit.get_mut("Service").unwrap().remove("ExecStart");
    unit.insert("podman".to_owned(), told);
}

/// What Quadlet tells podman of a pod beside what we do, and how it names the pod afterwards.
const OF_A_POD: &[&str] = &["--infra-conmon-pidfile", "--pod-id-file"];

/// The same for a pod, which four commands make and remove; the one that makes it says what it is.
fn spell_out_pod(unit: &mut Unit) {
    let create = unit::values(unit, "Service", "ExecStartPre").first();
    let Some(create) = create.filter(|it| it.contains("/podman pod create ")) else { return };
    let words = unit::read_texts(Quoting::Command, &create.replace("%t/%N", "/run/pod"));
    let mut told = take_apart(&words, 3);
    told.retain(|option, _| !OF_A_POD.contains(&option.as_str()));
    // Quadlet says its own before the arguments of the user, and podman takes the last.
    told.get_mut("--exit-policy").unwrap().retain(|it| it != "stop");
    if let Some(name) = told.remove("--name") {
        told.insert("subject".to_owned(), name);
    }
    let service = unit.get_mut("Service").unwrap();
    for (key, verb) in [("ExecStart", "start"), ("ExecStop", "stop"), ("ExecStopPost", "rm")] {
        let commands = service.remove(key).unwrap();
        assert!(commands[0].contains(&format!("/podman pod {verb} ")), "{commands:?}");
    }
    service.remove("ExecStartPre");
    let pid = service.remove("PIDFile").unwrap();
    assert!(["%t/%N.pid", "/run/"].iter().any(|it| pid[0].starts_with(it)), "{pid:?}");
    unit.insert("podman".to_owned(), told);
}

/// The options of a command, the words after its verb, each with its values.
fn take_apart(words: &[String], verb: usize) -> BTreeMap<String, Vec<String>> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
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
    told
}
