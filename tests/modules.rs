//! Generated modules are read back: into the units that were written, in whatever layout.

use std::collections::{BTreeMap, BTreeSet};

use unitsmith::directive::{Directive, Nixos, Quoting, Section};
use unitsmith::emit::{Place, Target, emit};
use unitsmith::expand::podman;
use unitsmith::manifest::Format::Toml;
use unitsmith::plan::Plan;
use unitsmith::plan::text::{Program, Reference, Segment, Text};
use unitsmith::syntax::nix::read::expression;
use unitsmith::syntax::nix::read::module::{Module, module};
use unitsmith::syntax::unit::{self, value};
use unitsmith::unit::{Assignment, Unit, Value};

use crate::support::{plan, read, repository};

/// What a unit says, by directive, in the words of its class.
type Said = BTreeMap<(Section, String), Vec<Text>>;

/// The arguments of podman for which NixOS has no option, in whatever order: which row says one is not told.
const OPTIONS: (Section, &str) = (Section::Container, "extraOptions");

#[test]
fn every_module_of_the_cases_is_read_back_into_its_units() {
    for case in std::fs::read_dir(repository().join("tests/cases")).unwrap() {
        let text = std::fs::read_to_string(case.unwrap().path().join("unitsmith.toml")).unwrap();
        assert_read_back(&plan(&text, Toml).unwrap());
    }
}

#[test]
fn every_field_is_read_back() {
    for manifest in crate::fields::manifests() {
        assert_read_back(&plan(&manifest, Toml).unwrap());
    }
}

#[test]
fn what_services_share_is_read_whole() {
    let text = "
        [networks.backend]
        [volumes.data]
        [services.web.container]
        image = \"localhost/web:1\"
        networks = [\"backend\"]
        volumes = [{ source = \"data\", target = \"/data\" }]
    ";
    let files = emit(&plan(text, Toml).unwrap(), &BTreeSet::from([Target::Nixos]));
    let read: Vec<Module> = ["nixos/networks/backend.nix", "nixos/volumes/data.nix"]
        .iter()
        .map(|path| module(files.iter().find(|it| it.0 == *path).unwrap().1).unwrap())
        .collect();
    let units: Vec<_> = read.iter().map(|it| it.units[0].file_name()).collect();
    assert_eq!(units, ["backend-network.service", "data-volume.service"]);
    for it in read {
        let others: Vec<String> = it.others.keys().map(|it| it.join(".")).collect();
        let name = &it.units[0].name;
        assert_eq!(others, [format!("systemd.services.{name}.stopIfChanged")]);
        assert!(it.condition.is_some() && it.options_path.is_empty());
    }
}

type Format = fn(&str) -> String;

/// What formatters of Nix make of a generated file.
const FORMATTERS: &[(&str, Format)] = &[
    ("nixfmt", |it| {
        let mut options = nixfmt_rs::Options::default();
        (options.width, options.indent) = (40, 4);
        nixfmt_rs::format_with(it, &options).unwrap()
    }),
    ("alejandra", |it| alejandra::format::in_memory("it".to_owned(), it.to_owned()).1),
    ("nixpkgs-fmt", nixpkgs_fmt::reformat_string),
];

#[test]
fn no_formatter_changes_what_is_read() {
    let mut changed = BTreeSet::new();
    for case in std::fs::read_dir(repository().join("tests/cases")).unwrap() {
        for (path, text) in read(&case.unwrap().path().join("generated")) {
            if !path.ends_with(".nix") {
                continue;
            }
            for (formatter, format) in FORMATTERS {
                let formatted = format(&text);
                assert_eq!(expression(&formatted), expression(&text), "{formatter}: {formatted}");
                assert_eq!(module(&formatted), module(&text), "{formatter}: {formatted}");
                if formatted != text {
                    changed.insert(*formatter);
                }
            }
        }
    }
    assert_eq!(changed.len(), FORMATTERS.len(), "only {changed:?} laid out anything anew");
}

/// Asserts that the module of each service is read back into the units of which it was made.
pub(crate) fn assert_read_back(plan: &Plan) {
    let files = emit(plan, &BTreeSet::from([Target::Nixos]));
    for name in &plan.nixos.services {
        let path = format!("nixos/{name}.nix");
        let (_, text) = files.iter().find(|it| it.0 == path).unwrap();
        let read = module(text).unwrap_or_else(|it| panic!("{it}\n{text}"));
        assert_eq!(read.options_path.last().unwrap(), name.as_str());
        let written = Place::Nixos(None).units(plan, &plan.services[name]);
        let units: Vec<Unit> = written.into_iter().map(|it| it.unit).collect();
        let names = |units: &[Unit]| units.iter().map(Unit::file_name).collect::<Vec<_>>();
        assert_eq!(names(&read.units), names(&units), "{text}");
        for (found, expected) in read.units.iter().zip(&units) {
            assert_typed(found, expected);
            let (found, expected) = (said(found), said(expected));
            for key in found.keys().chain(expected.keys()) {
                assert_eq!(found.get(key), expected.get(key), "{key:?} of\n{text}");
            }
        }
        assert_only_known_others(&read, text);
    }
}

/// Asserts that only what has no class, or is passed on by the manifest, is read as it stands.
fn assert_typed(found: &Unit, expected: &Unit) {
    let is_raw = |it: &Value| matches!(it, Value::Raw { .. });
    for Assignment { directive, value } in found.assignments.iter().filter(|it| is_raw(&it.value)) {
        let is_passed_on = expected.get(directive).is_some_and(is_raw);
        let is_plain = directive.quoting == Quoting::Plain;
        assert!(is_plain || is_passed_on, "`{}=` is read as {value:?}", directive.key);
    }
}

/// What is read as no unit is what a module says beside its units.
fn assert_only_known_others(module: &Module, text: &str) {
    for path in module.others.keys() {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_known = matches!(
            &names[..],
            ["options", .., "type" | "description" | "defaultText" | "enable"]
                | ["virtualisation", "oci-containers", "backend"]
                | ["assertions"]
                | ["networking" | "users" | "services", ..]
        );
        assert!(is_known, "{path:?} was not read:\n{text}");
    }
}

fn said(unit: &Unit) -> Said {
    let mut said = Said::new();
    for assignment in &unit.assignments {
        let Assignment { directive, value } = assignment;
        let section = directive.section;
        let texts = match directive.nixos {
            Nixos::Elsewhere => continue,
            Nixos::ExtraOption => {
                let key = (OPTIONS.0, OPTIONS.1.to_owned());
                let mut options = podman::options(assignment).iter().map(spelled).collect();
                let all = said.entry(key).or_default();
                all.append(&mut options);
                all.sort_by_key(|it| format!("{it:?}"));
                continue;
            }
            Nixos::Container(_) | Nixos::ContainerList(_) | Nixos::Capability(_) => {
                plain(directive, value)
            }
            Nixos::Unit(_) | Nixos::UnitList(_) => {
                let lines = unit::values(directive.quoting, value);
                lines.iter().map(|it| spelled(&Text(it.segments().to_vec()))).collect()
            }
        };
        said.insert((section, directive.key.to_owned()), texts);
    }
    said
}

/// What oci-containers is told, which quotes it itself.
fn plain(directive: &Directive, value: &Value) -> Vec<Text> {
    let pair = |name: &dyn std::fmt::Display, value: &Text| {
        spelled(&Text::literal(format!("{name}=")).then(value.clone()))
    };
    match value {
        Value::Texts(texts) => texts.iter().map(spelled).collect(),
        Value::Variables(variables) => variables.iter().map(|it| pair(it.0, it.1)).collect(),
        Value::Pairs(pairs) => pairs.iter().map(|it| pair(it.0, it.1)).collect(),
        Value::Names(names) => names.iter().map(|it| it.as_str().into()).collect(),
        Value::Keyword(word) => vec![(*word).into()],
        Value::Flag(flag) => vec![flag.to_string().into()],
        Value::Number(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Percent(_)
        | Value::Signed(_)
        | Value::Mode(_)
        | Value::Commands(_)
        | Value::Raw { .. } => panic!("`{}=` is {value:?}", directive.key),
    }
}

/// A text of which only what NixOS is told is left: it has programs elsewhere.
fn spelled(text: &Text) -> Text {
    let mut text = value::spelled(text);
    for segment in &mut text.0 {
        if let Segment::Reference(Reference::Program(Program::Package { path, .. })) = segment {
            path.clear();
        }
    }
    text
}
