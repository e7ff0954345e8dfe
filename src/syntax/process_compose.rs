//! Files of process-compose: JSON below a comment, which its reader of YAML takes.
//!
//! Before anything is parsed, the whole file goes through a shell's expansion of `${…}`, in which a text of
//! bash may be a fatal mistake and which takes the first backslash of two away (process-compose 1.87
//! src/loader/loader.go, envsubst 1.0.3 parse/scan.go), so there is no `$` and no `\\` in the file at all.
//! In between it takes `##PC_ENV_ESCAPED##` for a `$`, so there is no `#` below the comment either.
//! Afterwards some values are templates of Go (src/templater/templater.go).

pub mod entrypoint;
pub mod flake;

/// A value of JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(u64),
    Flag(bool),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

/// Returns a map with keys of the format.
pub fn map(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The size at which a log file would be replaced, in MB: none ever reaches it.
pub const LOG_SIZE: u64 = 1_000_000_000;

/// Returns how a log file gets the lines that a process prints: as they are, behind those that it has, at once.
///
/// Unasked it is emptied first and gets JSON; only one that may be replaced (`rotation`) is added to
/// (1.87 and 1.122 src/pclog/logger_facade.go).
pub fn added_lines() -> Value {
    map([
        ("disable_json", Value::Flag(true)),
        ("fields_order", Value::List(vec!["message".into()])),
        ("no_metadata", Value::Flag(true)),
        ("no_color", Value::Flag(true)),
        ("flush_each_line", Value::Flag(true)),
        ("rotation", map([("max_size_mb", Value::Number(LOG_SIZE))])),
    ])
}

/// Returns a file.
pub fn file(header: &str, value: &Value) -> String {
    let mut text = format!("# {header}\n");
    write(&mut text, value, 0);
    text.push('\n');
    text
}

/// Returns a text as a template that makes the text again.
pub fn template(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

/// Returns a command as a shell reads it: words that arrive as they are.
pub fn shell(words: &[String]) -> String {
    let words = words.iter().map(|it| {
        let is_plain = !it.is_empty()
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"/._-=:,+@".contains(&it));
        if is_plain { it.clone() } else { format!("'{}'", it.replace('\'', "'\\''")) }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the words before those of a program that runs when commands for a shell have ended well.
pub fn after(commands: &str, name: &str) -> [String; 4] {
    let script = format!("{commands} && exec \"$@\"");
    ["/bin/sh".to_owned(), "-c".to_owned(), script, name.to_owned()]
}

/// Returns a host as it stands in a URL.
pub fn host(host: &str) -> String {
    if host.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() }
}

fn write(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth + 1);
    match value {
        Value::Text(it) => text.push_str(&quoted(it)),
        Value::Number(it) => text.push_str(&it.to_string()),
        Value::Flag(it) => text.push_str(&it.to_string()),
        Value::List(items) if items.is_empty() => text.push_str("[]"),
        Value::Map(entries) if entries.is_empty() => text.push_str("{}"),
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "\n" } else { ",\n" });
                text.push_str(&indent);
                write(text, item, depth + 1);
            }
            text.push_str(&format!("\n{}]", "  ".repeat(depth)));
        }
        Value::Map(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index == 0 { "\n" } else { ",\n" });
                text.push_str(&format!("{indent}{}: ", quoted(key)));
                write(text, value, depth + 1);
            }
            text.push_str(&format!("\n{}}}", "  ".repeat(depth)));
        }
    }
}

/// A text in quotes that means the same in JSON and in YAML, on one line.
///
/// What YAML would not take as it is, or would fold, is escaped; characters beyond the first plane stand
/// as they are, because YAML knows no pairs of escapes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for it in text.chars() {
        match it {
            '"' => quoted.push_str("\\\""),
            '$'
            | '#'
            | '\\'
            | '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => quoted.push_str(&format!("\\u{:04x}", u32::from(it))),
            _ => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}
