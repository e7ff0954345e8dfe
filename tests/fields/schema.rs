//! The fields of a manifest, as its JSON Schema lists them.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a field takes, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// The types that it takes, in the words of a reader.
    pub(super) kind: String,
    /// The first sentence of its description.
    pub(super) meaning: String,
}

/// Returns every field that takes a value of its own, by its path.
///
/// A path is that below `services.NAME`, or from the top where it is not of a service.
/// `NAME` stands for every key of a table of names, `[]` for every element of a list.
pub(super) fn fields() -> BTreeMap<String, Field> {
    let root = unitsmith::manifest::schema::schema();
    let mut walk = Walk { root: &root, fields: BTreeMap::new(), inside: Vec::new() };
    walk.properties("", &root);
    let fields = walk.fields.into_iter();
    fields
        .map(|(path, field)| (path.trim_start_matches("services.NAME.").to_owned(), field))
        .collect()
}

struct Walk<'a> {
    root: &'a Value,
    fields: BTreeMap<String, Field>,
    /// The definitions that the walk is inside of.
    inside: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn properties(&mut self, path: &str, schema: &'a Value) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let meaning = property["description"].as_str().unwrap_or_default();
            self.value(&path, property, meaning);
        }
    }

    fn value(&mut self, path: &str, schema: &'a Value, meaning: &str) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            let is_elsewhere = ["Service", "Companion"].contains(&name) && path != "services.NAME";
            if is_elsewhere || self.inside.contains(&name) {
                return self.leaf(path, name.to_lowercase(), meaning);
            }
            self.inside.push(name);
            let definition = &self.root["$defs"][name];
            let own = definition["description"].as_str().unwrap_or_default();
            self.value(path, definition, if meaning.is_empty() { own } else { meaning });
            self.inside.pop();
            return;
        }
        for choices in [&schema["anyOf"], &schema["allOf"]] {
            for choice in choices.as_array().into_iter().flatten() {
                self.value(path, choice, meaning);
            }
        }
        if let Some(words) = words(schema) {
            return self.leaf(path, words, meaning);
        }
        match schema["type"].as_str() {
            Some("object") => {
                self.properties(path, schema);
                if schema["additionalProperties"].is_object() {
                    self.value(&format!("{path}.NAME"), &schema["additionalProperties"], meaning);
                }
            }
            Some("array") => self.value(&format!("{path}[]"), &schema["items"], meaning),
            Some("integer") => self.leaf(path, "number".to_owned(), meaning),
            Some(kind) => self.leaf(path, kind.to_owned(), meaning),
            None => {}
        }
    }

    fn leaf(&mut self, path: &str, kind: String, meaning: &str) {
        let meaning = first_sentence(meaning);
        let field = self.fields.entry(path.to_owned());
        let field = field.or_insert(Field { kind: String::new(), meaning });
        if !field.kind.is_empty() {
            field.kind.push_str(" or ");
        }
        field.kind.push_str(&kind);
    }
}

/// The words that an enumeration takes.
fn words(schema: &Value) -> Option<String> {
    let quoted = |it: &Value| Some(format!("`{}`", it.as_str()?));
    let plain = schema["enum"].as_array().into_iter().flatten().filter_map(quoted);
    let described =
        schema["oneOf"].as_array().into_iter().flatten().filter_map(|it| quoted(&it["const"]));
    let words: Vec<String> = plain.chain(described).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// The first sentence of a text, without its full stop.
fn first_sentence(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned()
}
