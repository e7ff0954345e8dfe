//! How operators are laid out, and where their operands need parentheses.

use rnix::SyntaxKind;

use crate::syntax::nix::application::{Surroundings, application};
use crate::syntax::nix::item::{GroupKind, Items, Spacing};
use crate::syntax::nix::rules::{Form, bare, expression, form, is_absorbable_term};
use crate::syntax::nix::{Expr, Kind, Operator};

/// How loosely an operator or expression holds its parts together, tightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Looseness {
    Tight,
    Concat,
    Sum,
    Not,
    Update,
    Equality,
    And,
    Or,
    /// Functions and `let` reach as far as they can.
    Greedy,
}

/// On which side an operator takes itself as operand without parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Associativity {
    Left,
    Right,
    Neither,
}

/// How an operation stands behind `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    /// Opens with a bracket on the line of the name.
    Opening,
    /// Has a bracket behind its operator, which may open on the line of the name.
    OpeningAtOperator,
    /// Starts on a line of its own unless it fits.
    Plain,
}

/// Where in a row an operand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    First,
    /// First, and opening on a line that something else began.
    Opening,
    AfterOperator,
}

/// Lays out two operands and the operator between them.
pub(super) fn operation<'a>(
    items: &mut Items<'a>,
    whole: &'a Expr,
    operator: Operator,
    left: &'a Expr,
    right: &'a Expr,
) {
    if matches!(operator, Operator::Equal | Operator::NotEqual) {
        items.node(SyntaxKind::NODE_BIN_OP, |items| {
            form(items, left_operand(operator, left));
            items.gap(Spacing::SoftLine);
            sign(items, operator);
            items.gap(Spacing::HardSpace);
            form(items, right_operand(operator, right));
        });
    } else if opens_at_the_operator(operator, left, right) {
        items.group(GroupKind::Regular, |items| {
            items.node(SyntaxKind::NODE_BIN_OP, |items| {
                form(items, left_operand(operator, left));
                items.gap(Spacing::Line);
                sign(items, operator);
                items.gap(Spacing::HardSpace);
                items.nested(|items| expression(items, right));
            });
        });
    } else {
        items.group(GroupKind::Regular, |items| {
            link(items, operator, Form::Plain(whole), Position::First);
        });
    }
}

/// Returns how an operation stands behind `=`.
pub(super) fn stance(operator: Operator, left: &Expr, right: &Expr) -> Stance {
    if operator.is_compact() && is_absorbable_term(first_operand(operator, left)) {
        Stance::Opening
    } else if opens_at_the_operator(operator, left, right) {
        Stance::OpeningAtOperator
    } else {
        Stance::Plain
    }
}

/// Lays out an operation that opens with a bracket on the line of the name.
pub(super) fn opening<'a>(items: &mut Items<'a>, operator: Operator, whole: &'a Expr) {
    items.group(GroupKind::Regular, |items| {
        link(items, operator, Form::Plain(whole), Position::Opening);
    });
}

/// Lays out an operation whose right operand opens on the line of the name.
pub(super) fn opening_at_operator<'a>(
    items: &mut Items<'a>,
    operator: Operator,
    left: &'a Expr,
    right: &'a Expr,
) {
    items.node(SyntaxKind::NODE_BIN_OP, |items| {
        form(items, left_operand(operator, left));
        items.gap(Spacing::Line);
        items.group(GroupKind::Transparent, |items| {
            sign(items, operator);
            items.gap(Spacing::HardSpace);
            items.group(GroupKind::Priority, |items| bare(items, right));
        });
    });
}

/// Returns the operand of `!`, in parentheses if it is an operation.
///
/// Nix would not need them around `++` and `+`, but readers do.
pub(super) fn operand_of_not(it: &Expr) -> Form<'_> {
    match looseness(it) {
        Looseness::Tight | Looseness::Not => Form::Plain(it),
        Looseness::Concat
        | Looseness::Sum
        | Looseness::Update
        | Looseness::Equality
        | Looseness::And
        | Looseness::Or
        | Looseness::Greedy => Form::Parenthesized(it),
    }
}

impl Operator {
    /// Returns whether an operand in brackets may open on the operator's line.
    fn is_compact(self) -> bool {
        match self {
            Operator::Concat | Operator::Plus | Operator::Update => true,
            Operator::Minus
            | Operator::Equal
            | Operator::NotEqual
            | Operator::And
            | Operator::Or => false,
        }
    }

    fn token(self) -> (SyntaxKind, &'static str) {
        match self {
            Operator::Concat => (SyntaxKind::TOKEN_CONCAT, "++"),
            Operator::Plus => (SyntaxKind::TOKEN_ADD, "+"),
            Operator::Minus => (SyntaxKind::TOKEN_SUB, "-"),
            Operator::Update => (SyntaxKind::TOKEN_UPDATE, "//"),
            Operator::Equal => (SyntaxKind::TOKEN_EQUAL, "=="),
            Operator::NotEqual => (SyntaxKind::TOKEN_NOT_EQUAL, "!="),
            Operator::And => (SyntaxKind::TOKEN_AND_AND, "&&"),
            Operator::Or => (SyntaxKind::TOKEN_OR_OR, "||"),
        }
    }

    fn binding(self) -> (Looseness, Associativity) {
        match self {
            Operator::Concat => (Looseness::Concat, Associativity::Right),
            Operator::Plus | Operator::Minus => (Looseness::Sum, Associativity::Left),
            Operator::Update => (Looseness::Update, Associativity::Right),
            Operator::Equal | Operator::NotEqual => (Looseness::Equality, Associativity::Neither),
            Operator::And => (Looseness::And, Associativity::Left),
            Operator::Or => (Looseness::Or, Associativity::Left),
        }
    }
}

/// Lays out a row of the same operator; broken, each operand is on a line with its operator.
fn link<'a>(items: &mut Items<'a>, row: Operator, it: Form<'a>, position: Position) {
    match (it, position) {
        (Form::Plain(Expr(Kind::Operation { operator, left, right })), _) if *operator == row => {
            items.node(SyntaxKind::NODE_BIN_OP, |items| {
                link(items, row, left_operand(row, left), position);
                items.gap(Spacing::Line);
                sign(items, row);
                link(items, row, right_operand(row, right), Position::AfterOperator);
            });
        }
        (Form::Plain(it), Position::Opening) if is_absorbable_term(Form::Plain(it)) => {
            bare(items, it);
        }
        (it, Position::First | Position::Opening) => form(items, it),
        (it, Position::AfterOperator) => items.nested(|items| after_operator(items, it)),
    }
}

fn after_operator<'a>(items: &mut Items<'a>, it: Form<'a>) {
    if let Form::Plain(Expr(Kind::Apply { function, arguments })) = it {
        items.group(GroupKind::Regular, |items| {
            application(items, Surroundings::RightHandSide, function, arguments);
        });
    } else if let Form::Plain(it @ Expr(Kind::Operation { .. })) = it {
        items.group(GroupKind::Regular, |items| {
            items.gap(Spacing::Line);
            expression(items, it);
        });
    } else {
        items.gap(Spacing::HardSpace);
        form(items, it);
    }
}

/// Returns whether the right operand is a bracket that stays behind its operator.
///
/// A row of sums is laid out as if it were read from the right, and ends in no bracket then.
fn opens_at_the_operator(operator: Operator, left: &Expr, right: &Expr) -> bool {
    operator.is_compact()
        && is_absorbable_term(Form::Plain(right))
        && !continues_sum(operator, left)
}

/// Returns the operand that a row of the same operator starts with.
fn first_operand(operator: Operator, left: &Expr) -> Form<'_> {
    if let Kind::Operation { left: first, .. } = &left.0
        && continues_sum(operator, left)
    {
        first_operand(operator, first)
    } else {
        left_operand(operator, left)
    }
}

fn continues_sum(operator: Operator, left: &Expr) -> bool {
    operator == Operator::Plus && matches!(left.0, Kind::Operation { operator: Operator::Plus, .. })
}

fn sign(items: &mut Items<'_>, operator: Operator) {
    let (kind, text) = operator.token();
    items.token(kind, text);
}

fn left_operand(operator: Operator, it: &Expr) -> Form<'_> {
    operand(operator, Associativity::Left, it)
}

fn right_operand(operator: Operator, it: &Expr) -> Form<'_> {
    operand(operator, Associativity::Right, it)
}

fn operand(operator: Operator, side: Associativity, it: &Expr) -> Form<'_> {
    let (outer, associativity) = operator.binding();
    let inner = looseness(it);
    if inner < outer || (inner == outer && associativity == side) {
        Form::Plain(it)
    } else {
        Form::Parenthesized(it)
    }
}

fn looseness(it: &Expr) -> Looseness {
    match &it.0 {
        Kind::Identifier(_)
        | Kind::Integer(_)
        | Kind::Negative(_)
        | Kind::Text(_)
        | Kind::Path(_)
        | Kind::Select { .. }
        | Kind::List(_)
        | Kind::AttributeSet(_)
        | Kind::Apply { .. } => Looseness::Tight,
        Kind::Operation { operator, .. } => operator.binding().0,
        Kind::Not(_) => Looseness::Not,
        Kind::Lambda { .. } | Kind::Let { .. } => Looseness::Greedy,
    }
}
