//! How deeply a text nests, found out before anything follows it down.
//!
//! The parser, the reader and whoever drops their trees call themselves once for each level,
//! and a text that somebody sends should not end the program.

use std::ops::Range;

use rnix::SyntaxKind;

/// Returns the token with which a text nests more deeply than anything that is generated.
///
/// Brackets nest, and so does each word after another: `f a b` is a call of a call, `a + b + c` a sum of a sum.
/// The elements of a list and the bindings of a set stand side by side.
pub(super) fn too_deep(text: &str) -> Option<Range<usize>> {
    let mut offset = 0;
    let mut open = vec![Level::default()];
    let mut depth = 0_usize;
    for (kind, token) in rnix::tokenize(text) {
        let level = open.last_mut()?;
        if SEPARATING.contains(&kind) {
            depth -= std::mem::take(&mut level.words);
        } else if OPENING.contains(&kind) {
            open.push(Level { is_list: kind == SyntaxKind::TOKEN_L_BRACK, words: 1 });
            depth += 1;
        } else if CLOSING.contains(&kind) {
            // One that closes nothing is an error of syntax, for others to find.
            if open.len() > 1 {
                depth -= open.pop().map_or(0, |it| it.words);
            }
        } else if !level.is_list && !SILENT.contains(&kind) {
            level.words += 1;
            depth += 1;
        }
        if depth > DEEPEST {
            return Some(offset..offset + token.len());
        }
        offset += token.len();
    }
    None
}

const SEPARATING: [SyntaxKind; 2] = [SyntaxKind::TOKEN_SEMICOLON, SyntaxKind::TOKEN_COMMA];

const OPENING: [SyntaxKind; 4] = [
    SyntaxKind::TOKEN_L_BRACK,
    SyntaxKind::TOKEN_L_BRACE,
    SyntaxKind::TOKEN_L_PAREN,
    SyntaxKind::TOKEN_INTERPOL_START,
];

const CLOSING: [SyntaxKind; 4] = [
    SyntaxKind::TOKEN_R_BRACK,
    SyntaxKind::TOKEN_R_BRACE,
    SyntaxKind::TOKEN_R_PAREN,
    SyntaxKind::TOKEN_INTERPOL_END,
];

/// What nobody calls anything for.
const SILENT: [SyntaxKind; 4] = [
    SyntaxKind::TOKEN_WHITESPACE,
    SyntaxKind::TOKEN_COMMENT,
    SyntaxKind::TOKEN_STRING_CONTENT,
    SyntaxKind::TOKEN_STRING_END,
];

/// What stands between two brackets.
#[derive(Default)]
struct Level {
    is_list: bool,
    /// What may be above the next word, the bracket included.
    words: usize,
}

/// Several times what the deepest emitted module has, and far less than the stack of [`STACK`] bytes has room for.
pub(super) const DEEPEST: usize = 500;

/// Bytes; a debug build needs up to 14 KiB for a level.
pub(super) const STACK: usize = 32 << 20;
