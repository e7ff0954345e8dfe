//! What is peculiar to YAML.

use expect_test::expect;

use crate::manifest::Format::{Toml, Yaml};
use crate::manifest::tests::{check, parse_well};

#[test]
fn what_readers_of_yaml_take_for_different_things_is_a_problem() {
    check(
        Yaml,
        "\
services:
  web:
    restart: { policy: no }
    user: ON
    environment:
      OCTAL: 0755
      PORTS: 22:22
      THOUSAND: 1_000
      PORT: 80
      DAY: 2026-11-21
      HALF: .5
      NONE: ~
      NAME: yes # please
      WORD: nope
      QUOTED: 'no'
      VERSION: 1.2.3
      TIME: 12:99
",
        expect![[r#"
            error[US007]: `no` is a boolean or a word, depending on who reads it
             --> unitsmith:3:24
              |
            3 |     restart: { policy: no }
              |                        ^^
              |
              = help: write `true` or `false`, or put it in quotes: `"no"`

            error[US007]: `ON` is a boolean or a word, depending on who reads it
             --> unitsmith:4:11
              |
            4 |     user: ON
              |           ^^
              |
              = help: write `true` or `false`, or put it in quotes: `"ON"`

            error[US007]: `0755` is an octal or a decimal number, depending on who reads it
             --> unitsmith:6:14
              |
            6 |       OCTAL: 0755
              |              ^^^^
              |
              = help: write a number in plain digits without a zero in front, or put it in quotes: `"0755"`

            error[US007]: `22:22` is a number of base 60 or a word, depending on who reads it
             --> unitsmith:7:14
              |
            7 |       PORTS: 22:22
              |              ^^^^^
              |
              = help: write a number in plain digits without a zero in front, or put it in quotes: `"22:22"`

            error[US007]: `1_000` is a number or a word, depending on who reads it
             --> unitsmith:8:17
              |
            8 |       THOUSAND: 1_000
              |                 ^^^^^
              |
              = help: write a number in plain digits without a zero in front, or put it in quotes: `"1_000"`

            error[US003]: `services.web.environment.PORT` takes a string, not an integer
             --> unitsmith:9:13
              |
            9 |       PORT: 80
              |             ^^
              |
              = help: put it in quotes: `"80"`

            error[US003]: `services.web.environment.DAY` takes a string, not a date or time
              --> unitsmith:10:12
               |
            10 |       DAY: 2026-11-21
               |            ^^^^^^^^^^
               |
               = help: put it in quotes: `"2026-11-21"`

            error[US003]: `services.web.environment.HALF` takes a string, not a number with a fraction or exponent
              --> unitsmith:11:13
               |
            11 |       HALF: .5
               |             ^^
               |
               = help: put it in quotes: `".5"`

            error[US003]: `services.web.environment.NONE` takes a string, not null
              --> unitsmith:12:13
               |
            12 |       NONE: ~
               |             ^
               |
               = help: leave the key out

            error[US007]: `yes` is a boolean or a word, depending on who reads it
              --> unitsmith:13:13
               |
            13 |       NAME: yes # please
               |             ^^^
               |
               = help: write `true` or `false`, or put it in quotes: `"yes"`

        "#]],
    );
}

#[test]
fn what_a_manifest_has_its_own_words_for_is_a_problem() {
    check(
        Yaml,
        "\
services:
  web: &web
    user: web
  db:
    user: !!str 5
    group: *web
    hosts: !set [a]
",
        expect![[r#"
            error[US008]: a manifest has neither anchors nor aliases
             --> unitsmith:2:8
              |
            2 |   web: &web
              |        ^^^^
              |
              = help: say in `defaults` or `templates` what services share

            error[US008]: a manifest has no tags: a value is what it looks like
             --> unitsmith:5:11
              |
            5 |     user: !!str 5
              |           ^^^^^^^
              |
              = help: leave the tag out, and put text in quotes

            error[US008]: a manifest has neither anchors nor aliases
             --> unitsmith:6:12
              |
            6 |     group: *web
              |            ^^^^
              |
              = help: say in `defaults` or `templates` what services share

            error[US008]: a manifest has no tags: a value is what it looks like
             --> unitsmith:7:12
              |
            7 |     hosts: !set [a]
              |            ^^^^^^^^
              |
              = help: leave the tag out, and put text in quotes

        "#]],
    );
    check(
        Yaml,
        "a: &x { b: 1 }\nc:\n  <<: *x\n",
        expect![[r#"
        error[US001]: a manifest has no merge keys
         --> unitsmith:3:3
          |
        3 |   <<: *x
          |   ^^
          |
          = help: say in `defaults` or `templates` what services share

    "#]],
    );
    check(
        Yaml,
        "services: {}\n---\nservices: {}\n",
        expect![[r#"
            error[US001]: a second document begins here, and a manifest is one
             --> unitsmith:2:1
              |
            2 | ---
              | ^^^
              |
              = help: keep one of them

        "#]],
    );
    check(
        Yaml,
        "? [a]\n: b\n",
        expect![[r#"
        error[US001]: a key is a word here, and no list, mapping or alias
         --> unitsmith:1:3
          |
        1 | ? [a]
          |   ^^^
          |
          = help: write the key as text

    "#]],
    );
    check(
        Yaml,
        "services:\n\tweb: {}\n",
        expect![[r#"
        error[US001]: tabs disallowed within this context (block indentation)
         --> unitsmith:2:2
          |
        2 |     web: {}
          |     ^
          |
          = help: indent with blanks

    "#]],
    );
    check(
        Yaml,
        "- a\n",
        expect![[r#"
        error[US003]: the manifest takes a table, not a list
         --> unitsmith:1:1
          |
        1 | - a
          | ^^^

    "#]],
    );
    check(
        Yaml,
        &"[".repeat(300),
        expect![[r#"
            error[US001]: tables and lists are nested too deeply
             --> unitsmith:1:256
              |
            1 | ...[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
              |                                                                    ^

        "#]],
    );
    check(
        Yaml,
        &"- ".repeat(300),
        expect![[r#"
        error[US001]: tables and lists are nested too deeply
         --> unitsmith:1:257
          |
         ::: 
        1 | ...- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - ...
          |                                                                    ^

    "#]],
    );
}

#[test]
fn carets_stand_under_the_very_key_or_value_of_yaml() {
    check(
        Yaml,
        "\
# Größe
services:
  späti:
    \"prot\": 80 # why
    description: >
      folded
      text
    environment:
      ключ: 日本語
      RATE: 10   # a comment
    user: {a: 1}
    group:
      - 1

      # the end
  späti:
    port: 1
",
        expect![[r#"
            error[US002]: `prot` is not a key of `services.späti`
             --> unitsmith:4:5
              |
            4 |     "prot": 80 # why
              |     ^^^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US003]: `services.späti.environment.RATE` takes a string, not an integer
              --> unitsmith:10:13
               |
            10 |       RATE: 10   # a comment
               |             ^^
               |
               = help: put it in quotes: `"10"`

            error[US003]: `services.späti.user` takes a string, not a table
              --> unitsmith:11:11
               |
            11 |     user: {a: 1}
               |           ^^^^^^

            error[US003]: `services.späti.group` takes a string, not a list
              --> unitsmith:13:7
               |
            13 |       - 1
               |       ^^^

            error[US006]: `späti` already stands in this table
              --> unitsmith:16:3
               |
            16 |   späti:
               |   ^^^^^
               |
               = help: remove one of the two

        "#]],
    );
}

#[test]
fn a_file_without_content_is_an_empty_manifest() {
    for text in ["", "# nothing\n", "---\n", "{}"] {
        assert_eq!(parse_well(Yaml, text), parse_well(Toml, ""), "{text:?}");
    }
}
