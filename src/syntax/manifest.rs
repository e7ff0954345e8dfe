//! Manifests in every notation, with comments where it has them.

use super::nix::{self, Binding, Expr};
use super::yaml::quoted;

/// A key with its value, and what is said above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub value: Value,
    /// One line; empty for none.
    pub comment: &'static str,
}

/// A value of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
    List(Vec<Value>),
    Table(Vec<Entry>),
}

/// Returns a manifest in TOML.
pub fn toml(entries: &[Entry]) -> String {
    let mut text = String::new();
    toml_table(&mut text, "", entries);
    text.trim_start().to_owned()
}

/// Returns a manifest in YAML.
pub fn yaml(entries: &[Entry]) -> String {
    let mut text = String::new();
    yaml_table(&mut text, 0, entries);
    text
}

/// Returns a manifest in Nix.
pub fn nix(entries: &[Entry]) -> String {
    nix::to_text("", &nix_table(entries))
}

/// Returns a manifest in JSON, which has no comments.
pub fn json(entries: &[Entry]) -> String {
    let mut text = String::new();
    json_value(&mut text, 0, &Value::Table(entries.to_vec()));
    text + "\n"
}

/// Writes what is no table first, for it belongs to the header above it.
fn toml_table(text: &mut String, header: &str, entries: &[Entry]) {
    for Entry { key: name, value, comment } in entries {
        if !matches!(value, Value::Table(_)) {
            comment_line(text, "", comment);
            text.push_str(&format!("{} = {}\n", key(name), inline(value, " = ")));
        }
    }
    for Entry { key: name, value, comment } in entries {
        let Value::Table(inner) = value else { continue };
        let dot = if header.is_empty() { "" } else { "." };
        let header = format!("{header}{dot}{}", key(name));
        if !comment.is_empty() {
            text.push('\n');
            comment_line(text, "", comment);
        }
        if inner.iter().any(|it| !matches!(it.value, Value::Table(_))) {
            text.push_str(&format!("\n[{header}]\n"));
        }
        toml_table(text, &header, inner);
    }
}

fn yaml_table(text: &mut String, depth: usize, entries: &[Entry]) {
    let indent = "  ".repeat(depth);
    for Entry { key: name, value, comment } in entries {
        if depth == 0 && !text.is_empty() {
            text.push('\n');
        }
        comment_line(text, &indent, comment);
        match value {
            Value::Table(inner) => {
                text.push_str(&format!("{indent}{}:\n", key(name)));
                yaml_table(text, depth + 1, inner);
            }
            Value::Text(_) | Value::Number(_) | Value::List(_) => {
                text.push_str(&format!("{indent}{}: {}\n", key(name), inline(value, ": ")));
            }
        }
    }
}

/// A value in one line; `assign` stands between keys and values.
fn inline(value: &Value, assign: &str) -> String {
    match value {
        Value::Text(it) => quoted(it),
        Value::Number(it) => it.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|it| inline(it, assign)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(entries) => {
            let entry =
                |it: &Entry| format!("{}{assign}{}", key(&it.key), inline(&it.value, assign));
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

fn nix_table(entries: &[Entry]) -> Expr {
    let bindings = entries.iter().map(|it| -> Binding {
        let binding = nix::bind([it.key.clone()], nix_value(&it.value));
        if it.comment.is_empty() { binding } else { binding.comment(it.comment) }
    });
    nix::attribute_set(bindings)
}

fn nix_value(value: &Value) -> Expr {
    match value {
        Value::Text(it) => nix::string(it),
        Value::Number(it) => nix::integer(*it),
        Value::List(items) => nix::list(items.iter().map(nix_value)),
        Value::Table(entries) => nix_table(entries),
    }
}

fn json_value(text: &mut String, depth: usize, value: &Value) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Text(it) => text.push_str(&quoted(it)),
        Value::Number(it) => text.push_str(&it.to_string()),
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                json_value(text, depth, item);
            }
            text.push(']');
        }
        Value::Table(entries) => {
            text.push('{');
            for (index, entry) in entries.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                text.push_str(&format!("{comma}\n{indent}  {}: ", quoted(&entry.key)));
                json_value(text, depth + 1, &entry.value);
            }
            text.push_str(&format!("\n{indent}}}"));
        }
    }
}

fn comment_line(text: &mut String, indent: &str, comment: &str) {
    if !comment.is_empty() {
        text.push_str(&format!("{indent}# {comment}\n"));
    }
}

/// A key that every notation reads as a text.
fn key(name: &str) -> String {
    let is_bare = name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
    let is_word = ["on", "off", "yes", "no", "true", "false", "null", "y", "n"]
        .contains(&name.to_ascii_lowercase().as_str());
    if is_bare && !is_word { name.to_owned() } else { quoted(name) }
}
