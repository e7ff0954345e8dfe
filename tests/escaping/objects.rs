//! The strings of networks and the like that are data, each with what it refuses.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use unitsmith::directive::Quoting;
use unitsmith::emit::Target;
use unitsmith::manifest::Format;
use unitsmith::problem::Code;
use unitsmith::syntax::nasty::NASTY;

use super::fields::{anything, image, line};
use crate::support::{json, plan, problems, unit};

/// A string of an object.
pub(super) struct Field {
    /// The kind of the object, as the manifest and as systemd's units call it.
    kind: (&'static str, &'static str),
    pub(super) key: &'static str,
    /// An object that has the text.
    object: fn(String) -> Value,
    /// The option of podman that has it, and what it has before the text.
    option: (&'static str, &'static str),
    refuses: fn(&str) -> Option<Code>,
}

const NETWORK: (&str, &str) = ("networks", "network");
const VOLUME: (&str, &str) = ("volumes", "volume");
const IMAGE: (&str, &str) = ("images", "image");
const BUILD: (&str, &str) = ("builds", "build");
const POD: (&str, &str) = ("pods", "pod");

#[rustfmt::skip] // One row a field.
pub(super) const FIELDS: &[Field] = &[
    Field { kind: NETWORK, key: "networks.options", object: |it| json!({ "options": { "it": it } }),
        option: ("--opt", "it="), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: NETWORK, key: "networks.labels", object: |it| json!({ "labels": { "it": it } }),
        option: ("--label", "it="), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: NETWORK, key: "networks.podmanArgs", object: |it| json!({ "podmanArgs": [format!("--it={it}")] }),
        option: ("--it", ""), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: VOLUME, key: "volumes.device", object: |it| json!({ "device": it }),
        option: ("--opt", "device="), refuses: line_of_quadlet },
    Field { kind: VOLUME, key: "volumes.options", object: |it| json!({ "device": "tmpfs", "options": it }),
        option: ("--opt", "o="), refuses: line_of_quadlet },
    Field { kind: VOLUME, key: "volumes.image",
        object: |it| json!({ "driver": "image", "image": format!("localhost/{it}") }),
        option: ("--opt", "image=localhost/"), refuses: |it| image(Target::Nixos, it) },
    Field { kind: VOLUME, key: "volumes.labels", object: |it| json!({ "labels": { "it": it } }),
        option: ("--label", "it="), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: VOLUME, key: "volumes.podmanArgs", object: |it| json!({ "podmanArgs": [format!("--it={it}")] }),
        option: ("--it", ""), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: IMAGE, key: "images.image", object: |it| json!({ "image": format!("localhost/{it}") }),
        option: ("", "localhost/"), refuses: |it| image(Target::Nixos, it) },
    Field { kind: IMAGE, key: "images.authFile", object: |it| pulled("authFile", format!("/{it}").into()),
        option: ("--authfile", "/"), refuses: path_of_quadlet },
    Field { kind: IMAGE, key: "images.certDir", object: |it| pulled("certDir", format!("/{it}").into()),
        option: ("--cert-dir", "/"), refuses: path_of_quadlet },
    Field { kind: IMAGE, key: "images.podmanArgs", object: |it| pulled("podmanArgs", json!([format!("--it={it}")])),
        option: ("--it", ""), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: BUILD, key: "builds.tag", object: |it| built("tag", format!("localhost/{it}").into()),
        option: ("--tag", "localhost/"), refuses: |it| image(Target::Nixos, it) },
    Field { kind: BUILD, key: "builds.context", object: |it| built("context", format!("/{it}").into()),
        option: ("", "/"), refuses: path_of_quadlet },
    Field { kind: BUILD, key: "builds.file", object: |it| built("file", format!("it{it}").into()),
        option: ("--file", "/it/it"), refuses: |it| line_of_quadlet(&format!("it{it}")) },
    Field { kind: BUILD, key: "builds.arguments", object: |it| built("arguments", json!({ "it": it })),
        option: ("--build-arg", "it="), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: BUILD, key: "builds.labels", object: |it| built("labels", json!({ "it": it })),
        option: ("--label", "it="), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: BUILD, key: "builds.authFile", object: |it| built("authFile", format!("/{it}").into()),
        option: ("--authfile", "/"), refuses: path_of_quadlet },
    Field { kind: BUILD, key: "builds.podmanArgs", object: |it| built("podmanArgs", json!([format!("--it={it}")])),
        option: ("--it", ""), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: POD, key: "pods.labels", object: |it| json!({ "labels": { "it": it } }),
        option: ("--label", "it="), refuses: |it| anything(Target::Nixos, it) },
    Field { kind: POD, key: "pods.podmanArgs", object: |it| json!({ "podmanArgs": [format!("--it={it}")] }),
        option: ("--it", ""), refuses: |it| anything(Target::Nixos, it) },
];

fn pulled(key: &str, value: Value) -> Value {
    json!({ "image": "localhost/it", key: value })
}

fn built(key: &str, value: Value) -> Value {
    let mut build = json!({ "tag": "localhost/it", "context": "/it" });
    build[key] = value;
    build
}

/// A text behind a slash.
fn path_of_quadlet(text: &str) -> Option<Code> {
    let climbs = text.split('/').any(|it| it == "..");
    line_of_quadlet(&format!("/{text}")).or(climbs.then_some(Code::RelativePath))
}

/// Quadlet takes quotes off the ends of such a line.
fn line_of_quadlet(text: &str) -> Option<Code> {
    let has_quotes = text.starts_with('"') || text.ends_with('"');
    line(Target::Quadlet, text).or(has_quotes.then_some(Code::ImpossibleCharacter))
}

/// A manifest of one host, whose container uses the objects.
fn manifest(target: Target, objects: &BTreeMap<String, (&Field, Value)>) -> Value {
    let host = match target {
        Target::Nixos => json!({ "nixos": "25.11" }),
        // With Quadlet, but older than the names of networks and volumes.
        Target::Systemd => json!({ "systemd": 257, "podman": "4.3" }),
        Target::Quadlet => json!({ "systemd": 257, "podman": "5.4" }),
        Target::ProcessCompose | Target::ProcessComposeFlake => {
            unreachable!("it has no containers")
        }
    };
    let mut container = json!({ "image": "localhost/it", "networks": [], "volumes": [] });
    let mut manifest = json!({ "hosts": { "host": host } });
    for (name, (field, object)) in objects {
        manifest[field.kind.0][name] = object.clone();
        let used = match field.kind {
            NETWORK => json!(name),
            VOLUME => json!({ "source": name, "target": format!("/{name}") }),
            POD => {
                let member = json!({ "image": "localhost/it", "pod": name });
                manifest["services"][format!("in-{name}")]["container"] = member;
                continue;
            }
            (_, noun) => {
                let image = format!("{name}.{noun}");
                manifest["services"][name]["container"]["image"] = image.into();
                continue;
            }
        };
        container[field.kind.0].as_array_mut().unwrap().push(used);
    }
    manifest["services"]["it"]["container"] = container;
    manifest
}

#[test]
fn each_field_of_an_object_refuses_what_its_row_says_and_nothing_else() {
    for target in Target::WITH_SYSTEMD {
        for field in FIELDS {
            for text in NASTY {
                let object = (field.object)(json::literal(text));
                let objects = BTreeMap::from([("o".to_owned(), (field, object))]);
                let problems = problems(&manifest(*target, &objects).to_string(), Format::Json);
                let found: Vec<Code> = problems.iter().map(|it| it.code).collect();
                let expected: Vec<Code> = (field.refuses)(text).into_iter().collect();
                assert_eq!(found, expected, "{target:?}: `{}` = {text:?}", field.key);
            }
        }
    }
}

#[test]
fn what_an_object_does_not_refuse_arrives_unchanged() {
    for target in Target::WITH_SYSTEMD {
        let mut objects = BTreeMap::new();
        let mut wanted = Vec::new();
        for (number, field) in FIELDS.iter().enumerate() {
            for (index, text) in NASTY.iter().enumerate() {
                if (field.refuses)(text).is_none() {
                    let name = format!("o{number}-{index}");
                    objects.insert(name.clone(), (field, (field.object)(json::literal(text))));
                    wanted.push((name, field, *text));
                }
            }
        }
        assert!(wanted.len() > 80 * (FIELDS.len() - 1));
        let units = super::units(*target, &manifest(*target, &objects).to_string(), &[]);
        for (name, field, text) in wanted {
            let unit = unit::parse(&units[&format!("{name}-{}.service", field.kind.1)]);
            let (option, before) = field.option;
            let found = values(&words_of(&unit), option);
            let expected = format!("{before}{text}");
            assert!(found.contains(&expected), "{target:?}: `{}` = {text:?}: {found:?}", field.key);
        }
    }
}

/// The command that makes an object.
fn words_of(unit: &unit::Unit) -> Vec<String> {
    match unit::values(unit, "Service", "ExecStartPre") {
        [create] if create.contains(" pod create ") => {
            // The only specifiers that Quadlet itself writes; those of a manifest are doubled.
            unit::read_texts(Quoting::Command, &create.replace("=%t/%N", "=/run/pod"))
        }
        _ => unit::command(unit),
    }
}

/// The values of an option, which stand in the same word or in the next.
fn values(words: &[String], option: &str) -> Vec<String> {
    let mut values = Vec::new();
    for (index, word) in words.iter().enumerate() {
        match word.split_once('=') {
            // The last word is what the command is about.
            _ if option.is_empty() && index + 1 == words.len() => values.push(word.clone()),
            _ if word == option => values.push(words[index + 1].clone()),
            Some((name, value)) if name == option => values.push(value.to_owned()),
            _ => {}
        }
    }
    values
}

/// Quadlet writes it as a single byte, which systemd cannot read.
#[test]
fn the_character_that_quadlet_breaks_is_refused_in_a_container() {
    let commands = json!({ "container": { "image": "localhost/it", "command": ["a\u{80}b"] } });
    let variables =
        json!({ "container": { "image": "localhost/it" }, "environment": { "K": "\u{80}" } });
    for service in [commands, variables] {
        let manifest = json!({ "services": { "it": service } }).to_string();
        let found: Vec<Code> = problems(&manifest, Format::Json).iter().map(|it| it.code).collect();
        assert_eq!(found, [Code::ImpossibleCharacter], "{manifest}");
    }
    let process =
        json!({ "exec": { "command": ["/bin/it", "\u{80}"] }, "environment": { "K": "\u{80}" } });
    let manifest = json!({ "services": { "it": process } }).to_string();
    assert!(plan(&manifest, Format::Json).is_ok());
}
