//! The values of directives read back: the inverse of [`values`].

use std::collections::BTreeMap;

use crate::directive::Quoting;
use crate::plan::name::{SecretName, VariableName};
use crate::plan::text::{Reference, Segment, Text};
use crate::unit::{Command, Failure, Privileges, Value};

use super::{credential, read, values};

/// Reads the lines of a directive.
///
/// What is read is printed as the same lines. A value that a class cannot tell from others, as a duration
/// from a word, and what the printer would write in another way, is [`Value::Raw`];
/// `None` when that would have to hold a reference.
pub fn value(quoting: Quoting, lines: &[Text]) -> Option<Value> {
    let lines: Vec<Text> = lines.iter().map(spelled).collect();
    let is_inverse = |value: &Value| {
        let printed = values(quoting, value);
        printed.iter().map(|it| spelled(&it.0)).eq(lines.iter().cloned())
    };
    let raw = || {
        let lines = lines.iter().map(Text::as_literal).collect::<Option<_>>()?;
        Some(Value::Raw { before: None, lines })
    };
    by_class(quoting, &lines).into_iter().find(is_inverse).or_else(raw)
}

/// Returns a text as the one literal that it is wherever its references are spelled alike on all hosts.
pub fn spelled(text: &Text) -> Text {
    let mut spelled: Vec<Segment> = Vec::new();
    for segment in &text.0 {
        let literal = match segment {
            Segment::Literal(literal) => literal.clone(),
            Segment::Reference(Reference::Credential(name)) => credential(name),
            Segment::Reference(Reference::Directory(kind, name)) => {
                format!("{}/{name}", kind.parent())
            }
            Segment::Reference(
                Reference::Port(_) | Reference::Program(_) | Reference::HostName,
            ) => {
                spelled.push(segment.clone());
                continue;
            }
        };
        match spelled.last_mut() {
            Some(Segment::Literal(before)) => before.push_str(&literal),
            Some(Segment::Reference(_)) | None if literal.is_empty() => {}
            Some(Segment::Reference(_)) | None => spelled.push(Segment::Literal(literal)),
        }
    }
    Text(spelled)
}

/// What the lines may be, the likeliest first.
fn by_class(quoting: Quoting, lines: &[Text]) -> Vec<Value> {
    match quoting {
        Quoting::Plain | Quoting::QuadletNotify => plain(lines).into_iter().collect(),
        Quoting::Names => {
            let words = lines.iter().map(|it| it.as_literal()).collect::<Option<Vec<_>>>();
            let names =
                words.map(|it| it.iter().flat_map(|it| it.split(' ')).map(str::to_owned).collect());
            names.map(Value::Names).into_iter().collect()
        }
        Quoting::Line | Quoting::QuadletRaw | Quoting::QuadletItems => {
            let texts = lines.iter().map(|it| match &texts(quoting, it)?[..] {
                [text] => Some(text.clone()),
                _ => None,
            });
            texts.collect::<Option<_>>().map(Value::Texts).into_iter().collect()
        }
        Quoting::Command => {
            let commands = lines.iter().map(command).collect::<Option<_>>();
            commands.map(Value::Commands).into_iter().collect()
        }
        Quoting::Variables => variables(quoting, lines).map(Value::Variables).into_iter().collect(),
        Quoting::QuadletWords => {
            let words = if let [line] = lines { texts(quoting, line) } else { None };
            let pairs = pairs(quoting, lines).map(|it| Value::Pairs(it.into_iter().collect()));
            words.map(Value::Texts).into_iter().chain(pairs).collect()
        }
    }
}

fn plain(lines: &[Text]) -> Option<Value> {
    let [line] = lines else { return None };
    let word = line.as_literal()?;
    let flag = word.parse().map(Value::Flag).ok();
    let number = || word.parse().map(Value::Number).ok();
    flag.or_else(number).or_else(|| word.parse().map(Value::Signed).ok())
}

fn command(line: &Text) -> Option<Command> {
    let words = texts(Quoting::Command, line)?;
    let first = line.literals().next().filter(|_| matches!(line.0[0], Segment::Literal(_)));
    let prefix: String =
        first.unwrap_or_default().chars().take_while(|it| "-+".contains(*it)).collect();
    let failure = if prefix.contains('-') { Failure::Ignored } else { Failure::Counts };
    let privileges = if prefix.contains('+') { Privileges::Full } else { Privileges::Unit };
    Some(Command { words, failure, privileges })
}

fn variables(quoting: Quoting, lines: &[Text]) -> Option<BTreeMap<VariableName, Text>> {
    let named = pairs(quoting, lines)?.into_iter();
    named.map(|(name, value)| Some((VariableName::parse(&name)?, value))).collect()
}

/// One `NAME=value` for each line.
fn pairs(quoting: Quoting, lines: &[Text]) -> Option<Vec<(String, Text)>> {
    let pair = |line: &Text| {
        let [word] = <[Text; 1]>::try_from(texts(quoting, line)?).ok()?;
        let (Segment::Literal(first), rest) = word.0.split_first()? else { return None };
        let (name, start) = first.split_once('=')?;
        let value = Text::literal(start).then(Text(rest.to_vec()));
        Some((name.to_owned(), spelled(&value)))
    };
    lines.iter().map(pair).collect()
}

/// Reads a line into the texts that were given to the printer, references and all.
///
/// While the line is taken apart, a reference is a character that no text has.
pub fn texts(quoting: Quoting, line: &Text) -> Option<Vec<Text>> {
    let mut references = Vec::new();
    let mut filled = String::new();
    for segment in with_credentials(line).0 {
        match segment {
            Segment::Literal(literal) => filled.push_str(&literal),
            Segment::Reference(reference) => {
                filled.push_str(&format!("{MARK}{}{MARK}", references.len()));
                references.push(reference);
            }
        }
    }
    let words = read::texts(quoting, &filled)?.into_iter().map(|word| {
        let pieces = word.split(MARK).enumerate().map(|(index, piece)| {
            if index % 2 == 0 {
                return Some(Segment::Literal(piece.to_owned()));
            }
            let index: usize = piece.parse().ok()?;
            references.get(index).cloned().map(Segment::Reference)
        });
        let is_something = |it: &Segment| *it != Segment::Literal(String::new());
        let segments: Option<Vec<Segment>> = pieces.collect();
        Some(Text(segments?.into_iter().filter(is_something).collect()))
    });
    words.collect()
}

/// No text of a manifest holds it.
const MARK: char = '\0';

/// Makes references of the paths of secrets, which are the only specifiers that are written here.
fn with_credentials(line: &Text) -> Text {
    let mut segments = Vec::new();
    for segment in &line.0 {
        let Segment::Literal(literal) = segment else {
            segments.push(segment.clone());
            continue;
        };
        let mut rest = literal.as_str();
        let mut before = String::new();
        while let Some(at) = rest.find('%') {
            let (head, tail) = rest.split_at(at);
            before.push_str(head);
            let is_name = |it: &char| it.is_ascii_alphanumeric() || "_.-".contains(*it);
            let name: Option<String> =
                tail.strip_prefix("%d/").map(|it| it.chars().take_while(is_name).collect());
            if let Some(name) = name.as_deref().and_then(SecretName::parse) {
                segments.push(Segment::Literal(std::mem::take(&mut before)));
                rest = &tail[credential(&name).len()..];
                segments.push(Segment::Reference(Reference::Credential(name)));
            } else {
                // Two of them are one that is data.
                let length = tail.chars().take(2).map(char::len_utf8).sum();
                before.push_str(&tail[..length]);
                rest = &tail[length..];
            }
        }
        before.push_str(rest);
        segments.push(Segment::Literal(before));
    }
    Text(segments)
}
