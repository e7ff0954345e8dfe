//! Every field of the manifest has an example, and every example changes what is generated.
//!
//! The examples are in `tests/fields/*.toml`. Each says the `path` of its field and a `manifest` that uses it:
//! what stands below `services.web`, or a whole manifest where that is not enough.
//! `without` is the same without the field, where that is more than leaving out the whole example;
//! `workload` is `process` (usual) or `container`;
//! `unchanged` says why a field may change no file.

use std::collections::BTreeMap;

use unitsmith::apply::place::Place;
use unitsmith::emit::Target;
use unitsmith::manifest::Format;

use crate::support::{generate, read, repository};

mod compose;
mod illustrated;
mod schema;
mod table;

/// A field in use.
struct Example {
    manifest: String,
    without: String,
    unchanged: Option<String>,
}

/// The examples by the path of their field.
fn examples() -> BTreeMap<String, Vec<Example>> {
    let mut examples: BTreeMap<String, Vec<Example>> = BTreeMap::new();
    for (file, text) in read(&repository().join("tests/fields")) {
        if !file.ends_with(".toml") {
            continue;
        }
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        for it in table["field"].as_array().unwrap() {
            let string = |key: &str| it.get(key).map(|it| it.as_str().unwrap().to_owned());
            let path = string("path").unwrap();
            let whole = |text: &str| whole(string("workload").as_deref(), text);
            let example = Example {
                manifest: whole(&string("manifest").unwrap()),
                without: whole(&string("without").unwrap_or_default()),
                unchanged: string("unchanged"),
            };
            examples.entry(path).or_default().push(example);
        }
    }
    examples
}

/// The manifests of all examples.
pub(crate) fn manifests() -> impl Iterator<Item = String> {
    examples().into_values().flatten().map(|it| it.manifest)
}

/// The manifest of an example, which is whole when it names services.
fn whole(workload: Option<&str>, text: &str) -> String {
    let says = |key: &str| text.lines().any(|it| it.starts_with(key));
    if says("[services.") || says("[companions.") {
        return text.to_owned();
    }
    let runs = match workload {
        Some("container") if !says("container.image") => "container.image = \"localhost/web:1\"\n",
        Some("container") => "",
        _ if says("exec.command") => "",
        _ => "exec.command = [\"/usr/bin/web\"]\n",
    };
    format!("[services.web]\n{runs}{text}\n")
}

/// The files of a target by their paths.
fn files_of(target: Target, manifest: &str) -> BTreeMap<String, String> {
    let files = generate(manifest, Format::Toml, &[target]);
    files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

/// What is in no such directory is never compared, and what has no place cannot be applied.
#[test]
fn every_file_is_in_a_directory_that_is_compared_and_has_a_place_on_a_host() {
    for manifest in manifests() {
        for target in [Target::Systemd, Target::Quadlet] {
            for (path, _) in generate(&manifest, Format::Toml, &[target]).iter() {
                let directory = path.split('/').next().unwrap();
                assert!(target.directories().contains(&directory), "{path}");
                let host = path.strip_prefix("hosts/").and_then(|it| it.split_once('/'));
                let below = host.map_or(path, |(_, below)| below);
                assert!(Place::parse(below).is_some(), "{path}");
            }
        }
    }
}

#[test]
fn every_field_has_an_example() {
    let examples = examples();
    let fields = schema::fields();
    let missing: Vec<&String> = fields.keys().filter(|it| !examples.contains_key(*it)).collect();
    assert!(missing.is_empty(), "tests/fields has no example of {missing:#?}");
    let unknown: Vec<&String> = examples.keys().filter(|it| !fields.contains_key(*it)).collect();
    assert!(unknown.is_empty(), "tests/fields has examples of {unknown:#?}, which are no fields");
}

#[test]
fn every_field_says_what_it_means() {
    let fields = schema::fields().into_iter();
    let silent = fields.filter(|(_, field)| field.meaning.is_empty() || field.kind.is_empty());
    let silent: Vec<String> = silent.map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "the model has no doc comment for {silent:#?}");
}

#[test]
fn every_example_changes_what_is_generated() {
    for (path, examples) in examples() {
        for Example { manifest, without, unchanged } in examples {
            let files = |manifest: &str| {
                Target::WITH_SYSTEMD.iter().map(|it| files_of(*it, manifest)).collect::<Vec<_>>()
            };
            let is_same = files(&manifest) == files(&without);
            assert_eq!(is_same, unchanged.is_some(), "`{path}`:\n{manifest}");
        }
    }
}

#[test]
fn the_readme_has_the_table_of_fields() {
    let rows = table::rows(&examples());
    let path = repository().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once("<!-- fields -->\n").unwrap();
    let (table, after) = rest.split_once("<!-- end of fields -->").unwrap();
    let (head, body) = table.split_at(table.match_indices('\n').nth(1).unwrap().0 + 1);
    if body == rows {
        return;
    }
    // A table of this length is not typed: it is written down where snapshots are.
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let readme = format!("{before}<!-- fields -->\n{head}{rows}<!-- end of fields -->{after}");
        std::fs::write(&path, readme).unwrap();
        return;
    }
    panic!("the README should have\n{rows}");
}
