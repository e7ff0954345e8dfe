//! How each expression is laid out: which gaps it has, and in which groups they stand.
//!
//! Invariant: decides where a line may break, never whether it does; that is `layout`.

use rnix::SyntaxKind;

use crate::syntax::nix::application::{Surroundings, application};
use crate::syntax::nix::item::{Block, GroupKind, Items, Spacing};
use crate::syntax::nix::operation::{self, Stance};
use crate::syntax::nix::text;
use crate::syntax::nix::{
    Binding, BindingKind, Expr, Fragment, Kind, Name, Parameter, Pattern, Rest,
};

/// An expression in a position that may need parentheses around it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form<'a> {
    Plain(&'a Expr),
    Parenthesized(&'a Expr),
}

/// How many functions of one argument stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Depth(usize);

/// Lays out a whole file's expression.
pub(super) fn file<'a>(items: &mut Items<'a>, it: &'a Expr) {
    items.group(GroupKind::Regular, |items| expression(items, it));
}

/// Lays out one element of a list that has a line for each.
pub(super) fn element<'a>(items: &mut Items<'a>, it: &'a Expr) {
    items.group(GroupKind::Regular, |items| form(items, Form::term(it)));
}

/// Lays out one binding.
pub(super) fn binding<'a>(items: &mut Items<'a>, it: &'a Binding) {
    items.group(GroupKind::Regular, |items| match &it.kind {
        BindingKind::Assign { path, value } => assignment(items, path, value),
        BindingKind::Inherit { source, names } => inherit(items, source.as_ref(), names),
    });
}

/// Lays out an expression where nothing special is known about its surroundings.
pub(super) fn expression<'a>(items: &mut Items<'a>, it: &'a Expr) {
    match &it.0 {
        Kind::Identifier(name) => identifier(items, name),
        Kind::Integer(digits) => items.node(SyntaxKind::NODE_LITERAL, |items| {
            items.token(SyntaxKind::TOKEN_INTEGER, digits);
        }),
        Kind::Negative(digits) => items.node(SyntaxKind::NODE_UNARY_OP, |items| {
            items.token(SyntaxKind::TOKEN_SUB, "-");
            items.node(SyntaxKind::NODE_LITERAL, |items| {
                items.token(SyntaxKind::TOKEN_INTEGER, digits);
            });
        }),
        Kind::Text(fragments) => text::text(items, fragments),
        Kind::Path(path) => items.node(SyntaxKind::NODE_PATH_REL, |items| {
            items.token(SyntaxKind::TOKEN_PATH_REL, path);
        }),
        Kind::Select { base, names } => select(items, base, names),
        Kind::List(_) => items.group(GroupKind::Regular, |items| bare(items, it)),
        Kind::AttributeSet(_) => bare(items, it),
        Kind::Apply { function, arguments } => {
            application(items, Surroundings::None, function, arguments);
        }
        Kind::Operation { operator, left, right } => {
            operation::operation(items, it, *operator, left, right);
        }
        Kind::Not(operand) => items.node(SyntaxKind::NODE_UNARY_OP, |items| {
            items.token(SyntaxKind::TOKEN_INVERT, "!");
            form(items, operation::operand_of_not(operand));
        }),
        Kind::Lambda { parameter, body } => lambda(items, parameter, body),
        Kind::Let { bindings, body } => let_in(items, bindings, body),
    }
}

/// Lays out an expression in its parentheses, if it has any.
pub(super) fn form<'a>(items: &mut Items<'a>, it: Form<'a>) {
    match it {
        Form::Plain(it) => expression(items, it),
        Form::Parenthesized(it) => {
            items.group(GroupKind::Regular, |items| {
                parenthesized(items, SyntaxKind::NODE_PAREN, it)
            });
        }
    }
}

/// Lays out a list or an attribute set without the group around it, anything else as ever.
pub(super) fn bare<'a>(items: &mut Items<'a>, it: &'a Expr) {
    if let Kind::List(elements) = &it.0 {
        items.node(SyntaxKind::NODE_LIST, |items| match &elements[..] {
            [] => empty(items, [SyntaxKind::TOKEN_L_BRACK, SyntaxKind::TOKEN_R_BRACK], ["[", "]"]),
            [only] if fits_on_a_line(only) => {
                items.token(SyntaxKind::TOKEN_L_BRACK, "[");
                items.gap(Spacing::Line);
                items.nested(|items| element(items, only));
                items.gap(Spacing::Line);
                items.token(SyntaxKind::TOKEN_R_BRACK, "]");
            }
            _ => items.block(Block::List(elements)),
        });
    } else if let Kind::AttributeSet(bindings) = &it.0 {
        items.node(SyntaxKind::NODE_ATTR_SET, |items| {
            if bindings.is_empty() {
                empty(items, [SyntaxKind::TOKEN_L_BRACE, SyntaxKind::TOKEN_R_BRACE], ["{", "}"]);
            } else {
                items.block(Block::AttributeSet(bindings));
            }
        });
    } else {
        expression(items, it);
    }
}

/// Lays out what follows `=`, from the gap on.
fn right_hand_side<'a>(items: &mut Items<'a>, it: &'a Expr) {
    // What opens with a bracket does so on the line of the name; a string gains nothing elsewhere.
    if is_absorbable(it) || matches!(it.0, Kind::Text(_) | Kind::Path(_)) {
        items.nested(|items| {
            items.gap(Spacing::HardSpace);
            items.group(GroupKind::Regular, |items| bare(items, it));
        });
        return;
    }
    match &it.0 {
        Kind::Identifier(_)
        | Kind::Integer(_)
        | Kind::Text(_)
        | Kind::Path(_)
        | Kind::Select { .. }
        | Kind::List(_)
        | Kind::AttributeSet(_) => items.nested(|items| {
            items.group(GroupKind::Regular, |items| {
                items.gap(Spacing::Line);
                expression(items, it);
            });
        }),
        Kind::Apply { function, arguments } => items.nested(|items| {
            application(items, Surroundings::RightHandSide, function, arguments);
        }),
        Kind::Operation { operator, left, right } => {
            match operation::stance(*operator, left, right) {
                Stance::Opening => {
                    items.gap(Spacing::HardSpace);
                    operation::opening(items, *operator, it);
                }
                Stance::OpeningAtOperator => items.nested(|items| {
                    items.group(GroupKind::Regular, |items| {
                        items.gap(Spacing::Line);
                        operation::opening_at_operator(items, *operator, left, right);
                    });
                }),
                Stance::Plain => on_the_line_or_below(items, it),
            }
        }
        Kind::Negative(_) | Kind::Not(_) | Kind::Lambda { .. } | Kind::Let { .. } => {
            on_the_line_or_below(items, it);
        }
    }
}

fn on_the_line_or_below<'a>(items: &mut Items<'a>, it: &'a Expr) {
    items.nested(|items| {
        items.gap(Spacing::Line);
        items.group(GroupKind::Regular, |items| expression(items, it));
    });
}

/// Lays out `(…)` with its content as if nothing else were on the line.
pub(super) fn parenthesized<'a>(items: &mut Items<'a>, kind: SyntaxKind, it: &'a Expr) {
    items.node(kind, |items| {
        items.token(SyntaxKind::TOKEN_L_PAREN, "(");
        items.nested(|items| parenthesized_content(items, it));
        items.token(SyntaxKind::TOKEN_R_PAREN, ")");
    });
}

/// Lays out what stands between parentheses, or between the braces of an interpolation.
pub(super) fn parenthesized_content<'a>(items: &mut Items<'a>, it: &'a Expr) {
    if is_absorbable(it) {
        items.group(GroupKind::Regular, |items| bare(items, it));
    } else if let Kind::Apply { function, arguments } = &it.0 {
        application(items, Surroundings::Parentheses, function, arguments);
    } else {
        let stays =
            matches!(&it.0, Kind::Select { base, .. } if !is_absorbable_term(Form::base(base)));
        if !stays {
            items.gap(Spacing::Break);
        }
        items.group(GroupKind::Regular, |items| expression(items, it));
        items.gap(Spacing::Break);
    }
}

impl<'a> Form<'a> {
    /// An element of a list, a function or one of its arguments.
    pub(super) fn term(it: &'a Expr) -> Form<'a> {
        if is_term(it) { Form::Plain(it) } else { Form::Parenthesized(it) }
    }

    /// The expression before the dot of a selection.
    fn base(it: &'a Expr) -> Form<'a> {
        // Behind digits or a path, a dot would be read as a part of them.
        if matches!(it.0, Kind::Integer(_) | Kind::Path(_)) {
            Form::Parenthesized(it)
        } else {
            Form::term(it)
        }
    }
}

/// Returns whether an expression starts on the line of what it belongs to and ends on its own.
pub(super) fn is_absorbable(it: &Expr) -> bool {
    if let Kind::Lambda { parameter: Parameter::Name(_), body } = &it.0 {
        is_absorbable(body)
    } else {
        is_absorbable_term(Form::Plain(it))
    }
}

/// Returns whether an expression is a list or attribute set with something in it.
pub(super) fn is_absorbable_term(it: Form<'_>) -> bool {
    match it {
        Form::Plain(Expr(Kind::List(elements))) => !elements.is_empty(),
        Form::Plain(Expr(Kind::AttributeSet(bindings))) => !bindings.is_empty(),
        Form::Plain(_) | Form::Parenthesized(_) => false,
    }
}

/// Returns whether an expression is so plain that a line is not worth breaking for it.
pub(super) fn is_simple(it: &Expr) -> bool {
    match &it.0 {
        Kind::Text(_) | Kind::Path(_) | Kind::Identifier(_) | Kind::Integer(_) => true,
        Kind::Select { base, names } => is_simple(base) && names.iter().all(Name::is_bare),
        Kind::Apply { function, arguments } => is_simple_application(function, arguments),
        Kind::Negative(_)
        | Kind::List(_)
        | Kind::AttributeSet(_)
        | Kind::Operation { .. }
        | Kind::Not(_)
        | Kind::Lambda { .. }
        | Kind::Let { .. } => false,
    }
}

/// Returns whether an application has at most two arguments and all in it is simple.
pub(super) fn is_simple_application(function: &Expr, arguments: &[Expr]) -> bool {
    arguments.len() <= 2 && is_simple(function) && arguments.iter().all(is_simple)
}

impl Name {
    fn is_bare(&self) -> bool {
        matches!(self, Name::Bare(_))
    }
}

/// Returns whether an expression binds so tightly that it never needs parentheses.
fn is_term(it: &Expr) -> bool {
    match &it.0 {
        Kind::Identifier(_)
        | Kind::Integer(_)
        | Kind::Text(_)
        | Kind::Path(_)
        | Kind::Select { .. }
        | Kind::List(_)
        | Kind::AttributeSet(_) => true,
        Kind::Negative(_)
        | Kind::Apply { .. }
        | Kind::Operation { .. }
        | Kind::Not(_)
        | Kind::Lambda { .. }
        | Kind::Let { .. } => false,
    }
}

/// Returns whether the only element of a list may stand on the list's line.
fn fits_on_a_line(it: &Expr) -> bool {
    match &it.0 {
        Kind::List(elements) => elements.is_empty(),
        Kind::AttributeSet(bindings) => bindings.is_empty(),
        Kind::Apply { function, arguments } => {
            fits_on_a_line(function) && arguments.iter().all(fits_on_a_line)
        }
        Kind::Operation { left, right, .. } => fits_on_a_line(left) && fits_on_a_line(right),
        Kind::Text(fragments) => fragments.iter().all(|it| match it {
            Fragment::Escaped(_) => true,
            Fragment::Interpolation(it) => fits_on_a_line(it),
        }),
        Kind::Select { base: inner, .. } | Kind::Not(inner) => fits_on_a_line(inner),
        Kind::Identifier(_) | Kind::Integer(_) | Kind::Negative(_) | Kind::Path(_) => true,
        Kind::Lambda { .. } | Kind::Let { .. } => false,
    }
}

fn identifier<'a>(items: &mut Items<'a>, name: &'a str) {
    items.node(SyntaxKind::NODE_IDENT, |items| items.token(SyntaxKind::TOKEN_IDENT, name));
}

fn empty(items: &mut Items<'_>, kinds: [SyntaxKind; 2], brackets: [&'static str; 2]) {
    items.token(kinds[0], brackets[0]);
    items.gap(Spacing::HardSpace);
    items.token(kinds[1], brackets[1]);
}

fn select<'a>(items: &mut Items<'a>, base: &'a Expr, names: &'a [Name]) {
    items.node(SyntaxKind::NODE_SELECT, |items| {
        let base = Form::base(base);
        form(items, base);
        match base {
            Form::Parenthesized(_) => items.gap(Spacing::SoftBreak),
            Form::Plain(Expr(Kind::Identifier(_))) => {}
            Form::Plain(_) => items.gap(Spacing::Break),
        }
        items.token(SyntaxKind::TOKEN_DOT, ".");
        attribute_path(items, names);
    });
}

fn attribute_path<'a>(items: &mut Items<'a>, names: &'a [Name]) {
    items.node(SyntaxKind::NODE_ATTRPATH, |items| {
        for (index, it) in names.iter().enumerate() {
            if index > 0 {
                items.token(SyntaxKind::TOKEN_DOT, ".");
            }
            name(items, it);
        }
    });
}

fn name<'a>(items: &mut Items<'a>, it: &'a Name) {
    match it {
        Name::Bare(name) => identifier(items, name),
        Name::Quoted(escaped) => text::quoted_name(items, escaped),
    }
}

fn assignment<'a>(items: &mut Items<'a>, path: &'a [Name], value: &'a Expr) {
    items.node(SyntaxKind::NODE_ATTRPATH_VALUE, |items| {
        attribute_path(items, path);
        items.nested(|items| {
            items.gap(Spacing::HardSpace);
            items.token(SyntaxKind::TOKEN_ASSIGN, "=");
            // A break after `=` is worth it only when the path is long or has quoted names.
            if path.len() <= 4 && path.iter().all(Name::is_bare) {
                right_hand_side(items, value);
            } else {
                items.gap(Spacing::Break);
                items.group(GroupKind::Priority, |items| right_hand_side(items, value));
            }
        });
        items.token(SyntaxKind::TOKEN_SEMICOLON, ";");
    });
}

fn inherit<'a>(items: &mut Items<'a>, source: Option<&'a Expr>, names: &'a [Name]) {
    let (between, after) = if names.len() < 4 {
        (Spacing::Line, Spacing::Break)
    } else {
        (Spacing::HardLine, Spacing::HardLine)
    };
    items.node(SyntaxKind::NODE_INHERIT, |items| {
        items.token(SyntaxKind::TOKEN_INHERIT, "inherit");
        items.nested(|items| {
            if let Some(source) = source {
                items.group(GroupKind::Regular, |items| {
                    items.gap(Spacing::Line);
                    items.group(GroupKind::Regular, |items| {
                        parenthesized(items, SyntaxKind::NODE_INHERIT_FROM, source);
                    });
                });
            }
            for it in names {
                items.gap(between);
                name(items, it);
            }
            items.gap(after);
            items.token(SyntaxKind::TOKEN_SEMICOLON, ";");
        });
    });
}

fn lambda<'a>(items: &mut Items<'a>, parameter: &'a Parameter, body: &'a Expr) {
    match parameter {
        Parameter::Name(name) => items.group(GroupKind::Regular, |items| {
            items.gap(Spacing::Break);
            named_lambda(items, name, body, Depth(1));
        }),
        Parameter::Pattern(it) => items.node(SyntaxKind::NODE_LAMBDA, |items| {
            pattern(items, it);
            items.token(SyntaxKind::TOKEN_COLON, ":");
            items.gap(Spacing::HardLine);
            expression(items, body);
        }),
    }
}

fn named_lambda<'a>(items: &mut Items<'a>, name: &'a str, body: &'a Expr, depth: Depth) {
    items.node(SyntaxKind::NODE_LAMBDA, |items| {
        parameter_and_colon(items, name);
        if let Kind::Lambda { parameter: Parameter::Name(name), body } = &body.0 {
            items.gap(Spacing::HardSpace);
            named_lambda(items, name, body, Depth(depth.0 + 1));
        } else if is_absorbable(body) {
            items.gap(Spacing::HardSpace);
            items.group(GroupKind::Priority, |items| bare(items, body));
        } else {
            items.gap(if depth <= Depth(2) { Spacing::Line } else { Spacing::HardLine });
            expression(items, body);
        }
    });
}

/// Lays out `name:`.
pub(super) fn parameter_and_colon<'a>(items: &mut Items<'a>, name: &'a str) {
    items.node(SyntaxKind::NODE_IDENT_PARAM, |items| identifier(items, name));
    items.token(SyntaxKind::TOKEN_COLON, ":");
}

fn pattern<'a>(items: &mut Items<'a>, it: &'a Pattern) {
    let Pattern { names, rest } = it;
    let between = if names.is_empty() { Spacing::Line } else { Spacing::HardLine };
    items.node(SyntaxKind::NODE_PATTERN, |items| {
        items.group(GroupKind::Regular, |items| {
            items.token(SyntaxKind::TOKEN_L_BRACE, "{");
            items.nested(|items| {
                for name in names {
                    items.gap(between);
                    items.node(SyntaxKind::NODE_PAT_ENTRY, |items| identifier(items, name));
                    items.token(SyntaxKind::TOKEN_COMMA, ",");
                }
                if *rest == Rest::Ignored {
                    items.gap(between);
                    items.token(SyntaxKind::TOKEN_ELLIPSIS, "...");
                }
            });
            let nothing = names.is_empty() && *rest == Rest::Refused;
            items.gap(if nothing { Spacing::HardSpace } else { between });
            items.token(SyntaxKind::TOKEN_R_BRACE, "}");
        });
    });
}

fn let_in<'a>(items: &mut Items<'a>, bindings: &'a [Binding], body: &'a Expr) {
    items.node(SyntaxKind::NODE_LET_IN, |items| {
        items.group(GroupKind::Regular, |items| items.block(Block::Let(bindings)));
        items.gap(Spacing::HardLine);
        items.group(GroupKind::Regular, |items| {
            items.token(SyntaxKind::TOKEN_IN, "in");
            items.gap(Spacing::HardLine);
            expression(items, body);
        });
    });
}
