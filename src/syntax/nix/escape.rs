//! What a text becomes between double quotes, and which names need them.

/// What follows a piece of text inside its string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    ByEnd,
    ByInterpolation,
}

/// Returns the text as it stands between double quotes.
///
/// Contract: no NUL, which a Nix string cannot hold.
pub(super) fn escape(text: &str, followed: Followed) -> String {
    debug_assert!(!text.contains('\0'), "a Nix string cannot hold NUL: {text:?}");
    // Most texts have nothing to escape.
    if !text.bytes().any(|it| matches!(it, b'"' | b'\\' | b'\n' | b'\t' | b'\r' | b'$')) {
        return text.to_owned();
    }
    let mut res = String::with_capacity(text.len() + text.len() / 8);
    let mut characters = text.chars().peekable();
    while let Some(it) = characters.next() {
        match it {
            '"' => res.push_str("\\\""),
            '\\' => res.push_str("\\\\"),
            '\n' => res.push_str("\\n"),
            '\t' => res.push_str("\\t"),
            // Nix reads a bare carriage return as a line feed.
            '\r' => res.push_str("\\r"),
            // Only what stands before a brace starts an interpolation; other dollars stay readable.
            '$' => match (characters.peek(), followed) {
                (Some('{'), _) | (None, Followed::ByInterpolation) => res.push_str("\\$"),
                (Some(_), _) | (None, Followed::ByEnd) => res.push('$'),
            },
            _ => res.push(it),
        }
    }
    res
}

/// Returns what stands between double quotes as the text that it is, the inverse of [`escape`].
pub(super) fn unescape(escaped: &str) -> String {
    let mut text = String::with_capacity(escaped.len());
    let mut characters = escaped.chars();
    while let Some(it) = characters.next() {
        if it != '\\' {
            text.push(it);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            other => text.extend(other),
        }
    }
    text
}

/// Whether a name can stand without quotes is a property of its characters and of the keywords.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        && bytes.all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'\''))
        && !is_keyword(name)
}

/// Whether a path literal can hold the text, which starts with `./` or `../`.
pub(super) fn is_path_literal(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_alphanumeric() || b"/_.+-".contains(&it))
        && !text.ends_with('/')
        && !text.contains("//")
}

fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "assert" | "else" | "if" | "in" | "inherit" | "let" | "or" | "rec" | "then" | "with"
    )
}

#[cfg(test)]
mod tests {
    use super::{Followed, escape, is_identifier, is_path_literal, unescape};
    use crate::syntax::nasty::NASTY;

    #[test]
    fn every_nasty_text_comes_back() {
        for it in NASTY {
            for followed in [Followed::ByEnd, Followed::ByInterpolation] {
                assert_eq!(unescape(&escape(it, followed)), *it);
            }
        }
    }

    #[test]
    fn a_dollar_is_escaped_only_where_an_interpolation_would_start() {
        let cases = [
            ("$HOME", "$HOME"),
            ("$", "$"),
            ("${x}", "\\${x}"),
            ("$${x}", "$\\${x}"),
            ("$$${x}", "$$\\${x}"),
            ("$$", "$$"),
        ];
        for (text, expected) in cases {
            assert_eq!(escape(text, Followed::ByEnd), expected);
        }
        assert_eq!(escape("$", Followed::ByInterpolation), "\\$");
        assert_eq!(escape("$$", Followed::ByInterpolation), "$\\$");
    }

    #[test]
    fn names_are_quoted_only_where_nix_needs_it() {
        for name in ["a", "_", "cf-torrent", "x'", "A1", "true", "null", "import"] {
            assert!(is_identifier(name), "`{name}`");
        }
        for name in ["", "1a", "-a", "'a", "a.b", "a b", "é", "or", "with", "inherit", "a$"] {
            assert!(!is_identifier(name), "`{name}`");
        }
    }

    #[test]
    fn a_path_literal_has_neither_odd_characters_nor_empty_parts() {
        for path in ["./a.nix", "./.", "../x/y-z_1+2.nix"] {
            assert!(is_path_literal(path), "`{path}`");
        }
        for path in ["./a b.nix", "./", "./a//b", "./é", "./a/", "./a@b"] {
            assert!(!is_path_literal(path), "`{path}`");
        }
    }
}
