//! The lock file: which port each key was once given.
//!
//! It lies beside the manifest and is committed with it, so that a new service never moves an old one.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Reads a lock file; the error says in the user's words what is wrong with it.
pub fn parse(text: &str) -> Result<BTreeMap<String, u16>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if value.get("version") != Some(&Value::from(VERSION)) {
        return Err(format!("its `version` is not {VERSION}"));
    }
    let ports = value.get("ports").and_then(Value::as_object).ok_or("it has no `ports`")?;
    ports.iter().map(|(key, port)| Ok((key.clone(), parse_port(key, port)?))).collect()
}

/// Writes a lock file: sorted, a line a key, so that it merges well.
pub fn print(ports: &BTreeMap<String, u16>) -> String {
    let ports: Map<String, Value> =
        ports.iter().map(|(key, port)| (key.clone(), (*port).into())).collect();
    let lock = serde_json::json!({ "ports": ports, "version": VERSION });
    let mut text =
        serde_json::to_string_pretty(&lock).expect("a map with string keys is always JSON");
    text.push('\n');
    text
}

const VERSION: u64 = 1;

fn parse_port(key: &str, value: &Value) -> Result<u16, String> {
    let port = value.as_u64().and_then(|it| u16::try_from(it).ok()).filter(|it| *it != 0);
    port.ok_or_else(|| format!("the port of `{key}` is not one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        let ports: BTreeMap<String, u16> =
            [("a".to_owned(), 1), ("a/backend".to_owned(), 65535)].into();
        assert_eq!(parse(&print(&ports)), Ok(ports));
    }

    #[test]
    fn what_is_no_lock_is_refused() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"version":2,"ports":{}}"#,
            r#"{"version":1}"#,
            r#"{"version":1,"ports":{"a":0}}"#,
            r#"{"version":1,"ports":{"a":65536}}"#,
            r#"{"version":1,"ports":{"a":"80"}}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
