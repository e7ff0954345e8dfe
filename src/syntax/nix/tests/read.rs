//! What is read of files that somebody else has laid out, and what is refused.

use expect_test::expect;

use crate::syntax::nix::{
    Binding, BindingKind, Expr, Fragment, Kind, Parameter, Space, read, to_text,
};

impl Expr {
    /// The expression without comments and blank lines, which nobody reads back.
    pub(super) fn without_layout(&self) -> Expr {
        let inner = |it: &Expr| Box::new(it.without_layout());
        let all = |them: &[Expr]| them.iter().map(Expr::without_layout).collect();
        let bindings = |them: &[Binding]| them.iter().map(Binding::without_layout).collect();
        Expr(match &self.0 {
            Kind::Identifier(_) | Kind::Integer(_) | Kind::Negative(_) | Kind::Path(_) => {
                self.0.clone()
            }
            Kind::Text(fragments) => {
                let fragments = fragments.iter().map(|it| match it {
                    Fragment::Escaped(_) => it.clone(),
                    Fragment::Interpolation(it) => Fragment::Interpolation(it.without_layout()),
                });
                Kind::Text(fragments.collect())
            }
            Kind::Select { base, names } => {
                Kind::Select { base: inner(base), names: names.clone() }
            }
            Kind::List(elements) => Kind::List(all(elements)),
            Kind::AttributeSet(them) => Kind::AttributeSet(bindings(them)),
            Kind::Apply { function, arguments } => {
                Kind::Apply { function: inner(function), arguments: all(arguments) }
            }
            Kind::Operation { operator, left, right } => {
                Kind::Operation { operator: *operator, left: inner(left), right: inner(right) }
            }
            Kind::Not(operand) => Kind::Not(inner(operand)),
            Kind::Lambda { parameter, body } => {
                let parameter = match parameter {
                    Parameter::Name(name) => Parameter::Name(name.clone()),
                    Parameter::Pattern(pattern) => Parameter::Pattern(pattern.clone()),
                };
                Kind::Lambda { parameter, body: inner(body) }
            }
            Kind::Let { bindings: them, body } => {
                Kind::Let { bindings: bindings(them), body: inner(body) }
            }
        })
    }
}

impl Binding {
    fn without_layout(&self) -> Binding {
        let kind = match &self.kind {
            BindingKind::Assign { path, value } => {
                BindingKind::Assign { path: path.clone(), value: value.without_layout() }
            }
            BindingKind::Inherit { source, names } => BindingKind::Inherit {
                source: source.as_ref().map(Expr::without_layout),
                names: names.clone(),
            },
        };
        Binding { kind, comment: None, space: Space::NewLine }
    }
}

#[test]
fn layout_comments_and_superfluous_parentheses_mean_nothing() {
    let text = r#"
        { config, lib, ... } : /* of mine */
        ({ "a"."b c" = ((lib.mkIf)) (config.x) [ (1) (- 1) "x${ (toString) 5 }y" ];
           s = ''
             two ''${x}
               lines
           ''; })
    "#;
    let read = read::expression(text).expect("it is Nix");
    expect![[r#"
        {
          config,
          lib,
          ...
        }:
        {
          a."b c" = lib.mkIf config.x [
            1
            (-1)
            "x${toString 5}y"
          ];
          s = "two \${x}\n  lines\n";
        }
    "#]]
    .assert_eq(&to_text("", &read));
}

#[test]
fn what_no_generated_file_has_is_refused_where_it_stands() {
    let check = |text: &str, place: &str| {
        let unreadable = read::expression(text).expect_err(text);
        assert_eq!(&text[unreadable.range], place, "{text}: {}", unreadable.message);
    };
    check("{ a = with b; c; }", "with b; c");
    check("{ a = if b then c else d; }", "if b then c else d");
    check("rec { a = b; }", "rec { a = b; }");
    check("a.b or c", "a.b or c");
    check("[ 1.5 /etc ]", "1.5");
    check("[ /etc ]", "/etc");
    check("{ ${a} = 1; }", "${a}");
    check("{ a ? 1 }: a", "a ? 1");
    check("args@{ a }: a", "args@{ a }");
    check("a * b", "a * b");
    check("{ a = 1; ", "");
    check("", "");
}

/// Each is repeated so often that whoever follows it level by level runs out of stack.
#[test]
fn what_nests_too_deeply_is_refused_in_place_of_a_crash() {
    let deep: [(&str, &str, &str); 14] = [
        ("[", "", "]"),
        ("[", "", ""),
        ("(", "a", ")"),
        ("{ a = ", "a", "; }"),
        ("{ a = a; b = ", "a", "; }"),
        ("\"${", "a", "}\""),
        ("!", "a", ""),
        ("-", "1", ""),
        ("a: ", "a", ""),
        ("if a then a else ", "a", ""),
        ("let a = a; in ", "a", ""),
        ("with a; ", "a", ""),
        ("a ++ ", "a", ""),
        ("a ", "a", ""),
    ];
    for (before, middle, after) in deep {
        for count in [300, 20_000] {
            let text = format!("{}{middle}{}", before.repeat(count), after.repeat(count));
            let read = read::expression(&text);
            assert!(count == 300 || read.is_err(), "{before} {middle} {after}");
        }
    }
}

#[test]
fn what_stands_side_by_side_is_not_deep() {
    let all = |what: &str| what.repeat(10_000);
    let text = format!("{{ a = [ {} ]; {} }}", all("a (b c) "), all("\"b\".c = d e; "));
    // The names are all the same, which is for those who evaluate it to refuse.
    assert!(read::expression(&text).is_ok());
    assert!(read::expression(&format!("\"{}\"", all("${a}b"))).is_ok());
}
