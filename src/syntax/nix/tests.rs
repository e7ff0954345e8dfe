//! What every printed file is checked for, and what becomes of names, strings and comments.

mod layout;
mod module;
mod properties;
mod read;

use expect_test::{Expect, expect};
use rnix::ast;
use rowan::NodeCache;
use rowan::ast::AstNode as _;

use crate::syntax::nasty::NASTY;
use crate::syntax::nix::{
    Expr, Part, attribute_set, bind, identifier, inherit, inherit_from, null, select, string, text,
    to_green, to_text,
};

/// Checks what holds of every file, and returns its text.
fn print(comment: &str, expression: &Expr) -> String {
    let text = to_text(comment, expression);
    let green = to_green(comment, expression, &mut NodeCache::default());
    assert_eq!(rnix::SyntaxNode::new_root(green.clone()).to_string(), text, "text is the tree's");
    let parse = rnix::Root::parse(&text);
    assert!(parse.errors().is_empty(), "{:?}\n{text}", parse.errors());
    let read = parse.syntax();
    if *read.green() != *green {
        let built = rnix::SyntaxNode::new_root(green);
        assert_eq!(format!("{built:#?}"), format!("{read:#?}"), "built tree is the read tree");
    }
    let formatted = nixfmt_rs::format(&text).unwrap_or_else(|it| panic!("{it:?}\n{text}"));
    assert_eq!(text, formatted, "fixed point of nixfmt");
    text
}

fn check(expression: &Expr, expected: Expect) {
    expected.assert_eq(&print("", expression));
}

/// Checks how an expression is printed behind `x =`.
fn check_value(value: Expr, expected: Expect) {
    check(&attribute_set([bind(["x"], value)]), expected);
}

/// Reads the only string of a file back, which is the inverse of escaping.
fn read_string(text: &str) -> String {
    let tree = rnix::Root::parse(text).syntax();
    let literal = tree.descendants().find_map(ast::Str::cast).expect("there is a string");
    literal
        .normalized_parts()
        .into_iter()
        .map(|part| match part {
            ast::InterpolPart::Literal(it) => it,
            ast::InterpolPart::Interpolation(it) => panic!("`{it}` was text"),
        })
        .collect()
}

fn cfg(name: &'static str) -> Expr {
    select(identifier("cfg"), [name])
}

#[test]
fn names_are_quoted_where_nix_needs_it() {
    let names = ["cf-torrent", "x y", "or", "with", "a.b", "", "1", "${x}", "true"];
    check(
        &attribute_set(names.map(|it| bind(["a", it], null()))),
        expect![[r#"
        {
          a.cf-torrent = null;
          a."x y" = null;
          a."or" = null;
          a."with" = null;
          a."a.b" = null;
          a."" = null;
          a."1" = null;
          a."\${x}" = null;
          a.true = null;
        }
    "#]],
    );
    check_value(
        select(cfg("a"), names),
        expect![[r#"
        {
          x = cfg.a.cf-torrent."x y"."or"."with"."a.b".""."1"."\${x}".true;
        }
    "#]],
    );
    let source = select(identifier("config"), ["services", "x y"]);
    check(
        &attribute_set([
            inherit(["a", "or"]),
            inherit_from(identifier("cfg"), ["image", "environment"]),
            inherit_from(source, ["a", "b", "c", "d"]),
        ]),
        expect![[r#"
            {
              inherit a "or";
              inherit (cfg) image environment;
              inherit (config.services."x y")
                a
                b
                c
                d
                ;
            }
        "#]],
    );
}

#[test]
fn a_comment_never_becomes_code() {
    let it = bind(["a"], null()).comment("one\r\nb = 1;\rc = 2;\n\n*/ three ");
    check(
        &attribute_set([it]),
        expect![[r#"
            {
              # one
              # b = 1;
              # c = 2;
              #
              # */ three
              a = null;
            }
        "#]],
    );
}

#[test]
fn only_sets_of_one_plain_binding_are_folded() {
    let one = |value: Expr| attribute_set([bind(["b"], value)]);
    let commented = attribute_set([bind(["b"], null()).comment("why")]);
    let two = attribute_set([bind(["b"], null()), bind(["c"], null())]);
    let bindings = [
        bind(["one"], one(one(null()))).fold_single(),
        bind(["two"], one(two)).fold_single(),
        bind(["commented"], commented).fold_single(),
        bind(["inherited"], attribute_set([inherit(["a"])])).fold_single(),
        bind(["empty"], attribute_set([])).fold_single(),
    ];
    check(
        &attribute_set(bindings),
        expect![[r#"
        {
          one.b.b = null;
          two.b = {
            b = null;
            c = null;
          };
          commented = {
            # why
            b = null;
          };
          inherited = {
            inherit a;
          };
          empty = { };
        }
    "#]],
    );
}

#[test]
fn every_nasty_text_reads_back() {
    for &it in NASTY {
        assert_eq!(read_string(&print("", &string(it))), it);
        let interpolated = text([
            Part::Text(it.to_owned()),
            Part::Interpolation(identifier("a")),
            Part::Text(it.to_owned()),
        ]);
        print("", &interpolated);
    }
}

#[test]
fn texts_are_joined_before_they_are_escaped() {
    let parts = ["$", "{x}", "$"].map(|it| Part::Text(it.to_owned()));
    let variable = [Part::Interpolation(identifier("a"))];
    check(
        &text(parts.into_iter().chain(variable)),
        expect![[r#"
        "\${x}\$${a}"
    "#]],
    );
}
