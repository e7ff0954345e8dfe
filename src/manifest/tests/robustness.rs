//! Manifests with a typing mistake anywhere.

use std::ops::Range;

use crate::manifest::Format::{self, Json, Nix, Toml, Yaml};
use crate::manifest::parse;
use crate::manifest::tests::{VALID, VALID_JSON, VALID_NIX, VALID_TOML, VALID_YAML};
use crate::problem::{Code, Problem};

/// What is typed by mistake; each of them opens, closes or ends something.
const INSERTIONS: &[&str] = &[
    "\"", "'", "\"\"\"", "\\", "[", "]", "{", "}", "=", ":", ",", ".", "#", "\n", "\r", "\u{0}",
    "é", "-", "0", "e", " x ", "null", "\\u", "[[a]]\n", "/",
];

/// Checks that a text with `replacement` instead of a range of it has sensible problems, or none.
fn check_mistake(format: Format, text: &str, range: Range<usize>, replacement: &str) {
    let mut mistaken = text.to_owned();
    mistaken.replace_range(range.clone(), replacement);
    let lines = mistaken.split('\n').count();
    let (manifest, source, problems) = parse("unitsmith", mistaken.into_bytes(), format);
    assert!(manifest.is_some() || !problems.is_empty(), "{range:?} {replacement:?}");
    for problem in &problems {
        let position = source.position(&problem.place);
        assert!((1..=lines).contains(&position.line), "{range:?} {replacement:?} {problem:?}");
        assert!(position.column >= 1, "{range:?} {replacement:?} {problem:?}");
    }
    let rendered = source.render(&problems);
    assert_eq!(rendered.matches("--> unitsmith:").count(), problems.len(), "{rendered}");
    // One mistake of the typist is not ten of the syntax.
    let broken = problems.iter().filter(|problem| problem.code == Code::Syntax).count();
    assert!(broken <= 6, "{range:?} {replacement:?}\n{rendered}");
    // Where the syntax is broken, what the parser made of it is not worth a problem.
    assert!(broken == 0 || problems.len() <= 7, "{range:?} {replacement:?}\n{rendered}");
}

fn check_all_mistakes(format: Format, text: &str) {
    for (start, character) in text.char_indices() {
        check_mistake(format, text, start..start + character.len_utf8(), "");
    }
    // The others have larger texts for the same manifest, and slower parsers.
    let step = if matches!(format, Toml | Json) { 3 } else { 13 };
    for (start, _) in text.char_indices().step_by(step) {
        for insertion in INSERTIONS {
            check_mistake(format, text, start..start, insertion);
        }
    }
}

#[test]
fn a_mistake_anywhere_in_toml_has_sensible_problems() {
    check_all_mistakes(Toml, VALID_TOML);
}

#[test]
fn a_mistake_anywhere_in_json_has_sensible_problems() {
    check_all_mistakes(Json, VALID_JSON);
}

#[test]
fn a_mistake_anywhere_in_yaml_has_sensible_problems() {
    check_all_mistakes(Yaml, VALID_YAML);
}

#[test]
fn a_mistake_anywhere_in_nix_has_sensible_problems() {
    check_all_mistakes(Nix, VALID_NIX);
}

#[test]
fn a_file_that_ends_too_early_has_sensible_problems() {
    for (format, text) in VALID {
        for (end, _) in text.char_indices() {
            check_mistake(*format, text, end..text.len(), "");
        }
    }
}

/// What a letter becomes by a slip of the finger.
const SLIPS: &[char] = &['x', 'Q', '7', '_', '-'];

#[test]
fn a_slip_of_the_finger_is_told_where_it_is() {
    for (format, text) in VALID {
        let letters: Vec<(usize, char)> =
            text.char_indices().filter(|(_, it)| it.is_ascii_alphanumeric()).collect();
        for slip in 0..300 {
            let (at, letter) = letters[slip * letters.len() / 300];
            let mut mistaken = text.to_string();
            let replacement = SLIPS[slip % SLIPS.len()];
            mistaken.replace_range(at..at + letter.len_utf8(), &replacement.to_string());
            let line = mistaken[..at].matches('\n').count() + 1;
            let (_, source, problems) = parse("unitsmith", mistaken.into_bytes(), *format);
            let is_near =
                |problem: &Problem| source.position(&problem.place).line.abs_diff(line) <= 1;
            for problem in &problems {
                // A name with a slip is another name, and what stood below it is missed where the rest of it is.
                let is_missed = problem.code == Code::MissingKey;
                assert!(
                    is_near(problem) || is_missed,
                    "{format:?} line {line}, `{letter}` is `{replacement}`:\n{}",
                    source.render(&problems)
                );
            }
        }
    }
}
