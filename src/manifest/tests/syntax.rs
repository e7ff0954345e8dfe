//! What is no TOML and no JSON.

use expect_test::{Expect, expect};

use crate::manifest::Format::{Json, Nix, Toml, Yaml};
use crate::manifest::model::Manifest;
use crate::manifest::parse;
use crate::manifest::tests::{VALID_JSON, VALID_TOML, check, parse_well};

/// Checks what the first problem of each of several texts is, on one line each.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
fn check_json(texts: &[&str], expected: Expect) {
    let lines: String = texts
        .iter()
        .map(|text| {
            let (manifest, source, problems) = parse("", text.as_bytes().to_vec(), Json);
            let problem = problems.first().expect("it is no JSON");
            assert_eq!(manifest, None);
            let at = source.position(&problem.place);
            let code = problem.code.as_str();
            format!("{text:?} {code} {}:{} {}\n", at.line, at.column, problem.message)
        })
        .collect();
    expected.assert_eq(&lines);
}

#[test]
fn syntax_errors_are_reported_together_and_with_problems_elsewhere() {
    check(
        Toml,
        "\
[services.web
port = 80

[services.db]
port = = 3
user = bob
imagee = 3

[services.other]
imagee = 3
container = {}
",
        expect![[r#"
            error[US001]: unclosed table, expected `]`
             --> unitsmith:1:14
              |
            1 | [services.web
              |              ^

            error[US001]: extra `=`, expected nothing
             --> unitsmith:5:8
              |
            5 | port = = 3
              |        ^

            error[US001]: string values must be quoted, expected literal string
             --> unitsmith:6:8
              |
            6 | user = bob
              |        ^^^
              |
              = help: put it in quotes: `"bob"`

            error[US002]: `imagee` is not a key of `services.other`
              --> unitsmith:10:1
               |
            10 | imagee = 3
               | ^^^^^^
               |
               = help: keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

        "#]],
    );
}

#[test]
fn what_an_unclosed_value_swallows_is_no_problem_of_its_own() {
    check(
        Toml,
        "\
[services.web]
hosts = [\"a\", \"b\"
port = 80

[services.db]
user = \"db
group = '''db

[services.other]
imagee = 3
",
        expect![[r#"
            error[US001]: missing comma between array elements, expected `,`
             --> unitsmith:3:1
              |
            3 | port = 80
              | ^
              |
              = help: put a comma before it, or close what was opened before

        "#]],
    );
}

#[test]
fn what_is_missing_is_reported_where_it_should_stand() {
    check(
        Toml,
        "[hosts]\n\n[services.db]\nuser =\nport\n",
        expect![[r#"
            error[US001]: a value is missing
             --> unitsmith:4:7
              |
            4 | user =
              |       ^

            error[US001]: key with no value, expected `=`
             --> unitsmith:5:5
              |
            5 | port
              |     ^

        "#]],
    );
    check(
        Toml,
        "[services.db]\nhosts = [\n  'a',\n",
        expect![[r#"
            error[US001]: unclosed array, expected `]`
             --> unitsmith:3:7
              |
            3 |   'a',
              |       ^

        "#]],
    );
}

#[test]
fn json_errors_have_a_place() {
    check(
        Json,
        "{\n  \"nixos\":\n",
        expect![[r#"
        error[US001]: expected value after colon in object property
         --> unitsmith:2:11
          |
        2 |   "nixos":
          |           ^

    "#]],
    );
    check(
        Json,
        "{\n  \"services\": {\n    \"größe\": { \"port\": 80, }\n  }\n}\n",
        expect![[r#"
        error[US001]: trailing commas are not allowed
         --> unitsmith:3:26
          |
        3 |     "größe": { "port": 80, }
          |                          ^

    "#]],
    );
}

#[test]
fn json_is_json_and_nothing_beyond() {
    check_json(
        &[
            "",
            " \n",
            "{",
            "{} {}",
            "// comment\n{}",
            "{ \"nixos\": {} /* comment */ }",
            "{ nixos: {} }",
            "{ 'nixos': {} }",
            "{ \"nixos\": {} \"hosts\": {} }",
            "{ \"nixos\" {} }",
            "{ \"nixos\": }",
            "[1 2]",
            "[1,]",
            "[,]",
            "[01]",
            "[+1]",
            "[.5]",
            "[1.]",
            "[0x1]",
            "[1e]",
            "[-]",
            "[NaN]",
            "[-Infinity]",
            "[True]",
            "[\"\t\"]",
            "[\"\n\"]",
            "[\"\\x41\"]",
            "[\"\\ud800\"]",
            "[\"\\udc00\\ud800\"]",
            "[\"\\u12\"]",
            "[\"open]",
            "[1\u{b}]",
            "[1,\u{a0}2]",
            "[1]\u{0}",
        ],
        expect![[r#"
            "" US001 1:1 the file is empty
            " \n" US001 1:1 the file is empty
            "{" US001 1:1 unterminated object
            "{} {}" US001 1:4 text cannot contain more than one JSON value
            "// comment\n{}" US001 1:1 comments are not allowed
            "{ \"nixos\": {} /* comment */ }" US001 1:15 comments are not allowed
            "{ nixos: {} }" US001 1:3 expected string for object property
            "{ 'nixos': {} }" US001 1:3 single-quoted strings are not allowed
            "{ \"nixos\": {} \"hosts\": {} }" US001 1:14 expected comma
            "{ \"nixos\" {} }" US001 1:11 expected colon after the string or word in object property
            "{ \"nixos\": }" US001 1:12 unexpected close brace
            "[1 2]" US001 1:3 expected comma
            "[1,]" US001 1:3 trailing commas are not allowed
            "[,]" US001 1:2 unexpected comma
            "[01]" US001 1:3 expected comma
            "[+1]" US001 1:2 unary plus on numbers is not allowed
            "[.5]" US001 1:2 leading or trailing decimal points on numbers are not allowed
            "[1.]" US001 1:2 leading or trailing decimal points on numbers are not allowed
            "[0x1]" US001 1:2 hexadecimal numbers are not allowed
            "[1e]" US001 1:4 expected plus, minus, or digit in number literal
            "[-]" US001 1:3 expected digit following negative sign
            "[NaN]" US001 1:2 unexpected token
            "[-Infinity]" US001 1:2 infinity and NaN are not allowed
            "[True]" US001 1:2 unexpected token
            "[\"\t\"]" US001 1:3 a string goes over the end of its line or has a control character
            "[\"\n\"]" US001 1:3 a string goes over the end of its line or has a control character
            "[\"\\x41\"]" US001 1:3 invalid escape
            "[\"\\ud800\"]" US001 1:3 invalid unicode escape sequence: 'd800 (unpaired high surrogate)' is not a valid UTF8 character
            "[\"\\udc00\\ud800\"]" US001 1:3 invalid unicode escape sequence: 'dc00 (unpaired low surrogate)' is not a valid UTF8 character
            "[\"\\u12\"]" US001 1:3 expected four hex digits
            "[\"open]" US001 1:2 unterminated string literal
            "[1\u{b}]" US001 1:3 expected `,` or `]`
            "[1,\u{a0}2]" US001 1:4 expected value
            "[1]\0" US001 1:4 unexpected token
        "#]],
    );
}

#[test]
fn deep_nesting_is_a_problem_and_not_a_crash() {
    for (open, close, format) in [
        ("[", "]", Json),
        ("{\"a\":", "}", Json),
        ("[", "]", Toml),
        ("{a=", "}", Toml),
        ("a.", "", Toml),
        ("[a.b]\na.", "", Toml),
        ("[", "]", Yaml),
        ("{a: ", "}", Yaml),
        ("- ", "", Yaml),
        ("[", "]", Nix),
        ("{a=", ";}", Nix),
        ("a.", "", Nix),
    ] {
        let deep = open.repeat(100_000);
        let text = match format {
            Json | Yaml => format!("{deep}1{}", close.repeat(100_000)),
            Nix if open == "a." => format!("{{ {deep}a = 1; }}"),
            Nix => format!("{deep}1{}", close.repeat(100_000)),
            Toml => format!(
                "{}{deep}a{}",
                if open == "a." { "" } else { "a = " },
                close.repeat(100_000)
            ),
        };
        let (manifest, source, problems) = parse("deep", text.into_bytes(), format);
        assert_eq!(manifest, None);
        assert!(!source.render(&problems[..1]).is_empty());
    }
    // As deep as the parsers go at all.
    for depth in [60, 100, 200, 250, 500] {
        let list = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        parse("deep", list.clone().into_bytes(), Json);
        parse("deep", list.clone().into_bytes(), Yaml);
        parse("deep", format!("{{ {}a = {list}; }}", "a.".repeat(70)).into_bytes(), Nix);
        parse("deep", format!("{}a = {list}", "a.".repeat(70)).into_bytes(), Toml);
    }
}

#[test]
fn an_empty_file_is_an_empty_manifest_in_toml_only() {
    assert_eq!(parse_well(Toml, ""), Manifest::default());
    assert_eq!(parse_well(Toml, "\r\n# nothing\r\n"), Manifest::default());
    assert_eq!(parse_well(Json, "{}"), Manifest::default());
    check(
        Json,
        "",
        expect![[r#"
        error[US001]: the file is empty
         --> unitsmith:1:1
          |
        1 |
          | ^
          |
          = help: an empty manifest is `{}`

    "#]],
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let marked = |text| format!("\u{feff}{text}");
    assert_eq!(parse_well(Toml, &marked(VALID_TOML)), parse_well(Toml, VALID_TOML));
    assert_eq!(parse_well(Json, &marked(VALID_JSON)), parse_well(Json, VALID_JSON));
    check(
        Toml,
        "\u{feff}nix = 1",
        expect![[r#"
            error[US002]: `nix` is not a key of the manifest
             --> unitsmith:1:1
              |
            1 | nix = 1
              | ^^^
              |
              = help: did you mean `nixos`? keys are: builds, cloudflared, companions, defaults, groups, hosts, images, include, networks, nixos, pods, services, templates, tsProxy, volumes

        "#]],
    );
}

#[test]
fn line_breaks_of_windows_do_not_show() {
    check(
        Toml,
        "[services.web]\r\nport = 'x'\r\nuser = 'a\r\n\r\n[services.db]\r\nprot = 1\r\n",
        expect![[r#"
            error[US001]: invalid literal string, expected non-single-quote visible characters
             --> unitsmith:3:10
              |
            3 | user = 'a
              |          ^

            error[US002]: `prot` is not a key of `services.db`
             --> unitsmith:6:1
              |
            6 | prot = 1
              | ^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

        "#]],
    );
    check(
        Json,
        "{\r\n  \"nix\": {},\r\n  \"services\": 1\r\n}\r\n",
        expect![[r#"
            error[US002]: `nix` is not a key of the manifest
             --> unitsmith:2:3
              |
            2 |   "nix": {},
              |   ^^^^^
              |
              = help: did you mean `nixos`? keys are: builds, cloudflared, companions, defaults, groups, hosts, images, include, networks, nixos, pods, services, templates, tsProxy, volumes

            error[US003]: `services` takes a table, not an integer
             --> unitsmith:3:15
              |
            3 |   "services": 1
              |               ^

        "#]],
    );
}

#[test]
fn what_is_not_utf8_is_reported_where_it_begins() {
    let (manifest, source, problems) =
        parse("unitsmith", b"# gr\xc3\xb6\xc3\x9fe\nuser = \"\xf6\"\n".to_vec(), Toml);
    assert_eq!(manifest, None);
    expect![[r#"
        error[US001]: the manifest is not UTF-8 from here on
         --> unitsmith:2:9
          |
        2 | user = "�"
          |         ^
          |
          = help: save the file as UTF-8

    "#]]
    .assert_eq(&source.render(&problems));
}
