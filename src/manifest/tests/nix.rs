//! What is peculiar to Nix.

use expect_test::expect;

use crate::manifest::Format::{Nix, Toml};
use crate::manifest::tests::{check, parse_well};

#[test]
fn what_would_have_to_be_evaluated_is_a_problem() {
    check(
        Nix,
        r#"{
  services.web = {
    description = "on ${port}";
    user = ''two ${user}'';
    group = lib.mkDefault "web";
    port = 80 + 1;
    exec.workingDirectory = /srv;
    exec.command = [ /bin/web (x: x) (-1) ];
    environment = with x; { };
    hosts = rec { };
    allow = let a = 1; in a;
    dependsOn = if true then { } else { };
    environmentFiles = files;
    activation = { inherit on; };
    ${name} = 1;
    "a${b}" = 2;
    documentation = [ https://example.org ];
  };
}
"#,
        expect![[r#"
            error[US008]: Nix would fill in `${port}`, and a manifest is not evaluated
             --> unitsmith:3:19
              |
            3 |     description = "on ${port}";
              |                   ^^^^^^^^^^^^
              |
              = help: write `\${port}` for a reference of the manifest

            error[US008]: Nix would fill in `${user}`, and a manifest is not evaluated
             --> unitsmith:4:12
              |
            4 |     user = ''two ${user}'';
              |            ^^^^^^^^^^^^^^^
              |
              = help: write `''${user}` for a reference of the manifest

            error[US008]: a manifest has no place for a call of a function: it is read and not evaluated
             --> unitsmith:5:13
              |
            5 |     group = lib.mkDefault "web";
              |             ^^^^^^^^^^^^^^^^^^^
              |
              = help: write what it would be

            error[US008]: a manifest has no place for an operator: it is read and not evaluated
             --> unitsmith:6:12
              |
            6 |     port = 80 + 1;
              |            ^^^^^^
              |
              = help: write what it would be

            error[US008]: a manifest has no place for a path without quotes: it is read and not evaluated
             --> unitsmith:7:29
              |
            7 |     exec.workingDirectory = /srv;
              |                             ^^^^
              |
              = help: put it in quotes

            error[US008]: a manifest has no place for a path without quotes: it is read and not evaluated
             --> unitsmith:8:22
              |
            8 |     exec.command = [ /bin/web (x: x) (-1) ];
              |                      ^^^^^^^^
              |
              = help: put it in quotes

            error[US008]: a manifest has no place for a function: it is read and not evaluated
             --> unitsmith:8:31
              |
            8 |     exec.command = [ /bin/web (x: x) (-1) ];
              |                               ^^^^^^
              |
              = help: write what it would be

            error[US003]: `services.web.exec.command[2]` takes a string or a table, not an integer
             --> unitsmith:8:38
              |
            8 |     exec.command = [ /bin/web (x: x) (-1) ];
              |                                      ^^^^
              |
              = help: put it in quotes: `"(-1)"`

            error[US008]: a manifest has no place for `with`: it is read and not evaluated
             --> unitsmith:9:19
              |
            9 |     environment = with x; { };
              |                   ^^^^^^^^^^^
              |
              = help: write what it would be

            error[US008]: a manifest has no place for `rec`: it is read and not evaluated
              --> unitsmith:10:13
               |
            10 |     hosts = rec { };
               |             ^^^^^^^
               |
               = help: write what it would be

            error[US008]: a manifest has no place for `let`: it is read and not evaluated
              --> unitsmith:11:13
               |
            11 |     allow = let a = 1; in a;
               |             ^^^^^^^^^^^^^^^
               |
               = help: write what it would be

            error[US008]: a manifest has no place for `if`: it is read and not evaluated
              --> unitsmith:12:17
               |
            12 |     dependsOn = if true then { } else { };
               |                 ^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: write what it would be

            error[US008]: `files` is a variable, and a manifest is not evaluated
              --> unitsmith:13:24
               |
            13 |     environmentFiles = files;
               |                        ^^^^^
               |
               = help: put text in quotes: `"files"`

            error[US004]: `services.web.activation` has no `on`
              --> unitsmith:14:5
               |
            14 |     activation = { inherit on; };
               |     ^^^^^^^^^^
               |
               = help: add `on`

            error[US008]: a manifest has no place for `inherit`: it is read and not evaluated
              --> unitsmith:14:20
               |
            14 |     activation = { inherit on; };
               |                    ^^^^^^^^^^^
               |
               = help: write what it would be

            error[US008]: a manifest has no place for a name in `${…}`: it is read and not evaluated
              --> unitsmith:15:5
               |
            15 |     ${name} = 1;
               |     ^^^^^^^
               |
               = help: write what it would be

            error[US008]: a manifest has no place for a name with `${…}`: it is read and not evaluated
              --> unitsmith:16:5
               |
            16 |     "a${b}" = 2;
               |     ^^^^^^^
               |
               = help: write what it would be

            error[US008]: a manifest has no place for an address without quotes: it is read and not evaluated
              --> unitsmith:17:23
               |
            17 |     documentation = [ https://example.org ];
               |                       ^^^^^^^^^^^^^^^^^^^
               |
               = help: put it in quotes

        "#]],
    );
    check(
        Nix,
        "{ lib, ... }: { }",
        expect![[r#"
        error[US008]: a manifest has no place for a function: it is read and not evaluated
         --> unitsmith:1:1
          |
        1 | { lib, ... }: { }
          | ^^^^^^^^^^^^^^^^^
          |
          = help: write what it would be

    "#]],
    );
    check(
        Nix,
        "[ ]",
        expect![[r#"
        error[US003]: the manifest takes a table, not a list
         --> unitsmith:1:1
          |
        1 | [ ]
          | ^^^

    "#]],
    );
}

#[test]
fn what_is_no_nix_is_shown_where_it_ends_to_be() {
    check(
        Nix,
        "{ services.web = { port = 80 }; }",
        expect![[r#"
        error[US001]: expected `;`
         --> unitsmith:1:30
          |
        1 | { services.web = { port = 80 }; }
          |                              ^

    "#]],
    );
    check(
        Nix,
        "{\n  services.web = {\n    port = 80;\n",
        expect![[r#"
        error[US001]: the file ends too early
         --> unitsmith:3:15
          |
        3 |     port = 80;
          |               ^

    "#]],
    );
    check(
        Nix,
        "{ a = \"b; }\n",
        expect![[r#"
        error[US001]: this does not belong here
         --> unitsmith:1:8
          |
        1 | { a = "b; }
          |        ^^^^

    "#]],
    );
    check(
        Nix,
        "",
        expect![[r#"
        error[US001]: the file is empty
         --> unitsmith:1:1
          |
        1 |
          | ^
          |
          = help: an empty manifest is `{ }`

    "#]],
    );
    check(
        Nix,
        &"[".repeat(600),
        expect![[r#"
        error[US001]: tables and lists are nested too deeply
         --> unitsmith:1:257
          |
         ::: 
        1 | ...[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...
          |                                                                    ^

    "#]],
    );
}

#[test]
fn a_set_may_be_written_in_several_places_but_no_value_twice() {
    let toml = "services.web = { port = 1, user = 'a', environment = { A = 'x', B = 'y' } }";
    let nix = r#"{
        services.web.environment.A = "x";
        services = { web = { port = 1; environment = { B = "y"; }; }; };
        services."web".user = "a";
    }"#;
    assert_eq!(parse_well(Nix, nix), parse_well(Toml, toml));
    check(
        Nix,
        r#"{
  services.web.port = 1;
  services.web = { port = 2; user = "a"; };
  services.web.user.b = 1;
  services = 3;
}
"#,
        expect![[r#"
            error[US006]: `port` already stands in this table
             --> unitsmith:3:20
              |
            3 |   services.web = { port = 2; user = "a"; };
              |                    ^^^^
              |
              = help: remove one of the two

            error[US006]: `user` already stands in this table
             --> unitsmith:4:16
              |
            4 |   services.web.user.b = 1;
              |                ^^^^
              |
              = help: remove one of the two

            error[US006]: `services` already stands in this table
             --> unitsmith:5:3
              |
            5 |   services = 3;
              |   ^^^^^^^^
              |
              = help: remove one of the two

        "#]],
    );
}

#[test]
fn strings_are_what_nix_makes_of_them() {
    let check = |nix: &str, expected: &str| {
        let manifest = parse_well(Nix, &format!("{{ services.web.description = {nix}; }}"));
        assert_eq!(manifest.services["web"].description.as_deref(), Some(expected), "{nix}");
    };
    check(r#""a\n\t\"\\\${x}$${y}$""#, "a\n\t\"\\${x}$${y}$");
    check("''\n    one\n      two ''${x} ''' ''\\n\n  ''", "one\n  two ${x} '' \n\n");
    check("(\"in parentheses\")", "in parentheses");
    check("\"\"", "");
}
