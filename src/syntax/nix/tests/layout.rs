//! How the expressions that modules are made of look.

use expect_test::expect;

use crate::syntax::nix::tests::{cfg, check, check_value};
use crate::syntax::nix::{
    Operator, Pattern, apply, attribute_set, bind, concat, equal, function, identifier, integer,
    lambda, list, not, null, operation, path, reference, select, string, update,
};

#[test]
fn values_stay_on_the_line_where_they_fit() {
    let many = (1..=30).map(|it| identifier(&format!("name{it}")));
    check_value(
        list([]),
        expect![[r#"
        {
          x = [ ];
        }
    "#]],
    );
    check_value(
        attribute_set([]),
        expect![[r#"
        {
          x = { };
        }
    "#]],
    );
    check_value(
        list([string("sockets.target")]),
        expect![[r#"
        {
          x = [ "sockets.target" ];
        }
    "#]],
    );
    check_value(
        list([string(&"long ".repeat(25))]),
        expect![[r#"
        {
          x = [
            "long long long long long long long long long long long long long long long long long long long long long long long long long "
          ];
        }
    "#]],
    );
    check_value(
        list([string("a"), string("b")]),
        expect![[r#"
        {
          x = [
            "a"
            "b"
          ];
        }
    "#]],
    );
    check_value(
        list([apply(identifier("f"), [null()])]),
        expect![[r#"
        {
          x = [ (f null) ];
        }
    "#]],
    );
    check_value(
        list([attribute_set([bind(["a"], null())])]),
        expect![[r#"
        {
          x = [
            {
              a = null;
            }
          ];
        }
    "#]],
    );
    check_value(
        apply(identifier("f"), many),
        expect![[r#"
        {
          x =
            f name1 name2 name3 name4 name5 name6 name7 name8 name9 name10 name11 name12 name13 name14 name15
              name16
              name17
              name18
              name19
              name20
              name21
              name22
              name23
              name24
              name25
              name26
              name27
              name28
              name29
              name30;
        }
    "#]],
    );
}

#[test]
fn functions_open_their_last_argument_on_the_line() {
    let set = || attribute_set([bind(["a"], null())]);
    let pair = || list([identifier("a"), identifier("b")]);
    check_value(
        apply(reference("lib.mkIf"), [cfg("enable"), set()]),
        expect![[r#"
        {
          x = lib.mkIf cfg.enable {
            a = null;
          };
        }
    "#]],
    );
    check_value(
        apply(reference("lib.optionals"), [cfg("enable"), pair()]),
        expect![[r#"
        {
          x = lib.optionals cfg.enable [
            a
            b
          ];
        }
    "#]],
    );
    check_value(
        apply(reference("lib.mkForce"), [cfg("restart")]),
        expect![[r#"
        {
          x = lib.mkForce cfg.restart;
        }
    "#]],
    );
    check_value(
        apply(
            reference("lib.concatMapStringsSep"),
            [string(","), identifier("toString"), concat(pair(), cfg("ports"))],
        ),
        expect![[r#"
            {
              x = lib.concatMapStringsSep "," toString (
                [
                  a
                  b
                ]
                ++ cfg.ports
              );
            }
        "#]],
    );
    check_value(
        apply(identifier("map"), [function("name", set()), identifier("names")]),
        expect![[r#"
            {
              x = map (name: {
                a = null;
              }) names;
            }
        "#]],
    );
    check_value(
        apply(reference("types.submodule"), [lambda(Pattern::open(["name"]), set())]),
        expect![[r#"
            {
              x = types.submodule (
                {
                  name,
                  ...
                }:
                {
                  a = null;
                }
              );
            }
        "#]],
    );
}

#[test]
fn operators_stand_before_what_they_add() {
    let set = || attribute_set([bind(["a"], null())]);
    let pair = || list([identifier("a"), identifier("b")]);
    check_value(
        update(set(), cfg("environment")),
        expect![[r#"
        {
          x = {
            a = null;
          }
          // cfg.environment;
        }
    "#]],
    );
    check_value(
        update(cfg("environment"), set()),
        expect![[r#"
        {
          x = cfg.environment // {
            a = null;
          };
        }
    "#]],
    );
    check_value(
        concat(pair(), concat(cfg("extra"), pair())),
        expect![[r#"
        {
          x = [
            a
            b
          ]
          ++ cfg.extra
          ++ [
            a
            b
          ];
        }
    "#]],
    );
    check_value(
        concat(cfg("ports"), apply(reference("lib.optionals"), [cfg("enable"), pair()])),
        expect![[r#"
            {
              x =
                cfg.ports
                ++ lib.optionals cfg.enable [
                  a
                  b
                ];
            }
        "#]],
    );
}

#[test]
fn parentheses_stand_where_nix_needs_them() {
    let [a, b, c] = ["a", "b", "c"].map(identifier);
    let call = apply(a.clone(), [b.clone()]);
    let elements = [
        integer(-1),
        integer(1),
        integer(i64::MIN),
        call.clone(),
        select(call.clone(), ["c"]),
        select(path("./a.nix"), ["b"]),
        apply(call.clone(), [call.clone(), integer(-2)]),
        apply(function("x", identifier("x")), [null()]),
        operation(Operator::Minus, a.clone(), operation(Operator::Minus, b.clone(), c.clone())),
        operation(Operator::Minus, operation(Operator::Minus, a.clone(), b.clone()), c.clone()),
        update(update(a.clone(), b.clone()), c.clone()),
        update(a.clone(), update(b.clone(), concat(b.clone(), c.clone()))),
        equal(equal(a.clone(), b.clone()), not(c.clone())),
        not(equal(a.clone(), b.clone())),
        not(not(call)),
        operation(
            Operator::And,
            operation(Operator::Or, a.clone(), b.clone()),
            equal(integer(-1), c.clone()),
        ),
        operation(Operator::Or, operation(Operator::And, a, b), c),
        path("./with blank.nix"),
    ];
    check(
        &list(elements),
        expect![[r#"
        [
          (-1)
          1
          (-9223372036854775807 - 1)
          (a b)
          (a b).c
          (./a.nix).b
          (a b (a b) (-2))
          ((x: x) null)
          (a - (b - c))
          (a - b - c)
          ((a // b) // c)
          (a // b // b ++ c)
          ((a == b) == !c)
          (!(a == b))
          (!!a b)
          ((a || b) && -1 == c)
          (a && b || c)
          (./. + "/with blank.nix")
        ]
    "#]],
    );
}
