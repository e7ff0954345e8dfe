//! Texts for process-compose-flake, whose JSON is written by Nix.
//!
//! process-compose-flake usually says `disable_env_expansion`, and then process-compose reads its file twice:
//! once after a shell's expansion of `${…}`, in which `\\` and `$$` become one, and once as it stands
//! (1.87 src/loader/loader.go). A text has to survive both, whatever is said, so what would change stands
//! as a template of Go, which is filled in last (src/templater/templater.go).

/// What process-compose takes for a `$` between its two readings.
const MARK: &str = "##PC_ENV_ESCAPED##";

/// Returns a text as a template that makes the text again.
pub fn template(text: &str) -> String {
    let mut made = String::new();
    for (index, it) in text.char_indices() {
        let rest = &text[index..];
        let next = rest[it.len_utf8()..].chars().next();
        // What comes next may be a template, of which this would be a part.
        let is_alone = next.is_some_and(|it| stands(it) && !matches!(it, '$' | '{' | '#'));
        match it {
            '$' | '{' if !is_alone => made.push_str(&format!("{{{{ \"{it}\" }}}}")),
            '#' if rest.starts_with(MARK) => made.push_str("{{ \"#\" }}"),
            _ if stands(it) => made.push(it),
            _ => made.push_str(&format!("{{{{ printf \"%c\" {} }}}}", u32::from(it))),
        }
    }
    made
}

/// Returns a word as a shell reads it, with no backslash of its own.
pub fn word(text: &str) -> String {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"/._-=:,+@".contains(&it);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\"'\"'"))
}

/// Whether a character means itself in both readings, for JSON and for YAML.
///
/// Nix escapes the control characters of ASCII but the last, with one backslash each.
fn stands(it: char) -> bool {
    !matches!(
        it,
        '\\' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}
