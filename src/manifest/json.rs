//! JSON text as a tree.

use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde::de::IgnoredAny;

use crate::manifest::tree::{Entry, Node, Span, Table, Text, Tree, Value};
use crate::manifest::{SyntaxError, TOO_DEEP};
use crate::problem::Problem;

/// Parses JSON, and nothing beyond it.
pub(super) fn parse(text: &str) -> Tree {
    let mut problems = Vec::new();
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => {
            let root = parsed.value.map(|value| tree_of_value(value, text, &mut problems));
            // The parser with places is laxer than JSON: it takes control characters and any kind of space.
            let mut syntax = control_characters(text, root.as_ref());
            if let Err(error) = serde_json::from_str::<IgnoredAny>(text)
                && syntax.is_empty()
            {
                syntax.push(error_of_second_parser(&error, text));
            }
            Tree { root, syntax, doubtful: vec![Span::new(0, text.len())], problems }
        }
        Err(error) => {
            let message = if matches!(error.kind(), ParseErrorKind::NestingDepthExceeded) {
                TOO_DEEP.to_owned()
            } else {
                uncapitalized(&error.kind().to_string())
            };
            let syntax = vec![SyntaxError { span: span(error.range(), text), message, hint: None }];
            Tree { root: None, syntax, doubtful: Vec::new(), problems }
        }
    }
}

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

fn tree_of_value(value: ast::Value<'_>, text: &str, problems: &mut Vec<Problem>) -> Node {
    let span = span(value.range(), text);
    let value = match value {
        ast::Value::StringLit(literal) => Value::String(Text::new(literal.value, text)),
        ast::Value::NumberLit(literal) => number(literal.value),
        ast::Value::BooleanLit(literal) => Value::Boolean(literal.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(array) => Value::List(
            array.elements.into_iter().map(|item| tree_of_value(item, text, problems)).collect(),
        ),
        ast::Value::Object(object) => {
            let entries = object
                .properties
                .into_iter()
                .map(|property| tree_of_property(property, text, problems))
                .collect();
            Value::Table(Table::new(entries, text, problems))
        }
    };
    Node { span, value }
}

fn tree_of_property(
    property: ast::ObjectProp<'_>,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Entry {
    let key_span = span(property.name.range(), text);
    let key = match property.name {
        ast::ObjectPropName::String(literal) => Text::new(literal.value, text),
        ast::ObjectPropName::Word(word) => Text::new(word.value.into(), text),
    };
    Entry { key, key_span, node: tree_of_value(property.value, text, problems) }
}

fn number(literal: &str) -> Value {
    if literal.contains(['.', 'e', 'E']) {
        return Value::Float;
    }
    literal.parse().map_or(Value::HugeInteger, Value::Integer)
}

/// Finds what must be escaped in strings and is not.
fn control_characters(text: &str, root: Option<&Node>) -> Vec<SyntaxError> {
    let mut errors = Vec::new();
    let mut rest: Vec<&Node> = root.into_iter().collect();
    let mut look = |span: Span| {
        let written = &text[span.range()];
        if let Some((at, found)) = written.char_indices().find(|(_, it)| *it < ' ') {
            let start = span.start as usize + at;
            errors.push(SyntaxError {
                span: Span::new(start, start + 1),
                message: "a string goes over the end of its line or has a control character"
                    .to_owned(),
                hint: Some(format!("write it as `\\u{:04x}`", u32::from(found))),
            });
        }
    };
    while let Some(node) = rest.pop() {
        match &node.value {
            Value::Table(table) => {
                for entry in table.entries() {
                    look(entry.key_span);
                    rest.push(&entry.node);
                }
            }
            Value::List(items) => rest.extend(items),
            Value::String(_) => look(node.span),
            Value::Integer(_)
            | Value::HugeInteger
            | Value::Float
            | Value::Boolean(_)
            | Value::Datetime
            | Value::Null
            | Value::Refused(_) => {}
        }
    }
    errors
}

fn error_of_second_parser(error: &serde_json::Error, text: &str) -> SyntaxError {
    if text.trim().is_empty() {
        return SyntaxError {
            span: Span::new(0, 0),
            message: "the file is empty".to_owned(),
            hint: Some("an empty manifest is `{}`".to_owned()),
        };
    }
    let line_start = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let offset = (line_start + error.column().saturating_sub(1)).min(text.len());
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(front, _)| front);
    SyntaxError { span: Span::new(offset, offset), message: uncapitalized(message), hint: None }
}

/// The message as ours are: lower case and one sentence.
fn uncapitalized(message: &str) -> String {
    let message = message.replace(". ", ": ");
    let mut characters = message.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn span(range: Range, text: &str) -> Span {
    Span::new(range.start.min(text.len()), range.end.min(text.len()))
}
