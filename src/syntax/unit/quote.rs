//! Quoting for the readers of unit files.
//!
//! From systemd.syntax(7), systemd.service(5) "Command lines", systemd.unit(5) "Specifiers",
//! and podman's quadlet, which splits and unescapes as systemd does but hands the words on
//! to a command line of systemd without doubling anything.

use std::collections::BTreeMap;
use std::fmt;

use crate::plan::text::{Segment, Text};
use crate::unit::{Command, Failure, Privileges};

/// What one reader does with a word.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    /// The quotes around a word that needs them.
    quotes: Quotes,
    /// Whether the reader replaces variables, also inside quotes.
    variables: Variables,
}

#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    /// `'`, or `"` where the word has a `'`: command lines look like a shell's, and stay readable inside Nix.
    Single,
    Double,
}

#[derive(Clone, Copy, PartialEq)]
enum Variables {
    Replaced,
    Kept,
}

/// A command line of systemd.
pub(super) const COMMAND: Reader =
    Reader { quotes: Quotes::Single, variables: Variables::Replaced };

/// `Environment=` of systemd, where `$` is no variable.
pub(super) const ASSIGNMENT: Reader = Reader { quotes: Quotes::Double, variables: Variables::Kept };

/// The words of Quadlet, which reach a command line of systemd.
pub(super) const QUADLET: Reader =
    Reader { quotes: Quotes::Double, variables: Variables::Replaced };

/// Returns a text for a reader that only expands specifiers.
pub(super) fn line(text: &Text) -> Text {
    map_literals(text, |literal| literal.replace('%', "%%"))
}

/// Returns a text for a key of Quadlet that is not taken apart.
pub(super) fn raw(text: &Text) -> Text {
    map_literals(text, |literal| literal.replace('%', "%%").replace('$', "$$"))
}

/// Returns a word for a key of Quadlet that knows quotes but no escapes.
pub(super) fn item(text: &Text) -> Text {
    let doubled = raw(text);
    let is_plain = !text.0.is_empty() && text.literals().all(|it| it.chars().all(is_bare));
    if is_plain {
        return doubled;
    }
    Text::literal("\"").then(doubled).then(Text::literal("\""))
}

/// Returns a command line with its prefix.
pub(super) fn command(command: &Command) -> Text {
    let prefix = match (command.failure, command.privileges) {
        (Failure::Counts, Privileges::Unit) => "",
        (Failure::Counts, Privileges::Full) => "+",
        (Failure::Ignored, Privileges::Unit) => "-",
        (Failure::Ignored, Privileges::Full) => "-+",
    };
    let words = join(command.words.iter().map(|it| word(it, COMMAND)));
    if prefix.is_empty() { words } else { Text::literal(prefix).then(words) }
}

/// Returns an assignment for each variable.
pub(super) fn variables<'a, Name: fmt::Display>(
    variables: &'a BTreeMap<Name, Text>,
    reader: Reader,
) -> impl Iterator<Item = Text> + use<'a, Name> {
    variables.iter().map(move |(name, value)| {
        word(&Text::literal(format!("{name}=")).then(value.clone()), reader)
    })
}

/// Returns words with blanks between them.
pub(super) fn join(words: impl Iterator<Item = Text>) -> Text {
    words.reduce(|line, word| line.then(Text::literal(" ")).then(word)).unwrap_or_default()
}

/// Returns one word, in quotes only where it needs them.
pub(super) fn word(word: &Text, reader: Reader) -> Text {
    let literals = || word.literals();
    if !word.0.is_empty()
        && literals().all(|it| it.chars().all(is_bare))
        && literals().next() != Some("")
    {
        return word.clone();
    }
    let quote = match reader.quotes {
        Quotes::Single if literals().any(|it| it.contains('\'')) => '"',
        Quotes::Single => '\'',
        Quotes::Double => '"',
    };
    let inside = map_literals(word, |literal| escape(literal, quote, reader.variables));
    Text::literal(quote.to_string()).then(inside).then(Text::literal(quote.to_string()))
}

/// Characters that mean nothing to any reader, at any place of a word.
///
/// A word never begins with `@`, `-`, `:`, `+` or `!` where those are prefixes: a program is an absolute path.
fn is_bare(it: char) -> bool {
    it.is_ascii_alphanumeric()
        || "_-./:=@,+".contains(it)
        || (!it.is_ascii() && it.is_alphanumeric())
}

fn escape(text: &str, quote: char, variables: Variables) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for it in text.chars() {
        match it {
            '%' => escaped.push_str("%%"),
            '$' if variables == Variables::Replaced => escaped.push_str("$$"),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            _ if it == quote => escaped.extend(['\\', it]),
            _ if it.is_ascii_control() => escaped.push_str(&format!("\\x{:02x}", u32::from(it))),
            _ => escaped.push(it),
        }
    }
    escaped
}

fn map_literals(text: &Text, map: impl Fn(&str) -> String) -> Text {
    let segments = text.0.iter().map(|segment| match segment {
        Segment::Literal(literal) => Segment::Literal(map(literal)),
        Segment::Reference(reference) => Segment::Reference(reference.clone()),
    });
    Text(segments.collect())
}
