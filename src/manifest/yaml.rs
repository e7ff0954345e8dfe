//! YAML text as a tree.
//!
//! What other readers of YAML take for something else is a problem and not a guess: a manifest says one thing.
//! So is what a manifest has its own words for, as anchors, which `templates` and `defaults` are.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span as MarkerSpan};

use crate::manifest::tree::{Entry, Node, Refusal, Span, Table, Text, Tree, Value};
use crate::manifest::{SyntaxError, TOO_DEEP};
use crate::problem::{Code, Problem};

/// Parses one document of YAML 1.2.
pub(super) fn parse(text: &str) -> Tree {
    let mut builder =
        Builder { text, offsets: Offsets::new(text), open: Vec::new(), problems: Vec::new() };
    match builder.read() {
        Ok(root) => Tree {
            root: Some(root.unwrap_or_else(|| empty_table(text))),
            syntax: Vec::new(),
            doubtful: Vec::new(),
            problems: builder.problems,
        },
        Err(error) => {
            Tree { root: None, syntax: vec![error], doubtful: Vec::new(), problems: Vec::new() }
        }
    }
}

/// A file of comments alone says nothing, which is a manifest.
fn empty_table(text: &str) -> Node {
    let value = Value::Table(Table::new(Vec::new(), text, &mut Vec::new()));
    Node { span: Span::new(0, 0), value }
}

/// Far deeper than any manifest, far shallower than the stack.
const DEEPEST: usize = 128;

/// Makes a tree of the events of a parser.
struct Builder<'t> {
    text: &'t str,
    offsets: Offsets<'t>,
    /// What has begun and not ended, the innermost last.
    open: Vec<Open>,
    problems: Vec<Problem>,
}

/// A mapping or sequence that has not ended.
struct Open {
    start: usize,
    refusal: Option<Refusal>,
    content: Content,
}

enum Content {
    Table { entries: Vec<Entry>, key: Option<(Text, Span)> },
    List(Vec<Node>),
}

impl<'t> Builder<'t> {
    fn read(&mut self) -> Result<Option<Node>, SyntaxError> {
        let mut root = None;
        let mut documents = 0;
        for event in Parser::new_from_str(self.text) {
            let (event, place) = event.map_err(|error| {
                let at = self.offsets.of(error.marker());
                let message = own_words(error.info());
                SyntaxError { span: Span::new(at, at), message, hint: hint(error.info()) }
            })?;
            let span = self.span(place);
            let finished = match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(SyntaxError {
                            span,
                            message: "a second document begins here, and a manifest is one"
                                .to_owned(),
                            hint: Some("keep one of them".to_owned()),
                        });
                    }
                    None
                }
                Event::Scalar(scalar, style, anchor, tag) => {
                    let refusal = refusal(anchor, tag.is_some());
                    let is_plain = style == ScalarStyle::Plain;
                    let value = match refusal {
                        Some(refusal) => Value::Refused(Box::new(refusal)),
                        None if is_plain => plain(&scalar, self.text),
                        None => Value::String(Text::new(scalar.clone(), self.text)),
                    };
                    let span = if is_plain { self.trimmed(span) } else { span };
                    Some((Node { span, value }, Some(Text::new(scalar, self.text))))
                }
                Event::Alias(_) => {
                    let value = Value::Refused(Box::new(no_anchors()));
                    Some((Node { span, value }, None))
                }
                Event::MappingStart(anchor, tag) => {
                    let content = Content::Table { entries: Vec::new(), key: None };
                    self.open(span, refusal(anchor, tag.is_some()), content)?;
                    None
                }
                Event::SequenceStart(anchor, tag) => {
                    self.open(span, refusal(anchor, tag.is_some()), Content::List(Vec::new()))?;
                    None
                }
                Event::MappingEnd | Event::SequenceEnd => Some((self.close(span), None)),
                Event::DocumentEnd | Event::StreamStart | Event::StreamEnd | Event::Nothing => None,
            };
            if let Some((node, key)) = finished {
                root = self.put(node, key)?.or(root);
            }
        }
        // A document without content is a null that stands nowhere.
        Ok(root.filter(|it| !(matches!(it.value, Value::Null) && it.span.is_empty())))
    }

    fn open(
        &mut self,
        span: Span,
        refusal: Option<Refusal>,
        content: Content,
    ) -> Result<(), SyntaxError> {
        if self.open.len() == DEEPEST {
            return Err(SyntaxError { span, message: TOO_DEEP.to_owned(), hint: None });
        }
        self.open.push(Open { start: span.start as usize, refusal, content });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Node {
        let Open { start, refusal, content } = self.open.pop().expect("what ends has begun");
        let value = match (refusal, content) {
            (Some(refusal), _) => Value::Refused(Box::new(refusal)),
            (None, Content::Table { entries, key: _ }) => {
                Value::Table(Table::new(entries, self.text, &mut self.problems))
            }
            (None, Content::List(items)) => Value::List(items.into_boxed_slice()),
        };
        // What is indented ends where the next thing begins, which is after all that is not its own.
        let end = self.text[..end.end as usize].trim_end().len();
        Node { span: Span::new(start, end), value }
    }

    /// Puts a finished node where it belongs; the root belongs nowhere and is returned.
    fn put(&mut self, node: Node, scalar: Option<Text>) -> Result<Option<Node>, SyntaxError> {
        let Some(open) = self.open.last_mut() else { return Ok(Some(node)) };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Table { entries, key } => match key.take() {
                Some((key, key_span)) => entries.push(Entry { key, key_span, node }),
                None => {
                    let is_merge = matches!(&scalar, Some(it) if it.get(self.text) == "<<");
                    let Some(text) = scalar.filter(|_| !is_merge) else {
                        return Err(not_a_key(node.span, is_merge));
                    };
                    *key = Some((text, node.span));
                }
            },
        }
        Ok(None)
    }

    fn span(&self, place: MarkerSpan) -> Span {
        Span::new(self.offsets.of(&place.start), self.offsets.of(&place.end))
    }

    /// The span without the blanks that the parser counts to a plain scalar.
    fn trimmed(&self, span: Span) -> Span {
        let start = span.start as usize;
        Span::new(start, start + self.text[span.range()].trim_end().len())
    }
}

fn not_a_key(span: Span, is_merge: bool) -> SyntaxError {
    let (message, hint) = if is_merge {
        ("a manifest has no merge keys", SHARED)
    } else {
        ("a key is a word here, and no list, mapping or alias", "write the key as text")
    };
    SyntaxError { span, message: message.to_owned(), hint: Some(hint.to_owned()) }
}

const SHARED: &str = "say in `defaults` or `templates` what services share";

fn no_anchors() -> Refusal {
    Refusal {
        code: Code::ForeignNotation,
        message: "a manifest has neither anchors nor aliases".to_owned(),
        hint: SHARED.to_owned(),
    }
}

/// Why a value with an anchor or a tag cannot be one of a manifest.
fn refusal(anchor: usize, has_tag: bool) -> Option<Refusal> {
    let tagged = || Refusal {
        code: Code::ForeignNotation,
        message: "a manifest has no tags: a value is what it looks like".to_owned(),
        hint: "leave the tag out, and put text in quotes".to_owned(),
    };
    (anchor > 0).then(no_anchors).or_else(|| has_tag.then(tagged))
}

fn own_words(info: &str) -> String {
    if info == "recursion limit exceeded" { TOO_DEEP } else { info }.to_owned()
}

fn hint(info: &str) -> Option<String> {
    let is_tab = info.contains("tab");
    is_tab.then(|| "indent with blanks".to_owned())
}

/// What a scalar without quotes is, by the core schema of YAML 1.2 wherever YAML 1.1 says the same.
fn plain(scalar: &str, text: &str) -> Value {
    if let Some(meanings) = ambiguity(scalar) {
        return Value::Refused(Box::new(Refusal {
            code: Code::Ambiguous,
            message: format!("`{scalar}` is {meanings}, depending on who reads it"),
            hint: format!("{} or put it in quotes: `\"{scalar}\"`", unambiguous(scalar)),
        }));
    }
    match scalar {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Boolean(true),
        "false" | "False" | "FALSE" => return Value::Boolean(false),
        _ => {}
    }
    if is_date(scalar) {
        return Value::Datetime;
    }
    if let Some(number) = number(scalar) {
        return number;
    }
    // The scalar may be folded from several lines, so it need not stand in the text as it is.
    Value::String(Text::new(borrowed(scalar, text), text))
}

/// The scalar as a part of the text where it is one.
fn borrowed<'a>(scalar: &'a str, text: &'a str) -> std::borrow::Cow<'a, str> {
    let range = text.as_bytes().as_ptr_range();
    if range.contains(&scalar.as_ptr()) {
        std::borrow::Cow::Borrowed(scalar)
    } else {
        std::borrow::Cow::Owned(scalar.to_owned())
    }
}

/// What YAML 1.1 makes of a word beside what 1.2 does, where the two differ.
fn ambiguity(scalar: &str) -> Option<&'static str> {
    let lower = scalar.to_ascii_lowercase();
    let is_cased = [lower.clone(), scalar.to_ascii_uppercase(), capitalized(&lower)]
        .iter()
        .any(|it| it == scalar);
    if is_cased && ["yes", "no", "on", "off", "y", "n"].contains(&lower.as_str()) {
        return Some("a boolean or a word");
    }
    let digits = scalar.strip_prefix(['-', '+']).unwrap_or(scalar);
    if !digits.starts_with(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let is_of =
        |allowed: &str| digits.chars().all(|it| it.is_ascii_digit() || allowed.contains(it));
    if digits.len() > 1 && digits.starts_with('0') && is_of("_") {
        return Some("an octal or a decimal number");
    }
    if digits.contains('_') && is_of("_.") {
        return Some("a number or a word");
    }
    let mut places = digits.split(':').skip(1);
    let is_sexagesimal =
        |it: &str| (1..=2).contains(&it.len()) && it.parse::<u8>().is_ok_and(|it| it < 60);
    let has_places = digits.contains(':') && is_of(":");
    (has_places && places.all(is_sexagesimal)).then_some("a number of base 60 or a word")
}

/// How the value is written that is no text.
fn unambiguous(scalar: &str) -> &'static str {
    if scalar.contains(|it: char| it.is_ascii_digit()) {
        "write a number in plain digits without a zero in front,"
    } else {
        "write `true` or `false`,"
    }
}

fn capitalized(lower: &str) -> String {
    let mut characters = lower.chars();
    let first = characters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// A day, with or without a time.
fn is_date(scalar: &str) -> bool {
    let shape: String =
        scalar.chars().take(10).map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
    shape == "0000-00-00"
        && scalar.chars().skip(10).all(|it| it.is_ascii_digit() || "Tt:.Zz+- ".contains(it))
}

fn number(scalar: &str) -> Option<Value> {
    let integer = |digits: &str, radix: u32, sign: &str| {
        let is_number = !digits.is_empty() && digits.chars().all(|it| it.is_digit(radix));
        is_number.then(|| {
            i64::from_str_radix(&format!("{sign}{digits}"), radix)
                .map_or(Value::HugeInteger, Value::Integer)
        })
    };
    if let Some(digits) = scalar.strip_prefix("0x") {
        return integer(digits, 16, "");
    }
    if let Some(digits) = scalar.strip_prefix("0o") {
        return integer(digits, 8, "");
    }
    let (sign, unsigned) = match scalar.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", scalar.strip_prefix('+').unwrap_or(scalar)),
    };
    let is_special = [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(&unsigned);
    let starts = unsigned.strip_prefix('.').unwrap_or(unsigned);
    let is_float = starts.starts_with(|it: char| it.is_ascii_digit())
        && unsigned.chars().all(|it| it.is_ascii_digit() || ".eE+-".contains(it))
        && unsigned.parse::<f64>().is_ok();
    let float = || (is_special || is_float).then_some(Value::Float);
    integer(unsigned, 10, sign).or_else(float)
}

/// Where characters begin, as the parser counts characters and everybody else counts bytes.
struct Offsets<'t> {
    /// The byte at which every so many characters begin.
    steps: Vec<usize>,
    text: &'t str,
}

impl<'t> Offsets<'t> {
    const STEP: usize = 64;

    fn new(text: &'t str) -> Offsets<'t> {
        let steps = text.char_indices().step_by(Offsets::STEP).map(|(offset, _)| offset).collect();
        Offsets { steps, text }
    }

    fn of(&self, marker: &Marker) -> usize {
        let index = marker.index();
        let Some(start) = self.steps.get(index / Offsets::STEP) else { return self.text.len() };
        let mut rest = self.text[*start..].char_indices();
        rest.nth(index % Offsets::STEP).map_or(self.text.len(), |(offset, _)| start + offset)
    }
}
