//! Units as their readers see them: the order of keys and the way of quoting mean nothing.

use std::collections::BTreeMap;

use unitsmith::directive::Quoting;
use unitsmith::syntax::unit::read;

/// Keys with their values, in the order of the file, by their section.
pub(crate) type Unit = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Parses a unit file; a section without keys is none.
pub(crate) fn parse(text: &str) -> Unit {
    let sections = read::sections(text).unwrap_or_else(|line| panic!("`{line}` in\n{text}"));
    let mut unit = Unit::new();
    for section in sections {
        for (key, value) in section.entries {
            let keys = unit.entry(section.name.to_owned()).or_default();
            keys.entry(key.to_owned()).or_default().push(value.to_owned());
        }
    }
    unit
}

/// The values of a key.
pub(crate) fn values<'a>(unit: &'a Unit, section: &str, key: &str) -> &'a [String] {
    unit.get(section).and_then(|it| it.get(key)).map_or(&[], Vec::as_slice)
}

/// The only value of a key, read by its class.
pub(crate) fn text(unit: &Unit, section: &str, key: &str, quoting: Quoting) -> Option<String> {
    let [value] = values(unit, section, key) else { return None };
    let mut texts = read_texts(quoting, value);
    assert!(texts.len() == 1, "`{key}={value}`");
    texts.pop()
}

/// The variables that systemd would set, but for the one by which podman knows the unit:
/// Quadlet and NixOS write a specifier into it.
pub(crate) fn variables(unit: &Unit) -> BTreeMap<String, String> {
    const FOREIGN: &str = "PODMAN_SYSTEMD_UNIT=";
    let lines = values(unit, "Service", "Environment").iter();
    let lines = lines.filter(|it| !it.starts_with(FOREIGN));
    // What a secret stands for; a specifier of a manifest is doubled.
    let lines = lines.map(|line| line.replace("=%d/", "=credentials/"));
    let assignments = lines.flat_map(|line| read_texts(Quoting::Variables, &line));
    let variables = assignments.map(|it| {
        let (name, value) = it.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    });
    variables.collect()
}

/// The words of the command that the unit runs.
pub(crate) fn command(unit: &Unit) -> Vec<String> {
    let [command] = values(unit, "Service", "ExecStart") else {
        panic!("not one command: {unit:?}")
    };
    // The only specifiers that Quadlet itself writes; those of a manifest are doubled.
    let command = command.replacen(" --cidfile=%t/%N.cid ", " ", 1);
    let command = command.replacen(" --pod-id-file=%t/%N.pod-id", " --pod-id-file=/it", 1);
    read_texts(Quoting::Command, &command)
}

pub(crate) fn read_texts(quoting: Quoting, value: &str) -> Vec<String> {
    read::texts(quoting, value).unwrap_or_else(|| panic!("`{value}` is not {quoting:?}"))
}
