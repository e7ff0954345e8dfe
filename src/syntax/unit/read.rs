//! Unit files read back: the inverse of the printer.
//!
//! It reads what the printer and NixOS write, by the rules that systemd applies, and nothing else:
//! there are no continuation lines, because nobody here writes any.

use crate::directive::Quoting;

/// One section of a unit file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'a> {
    pub name: &'a str,
    /// The keys with their values, in the order of the file.
    pub entries: Vec<(&'a str, &'a str)>,
}

/// Reads the sections of a unit file; the error is the line that is neither of them nor a comment.
pub fn sections(text: &str) -> Result<Vec<Section<'_>>, &str> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    // What Unicode takes for blanks beyond these is text to systemd.
    let blanks = [' ', '\t', '\r'];
    for line in text.lines().map(|it| it.trim_matches(blanks)) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            sections.push(Section { name, entries: Vec::new() });
            continue;
        }
        let (key, value) = line.split_once('=').ok_or(line)?;
        let section = sections.last_mut().ok_or(line)?;
        section.entries.push((key.trim_end_matches(blanks), value.trim_start_matches(blanks)));
    }
    Ok(sections)
}

/// Reads a value back into the texts that were given to the printer; `None` when it is not of that class.
pub fn texts(quoting: Quoting, value: &str) -> Option<Vec<String>> {
    match quoting {
        Quoting::Plain | Quoting::Names | Quoting::QuadletNotify => {
            Some(value.split(' ').map(str::to_owned).collect())
        }
        Quoting::Line => Some(vec![halve(value, &['%'])?]),
        Quoting::QuadletRaw => Some(vec![halve(value, &['%', '$'])?]),
        Quoting::Command => {
            let words = words(value.trim_start_matches(['-', '+']))?;
            words.iter().map(|it| halve(it, &['%', '$'])).collect()
        }
        Quoting::QuadletItems => items(value).iter().map(|it| halve(it, &['%', '$'])).collect(),
        Quoting::QuadletWords => words(value)?.iter().map(|it| halve(it, &['%', '$'])).collect(),
        Quoting::Variables => words(value)?.iter().map(|it| halve(it, &['%'])).collect(),
    }
}

/// Undoes the doubling of characters; a single one would be a specifier or a variable.
fn halve(text: &str, doubled: &[char]) -> Option<String> {
    let mut halved = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(it) = rest.next() {
        if doubled.contains(&it) && rest.next() != Some(it) {
            return None;
        }
        halved.push(it);
    }
    Some(halved)
}

/// Splits a line into words at blanks that stand in no quotes; a backslash is a character like others.
fn items(line: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item: Option<String> = None;
    let mut quote = None;
    for it in line.chars() {
        match (quote, it) {
            (None, ' ' | '\t') => items.extend(item.take()),
            (None, '"' | '\'') => {
                quote = Some(it);
                item.get_or_insert_default();
            }
            (Some(open), _) if it == open => quote = None,
            _ => item.get_or_insert_default().push(it),
        }
    }
    items.extend(item);
    items
}

/// Splits a line into words as systemd does: quotes of both kinds, C escapes in and out of them.
pub fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut rest = line.chars();
    while let Some(it) = rest.next() {
        let mut bytes = [0; 4];
        match (quote, it) {
            (None, ' ' | '\t' | '\n') => words.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(it);
                word.get_or_insert_default();
            }
            (Some(open), _) if it == open => quote = None,
            (_, '\\') => word.get_or_insert_default().extend(unescape(&mut rest)?),
            _ => word.get_or_insert_default().extend(it.encode_utf8(&mut bytes).bytes()),
        }
    }
    if quote.is_some() {
        return None;
    }
    words.extend(word);
    words.into_iter().map(|it| String::from_utf8(it).ok()).collect()
}

/// Reads what follows a backslash (systemd's `cunescape_one`).
fn unescape(rest: &mut std::str::Chars<'_>) -> Option<Vec<u8>> {
    let byte = match rest.next()? {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        's' => b' ',
        '\\' => b'\\',
        '"' => b'"',
        '\'' => b'\'',
        'x' => u8::try_from(hex(rest, 2)?).ok()?,
        'u' => return Some(char::from_u32(hex(rest, 4)?)?.to_string().into_bytes()),
        _ => return None,
    };
    Some(vec![byte])
}

fn hex(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<u32> {
    (0..digits).try_fold(0, |value, _| Some(value * 16 + rest.next()?.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_systemd_splits_them() {
        let check = |line: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|it| it.iter().map(|it| (*it).to_owned()).collect());
            assert_eq!(words(line), expected, "{line}");
        };
        check(r#"a "b c" 'd "e'"#, Some(&["a", "b c", "d \"e"]));
        check(r#"mid"quote"d """#, Some(&["midquoted", ""]));
        check(r#"'\x41\n\u00e9' \s"#, Some(&["A\né", " "]));
        check(r#""open"#, None);
        check(r"\q", None);
    }

    #[test]
    fn a_single_specifier_is_not_data() {
        assert_eq!(texts(Quoting::Line, "100%%n"), Some(vec!["100%n".to_owned()]));
        assert_eq!(texts(Quoting::Line, "100%n"), None);
        assert_eq!(
            texts(Quoting::Command, "/bin/echo $$x '$$'"),
            Some(vec!["/bin/echo".into(), "$x".into(), "$".into()])
        );
        assert_eq!(texts(Quoting::Command, "/bin/echo $x"), None);
    }
}
