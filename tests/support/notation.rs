//! A manifest in every notation.

use serde_json::Value;
use unitsmith::manifest::Format;
use unitsmith::syntax::nix::{self, Expr};

/// The notations other than TOML, with the manifest in each of them.
pub(crate) fn texts(manifest: &Value) -> [(Format, String); 3] {
    let json = serde_json::to_string_pretty(manifest).unwrap();
    // Every JSON is YAML.
    [(Format::Json, json.clone()), (Format::Yaml, json), (Format::Nix, to_nix(manifest))]
}

fn to_nix(manifest: &Value) -> String {
    nix::to_text("", &expression(manifest))
}

fn expression(value: &Value) -> Expr {
    match value {
        Value::Null => nix::null(),
        Value::Bool(it) => nix::boolean(*it),
        Value::Number(it) => nix::integer(it.as_i64().unwrap()),
        Value::String(it) => nix::string(it),
        Value::Array(items) => nix::list(items.iter().map(expression)),
        Value::Object(members) => nix::attribute_set(
            members.iter().map(|(name, value)| nix::bind([name.clone()], expression(value))),
        ),
    }
}
