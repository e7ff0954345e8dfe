//! What a manifest may say, for editors and other programs.

use std::collections::{BTreeMap, BTreeSet};

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

use super::model::Manifest;

/// Returns the JSON Schema (draft 2020-12) of a manifest, whichever format it is written in.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null));
    let mut schema = settings.into_generator().into_root_schema_for::<Manifest>().to_value();
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        let mut seen = BTreeSet::new();
        require_nothing_of("Service", definitions, &mut seen);
        illustrate(definitions);
        definitions.insert("Companion".to_owned(), companion(&definitions["Service"]));
    }
    schema
}

/// What is meant by a key that is left out, by definition and key, as JSON: where that is always the same,
/// changes no file when it is said, and is not what the types have when nothing is.
pub const DEFAULTS: &[(&str, &str, &str)] = &[
    ("Activation", "address", "\"127.0.0.1\""),
    ("Activation", "idleTimeout", "\"10min\""),
    ("Group", "start", "\"boot\""),
    ("Image", "pull", "\"always\""),
    ("Liveness", "failureThreshold", "3"),
    ("Liveness", "initialDelay", "\"0s\""),
    ("Nginx", "websockets", "true"),
    ("Nixos", "containers", "\"podman\""),
    ("Nixos", "ports", "\"literal\""),
    ("Nixos", "prefix", "\"unitsmith\""),
    ("PublishedPort", "address", "\"127.0.0.1\""),
    ("PublishedPort", "protocol", "\"tcp\""),
    ("Readiness", "initialDelay", "\"0s\""),
    ("Readiness", "successThreshold", "1"),
    ("SaidDependency", "condition", "\"started\""),
];

/// Examples by definition and key, from those by which every field is tested.
const EXAMPLES: &str = include_str!("schema/examples.json");

/// Says what is meant by keys that are left out, and what others write.
fn illustrate(definitions: &mut Map<String, Value>) {
    let mut put = |definition: &str, key: &str, word: &str, value: Value| {
        let definition = definitions.get_mut(definition);
        let property = definition.and_then(|it| it.get_mut("properties")?.get_mut(key));
        // A test finds the rows of which this is not so.
        if let Some(Value::Object(property)) = property {
            property.insert(word.to_owned(), value);
        }
    };
    for (definition, key, value) in DEFAULTS {
        let value = serde_json::from_str(value).expect("a test has it that it is JSON");
        put(definition, key, "default", value);
    }
    let examples: BTreeMap<String, BTreeMap<String, Value>> =
        serde_json::from_str(EXAMPLES).expect("a test writes it");
    for (definition, keys) in examples {
        for (key, values) in keys {
            put(&definition, &key, "examples", values);
        }
    }
}

/// What a service lacks may come from a template, so nothing of it is required where it stands;
/// only an item of a list is always whole.
fn require_nothing_of(
    name: &str,
    definitions: &mut Map<String, Value>,
    seen: &mut BTreeSet<String>,
) {
    if !seen.insert(name.to_owned()) {
        return;
    }
    let Some(definition) = definitions.get_mut(name) else { return };
    let mut names = Vec::new();
    require_nothing(definition, &mut names);
    for name in names {
        require_nothing_of(&name, definitions, seen);
    }
}

/// Takes out what is required, and notes the definitions that are referred to.
fn require_nothing(schema: &mut Value, names: &mut Vec<String>) {
    let Value::Object(schema) = schema else { return };
    schema.remove("required");
    let reference = schema.get("$ref").and_then(Value::as_str);
    names.extend(reference.and_then(|it| it.strip_prefix("#/$defs/")).map(str::to_owned));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.values_mut().for_each(|it| require_nothing(it, names));
    }
    if let Some(values) = schema.get_mut("additionalProperties") {
        require_nothing(values, names);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(Value::Array(choices)) = schema.get_mut(key) {
            choices.iter_mut().for_each(|it| require_nothing(it, names));
        }
    }
}

/// A companion is a service with `for`.
fn companion(service: &Value) -> Value {
    let mut companion = service.clone();
    let owners = json!({
        "description": "The services that it belongs to; each gets one called `OWNER-NAME`.",
        "type": "array",
        "minItems": 1,
        "items": { "type": "string" }
    });
    companion["description"] = "A service that is there for each of its owners.".into();
    companion["properties"]["for"] = owners;
    companion["required"] = json!(["for"]);
    companion
}

/// A key that may be absent is left out; no format of the manifest takes a null for it.
fn without_null(schema: &mut Schema) {
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
    let is_null = |it: &Value| *it == "null" || it["type"] == "null";
    for key in ["type", "anyOf"] {
        let Some(Value::Array(choices)) = schema.get_mut(key) else { continue };
        choices.retain(|it| !is_null(it));
        let [only] = &choices[..] else { continue };
        let only = only.clone();
        schema.remove(key);
        if let Value::Object(inner) = only {
            schema.ensure_object().extend(inner);
        } else {
            schema.insert(key.to_owned(), only);
        }
    }
}
