//! What can go wrong where services are put together, told once and at the place where it was written.

use expect_test::expect;

use crate::manifest::tests::check_both;

#[test]
fn a_value_of_a_template_is_wrong_once_however_many_use_it() {
    check_both(
        r#"
[templates.web]
restart = { policy = "allways", dealy = "5s" }
[services.one]
extend = "web"
exec.command = ["/bin/one"]
[services.two]
extend = "web"
exec.command = ["/bin/two"]
"#,
        r#"{ "templates": { "web": { "restart": { "policy": "allways", "dealy": "5s" } } },
            "services": {
                "one": { "extend": "web", "exec": { "command": ["/bin/one"] } },
                "two": { "extend": "web", "exec": { "command": ["/bin/two"] } }
            } }"#,
        expect![[r#"
            error[US005]: `allways` is not a value of `templates.web.restart.policy`
             --> unitsmith:3:22
              |
            3 | restart = { policy = "allways", dealy = "5s" }
              |                      ^^^^^^^^^
              |
              = help: did you mean `always`? values are: always, no, on-abnormal, on-abort, on-failure, on-success

            error[US002]: `dealy` is not a key of `templates.web.restart`
             --> unitsmith:3:33
              |
            3 | restart = { policy = "allways", dealy = "5s" }
              |                                 ^^^^^
              |
              = help: did you mean `delay`? keys are: attempts, delay, maxDelay, policy, steps, successExitCodes, window

        "#]],
    );
}

#[test]
fn a_template_that_nobody_uses_is_checked_but_may_lack_things() {
    check_both(
        r#"
[templates.web]
container.pull = "always"
container.volumes = [{ source = "/srv" }]
port = "80"
"#,
        r#"{ "templates": { "web": {
            "container": { "pull": "always", "volumes": [{ "source": "/srv" }] }, "port": "80"
        } } }"#,
        expect![[r#"
            error[US004]: `templates.web.container.volumes[0]` has no `target`
             --> unitsmith:4:22
              |
            4 | container.volumes = [{ source = "/srv" }]
              |                      ^^^^^^^^^^^^^^^^^^^
              |
              = help: add `target`

            error[US003]: `templates.web.port` takes an integer, not a string
             --> unitsmith:5:8
              |
            5 | port = "80"
              |        ^^^^
              |
              = help: leave the quotes out: `80`

        "#]],
    );
}

#[test]
fn what_a_template_lacks_is_told_of_the_service() {
    check_both(
        r#"
[templates.web]
container.pull = "always"
[services.one]
extend = "web"
[services.two]
extend = "web"
"#,
        r#"{ "templates": { "web": { "container": { "pull": "always" } } },
            "services": { "one": { "extend": "web" }, "two": { "extend": "web" } } }"#,
        expect![[r#"
            error[US004]: `services.one.container` has no `image`
             --> unitsmith:3:1
              |
            3 | container.pull = "always"
              | ^^^^^^^^^
              |
              = help: add `image`

        "#]],
    );
}

#[test]
fn a_template_must_exist() {
    check_both(
        r#"
[templates.web]
user = "web"
[services.one]
extend = ["wep", "nothing"]
exec.command = ["/bin/one"]
"#,
        r#"{ "templates": { "web": { "user": "web" } },
            "services": { "one": { "extend": ["wep", "nothing"], "exec": { "command": ["/bin/one"] } } } }"#,
        expect![[r#"
            error[US012]: `wep` is not a template of this manifest
             --> unitsmith:5:11
              |
            5 | extend = ["wep", "nothing"]
              |           ^^^^^
              |
              = help: did you mean `web`? templates are: web

            error[US012]: `nothing` is not a template of this manifest
             --> unitsmith:5:18
              |
            5 | extend = ["wep", "nothing"]
              |                  ^^^^^^^^^
              |
              = help: templates are: web

        "#]],
    );
}

#[test]
fn templates_that_extend_each_other_are_told_once() {
    check_both(
        r#"
[templates.a]
extend = "b"
[templates.b]
extend = ["a", "b"]
[services.one]
extend = "a"
[services.two]
extend = "b"
"#,
        r#"{ "templates": { "a": { "extend": "b" }, "b": { "extend": ["a", "b"] } },
            "services": { "one": { "extend": "a" }, "two": { "extend": "b" } } }"#,
        expect![[r#"
            error[US013]: these templates extend each other: a -> b -> a
             --> unitsmith:5:11
              |
            5 | extend = ["a", "b"]
              |           ^^^
              |
              = help: take one of the `extend` out

            error[US013]: these templates extend each other: b -> b
             --> unitsmith:5:16
              |
            5 | extend = ["a", "b"]
              |                ^^^
              |
              = help: take one of the `extend` out

        "#]],
    );
}

#[test]
fn templates_and_defaults_are_tables() {
    check_both(
        r#"
defaults = 5
[templates]
web = "web"
[services.one]
extend = "web"
[services.two]
extend = 5
"#,
        r#"{ "defaults": 5, "templates": { "web": "web" },
            "services": { "one": { "extend": "web" }, "two": { "extend": 5 } } }"#,
        expect![[r#"
            error[US003]: `defaults` takes a table, not an integer
             --> unitsmith:2:12
              |
            2 | defaults = 5
              |            ^

            error[US003]: `templates.web` takes a table, not a string
             --> unitsmith:4:7
              |
            4 | web = "web"
              |       ^^^^^

            error[US003]: `services.two.extend` takes a string or a list, not an integer
             --> unitsmith:8:10
              |
            8 | extend = 5
              |          ^
              |
              = help: put it in quotes: `"5"`

        "#]],
    );
}

#[test]
fn replicas_are_a_number_from_one_on() {
    check_both(
        r#"
[services.none]
replicas = 0
[services.less]
replicas = -1
[services.more]
replicas = 1001
[services.word]
replicas = "2"
"#,
        r#"{ "services": { "none": { "replicas": 0 }, "less": { "replicas": -1 },
            "more": { "replicas": 1001 }, "word": { "replicas": "2" } } }"#,
        expect![[r#"
            error[US024]: `none` cannot have 0 replicas
             --> unitsmith:3:12
              |
            3 | replicas = 0
              |            ^
              |
              = help: write a number from 1 to 1000

            error[US024]: `less` cannot have -1 replicas
             --> unitsmith:5:12
              |
            5 | replicas = -1
              |            ^^
              |
              = help: write a number from 1 to 1000

            error[US024]: `more` cannot have 1001 replicas
             --> unitsmith:7:12
              |
            7 | replicas = 1001
              |            ^^^^
              |
              = help: write a number from 1 to 1000

            error[US003]: `services.word.replicas` takes an integer, not a string
             --> unitsmith:9:12
              |
            9 | replicas = "2"
              |            ^^^
              |
              = help: leave the quotes out: `2`

        "#]],
    );
}

#[test]
fn a_replica_needs_a_name_of_its_own() {
    check_both(
        r#"
[services.web]
replicas = 2
[services.web-1]
port = 80
"#,
        r#"{ "services": { "web": { "replicas": 2 }, "web-1": { "port": 80 } } }"#,
        expect![[r#"
            error[US011]: `web-1` would be the name of two services
             --> unitsmith:4:11
              |
            4 | [services.web-1]
              |           ^^^^^
              |
              = help: the other one is written as `web`; rename one of them

        "#]],
    );
}

#[test]
fn a_port_of_a_service_with_replicas_is_none_in_particular() {
    check_both(
        r#"
[services.web]
replicas = 2
[services.one]
environment = { A = "${services.web.port}", B = "${services.web.address}" }
"#,
        r#"{ "services": { "web": { "replicas": 2 },
            "one": { "environment": { "A": "${services.web.port}", "B": "${services.web.address}" } } } }"#,
        expect![[r#"
            error[US020]: `${services.web.port}` could be that of any replica of `web`
             --> unitsmith:5:21
              |
            5 | environment = { A = "${services.web.port}", B = "${services.web.address}" }
              |                     ^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: name one of them, or all with `${services.web.addresses}`; replicas are: web-1, web-2

            error[US020]: `${services.web.address}` could be that of any replica of `web`
             --> unitsmith:5:49
              |
            5 | environment = { A = "${services.web.port}", B = "${services.web.address}" }
              |                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: name one of them, or all with `${services.web.addresses}`; replicas are: web-1, web-2

        "#]],
    );
}

#[test]
fn a_problem_of_a_replica_is_told_once() {
    check_both(
        r#"
[services.web]
replicas = 2
restart = { policy = "allways", dealy = "5s" }
"#,
        r#"{ "services": { "web": { "replicas": 2, "restart": { "policy": "allways", "dealy": "5s" } } } }"#,
        expect![[r#"
            error[US005]: `allways` is not a value of `services.web-1.restart.policy`
             --> unitsmith:4:22
              |
            4 | restart = { policy = "allways", dealy = "5s" }
              |                      ^^^^^^^^^
              |
              = help: did you mean `always`? values are: always, no, on-abnormal, on-abort, on-failure, on-success

            error[US002]: `dealy` is not a key of `services.web-1.restart`
             --> unitsmith:4:33
              |
            4 | restart = { policy = "allways", dealy = "5s" }
              |                                 ^^^^^
              |
              = help: did you mean `delay`? keys are: attempts, delay, maxDelay, policy, steps, successExitCodes, window

        "#]],
    );
}
