//! YAML: maps and lists in blocks, and every text in quotes.

/// A value of YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Yaml {
    Text(String),
    Flag(bool),
    List(Vec<Yaml>),
    /// Its keys are of a format and not of a user, or written with [`quoted`].
    Map(Vec<(String, Yaml)>),
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Yaml {
        Yaml::Text(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Yaml {
        Yaml::Text(text)
    }
}

/// Returns a map with keys of a format.
pub fn map(entries: impl IntoIterator<Item = (&'static str, Yaml)>) -> Yaml {
    Yaml::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Returns a map with keys of a user.
pub fn named(entries: impl IntoIterator<Item = (String, Yaml)>) -> Yaml {
    Yaml::Map(entries.into_iter().map(|(key, value)| (quoted(&key), value)).collect())
}

/// Returns a file of a map.
pub fn file(header: &str, map: &Yaml) -> String {
    let mut text = format!("# {header}\n\n");
    write(&mut text, map, 0);
    text
}

/// Returns a text in quotes, all on one line; what it has to escape JSON escapes in the same way.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for it in text.chars() {
        let is_plain = matches!(it, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}');
        match it {
            '"' | '\\' => quoted.extend(['\\', it]),
            _ if is_plain && !matches!(it, '\u{2028}' | '\u{2029}') => quoted.push(it),
            _ => {
                for unit in it.encode_utf16(&mut [0; 2]) {
                    quoted.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Writes a value whose lines stand at this depth.
fn write(text: &mut String, value: &Yaml, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Yaml::Text(it) => text.push_str(&format!("{}\n", quoted(it))),
        Yaml::Flag(it) => text.push_str(&format!("{it}\n")),
        Yaml::List(items) if items.is_empty() => text.push_str("[]\n"),
        Yaml::Map(entries) if entries.is_empty() => text.push_str("{}\n"),
        Yaml::List(items) => {
            for item in items {
                text.push_str(&format!("{indent}- "));
                // The first line of an item stands beside its dash.
                let mut inner = String::new();
                write(&mut inner, item, depth + 1);
                text.push_str(inner.trim_start_matches(' '));
            }
        }
        Yaml::Map(entries) => {
            for (key, value) in entries {
                let is_block = match value {
                    Yaml::Text(_) | Yaml::Flag(_) => false,
                    Yaml::List(items) => !items.is_empty(),
                    Yaml::Map(entries) => !entries.is_empty(),
                };
                text.push_str(&format!("{indent}{key}:{}", if is_block { "\n" } else { " " }));
                write(text, value, depth + 1);
            }
        }
    }
}
