//! The examples and defaults of the JSON Schema are those by which the fields are tested.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use unitsmith::emit::{self, Target};
use unitsmith::fileset::FileSet;
use unitsmith::manifest::Format;
use unitsmith::manifest::schema::{DEFAULTS, schema};

use super::manifests;
use crate::support::{plan, repository};

/// How many examples of a key an editor shows.
const MOST: usize = 2;

/// A value of some manifest, with the definition and the key that it is of.
struct Found {
    definition: String,
    key: String,
    pointer: String,
    value: Value,
}

/// Every value of a manifest that has a key of the schema.
fn found(schema: &Value, manifest: &Value) -> Vec<Found> {
    let mut walk = Walk { schema, found: Vec::new() };
    walk.value("", schema, manifest, String::new());
    walk.found
}

struct Walk<'a> {
    schema: &'a Value,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn value(&mut self, definition: &str, schema: &Value, value: &Value, pointer: String) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            return self.value(name, &self.schema["$defs"][name], value, pointer);
        }
        for choice in ["anyOf", "allOf"].iter().flat_map(|it| schema[it].as_array()).flatten() {
            self.value(definition, choice, value, pointer.clone());
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.value(definition, &schema["items"], item, format!("{pointer}/{index}"));
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            let property = &schema["properties"][key];
            if property.is_null() {
                self.value(definition, &schema["additionalProperties"], value, pointer);
                continue;
            }
            if !definition.is_empty() {
                let (definition, key) = (definition.to_owned(), key.clone());
                let (pointer, value) = (pointer.clone(), value.clone());
                self.found.push(Found { definition, key, pointer, value });
            }
            self.value(definition, property, value, pointer);
        }
    }
}

fn parsed(manifest: &str) -> Value {
    serde_json::to_value(manifest.parse::<toml::Table>().unwrap()).unwrap()
}

/// Whether an example tells more than the type: no `true`, and no table, of which each key has its own.
fn is_telling(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Number(_) => true,
        Value::Array(items) => items.iter().all(|it| it.is_string() || it.is_number()),
        Value::Null | Value::Bool(_) | Value::Object(_) => false,
    }
}

#[test]
fn the_schema_has_the_examples_of_the_fields() {
    let mut examples: BTreeMap<String, BTreeMap<String, Vec<Value>>> = BTreeMap::new();
    let schema = schema();
    for manifest in manifests() {
        for Found { definition, key, pointer: _, value } in found(&schema, &parsed(&manifest)) {
            let is_word = schema["$defs"][&definition]["properties"][&key]["$ref"].is_string();
            // The schema of a companion is made of that of a service.
            if !is_telling(&value) || is_word || definition == "Companion" {
                continue;
            }
            let values = examples.entry(definition).or_default().entry(key).or_default();
            if values.len() < MOST && !values.contains(&value) {
                values.push(value);
            }
        }
    }
    let expected = format!("{:#}\n", json!(examples));
    let path = repository().join("src/manifest/schema/examples.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    let keys: usize = examples.values().map(BTreeMap::len).sum();
    assert!(keys > 150, "only {keys} keys have examples");
}

/// The files of a manifest, if it has no problem.
fn files(manifest: &Value) -> Option<FileSet> {
    let plan = plan(&manifest.to_string(), Format::Json).ok()?;
    Some(emit::emit(&plan, &Target::WITH_SYSTEMD.iter().copied().collect()))
}

/// Leaving a key out means what the schema says that it means, in every example that has the key.
#[test]
fn defaults_are_what_is_meant_when_nothing_is_said() {
    let schema = schema();
    let mut wrong = Vec::new();
    let mut tried: BTreeSet<(String, String)> = BTreeSet::new();
    for manifest in manifests().map(|it| parsed(&it)) {
        for Found { definition, key, pointer, value: _ } in found(&schema, &manifest) {
            let default = &schema["$defs"][&definition]["properties"][&key]["default"];
            // The lists and tables of the types are empty, as everybody expects.
            if default.is_null() || default.is_array() || default.is_object() {
                continue;
            }
            let (mut said, mut unsaid) = (manifest.clone(), manifest.clone());
            *said.pointer_mut(&pointer).unwrap() = default.clone();
            let (above, _) = pointer.rsplit_once('/').unwrap();
            unsaid.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(&key);
            // What is right beside one value need not be right beside another.
            let (Some(said), Some(unsaid)) = (files(&said), files(&unsaid)) else { continue };
            if said != unsaid {
                wrong.push(format!("{definition}.{key} is not {default} in {manifest}"));
            }
            tried.insert((definition, key));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (definition, key, default) in DEFAULTS {
        let pair = (definition.to_string(), key.to_string());
        assert!(tried.contains(&pair), "no example has {definition}.{key}, which is {default}");
    }
}
