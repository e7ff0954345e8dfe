//! What can go wrong with companions and overrides, told once and at the place where it was written.

use expect_test::expect;

use crate::manifest::tests::check_both;

#[test]
fn a_companion_needs_owners_that_exist() {
    check_both(
        r#"
[services.web]
[companions.ui]
for = ["wep", "ui"]
[companions.none]
for = []
[companions.absent]
[companions.word]
for = "web"
"#,
        r#"{ "services": { "web": {} }, "companions": {
            "ui": { "for": ["wep", "ui"] }, "none": { "for": [] }, "absent": {}, "word": { "for": "web" }
        } }"#,
        expect![[r#"
            error[US012]: `wep` is not a service of this manifest
             --> unitsmith:4:8
              |
            4 | for = ["wep", "ui"]
              |        ^^^^^
              |
              = help: did you mean `web`? services are: web

            error[US012]: `ui` is not a service of this manifest
             --> unitsmith:4:15
              |
            4 | for = ["wep", "ui"]
              |               ^^^^
              |
              = help: services are: web

            error[US041]: a companion for no service is never there
             --> unitsmith:6:7
              |
            6 | for = []
              |       ^^
              |
              = help: name the services that it belongs to, or take it out

            error[US004]: `companions.absent` has no `for`
             --> unitsmith:7:13
              |
            7 | [companions.absent]
              |             ^^^^^^
              |
              = help: name the services that it belongs to: `for = ["web"]`

            error[US003]: `companions.word.for` takes a list, not a string
             --> unitsmith:9:7
              |
            9 | for = "web"
              |       ^^^^^
              |
              = help: write it as a list: `["web"]`

        "#]],
    );
}

#[test]
fn a_companion_runs_where_its_owner_does_and_belongs_to_one() {
    check_both(
        r#"
[hosts.a]
[services.web]
replicas = 2
[services.ui]
companionOf = "web"
[services.log]
companionOf = "ui"
hosts = ["a"]
[companions.probe]
for = ["web"]
hosts = ["a"]
"#,
        r#"{ "hosts": { "a": {} }, "services": {
                "web": { "replicas": 2 }, "ui": { "companionOf": "web" },
                "log": { "companionOf": "ui", "hosts": ["a"] }
            },
            "companions": { "probe": { "for": ["web"], "hosts": ["a"] } } }"#,
        expect![[r#"
            error[US012]: `web` has replicas, and a companion belongs to one of them
             --> unitsmith:6:15
              |
            6 | companionOf = "web"
              |               ^^^^^
              |
              = help: name one of them, or write `companions.ui` for one each; replicas are: web-1, web-2

            error[US041]: `hosts` means nothing here: a companion runs where its owner does
             --> unitsmith:9:1
              |
            9 | hosts = ["a"]
              | ^^^^^
              |
              = help: take it out

            error[US041]: `hosts` means nothing here: a companion runs where its owner does
              --> unitsmith:12:1
               |
            12 | hosts = ["a"]
               | ^^^^^
               |
               = help: take it out

        "#]],
    );
}

#[test]
fn a_companion_needs_a_name_of_its_own() {
    check_both(
        r#"
[services.web]
[services.web-ui]
[companions.ui]
for = ["web"]
"#,
        r#"{ "services": { "web": {}, "web-ui": {} }, "companions": { "ui": { "for": ["web"] } } }"#,
        expect![[r#"
            error[US011]: `web-ui` would be the name of two services
             --> unitsmith:4:13
              |
            4 | [companions.ui]
              |             ^^
              |
              = help: the other one is written as `web-ui`; rename one of them

        "#]],
    );
}

#[test]
fn what_is_the_same_on_every_host_cannot_be_overridden() {
    check_both(
        r#"
[hosts.a]
[services.web.exec]
command = ["/bin/web"]
[services.web.overrides.a]
port = 80
hosts = ["a"]
container.image = "web"
overrides.a.port = 80
user = "web"
usr = "web"
"#,
        r#"{ "hosts": { "a": {} }, "services": { "web": {
            "exec": { "command": ["/bin/web"] },
            "overrides": { "a": {
                "port": 80, "hosts": ["a"], "container": { "image": "web" },
                "overrides": { "a": { "port": 80 } }, "user": "web", "usr": "web"
            } }
        } } }"#,
        expect![[r#"
            error[US041]: `port` cannot be overridden for a host: its ports are the same on every host
             --> unitsmith:6:1
              |
            6 | port = 80
              | ^^^^
              |
              = help: take it out

            error[US041]: `hosts` cannot be overridden for a host: an override is for the host that it is named after
             --> unitsmith:7:1
              |
            7 | hosts = ["a"]
              | ^^^^^
              |
              = help: take it out

            error[US041]: `container` cannot be overridden for a host: it is a process on every host
             --> unitsmith:8:1
              |
            8 | container.image = "web"
              | ^^^^^^^^^
              |
              = help: take it out

            error[US041]: `overrides` cannot be overridden for a host: an override is for one host
             --> unitsmith:9:1
              |
            9 | overrides.a.port = 80
              | ^^^^^^^^^
              |
              = help: take it out

            error[US002]: `usr` is not a key of `services.web.overrides.a`
              --> unitsmith:11:1
               |
            11 | usr = "web"
               | ^^^
               |
               = help: did you mean `user`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

        "#]],
    );
}

#[test]
fn what_is_wrong_with_a_service_is_not_told_again_of_its_hosts() {
    check_both(
        r#"
[hosts.a]
[services.web]
exec.command = "/bin/web"
restart.policy = "allways"
[services.web.overrides.a]
restart.delay = 5
"#,
        r#"{ "hosts": { "a": {} }, "services": { "web": {
            "exec": { "command": "/bin/web" }, "restart": { "policy": "allways" },
            "overrides": { "a": { "restart": { "delay": 5 } } }
        } } }"#,
        expect![[r#"
            error[US003]: `services.web.exec.command` takes a list, not a string
             --> unitsmith:4:16
              |
            4 | exec.command = "/bin/web"
              |                ^^^^^^^^^^
              |
              = help: write it as a list: `["/bin/web"]`

            error[US005]: `allways` is not a value of `services.web.restart.policy`
             --> unitsmith:5:18
              |
            5 | restart.policy = "allways"
              |                  ^^^^^^^^^
              |
              = help: did you mean `always`? values are: always, no, on-abnormal, on-abort, on-failure, on-success

            error[US003]: `services.web.overrides.a.restart.delay` takes a string, not an integer
             --> unitsmith:7:17
              |
            7 | restart.delay = 5
              |                 ^
              |
              = help: put it in quotes: `"5"`

        "#]],
    );
}

#[test]
fn a_layer_may_name_hosts_of_other_services_but_no_unknown_ones() {
    check_both(
        r#"
[hosts.a]
[hosts.b]
[defaults.overrides.a]
description = "on a"
[templates.web.overrides.c]
description = "on c"
[services.web]
extend = "web"
hosts = ["b"]
"#,
        r#"{ "hosts": { "a": {}, "b": {} },
            "defaults": { "overrides": { "a": { "description": "on a" } } },
            "templates": { "web": { "overrides": { "c": { "description": "on c" } } } },
            "services": { "web": { "extend": "web", "hosts": ["b"] } } }"#,
        expect![[r#"
            error[US012]: `c` is not a host of this manifest
             --> unitsmith:6:26
              |
            6 | [templates.web.overrides.c]
              |                          ^
              |
              = help: did you mean `a`? hosts are: a, b

        "#]],
    );
}
