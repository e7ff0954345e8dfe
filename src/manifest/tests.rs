//! Manifests and what is said about them.

mod include;
mod keys;
mod merge;
mod nix;
mod places;
mod recovery;
mod robustness;
mod syntax;
mod values;
mod yaml;

use expect_test::Expect;

use crate::manifest::Format::{self, Json, Nix, Toml, Yaml};
use crate::manifest::model::Manifest;
use crate::manifest::parse;

/// Checks all that is said about a manifest.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
fn check(format: Format, text: &str, expected: Expect) {
    let (_, source, problems) = parse("unitsmith", text.as_bytes().to_vec(), format);
    for problem in &problems {
        let at = source.position(&problem.place);
        let rendered = source.render(std::slice::from_ref(problem));
        assert!(rendered.contains(&format!("--> unitsmith:{}:{}\n", at.line, at.column)));
    }
    expected.assert_eq(&source.render(&problems));
}

/// Checks all that is said about a manifest in TOML, and that JSON with the same faults has the same codes.
#[track_caller]
fn check_both(toml: &str, json: &str, expected: Expect) {
    check(Toml, toml, expected);
    assert_eq!(codes(Toml, toml), codes(Json, json), "TOML, then JSON");
}

fn codes(format: Format, text: &str) -> Vec<&'static str> {
    let (_, _, problems) = parse("unitsmith", text.as_bytes().to_vec(), format);
    let mut codes: Vec<_> = problems.iter().map(|problem| problem.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

#[track_caller]
fn parse_well(format: Format, text: &str) -> Manifest {
    let (manifest, source, problems) = parse("unitsmith", text.as_bytes().to_vec(), format);
    assert_eq!(source.render(&problems), "");
    manifest.expect("a manifest without problems")
}

/// A valid manifest with a value of every type in every notation.
const VALID_TOML: &str = include_str!("tests/valid.toml");
/// The same in JSON.
const VALID_JSON: &str = include_str!("tests/valid.json");

/// The same in YAML.
const VALID_YAML: &str = include_str!("tests/valid.yaml");
/// The same in Nix.
const VALID_NIX: &str = include_str!("tests/valid.nix");

/// The same manifest in every notation.
const VALID: &[(Format, &str)] =
    &[(Toml, VALID_TOML), (Json, VALID_JSON), (Yaml, VALID_YAML), (Nix, VALID_NIX)];

#[test]
fn all_notations_say_the_same() {
    let toml = parse_well(Toml, VALID_TOML);
    for (format, text) in VALID {
        assert_eq!(parse_well(*format, text), toml, "{format:?}");
    }
    assert_eq!(toml.services.len(), 3);
}
