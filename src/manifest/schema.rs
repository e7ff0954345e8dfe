//! What a manifest may say, for editors and other programs.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

use super::model::Manifest;

/// Returns the JSON Schema (draft 2020-12) of a manifest, whichever format it is written in.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null));
    settings.into_generator().into_root_schema_for::<Manifest>().to_value()
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
