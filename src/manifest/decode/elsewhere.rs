//! The keys of a service that are in another of its tables than the one in which they were looked for.

use std::sync::LazyLock;

use serde_json::Value;

use crate::manifest::schema::schema;
use crate::nearest::plain;
use crate::problem::Trail;

/// Says where in a service a key is that the table at the end of `trail` does not have.
///
/// Half a word finds what it begins: `memory` is `limits.memoryHigh` or `limits.memoryMax`.
pub(super) fn elsewhere(key: &str, trail: &Trail<'_>) -> Option<String> {
    let key = plain(key);
    if !is_in_a_service(trail) || key.len() < SHORTEST {
        return None;
    }
    let last_word = |path: &String| path.rsplit('.').next().map(plain).unwrap_or_default();
    let exact: Vec<&String> = KEYS.iter().filter(|it| last_word(it) == key).collect();
    let found = if exact.is_empty() {
        KEYS.iter().filter(|it| last_word(it).starts_with(&key)).collect()
    } else {
        exact
    };
    if !(1..=MOST).contains(&found.len()) {
        return None;
    }
    let found: Vec<String> = found.iter().map(|it| format!("`{it}`")).collect();
    Some(format!("did you mean {} of the service?", found.join(" or ")))
}

/// Whether a way leads to a service or into one.
fn is_in_a_service(trail: &Trail<'_>) -> bool {
    match trail {
        Trail::Root => false,
        Trail::Key(Trail::Root, key) => *key == "defaults",
        Trail::Key(Trail::Key(Trail::Root, kind), _) => {
            matches!(*kind, "services" | "templates" | "companions")
        }
        Trail::Key(parent, _) | Trail::Index(parent, _) => is_in_a_service(parent),
    }
}

/// Fewer letters than these say nothing.
const SHORTEST: usize = 3;

/// So many places are a hint; more are a list.
const MOST: usize = 3;

/// The keys of a service and of the tables in it, with the ways to them.
static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let schema = schema();
    let mut keys = Vec::new();
    collect(&schema["$defs"], "Service", "", &mut keys);
    keys
});

/// Adds the keys of a definition, and of those that it refers to.
fn collect(definitions: &Value, name: &str, prefix: &str, keys: &mut Vec<String>) {
    for (key, property) in definitions[name]["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{key}");
        let reference = property["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/"));
        if let Some(inner) = reference {
            collect(definitions, inner, &format!("{path}."), keys);
        }
        keys.push(path);
    }
}
