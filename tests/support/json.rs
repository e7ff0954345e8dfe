//! Manifests as JSON values: what a test writes is what the manifest says, to the byte.

use serde_json::{Map, Value};

/// Returns a string of the manifest that stands for this text: `${` would be a reference.
pub(crate) fn literal(text: &str) -> String {
    text.replace("${", "$${")
}

/// The keys of a table with their values.
pub(crate) type Entries<'a> = Vec<(&'a String, &'a Value)>;

/// Returns the text of a value whose tables have their keys in the order that `order` gives.
///
/// serde_json would sort them.
pub(crate) fn text(value: &Value, order: &mut dyn FnMut(&mut Entries<'_>)) -> String {
    match value {
        Value::Object(table) => object(table, order),
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(|it| text(it, order)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn object(table: &Map<String, Value>, order: &mut dyn FnMut(&mut Entries<'_>)) -> String {
    let mut entries: Vec<_> = table.iter().collect();
    order(&mut entries);
    let entries: Vec<String> = entries
        .into_iter()
        .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), text(value, order)))
        .collect();
    format!("{{{}}}", entries.join(","))
}
