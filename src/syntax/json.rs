//! JSON as podman reads it: lists of words for `--entrypoint` and `--health-cmd`.

use crate::plan::text::{Segment, Text};

/// Returns words as a list.
///
/// A reference stays one; what it stands for never needs escaping.
pub fn list(words: &[Text]) -> Text {
    let quote = || Text::literal("\"");
    let words = words.iter().map(|word| quote().then(escaped(word)).then(quote()));
    let inside = words.reduce(|list, word| list.then(Text::literal(",")).then(word));
    Text::literal("[").then(inside.unwrap_or_default()).then(Text::literal("]"))
}

fn escaped(word: &Text) -> Text {
    let segments = word.0.iter().map(|segment| match segment {
        Segment::Literal(text) => Segment::Literal(text.chars().map(escape).collect()),
        Segment::Reference(reference) => Segment::Reference(reference.clone()),
    });
    Text(segments.collect())
}

fn escape(it: char) -> String {
    match it {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        _ if it.is_ascii_control() => format!("\\u{:04x}", u32::from(it)),
        _ => it.to_string(),
    }
}
