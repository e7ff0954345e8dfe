//! TOML text as a tree.

use std::ops::Range;

use ::toml::Spanned;
use ::toml::de::{DeInteger, DeTable, DeValue};

use crate::manifest::tree::{Entry, Node, Span, Table, Text, Tree, Value, duplicate};
use crate::manifest::{SyntaxError, TOO_DEEP};
use crate::problem::Problem;

/// Parses TOML, as much of it as can be understood.
pub(super) fn parse(text: &str) -> Tree {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut syntax: Vec<SyntaxError> = Vec::new();
    let mut problems = Vec::new();
    for error in errors {
        let span = span(error.span().unwrap_or(text.len()..text.len()), text);
        let message = error.message();
        if message == "duplicate key" || message.starts_with("cannot extend value") {
            problems.push(duplicate(span, text));
        } else {
            syntax.push(SyntaxError {
                span,
                message: own_words(message, span),
                hint: hint(message, span, text),
            });
        }
    }
    let mut doubtful = syntax.iter().map(|error| error.span).collect();
    drop_echoes(&mut syntax, &mut doubtful, text);
    let root = Node {
        span: Span::new(0, 0),
        value: Value::Table(tree_of_table(table.into_inner(), text, &mut problems)),
    };
    Tree { root: Some(root), syntax, doubtful, problems }
}

fn tree_of_table(table: DeTable<'_>, text: &str, problems: &mut Vec<Problem>) -> Table {
    let entries = table
        .into_iter()
        .filter(|(_, value)| !is_placeholder(value))
        .map(|(key, value)| Entry {
            key_span: span(key.span(), text),
            key: Text::new(key.into_inner(), text),
            node: tree_of_value(value, text, problems),
        })
        .collect();
    Table::new(entries, text, problems)
}

fn tree_of_value(value: Spanned<DeValue<'_>>, text: &str, problems: &mut Vec<Problem>) -> Node {
    let span = span(value.span(), text);
    let value = match value.into_inner() {
        DeValue::String(string) => Value::String(Text::new(string, text)),
        DeValue::Integer(integer) => integer_value(&integer),
        DeValue::Float(_) => Value::Float,
        DeValue::Boolean(boolean) => Value::Boolean(boolean),
        DeValue::Datetime(_) => Value::Datetime,
        DeValue::Array(array) => {
            Value::List(array.into_iter().map(|item| tree_of_value(item, text, problems)).collect())
        }
        DeValue::Table(table) => Value::Table(tree_of_table(table, text, problems)),
    };
    Node { span, value }
}

fn integer_value(integer: &DeInteger<'_>) -> Value {
    match i64::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(integer) => Value::Integer(integer),
        Err(_) => Value::HugeInteger,
    }
}

/// Drops the errors that are only there because of others before them.
fn drop_echoes(errors: &mut Vec<SyntaxError>, doubtful: &mut Vec<Span>, text: &str) {
    errors.sort_by_key(|error| error.span.start);
    // The first error of a line makes no sense of the rest of it, which is then another error.
    errors.dedup_by(|second, first| {
        let between = first.span.start as usize..second.span.start as usize;
        let is_echo = first.message == second.message && first.message.starts_with(MISSING_COMMA);
        is_echo || !text.as_bytes()[between].contains(&b'\n')
    });
    // What is not closed makes items of all the keys and headers that follow.
    let is_unclosed = |it: &SyntaxError| {
        let (before, rest) = text.split_at(it.span.start as usize);
        let is_first = before.trim_end_matches([' ', '\t']).ends_with('\n');
        let is_key =
            is_first && rest.starts_with(|first: char| first.is_alphabetic() || first == '_');
        let is_header = rest.starts_with('[') && before.ends_with('\n');
        SWALLOWED.iter().any(|start| it.message.starts_with(start)) && (is_key || is_header)
    };
    if let Some(first) = errors.iter().position(is_unclosed) {
        doubtful.push(Span::new(errors[first].span.start as usize, text.len()));
        errors.truncate(first + 1);
    }
}

/// What to do about some of the parser's messages.
fn hint(message: &str, span: Span, text: &str) -> Option<String> {
    if message.starts_with(MISSING_COMMA) {
        return Some("put a comma before it, or close what was opened before".to_owned());
    }
    (message.starts_with(UNQUOTED) && !span.is_empty()).then(|| {
        let quoted = serde_json::Value::from(&text[span.range()]);
        format!("put it in quotes: `{quoted}`")
    })
}

const UNQUOTED: &str = "string values must be quoted";

const MISSING_COMMA: &str = "missing comma between";

/// What the parser says of a key or header that it takes for a part of a list or inline table.
const SWALLOWED: [&str; 3] =
    [MISSING_COMMA, "missing assignment between", "missing key for inline table"];

/// Where a value is missing the parser reports that and puts a zero that stands nowhere.
fn is_placeholder(value: &Spanned<DeValue<'_>>) -> bool {
    value.span() == (0..0) && value.get_ref().is_integer()
}

fn own_words(message: &str, span: Span) -> String {
    match message {
        "cannot recurse further; max recursion depth met" | "recursion limit" => TOO_DEEP,
        _ if span.is_empty() && message.starts_with(UNQUOTED) => "a value is missing",
        _ => message,
    }
    .to_owned()
}

fn span(range: Range<usize>, text: &str) -> Span {
    Span::new(range.start.min(text.len()), range.end.min(text.len()))
}
