//! How strings are laid out: text is never broken, an interpolation only where it must be.

use rnix::SyntaxKind;

use crate::syntax::nix::item::{Compaction, GroupKind, Items, Spacing};
use crate::syntax::nix::rules::{
    Form, expression, is_absorbable_term, is_simple, parenthesized_content,
};
use crate::syntax::nix::{Expr, Fragment};

/// Interpolations up to this width stay on the line, however long that gets.
const SHORT_INTERPOLATION: usize = 30;

/// Lays out a string.
pub(super) fn text<'a>(items: &mut Items<'a>, fragments: &'a [Fragment]) {
    items.group(GroupKind::Regular, |items| {
        items.node(SyntaxKind::NODE_STRING, |items| {
            items.token(SyntaxKind::TOKEN_STRING_START, "\"");
            match fragments {
                [Fragment::Interpolation(it)] => lone_interpolation(items, it),
                [Fragment::Escaped(blank), Fragment::Interpolation(it)]
                    if blank.chars().all(char::is_whitespace) =>
                {
                    items.token(SyntaxKind::TOKEN_STRING_CONTENT, blank);
                    let width = blank.chars().count();
                    items.shifted(width, |items| lone_interpolation(items, it));
                }
                [Fragment::Escaped(first), others @ ..] => {
                    items.token(SyntaxKind::TOKEN_STRING_CONTENT, first);
                    let indentation = first.chars().take_while(|it| it.is_whitespace()).count();
                    items.shifted(indentation, |items| {
                        others.iter().for_each(|it| fragment(items, it));
                    });
                }
                _ => fragments.iter().for_each(|it| fragment(items, it)),
            }
            items.token(SyntaxKind::TOKEN_STRING_END, "\"");
        });
    });
}

/// Lays out an attribute name that needs quotes.
pub(super) fn quoted_name<'a>(items: &mut Items<'a>, escaped: &'a str) {
    items.group(GroupKind::Regular, |items| {
        items.node(SyntaxKind::NODE_STRING, |items| {
            items.token(SyntaxKind::TOKEN_STRING_START, "\"");
            if !escaped.is_empty() {
                items.token(SyntaxKind::TOKEN_STRING_CONTENT, escaped);
            }
            items.token(SyntaxKind::TOKEN_STRING_END, "\"");
        });
    });
}

fn fragment<'a>(items: &mut Items<'a>, it: &'a Fragment) {
    match it {
        Fragment::Escaped(escaped) => items.token(SyntaxKind::TOKEN_STRING_CONTENT, escaped),
        Fragment::Interpolation(it) => interpolation(items, it),
    }
}

/// Lays out an interpolation that has a string for itself.
fn lone_interpolation<'a>(items: &mut Items<'a>, it: &'a Expr) {
    items.group(GroupKind::Regular, |items| {
        braces(items, |items| items.nested(|items| parenthesized_content(items, it)));
    });
}

fn interpolation<'a>(items: &mut Items<'a>, it: &'a Expr) {
    if is_absorbable_term(Form::Plain(it)) {
        items.group(GroupKind::Regular, |items| braces(items, |items| expression(items, it)));
    } else if is_simple(it) {
        braces(items, |items| {
            let start = items.items.len();
            expression(items, it);
            items.compact(start, None);
        });
    } else {
        items.group(GroupKind::Regular, |items| {
            braces(items, |items| {
                let start = items.items.len();
                expression(items, it);
                if items.compact(start, Some(SHORT_INTERPOLATION)) == Compaction::Done {
                    return;
                }
                items.items.truncate(start);
                items.nested(|items| {
                    items.gap(Spacing::Break);
                    items.group(GroupKind::Regular, |items| expression(items, it));
                    items.gap(Spacing::Break);
                });
            });
        });
    }
}

fn braces<'a>(items: &mut Items<'a>, content: impl FnOnce(&mut Items<'a>)) {
    items.node(SyntaxKind::NODE_INTERPOL, |items| {
        items.token(SyntaxKind::TOKEN_INTERPOL_START, "${");
        content(items);
        items.token(SyntaxKind::TOKEN_INTERPOL_END, "}");
    });
}
