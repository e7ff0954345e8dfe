//! Nix itself reads what the printer of Nix meant.

use std::io::Write as _;
use std::process::{Command, Stdio};

use unitsmith::syntax::nasty::NASTY;
use unitsmith::syntax::nix::{
    Expr, Part, attribute_set, bind, identifier, integer, let_in, list, path, select, string, text,
    to_text,
};

/// Evaluates an expression with Nix, as JSON.
fn evaluate(expression: &Expr) -> serde_json::Value {
    let state = tempfile::tempdir().unwrap();
    let mut nix = Command::new("nix-instantiate")
        .args(["--eval", "--strict", "--json", "--store", "dummy://", "-"])
        .env("HOME", state.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`nix-instantiate` is missing: `apt install nix-bin`");
    let mut stdin = nix.stdin.take().expect("standard input is piped");
    stdin.write_all(to_text("a test", expression).as_bytes()).expect("Nix reads its input");
    drop(stdin);
    let output = nix.wait_with_output().expect("Nix ends");
    assert!(output.status.success(), "Nix refuses:\n{}", to_text("", expression));
    serde_json::from_slice(&output.stdout).expect("Nix writes JSON")
}

#[test]
fn every_nasty_text_is_what_nix_reads() {
    let read = evaluate(&list(NASTY.iter().map(|it| string(it))));
    assert_eq!(read, serde_json::json!(NASTY));
}

#[test]
fn every_nasty_text_stays_itself_beside_an_interpolation() {
    let around = |it: &str| {
        text([
            Part::Text(it.to_owned()),
            Part::Interpolation(identifier("a")),
            Part::Text(it.to_owned()),
        ])
    };
    let texts = list(NASTY.iter().map(|it| around(it)));
    let read = evaluate(&let_in([bind(["a"], string("A"))], texts));
    let expected: Vec<String> = NASTY.iter().map(|it| format!("{it}A{it}")).collect();
    assert_eq!(read, serde_json::json!(expected));
}

#[test]
fn every_nasty_text_is_an_attribute_name() {
    let set = attribute_set(NASTY.iter().map(|it| bind([*it], string(it))));
    let selected = list(NASTY.iter().map(|it| select(identifier("set"), [*it])));
    let read = evaluate(&let_in([bind(["set"], set)], selected));
    assert_eq!(read, serde_json::json!(NASTY));
}

#[test]
fn numbers_are_what_nix_reads() {
    let numbers = [0, 1, -1, i64::MAX, i64::MIN + 1, i64::MIN];
    assert_eq!(evaluate(&list(numbers.map(integer))), serde_json::json!(numbers));
}

#[test]
fn a_path_may_have_blanks_in_its_name() {
    let name = |it: &str| {
        text([Part::Interpolation(unitsmith::syntax::nix::apply(
            identifier("baseNameOf"),
            [path(it)],
        ))])
    };
    let read = evaluate(&list(["./a.nix", "./a b.nix", "../é/$${x}"].map(name)));
    assert_eq!(read, serde_json::json!(["a.nix", "a b.nix", "$${x}"]));
}
