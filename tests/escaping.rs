//! Every string of a manifest arrives as it is written, or is refused.
//!
//! Each field meets each text of the nasty corpus on each target. The table says which texts a field
//! refuses and with which code, so that a field can neither change a text nor refuse all of them unseen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use unitsmith::directive::Quoting;
use unitsmith::emit::{Target, emit};
use unitsmith::manifest::Format;
use unitsmith::problem::Code;
use unitsmith::syntax::nasty::NASTY;

use crate::support::nixos::{self, Evaluated, Machine, Module};
use crate::support::podman::{self, Run};
use crate::support::unit::{self, Unit};
use crate::support::{json, plan, problems, quadlet, read as read_directory, repository, systemd};

mod container;
mod container_names;
mod fields;
mod groups;
mod names;
mod object_names;
mod objects;

use self::fields::{FIELDS, Field};
use self::names::NAMES;

fn all_fields() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().chain(container::FIELDS)
}

/// What a service is when it has arrived.
pub(crate) struct Arrived {
    unit: Unit,
    /// The unit that watches whether it works.
    watcher: Option<Unit>,
    /// The words of the process, or those that the image is given.
    command: Vec<String>,
    variables: BTreeMap<String, String>,
    environment_files: Vec<String>,
    /// What podman is told; a process has nothing of it.
    run: Option<Run>,
}

/// A manifest of one host, which makes the target.
fn manifest(target: Target, services: &BTreeMap<String, Value>) -> String {
    let host = match target {
        Target::Nixos => json!({ "nixos": "25.11" }),
        // The last podman without Quadlet.
        Target::Systemd => json!({ "systemd": 257, "podman": "4.3" }),
        Target::Quadlet => json!({ "systemd": 257, "podman": "5.4" }),
        Target::ProcessCompose => json!({ "processCompose": "1.87" }),
        Target::ProcessComposeFlake => json!({ "processComposeFlake": true }),
    };
    json!({ "hosts": { "host": host }, "services": services }).to_string()
}

/// A service that has nothing but what its field says.
fn service(field: &Field, text: &str) -> Value {
    let mut service = field.workload.service();
    (field.put)(&mut service, json::literal(text));
    service
}

/// The texts that a field is given: those of the corpus, in the form that the field has.
fn texts(field: &Field) -> impl Iterator<Item = String> {
    let numbered = |number: usize| field.prefix.replace('#', &number.to_string());
    NASTY.iter().enumerate().map(move |(number, it)| numbered(number) + it)
}

#[test]
fn each_field_refuses_what_its_row_says_and_nothing_else() {
    for target in Target::WITH_SYSTEMD {
        for field in all_fields() {
            for text in texts(field) {
                let services = BTreeMap::from([("it".to_owned(), service(field, &text))]);
                let problems = problems(&manifest(*target, &services), Format::Json);
                let found: Vec<Code> = problems.iter().map(|it| it.code).collect();
                let expected: Vec<Code> = (field.refuses)(*target, &text).into_iter().collect();
                assert_eq!(found, expected, "{target:?}: `{}` = {text:?}", field.key);
            }
        }
    }
}

#[test]
fn each_field_takes_some_of_the_corpus() {
    for field in all_fields() {
        let takes = |it: &String| (field.refuses)(Target::Nixos, it).is_none();
        let taken = texts(field).filter(takes).count();
        assert!(taken >= field.takes, "`{}` takes {taken}", field.key);
    }
}

#[test]
fn every_string_of_the_model_is_in_a_table() {
    let sources = read_directory(&repository().join("src/manifest"));
    let model = sources.iter().filter(|(path, _)| path.starts_with("model"));
    let lines = model.flat_map(|(_, text)| text.lines());
    let declared = lines.filter(|line| line.contains("String"));
    let declared = declared.filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':'));
    let objects = || objects::FIELDS.iter().map(|it| it.key);
    let names = || {
        NAMES
            .iter()
            .chain(container_names::NAMES)
            .chain(object_names::NAMES)
            .map(|it| it.key)
            .chain(objects())
    };
    let keys = || all_fields().map(|it| it.key).chain(names());
    let listed: BTreeSet<String> =
        keys().flat_map(|it| it.split('.')).map(|it| it.to_lowercase()).collect();
    let mut count = 0;
    // Paths of files that are read, and in nothing that is written.
    let declared = declared.filter(|(name, _)| *name != "include");
    for (name, _) in declared {
        count += 1;
        assert!(listed.contains(&name.replace('_', "")), "`{name}` is in no table");
    }
    assert!(count > 20);
}

#[test]
fn what_is_not_refused_arrives_unchanged_on_nixos() {
    arrives(Target::Nixos);
}

#[test]
fn what_is_not_refused_arrives_unchanged_in_plain_units() {
    arrives(Target::Systemd);
}

#[test]
fn what_is_not_refused_arrives_unchanged_through_quadlet() {
    arrives(Target::Quadlet);
}

/// Every text is a service of each workload, in all the fields that take it.
fn arrives(target: Target) {
    let mut services = BTreeMap::new();
    let mut wanted = Vec::new();
    for index in 0..NASTY.len() {
        for field in all_fields() {
            let text = texts(field).nth(index).unwrap();
            if (field.refuses)(target, &text).is_none() {
                let name = format!("{}-{index}", field.workload.name());
                let service =
                    services.entry(name.clone()).or_insert_with(|| field.workload.service());
                (field.put)(service, json::literal(&text));
                wanted.push((field, name, text));
            }
        }
    }
    let arrived = read(target, &services);
    for (field, name, text) in wanted {
        let found = (field.read)(&arrived[&name]);
        let is_same = found.as_deref().is_some_and(|found| (field.is_same)(&text, found));
        assert!(is_same, "{target:?}: `{}` = {text:?} arrives as {found:?}", field.key);
    }
}

/// Generates the services for a target and lets the target's readers read them.
fn read(target: Target, services: &BTreeMap<String, Value>) -> BTreeMap<String, Arrived> {
    let text = manifest(target, services);
    if target == Target::Nixos {
        let packages = services
            .values()
            .filter_map(|it| it["exec"]["command"][0]["package"].as_str().map(str::to_owned));
        let packages: Vec<String> = packages.collect();
        let evaluated = evaluated(&text, &packages);
        let all = services.keys().map(|name| {
            let arrived = of_nixos(&evaluated, name);
            (name.clone(), Arrived { watcher: watcher(&evaluated.units, name), ..arrived })
        });
        return all.collect();
    }
    let units = plain_units(target, &text);
    let arrived = services.keys().map(|name| {
        let unit = unit::parse(&units[&format!("{name}.service")]);
        let words = unit::command(&unit);
        (name.clone(), Arrived { watcher: watcher(&units, name), ..arrived(unit, words) })
    });
    arrived.collect()
}

fn watcher(units: &BTreeMap<String, String>, name: &str) -> Option<Unit> {
    units.get(&format!("{name}-liveness.service")).map(|it| unit::parse(it))
}

/// The units of a manifest of one host, as the target's readers see them.
fn units(target: Target, text: &str, packages: &[String]) -> BTreeMap<String, String> {
    match target {
        Target::Nixos => evaluated(text, packages).units,
        Target::Systemd | Target::Quadlet => plain_units(target, text),
        Target::ProcessCompose | Target::ProcessComposeFlake => unreachable!("it has no units"),
    }
}

fn evaluated(text: &str, packages: &[String]) -> Evaluated {
    let plan = plan(text, Format::Json).unwrap_or_else(|problems| panic!("{problems}"));
    let files = emit(&plan, &BTreeSet::from([Target::Nixos]));
    let module = Module::File("nixos/hosts/host.nix".to_owned());
    let machines = BTreeMap::from([("it".to_owned(), Machine { files, module })]);
    let evaluated = nixos::evaluate(&machines, packages).remove("it").unwrap();
    systemd::assert_verified(&evaluated.units);
    evaluated
}

fn plain_units(target: Target, text: &str) -> BTreeMap<String, String> {
    let plan = plan(text, Format::Json).unwrap_or_else(|problems| panic!("{problems}"));
    let files = emit(&plan, &BTreeSet::from([target]));
    let mut units = BTreeMap::new();
    let mut containers = BTreeMap::new();
    for (path, text) in files.iter() {
        if let Some(name) = path.strip_prefix("hosts/host/systemd/") {
            units.insert(name.to_owned(), text.to_owned());
        } else if let Some(name) = path.strip_prefix("hosts/host/quadlet/") {
            containers.insert(name.to_owned(), text.to_owned());
        }
    }
    units.extend(quadlet::generate(&containers));
    systemd::assert_verified(&units);
    units
}

fn of_nixos(evaluated: &Evaluated, name: &str) -> Arrived {
    let unit = unit::parse(&evaluated.units[&format!("{name}.service")]);
    let words = unit::command(&unit);
    let Some(script) = evaluated.scripts.get(&words[0]) else { return arrived(unit, words) };
    let words = podman::exec_of_scripts(&[script]).remove(0);
    arrived(unit, words)
}

fn arrived(unit: Unit, words: Vec<String>) -> Arrived {
    if words[0] == "podman" || words[0] == "/usr/bin/podman" {
        let run = Run::parse(&words);
        return Arrived {
            unit,
            watcher: None,
            command: run.command.clone(),
            variables: run.variables(),
            environment_files: run.values("--env-file").to_vec(),
            run: Some(run),
        };
    }
    let files = unit::values(&unit, "Service", "EnvironmentFile").to_vec();
    let file = |it: String| unit::read_texts(Quoting::Line, &it).remove(0);
    Arrived {
        command: words,
        variables: unit::variables(&unit),
        environment_files: files.into_iter().map(file).collect(),
        run: None,
        watcher: None,
        unit,
    }
}
