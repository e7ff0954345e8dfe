//! A literal attribute set of Nix as a tree; nothing is evaluated.

use std::collections::BTreeMap;

use rnix::ast::{self, AstToken as _, HasEntry as _};
use rnix::{ParseError, SyntaxKind, TextRange};
use rowan::ast::AstNode;

use crate::manifest::tree::{Entry, Node, Refusal, Span, Table, Text, Tree, Value, duplicate};
use crate::manifest::{SyntaxError, TOO_DEEP};
use crate::problem::{Code, Problem};

/// Parses Nix of which all is literal.
///
/// The parser of Nix stops at a depth for which an ordinary thread may have too small a stack.
pub(super) fn parse(text: &str) -> Tree {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let parse = thread.spawn_scoped(scope, || parse_here(text));
        parse.expect("a machine has room for a thread").join().expect("no text makes it panic")
    })
}

/// Bytes; a debug build needs about 4 MiB for what nests as deeply as the parser goes.
const STACK: usize = 64 << 20;

fn parse_here(text: &str) -> Tree {
    let nothing = |syntax| Tree { root: None, syntax, doubtful: Vec::new(), problems: Vec::new() };
    let deep = |span| vec![SyntaxError { span, message: TOO_DEEP.to_owned(), hint: None }];
    if let Some(span) = too_deep(text) {
        return nothing(deep(span));
    }
    let parse = rnix::Root::parse(text);
    let root = parse.tree().expr();
    if root.is_none() {
        let hint = Some("an empty manifest is `{ }`".to_owned());
        let message = "the file is empty".to_owned();
        return nothing(vec![SyntaxError { span: Span::new(0, 0), message, hint }]);
    }
    if let Some(error) = parse.errors().first() {
        return nothing(vec![syntax_error(error, text)]);
    }
    let root = root.expect("it was there a moment ago");
    let mut reader = Reader { text, problems: Vec::new(), depth: 0, too_deep: None };
    let root = reader.node(&root);
    if let Some(span) = reader.too_deep {
        return nothing(deep(span));
    }
    Tree { root: Some(root), syntax: Vec::new(), doubtful: Vec::new(), problems: reader.problems }
}

struct Reader<'t> {
    text: &'t str,
    problems: Vec<Problem>,
    /// How many names and lists lead to what is read now.
    depth: usize,
    too_deep: Option<Span>,
}

/// Far more names than lead to anything in a manifest, far fewer than the stack has room for.
const DEEPEST: usize = 256;

/// An attribute set while its bindings are put together, in the order of the text.
#[derive(Default)]
struct Set {
    members: Vec<(Text, Span, Member)>,
    /// Where the member of a name is.
    by_name: BTreeMap<String, usize>,
}

enum Member {
    Value(Node),
    /// What several paths go through: `a` of `a.b = 1; a.c = 2;`, or a set of its own that others add to.
    Set(Span, Set),
}

impl Reader<'_> {
    fn node(&mut self, expression: &ast::Expr) -> Node {
        let span = span(expression.syntax().text_range());
        Node { span, value: self.value(expression) }
    }

    fn value(&mut self, expression: &ast::Expr) -> Value {
        match expression {
            ast::Expr::Paren(it) => match it.expr() {
                Some(inner) => self.value(&inner),
                None => refused("nothing in parentheses"),
            },
            ast::Expr::AttrSet(it) if it.rec_token().is_some() => refused("`rec`"),
            ast::Expr::AttrSet(it) => {
                let set = self.set(it);
                Value::Table(self.table(set))
            }
            ast::Expr::List(it) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    self.too_deep.get_or_insert(span(it.syntax().text_range()));
                    return Value::Null;
                }
                let items = it.items().map(|it| self.node(&it)).collect();
                self.depth -= 1;
                Value::List(items)
            }
            ast::Expr::Str(it) => self.string(it),
            ast::Expr::Literal(it) => match it.kind() {
                ast::LiteralKind::Integer(digits) => integer(digits.syntax().text()),
                ast::LiteralKind::Float(_) => Value::Float,
                ast::LiteralKind::Uri(_) => unquoted("an address without quotes"),
            },
            ast::Expr::UnaryOp(it) => self.negative(it),
            ast::Expr::Ident(it) => match it.syntax().text().to_string().as_str() {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                "null" => Value::Null,
                name => Value::Refused(Box::new(Refusal {
                    code: Code::ForeignNotation,
                    message: format!("`{name}` is a variable, and a manifest is not evaluated"),
                    hint: format!("put text in quotes: `\"{name}\"`"),
                })),
            },
            ast::Expr::PathAbs(_)
            | ast::Expr::PathRel(_)
            | ast::Expr::PathHome(_)
            | ast::Expr::PathSearch(_) => unquoted("a path without quotes"),
            ast::Expr::With(_) => refused("`with`"),
            ast::Expr::LetIn(_) | ast::Expr::LegacyLet(_) => refused("`let`"),
            ast::Expr::IfElse(_) => refused("`if`"),
            ast::Expr::Assert(_) => refused("`assert`"),
            ast::Expr::Lambda(_) => refused("a function"),
            ast::Expr::Apply(_) => refused("a call of a function"),
            ast::Expr::Select(_) => refused("an attribute of a variable"),
            ast::Expr::BinOp(_) | ast::Expr::HasAttr(_) => refused("an operator"),
            ast::Expr::CurPos(_) | ast::Expr::Root(_) | ast::Expr::Error(_) => {
                refused("such an expression")
            }
        }
    }

    fn string(&self, it: &ast::Str) -> Value {
        let mut string = String::new();
        for part in it.normalized_parts() {
            match part {
                ast::InterpolPart::Literal(it) => string.push_str(&it),
                ast::InterpolPart::Interpolation(it) => {
                    let written = it.syntax().text().to_string();
                    let escape = if it.syntax().parent().is_some_and(|it| is_indented(&it)) {
                        "''"
                    } else {
                        "\\"
                    };
                    return Value::Refused(Box::new(Refusal {
                        code: Code::ForeignNotation,
                        message: format!(
                            "Nix would fill in `{written}`, and a manifest is not evaluated"
                        ),
                        hint: format!("write `{escape}{written}` for a reference of the manifest"),
                    }));
                }
            }
        }
        Value::String(self.text(it, string))
    }

    /// The text of a string, which is no copy where it has no escapes.
    fn text(&self, it: &ast::Str, string: String) -> Text {
        let Span { start, end } = span(it.syntax().text_range());
        let inside = self.text.get(start as usize + 1..(end as usize).saturating_sub(1));
        match inside {
            Some(inside) if inside == string => Text::new(inside.into(), self.text),
            _ => Text::Owned(string.into()),
        }
    }

    fn negative(&self, it: &ast::UnaryOp) -> Value {
        if it.operator() != Some(ast::UnaryOpKind::Negate) {
            return refused("an operator");
        }
        let Some(ast::Expr::Literal(number)) = it.expr() else { return refused("an operator") };
        match number.kind() {
            ast::LiteralKind::Integer(digits) => integer(&format!("-{}", digits.syntax().text())),
            ast::LiteralKind::Float(_) => Value::Float,
            ast::LiteralKind::Uri(_) => refused("an operator"),
        }
    }

    fn set(&mut self, it: &ast::AttrSet) -> Set {
        let mut set = Set::default();
        for entry in it.entries() {
            match entry {
                ast::Entry::AttrpathValue(it) => {
                    let path = it.attrpath().into_iter().flat_map(|it| it.attrs());
                    let names: Vec<(Text, Span)> = path.filter_map(|it| self.name(&it)).collect();
                    // A name that is no text has been reported, and what it would name is lost.
                    let is_whole =
                        it.attrpath().is_some_and(|it| it.attrs().count() == names.len());
                    let depth = self.depth + names.len();
                    if depth > DEEPEST {
                        self.too_deep.get_or_insert(span(it.syntax().text_range()));
                    } else if let Some(value) = it.value().filter(|_| is_whole) {
                        let outer = std::mem::replace(&mut self.depth, depth);
                        self.bind(&mut set, names, &value);
                        self.depth = outer;
                    }
                }
                ast::Entry::Inherit(it) => self.report(it.syntax().text_range(), "`inherit`"),
            }
        }
        set
    }

    fn name(&mut self, it: &ast::Attr) -> Option<(Text, Span)> {
        let range = it.syntax().text_range();
        let own = span(range);
        match it {
            ast::Attr::Ident(_) => Some((Text::Slice(own), own)),
            ast::Attr::Str(string) => {
                if let Value::String(text) = self.string(string) {
                    return Some((text, own));
                }
                self.report(range, "a name with `${…}`");
                None
            }
            ast::Attr::Dynamic(_) => {
                self.report(range, "a name in `${…}`");
                None
            }
        }
    }

    /// Binds a path; as in Nix, a set may be written in several places.
    fn bind(&mut self, set: &mut Set, names: Vec<(Text, Span)>, value: &ast::Expr) {
        let mut set = set;
        let last = names.len() - 1;
        for (index, (name, key_span)) in names.into_iter().enumerate() {
            let member = if index < last {
                Member::Set(key_span, Set::default())
            } else {
                self.member(value)
            };
            let position = set.put((name, key_span, member), self);
            match &mut set.members[position].2 {
                Member::Set(_, inner) => set = inner,
                Member::Value(_) => return,
            }
        }
    }

    fn member(&mut self, value: &ast::Expr) -> Member {
        if let ast::Expr::AttrSet(it) = value
            && it.rec_token().is_none()
        {
            return Member::Set(span(it.syntax().text_range()), self.set(it));
        }
        Member::Value(self.node(value))
    }

    fn table(&mut self, set: Set) -> Table {
        let entries = set.members.into_iter().map(|(key, key_span, member)| {
            let node = match member {
                Member::Value(node) => node,
                Member::Set(span, set) => Node { span, value: Value::Table(self.table(set)) },
            };
            Entry { key, key_span, node }
        });
        let entries = entries.collect();
        Table::new(entries, self.text, &mut self.problems)
    }

    fn report(&mut self, range: TextRange, what: &str) {
        let place = crate::problem::Place {
            path: crate::problem::Path::default(),
            part: crate::problem::Part::Bytes(span(range).range()),
        };
        let Refusal { code, message, hint } = refusal(what);
        self.problems.push(Problem::new(code, place, message).hint(hint));
    }
}

impl Set {
    /// Puts a member in, or into the one that is there, and says where it is.
    fn put(
        &mut self,
        (name, key_span, member): (Text, Span, Member),
        reader: &mut Reader<'_>,
    ) -> usize {
        let next = self.members.len();
        let position = *self.by_name.entry(name.get(reader.text).to_owned()).or_insert(next);
        if position == next {
            self.members.push((name, key_span, member));
            return position;
        }
        match (&mut self.members[position].2, member) {
            (Member::Set(_, old), Member::Set(_, new)) => {
                for member in new.members {
                    old.put(member, reader);
                }
            }
            _ => reader.problems.push(duplicate(key_span, reader.text)),
        }
        position
    }
}

const OPENING: &[SyntaxKind] = &[
    SyntaxKind::TOKEN_L_BRACE,
    SyntaxKind::TOKEN_L_BRACK,
    SyntaxKind::TOKEN_L_PAREN,
    SyntaxKind::TOKEN_INTERPOL_START,
];

const CLOSING: &[SyntaxKind] = &[
    SyntaxKind::TOKEN_R_BRACE,
    SyntaxKind::TOKEN_R_BRACK,
    SyntaxKind::TOKEN_R_PAREN,
    SyntaxKind::TOKEN_INTERPOL_END,
];

/// The first bracket or dot that nests more deeply than any manifest; the parser takes its time for what comes then.
fn too_deep(text: &str) -> Option<Span> {
    let (mut offset, mut depth, mut dots) = (0, 0_usize, 0);
    for (kind, token) in rnix::tokenize(text) {
        if OPENING.contains(&kind) {
            depth += 1;
        } else if CLOSING.contains(&kind) {
            depth = depth.saturating_sub(1);
        } else if kind == SyntaxKind::TOKEN_DOT {
            dots += 1;
        } else if [SyntaxKind::TOKEN_ASSIGN, SyntaxKind::TOKEN_SEMICOLON].contains(&kind) {
            dots = 0;
        }
        if depth.max(dots) > DEEPEST {
            return Some(Span::new(offset, offset + token.len()));
        }
        offset += token.len();
    }
    None
}

fn is_indented(string: &rnix::SyntaxNode) -> bool {
    string.first_token().is_some_and(|it| it.text() == "''")
}

fn integer(digits: &str) -> Value {
    digits.parse().map_or(Value::HugeInteger, Value::Integer)
}

fn refusal(what: &str) -> Refusal {
    Refusal {
        code: Code::ForeignNotation,
        message: format!("a manifest has no place for {what}: it is read and not evaluated"),
        hint: "write what it would be".to_owned(),
    }
}

fn refused(what: &str) -> Value {
    Value::Refused(Box::new(refusal(what)))
}

fn unquoted(what: &str) -> Value {
    Value::Refused(Box::new(Refusal { hint: "put it in quotes".to_owned(), ..refusal(what) }))
}

fn syntax_error(error: &ParseError, text: &str) -> SyntaxError {
    let end = TextRange::empty(rnix::TextSize::of(text.trim_end()));
    let (range, message) = match error {
        ParseError::Unexpected(range) | ParseError::UnexpectedExtra(range) => {
            (*range, NOT_HERE.to_owned())
        }
        ParseError::UnexpectedWanted(_, range, wanted) => (*range, expected(wanted)),
        ParseError::UnexpectedDoubleBind(range) | ParseError::DuplicatedArgs(range, _) => {
            (*range, "a name stands here twice".to_owned())
        }
        ParseError::UnexpectedEOFWanted(wanted) => {
            (end, format!("the file ends too early: {}", expected(wanted)))
        }
        ParseError::RecursionLimitExceeded => (end, TOO_DEEP.to_owned()),
        // The error is of another crate, which may have more kinds one day.
        ParseError::UnexpectedEOF | _ => (end, "the file ends too early".to_owned()),
    };
    SyntaxError { span: span(range), message, hint: None }
}

/// What people call the tokens that may be missing.
const WORDS: &[(SyntaxKind, &str)] = &[
    (SyntaxKind::TOKEN_SEMICOLON, "`;`"),
    (SyntaxKind::TOKEN_ASSIGN, "`=`"),
    (SyntaxKind::TOKEN_R_BRACE, "`}`"),
    (SyntaxKind::TOKEN_R_BRACK, "`]`"),
    (SyntaxKind::TOKEN_R_PAREN, "`)`"),
    (SyntaxKind::TOKEN_COLON, "`:`"),
    (SyntaxKind::TOKEN_IDENT, "a name"),
];

/// What should stand there, in the words of the language.
fn expected(kinds: &[SyntaxKind]) -> String {
    let word = |kind: &SyntaxKind| WORDS.iter().find(|it| it.0 == *kind).map(|it| it.1);
    let words: Vec<&str> = kinds.iter().filter_map(word).collect();
    match &words[..] {
        [] => NOT_HERE.to_owned(),
        words => format!("expected {}", words.join(" or ")),
    }
}

const NOT_HERE: &str = "this does not belong here";

fn span(range: TextRange) -> Span {
    Span::new(range.start().into(), range.end().into())
}
