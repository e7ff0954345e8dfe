//! How functions and their arguments are laid out.
//!
//! The last argument may open on the line of the function and go on below;
//! the others stay on that line, or each gets its own.

use rnix::SyntaxKind;

use crate::syntax::nix::item::{Compaction, GroupKind, Item, Items, Spacing};
use crate::syntax::nix::rules::{
    Form, bare, expression, form, is_absorbable_term, is_simple, is_simple_application,
    parameter_and_colon,
};
use crate::syntax::nix::{Expr, Kind, Parameter};

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    None,
    /// Behind `=` or an operator.
    RightHandSide,
    Parentheses,
}

/// Lists up to this length count as one of the things that may stand on a line.
const SHORT_LIST: usize = 6;

/// Lays out a function with at least one argument.
pub(super) fn application<'a>(
    items: &mut Items<'a>,
    surroundings: Surroundings,
    function: &'a Expr,
    arguments: &'a [Expr],
) {
    items.group(GroupKind::Regular, |items| {
        let start = items.items.len();
        if surroundings == Surroundings::RightHandSide {
            items.gap(Spacing::Line);
        }
        // One node for each argument, the outermost for the last.
        for _ in arguments {
            items.items.push(Item::Start(SyntaxKind::NODE_APPLY));
        }
        if let Some((before, [first, second])) = two_lists(arguments) {
            items.group(GroupKind::Transparent, |items| {
                chain(items, surroundings, function, before);
            });
            for it in [first, second] {
                items.gap(Spacing::Line);
                items.nested(|items| items.group(GroupKind::Regular, |items| inner(items, it)));
                items.items.push(Item::Finish);
            }
            if surroundings == Surroundings::Parentheses {
                items.gap(Spacing::Break);
            }
            return;
        }
        let (last_argument, before) = arguments.split_last().expect("an application has arguments");
        items.group(GroupKind::Transparent, |items| chain(items, surroundings, function, before));
        if is_simple_application(function, arguments)
            && items.compact(start, None) == Compaction::Done
        {
            items.gap(Spacing::HardSpace);
            last(items, last_argument);
        } else {
            items.gap(Spacing::Line);
            last(items, last_argument);
            if surroundings == Surroundings::Parentheses {
                items.gap(Spacing::Break);
            }
        }
        items.items.push(Item::Finish);
    });
}

/// Lays out `(…)` as the last argument.
fn parenthesized_last<'a>(items: &mut Items<'a>, it: &'a Expr) {
    items.group(GroupKind::Priority, |items| {
        items.nested(|items| {
            items.node(SyntaxKind::NODE_PAREN, |items| {
                items.token(SyntaxKind::TOKEN_L_PAREN, "(");
                items.gap(Spacing::Break);
                items.group(GroupKind::Regular, |items| {
                    items.nested(|items| expression(items, it));
                });
                items.gap(Spacing::Break);
                items.token(SyntaxKind::TOKEN_R_PAREN, ")");
            });
        });
    });
}

/// Lays out the function and the arguments before the last, and ends the nodes of those arguments.
fn chain<'a>(
    items: &mut Items<'a>,
    surroundings: Surroundings,
    function: &'a Expr,
    arguments: &'a [Expr],
) {
    if let Some((before, pair)) = two_lists(arguments) {
        // Two lists in a row are both broken or both not.
        items.group(GroupKind::Transparent, |items| {
            items.group(GroupKind::Transparent, |items| {
                chain(items, surroundings, function, before);
            });
            items.nested(|items| {
                items.group(GroupKind::Regular, |items| {
                    for it in pair {
                        items.gap(Spacing::Line);
                        items.group(GroupKind::Regular, |items| inner(items, it));
                        items.items.push(Item::Finish);
                    }
                });
            });
        });
    } else if let Some((it, before)) = arguments.split_last() {
        items.group(GroupKind::Transparent, |items| chain(items, surroundings, function, before));
        items.gap(Spacing::Line);
        // A selection stays whole; only what follows its dot could move.
        let kind = if matches!(it.0, Kind::Select { .. }) {
            GroupKind::Regular
        } else {
            GroupKind::Priority
        };
        items.nested(|items| items.group(kind, |items| inner(items, it)));
        items.items.push(Item::Finish);
    } else if surroundings == Surroundings::Parentheses {
        items.nested(|items| {
            items.group(GroupKind::Regular, |items| {
                items.gap(Spacing::Break);
                form(items, Form::term(function));
            });
        });
    } else {
        form(items, Form::term(function));
    }
}

fn two_lists(arguments: &[Expr]) -> Option<(&[Expr], [&Expr; 2])> {
    match arguments {
        [before @ .., first @ Expr(Kind::List(_)), second @ Expr(Kind::List(_))] => {
            Some((before, [first, second]))
        }
        _ => None,
    }
}

/// Lays out an argument that is not the last.
fn inner<'a>(items: &mut Items<'a>, it: &'a Expr) {
    if let Kind::List(elements) = &it.0
        && elements.len() <= SHORT_LIST
        && elements.iter().all(is_simple)
    {
        bare(items, it);
    } else {
        form(items, Form::term(it));
    }
}

fn last<'a>(items: &mut Items<'a>, it: &'a Expr) {
    match Form::term(it) {
        Form::Plain(it) if is_absorbable_term(Form::Plain(it)) => priority(items, |items| {
            bare(items, it);
        }),
        Form::Plain(it) => items.group(GroupKind::Regular, |items| {
            items.nested(|items| expression(items, it));
        }),
        Form::Parenthesized(it) => {
            if let Kind::Lambda { parameter: Parameter::Name(name), body } = &it.0
                && is_absorbable_term(Form::Plain(body))
            {
                tight(items, SyntaxKind::NODE_LAMBDA, |items| {
                    parameter_and_colon(items, name);
                    items.gap(Spacing::HardSpace);
                    bare(items, body);
                });
            } else if let Kind::Apply { function, arguments } = &it.0
                && let (Kind::Identifier(_), [argument]) = (&function.0, &arguments[..])
                && is_absorbable_term(Form::Plain(argument))
            {
                tight(items, SyntaxKind::NODE_APPLY, |items| {
                    expression(items, function);
                    items.gap(Spacing::HardSpace);
                    bare(items, argument);
                });
            } else {
                parenthesized_last(items, it);
            }
        }
    }
}

/// Lays out parentheses that never stand apart from what they hold.
fn tight<'a>(items: &mut Items<'a>, kind: SyntaxKind, content: impl FnOnce(&mut Items<'a>)) {
    priority(items, |items| {
        items.node(SyntaxKind::NODE_PAREN, |items| {
            items.token(SyntaxKind::TOKEN_L_PAREN, "(");
            items.node(kind, content);
            items.token(SyntaxKind::TOKEN_R_PAREN, ")");
        });
    });
}

fn priority<'a>(items: &mut Items<'a>, content: impl FnOnce(&mut Items<'a>)) {
    items.group(GroupKind::Priority, |items| items.nested(content));
}
