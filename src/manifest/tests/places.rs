//! Where problems are shown.

use expect_test::expect;

use crate::manifest::Format::{Json, Toml};
use crate::manifest::parse;
use crate::manifest::tests::{check, check_both};

#[test]
fn several_kinds_of_problems_come_in_the_order_of_the_text() {
    check_both(
        r#"
[services.web]
port = "http"
prot = 80
container.pull = "allways"

[services.db.container]
ports = [{ container = "x" }, { host = 1 }]
image = 5
image = "postgres"
"#,
        r#"{ "services": {
            "web": { "port": "http", "prot": 80, "container": { "pull": "allways" } },
            "db": { "container": {
                "ports": [{ "container": "x" }, { "host": 1 }],
                "image": 5,
                "image": "postgres"
            } }
        } }"#,
        expect![[r#"
            error[US003]: `services.web.port` takes an integer, not a string
             --> unitsmith:3:8
              |
            3 | port = "http"
              |        ^^^^^^

            error[US002]: `prot` is not a key of `services.web`
             --> unitsmith:4:1
              |
            4 | prot = 80
              | ^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US004]: `services.web.container` has no `image`
             --> unitsmith:5:1
              |
            5 | container.pull = "allways"
              | ^^^^^^^^^
              |
              = help: add `image`

            error[US005]: `allways` is not a value of `services.web.container.pull`
             --> unitsmith:5:18
              |
            5 | container.pull = "allways"
              |                  ^^^^^^^^^
              |
              = help: did you mean `always`? values are: always, missing, never, newer

            error[US003]: `services.db.container.ports[0].container` takes an integer, not a string
             --> unitsmith:8:24
              |
            8 | ports = [{ container = "x" }, { host = 1 }]
              |                        ^^^

            error[US004]: `services.db.container.ports[1]` has no `container`
             --> unitsmith:8:31
              |
            8 | ports = [{ container = "x" }, { host = 1 }]
              |                               ^^^^^^^^^^^^
              |
              = help: add `container`

            error[US003]: `services.db.container.image` takes a string, not an integer
             --> unitsmith:9:9
              |
            9 | image = 5
              |         ^
              |
              = help: put it in quotes: `"5"`

            error[US006]: `image` already stands in this table
              --> unitsmith:10:1
               |
            10 | image = "postgres"
               | ^^^^^
               |
               = help: remove one of the two

        "#]],
    );
}

#[test]
fn carets_stand_under_the_very_key_or_value() {
    check(
        Toml,
        "\
# Lines of several bytes and tabs before the column.
services.\"späti\".environment = { \"ключ\" = \"日本語\", RATE = 10 }
services . web . prot\t=\t80
services.web.description = '''
several
lines''' # and nothing wrong
services.web.environment.TEXT = \"\"\"a
b\"\"\"
services.web.user = [
  \"a\",
  \"b\",
]
services.'a.b'.'po rt' = 1
",
        expect![[r#"
            error[US003]: `services.späti.environment.RATE` takes a string, not an integer
             --> unitsmith:2:57
              |
            2 | services."späti".environment = { "ключ" = "日本語", RATE = 10 }
              |                                                            ^^
              |
              = help: put it in quotes: `"10"`

            error[US002]: `prot` is not a key of `services.web`
             --> unitsmith:3:18
              |
            3 | services . web . prot    =    80
              |                  ^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US003]: `services.web.user` takes a string, not a list
             --> unitsmith:9:21
              |
            9 | services.web.user = [
              |                     ^

            error[US002]: `po rt` is not a key of `services.a.b`
              --> unitsmith:13:16
               |
            13 | services.'a.b'.'po rt' = 1
               |                ^^^^^^^
               |
               = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

        "#]],
    );
    check(
        Json,
        "{\t\"services\": { \"späti\": { \"environment\": { \"ключ\": \"日本語\", \"RA\\u0054E\": 10 } } } }",
        expect![[r#"
            error[US003]: `services.späti.environment.RATE` takes a string, not an integer
             --> unitsmith:1:73
              |
            1 | {    "services": { "späti": { "environment": { "ключ": "日本語", "RA\u0054E": 10 } } } }
              |                                                                               ^^
              |
              = help: put it in quotes: `"10"`

        "#]],
    );
}

#[test]
fn only_a_part_of_an_endless_line_is_shown() {
    let long = format!(
        r#"{{ "services": {{ {} "web": {{ "prot": 80 }} }} }}"#,
        r#""x": {"port": 80}, "#.repeat(60)
    );
    let (_, source, problems) = parse("unitsmith", long.into_bytes(), Json);
    let wrong = problems.iter().find(|it| it.message.contains("prot")).expect("it is wrong");
    expect![[r#"
        error[US002]: `prot` is not a key of `services.web`
         --> unitsmith:1:1167
          |
         ::: 
        1 | ...{"port": 80}, "x": {"port": 80}, "x": {"port": 80},  "web": { "prot": 80 } } }
          |                                                                  ^^^^^^
          |
          = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

    "#]].assert_eq(&source.render(std::slice::from_ref(wrong)));
}
