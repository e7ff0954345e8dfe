//! What a manifest may say, for editors and other programs.

use std::collections::BTreeSet;

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
        definitions.insert("Companion".to_owned(), companion(&definitions["Service"]));
    }
    schema
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
