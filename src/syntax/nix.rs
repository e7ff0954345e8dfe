//! Nix expressions from constructors, printed as a person who uses nixfmt would write them.
//!
//! An expression is built from values, never from text that is pasted together:
//! names and strings are quoted and escaped here, parentheses are put where Nix needs them.
//! The printed file is a fixed point of nixfmt, and its syntax tree has the shape that rnix reads.
//!
//! Layout follows one rule: what is not empty is expanded, one element a line;
//! only a list of one element stays on its line where it fits.
//! Everything between the expanded parts is laid out by the rules of RFC 166.
//!
//! ```
//! use unitsmith::syntax::nix;
//!
//! let module = nix::attribute_set([
//!     nix::bind(["networking", "hostName"], nix::string("a \"b\"")),
//!     nix::bind(["services", "x y", "ports"], nix::list([nix::reference("cfg.port")])),
//! ]);
//! let expected = r#"{
//!   networking.hostName = "a \"b\"";
//!   services."x y".ports = [ cfg.port ];
//! }
//! "#;
//! assert_eq!(nix::to_text("", &module), expected);
//! ```

mod application;
mod escape;
mod item;
mod layout;
mod operation;
mod print;
pub mod read;
mod rules;
mod sink;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;

use rowan::{GreenNode, NodeCache};

use crate::syntax::nix::escape::{Followed, escape, is_identifier, is_path_literal};
use crate::syntax::nix::print::Printer;
use crate::syntax::nix::sink::{GreenSink, TextSink};

/// A Nix expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr(Kind);

/// One piece of a string with interpolations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it shall arrive, not escaped.
    Text(String),
    /// `${…}`.
    Interpolation(Expr),
}

/// One entry of an attribute set or of `let`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    kind: BindingKind,
    comment: Option<String>,
    space: Space,
}

/// The argument of a function that takes an attribute set apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    names: Vec<String>,
    rest: Rest,
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `++`
    Concat,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `//`
    Update,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `&&`
    And,
    /// `||`
    Or,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Identifier(Cow<'static, str>),
    /// A number that is not negative, in digits.
    Integer(String),
    /// The number whose digits these are, below zero.
    Negative(String),
    Text(Vec<Fragment>),
    Path(String),
    Select {
        base: Box<Expr>,
        names: Vec<Name>,
    },
    List(Vec<Expr>),
    AttributeSet(Vec<Binding>),
    Apply {
        function: Box<Expr>,
        arguments: Vec<Expr>,
    },
    Operation {
        operator: Operator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Not(Box<Expr>),
    Lambda {
        parameter: Parameter,
        body: Box<Expr>,
    },
    Let {
        bindings: Vec<Binding>,
        body: Box<Expr>,
    },
}

/// A piece of a string as it is printed; no two escaped pieces are neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fragment {
    Escaped(String),
    Interpolation(Expr),
}

/// An attribute name as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Bare(Cow<'static, str>),
    /// What stands between the quotes.
    Quoted(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum BindingKind {
    Assign { path: Vec<Name>, value: Expr },
    Inherit { source: Option<Expr>, names: Vec<Name> },
}

/// What stands between a binding and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    NewLine,
    BlankLine,
}

/// What a pattern does with attributes that it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Refused,
    Ignored,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Parameter {
    Name(String),
    Pattern(Pattern),
}

/// Returns a file as text: the comment, `# ` before each line, and the expression.
pub fn to_text(comment: &str, expression: &Expr) -> String {
    Printer::print(TextSink::default(), comment, expression).into_text()
}

/// Returns a file as the tree that rnix would read from its text.
///
/// The cache may serve any number of files.
pub fn to_green(comment: &str, expression: &Expr, cache: &mut NodeCache) -> GreenNode {
    Printer::print(GreenSink::new(cache), comment, expression).into_green()
}

/// A string that evaluates to exactly this text.
///
/// Contract: no NUL, which a Nix string cannot hold.
pub fn string(value: &str) -> Expr {
    if value.is_empty() {
        return Expr(Kind::Text(Vec::new()));
    }
    Expr(Kind::Text(vec![Fragment::Escaped(escape(value, Followed::ByEnd))]))
}

/// A string of texts and interpolated expressions.
///
/// Contract: no NUL in the texts, which a Nix string cannot hold.
pub fn text(parts: impl IntoIterator<Item = Part>) -> Expr {
    let mut fragments = Vec::new();
    // Neighbouring texts are joined before they are escaped: `$` and `{` may come from different ones.
    let mut pending = String::new();
    for part in parts {
        match part {
            Part::Text(it) if pending.is_empty() => pending = it,
            Part::Text(it) => pending.push_str(&it),
            Part::Interpolation(it) => {
                if !pending.is_empty() {
                    fragments.push(Fragment::Escaped(escape(&pending, Followed::ByInterpolation)));
                    pending.clear();
                }
                fragments.push(Fragment::Interpolation(it));
            }
        }
    }
    if !pending.is_empty() {
        fragments.push(Fragment::Escaped(escape(&pending, Followed::ByEnd)));
    }
    Expr(Kind::Text(fragments))
}

/// A number.
pub fn integer(value: i64) -> Expr {
    if value >= 0 {
        return Expr(Kind::Integer(value.to_string()));
    }
    match value.checked_neg() {
        Some(positive) => Expr(Kind::Negative(positive.to_string())),
        // Nix reads the digits before the sign, and the digits of this one are out of range.
        None => operation(Operator::Minus, integer(value + 1), integer(1)),
    }
}

/// `true` or `false`.
pub fn boolean(value: bool) -> Expr {
    reference(if value { "true" } else { "false" })
}

/// `null`.
pub fn null() -> Expr {
    reference("null")
}

/// A variable.
///
/// Contract: the name is an identifier and no keyword.
pub fn identifier(name: &str) -> Expr {
    debug_assert!(is_identifier(name), "`{name}` is no identifier");
    Expr(Kind::Identifier(Cow::Owned(name.to_owned())))
}

/// A variable or an attribute of one, written with dots: `lib.types.str`.
///
/// Contract: each name is an identifier; [`select`] takes other names.
pub fn reference(path: &'static str) -> Expr {
    debug_assert!(path.split('.').all(is_identifier), "`{path}` has a name that needs quotes");
    let mut names = path.split('.').map(Cow::Borrowed);
    let variable = names.next().expect("splitting gives at least one piece");
    let names: Vec<Name> = names.map(Name::Bare).collect();
    let base = Expr(Kind::Identifier(variable));
    if names.is_empty() {
        return base;
    }
    Expr(Kind::Select { base: Box::new(base), names })
}

/// An attribute of an expression: `base.a."b c"`.
pub fn select(base: Expr, path: impl IntoIterator<Item: Into<Cow<'static, str>>>) -> Expr {
    select_names(base, attribute_path(path))
}

fn select_names(base: Expr, path: Vec<Name>) -> Expr {
    if path.is_empty() {
        return base;
    }
    // A selection from a selection is one with a longer path.
    if let Kind::Select { base, mut names } = base.0 {
        names.extend(path);
        return Expr(Kind::Select { base, names });
    }
    Expr(Kind::Select { base: Box::new(base), names: path })
}

/// A path relative to the file: `./brainstorm.nix`.
///
/// Contract: starts with `./` or `../`.
pub fn path(relative: &str) -> Expr {
    debug_assert!(
        relative.starts_with("./") || relative.starts_with("../"),
        "`{relative}` is not relative to the file"
    );
    if is_path_literal(relative) {
        return Expr(Kind::Path(relative.to_owned()));
    }
    // A path literal has no escapes, but a path plus a string is a path.
    let tail = relative.strip_prefix("./").unwrap_or(relative);
    operation(Operator::Plus, path("./."), string(&format!("/{tail}")))
}

/// A list.
pub fn list(elements: impl IntoIterator<Item = Expr>) -> Expr {
    Expr(Kind::List(elements.into_iter().collect()))
}

/// An attribute set.
///
/// Contract: no attribute is bound twice.
pub fn attribute_set(bindings: impl IntoIterator<Item = Binding>) -> Expr {
    Expr(Kind::AttributeSet(bindings.into_iter().collect()))
}

/// A function applied to arguments.
pub fn apply(function: Expr, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    let mut further: Vec<Expr> = arguments.into_iter().collect();
    if further.is_empty() {
        return function;
    }
    // A function of some arguments that is applied to others takes them all.
    if let Kind::Apply { function, mut arguments } = function.0 {
        arguments.append(&mut further);
        return Expr(Kind::Apply { function, arguments });
    }
    Expr(Kind::Apply { function: Box::new(function), arguments: further })
}

/// Two expressions with an operator between them.
pub fn operation(operator: Operator, left: Expr, right: Expr) -> Expr {
    Expr(Kind::Operation { operator, left: Box::new(left), right: Box::new(right) })
}

/// `left // right`, where the right one wins.
pub fn update(left: Expr, right: Expr) -> Expr {
    operation(Operator::Update, left, right)
}

/// `left ++ right`.
pub fn concat(left: Expr, right: Expr) -> Expr {
    operation(Operator::Concat, left, right)
}

/// `left == right`.
pub fn equal(left: Expr, right: Expr) -> Expr {
    operation(Operator::Equal, left, right)
}

/// `!operand`.
pub fn not(operand: Expr) -> Expr {
    Expr(Kind::Not(Box::new(operand)))
}

/// A function of one argument: `name: body`.
///
/// Contract: the name is an identifier and no keyword.
pub fn function(name: &str, body: Expr) -> Expr {
    debug_assert!(is_identifier(name), "`{name}` is no identifier");
    Expr(Kind::Lambda { parameter: Parameter::Name(name.to_owned()), body: Box::new(body) })
}

/// A function that takes an attribute set apart: `{ config, ... }: body`.
pub fn lambda(pattern: Pattern, body: Expr) -> Expr {
    Expr(Kind::Lambda { parameter: Parameter::Pattern(pattern), body: Box::new(body) })
}

/// `let … in body`; the body alone when there is nothing to bind.
pub fn let_in(bindings: impl IntoIterator<Item = Binding>, body: Expr) -> Expr {
    let bindings: Vec<Binding> = bindings.into_iter().collect();
    if bindings.is_empty() {
        return body;
    }
    Expr(Kind::Let { bindings, body: Box::new(body) })
}

/// `a."b c" = value;`.
///
/// Contract: the path has at least one name.
pub fn bind(path: impl IntoIterator<Item: Into<Cow<'static, str>>>, value: Expr) -> Binding {
    let path = attribute_path(path);
    debug_assert!(!path.is_empty(), "a binding has a name");
    Binding::new(BindingKind::Assign { path, value })
}

/// `inherit names;`.
///
/// Contract: at least one name.
pub fn inherit(names: impl IntoIterator<Item: Into<Cow<'static, str>>>) -> Binding {
    Binding::inherit(None, attribute_path(names))
}

/// `inherit (source) names;`.
///
/// Contract: at least one name.
pub fn inherit_from(
    source: Expr,
    names: impl IntoIterator<Item: Into<Cow<'static, str>>>,
) -> Binding {
    Binding::inherit(Some(source), attribute_path(names))
}

impl Binding {
    /// The same binding with a blank line before it, unless it is the first of its set.
    pub fn after_blank_line(self) -> Binding {
        Binding { space: Space::BlankLine, ..self }
    }

    /// The same binding with a comment on the lines before it.
    pub fn comment(self, comment: impl Into<String>) -> Binding {
        Binding { comment: Some(comment.into()), ..self }
    }

    /// Folds sets of one binding into the path: `a = { b = c; };` becomes `a.b = c;`.
    ///
    /// A set whose binding has a comment stays, for the comment would have nowhere to go.
    pub fn fold_single(self) -> Binding {
        let Binding { mut kind, comment, space } = self;
        while let BindingKind::Assign { path, value } = kind {
            match single(value) {
                Ok((inner_path, value)) => {
                    let path = path.into_iter().chain(inner_path).collect();
                    kind = BindingKind::Assign { path, value };
                }
                Err(value) => {
                    kind = BindingKind::Assign { path, value };
                    break;
                }
            }
        }
        Binding { kind, comment, space }
    }

    fn new(kind: BindingKind) -> Binding {
        Binding { kind, comment: None, space: Space::NewLine }
    }

    fn inherit(source: Option<Expr>, names: Vec<Name>) -> Binding {
        debug_assert!(!names.is_empty(), "`inherit` has a name");
        Binding::new(BindingKind::Inherit { source, names })
    }
}

impl Pattern {
    /// A pattern that refuses other attributes: `{ a, b }`.
    ///
    /// Contract: the names are different identifiers.
    pub fn closed(names: impl IntoIterator<Item: AsRef<str>>) -> Pattern {
        Pattern::new(names, Rest::Refused)
    }

    /// A pattern that ignores other attributes: `{ a, b, ... }`.
    ///
    /// Contract: the names are different identifiers.
    pub fn open(names: impl IntoIterator<Item: AsRef<str>>) -> Pattern {
        Pattern::new(names, Rest::Ignored)
    }

    fn new(names: impl IntoIterator<Item: AsRef<str>>, rest: Rest) -> Pattern {
        let names: Vec<String> = names.into_iter().map(|it| it.as_ref().to_owned()).collect();
        debug_assert!(
            names.iter().all(|it| is_identifier(it)),
            "{names:?} are not all identifiers"
        );
        Pattern { names, rest }
    }
}

/// Takes the only binding out of a set of one plain binding; returns any other expression as it was.
fn single(value: Expr) -> Result<(Vec<Name>, Expr), Expr> {
    let Kind::AttributeSet(bindings) = value.0 else { return Err(value) };
    match <[Binding; 1]>::try_from(bindings) {
        Ok([Binding { kind: BindingKind::Assign { path, value }, comment: None, space: _ }]) => {
            Ok((path, value))
        }
        Ok(other) => Err(attribute_set(other)),
        Err(bindings) => Err(attribute_set(bindings)),
    }
}

fn attribute_path(names: impl IntoIterator<Item: Into<Cow<'static, str>>>) -> Vec<Name> {
    names.into_iter().map(|it| attribute_name(it.into())).collect()
}

fn attribute_name(name: Cow<'static, str>) -> Name {
    if is_identifier(&name) {
        Name::Bare(name)
    } else {
        Name::Quoted(escape(&name, Followed::ByEnd))
    }
}
