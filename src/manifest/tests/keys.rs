//! Keys that are unknown, missing or too many.

use expect_test::expect;

use crate::manifest::Format::Toml;
use crate::manifest::tests::{check, check_both};

#[test]
fn an_unknown_key_comes_with_the_nearest_known_one() {
    check_both(
        r#"
hots = {}

[services.web]
depends_on.db = "started"
container = { imgae = "nginx", colour = "red" }
"#,
        r#"{
            "hots": {},
            "services": { "web": {
                "depends_on": { "db": "started" },
                "container": { "imgae": "nginx", "colour": "red" }
            } }
        }"#,
        expect![[r#"
            error[US002]: `hots` is not a key of the manifest
             --> unitsmith:2:1
              |
            2 | hots = {}
              | ^^^^
              |
              = help: did you mean `hosts`? keys are: builds, cloudflared, companions, defaults, groups, hosts, images, include, networks, nixos, pods, services, templates, tsProxy, volumes

            error[US002]: `depends_on` is not a key of `services.web`
             --> unitsmith:5:1
              |
            5 | depends_on.db = "started"
              | ^^^^^^^^^^
              |
              = help: did you mean `dependsOn`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US002]: `imgae` is not a key of `services.web.container`
             --> unitsmith:6:15
              |
            6 | container = { imgae = "nginx", colour = "red" }
              |               ^^^^^
              |
              = help: did you mean `image`? keys are: annotations, autoUpdate, capabilities, command, devices, dns, entrypoint, environmentHost, exposedPorts, gidMap, group, health, hostname, hosts, httpProxy, image, init, labels, log, login and 28 more

            error[US002]: `colour` is not a key of `services.web.container`
             --> unitsmith:6:32
              |
            6 | container = { imgae = "nginx", colour = "red" }
              |                                ^^^^^^
              |
              = help: keys are: annotations, autoUpdate, capabilities, command, devices, dns, entrypoint, environmentHost, exposedPorts, gidMap, group, health, hostname, hosts, httpProxy, image, init, labels, log, login and 28 more

        "#]],
    );
}

#[test]
fn a_service_beside_the_services_is_told_its_place() {
    check(
        Toml,
        r#"
[web.container]
image = "nginx"

[service.db]
exec.command = ["/usr/bin/db"]

[proxy]
user = "http"
"#,
        expect![[r#"
            error[US002]: `web` is not a key of the manifest
             --> unitsmith:2:2
              |
            2 | [web.container]
              |  ^^^
              |
              = help: a service has its place in `services`: write `services.web`

            error[US002]: `service` is not a key of the manifest
             --> unitsmith:5:2
              |
            5 | [service.db]
              |  ^^^^^^^
              |
              = help: did you mean `services`? keys are: builds, cloudflared, companions, defaults, groups, hosts, images, include, networks, nixos, pods, services, templates, tsProxy, volumes

            error[US002]: `proxy` is not a key of the manifest
             --> unitsmith:8:2
              |
            8 | [proxy]
              |  ^^^^^
              |
              = help: did you mean `tsProxy`? keys are: builds, cloudflared, companions, defaults, groups, hosts, images, include, networks, nixos, pods, services, templates, tsProxy, volumes

        "#]],
    );
}

#[test]
fn a_missing_key_is_reported_at_its_table() {
    check_both(
        r#"
[services.web.container]
pull = "always"
volumes = [{ source = "a" }, { target = "/b" }, { }]

[services.db]
exec.workingDirectory = "/"

[services.cache]
activation = { handoff = "fd" }

[[services.proxy.container.ports]]
host = 80
"#,
        r#"{ "services": {
            "web": { "container": {
                "pull": "always",
                "volumes": [{ "source": "a" }, { "target": "/b" }, {}]
            } },
            "db": { "exec": { "workingDirectory": "/" } },
            "cache": { "activation": { "handoff": "fd" } },
            "proxy": { "container": { "ports": [{ "host": 80 }] } }
        } }"#,
        expect![[r#"
            error[US004]: `services.web.container` has no `image`
             --> unitsmith:2:15
              |
            2 | [services.web.container]
              |               ^^^^^^^^^
              |
              = help: add `image`

            error[US004]: `services.web.container.volumes[0]` has no `target`
             --> unitsmith:4:12
              |
            4 | volumes = [{ source = "a" }, { target = "/b" }, { }]
              |            ^^^^^^^^^^^^^^^^
              |
              = help: add `target`

            error[US004]: `services.web.container.volumes[1]` has no `source`
             --> unitsmith:4:30
              |
            4 | volumes = [{ source = "a" }, { target = "/b" }, { }]
              |                              ^^^^^^^^^^^^^^^^^
              |
              = help: add `source`

            error[US004]: `services.web.container.volumes[2]` has no `source`
             --> unitsmith:4:49
              |
            4 | volumes = [{ source = "a" }, { target = "/b" }, { }]
              |                                                 ^^^
              |
              = help: add `source`

            error[US004]: `services.web.container.volumes[2]` has no `target`
             --> unitsmith:4:49
              |
            4 | volumes = [{ source = "a" }, { target = "/b" }, { }]
              |                                                 ^^^
              |
              = help: add `target`

            error[US004]: `services.db.exec` has no `command`
             --> unitsmith:7:1
              |
            7 | exec.workingDirectory = "/"
              | ^^^^
              |
              = help: add `command`

            error[US004]: `services.cache.activation` has no `on`
              --> unitsmith:10:1
               |
            10 | activation = { handoff = "fd" }
               | ^^^^^^^^^^
               |
               = help: add `on`

            error[US004]: `services.proxy.container.ports[0]` has no `container`
              --> unitsmith:12:1
               |
            12 | [[services.proxy.container.ports]]
               | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: add `container`

            error[US004]: `services.proxy.container` has no `image`
              --> unitsmith:12:18
               |
            12 | [[services.proxy.container.ports]]
               |                  ^^^^^^^^^
               |
               = help: add `image`

        "#]],
    );
}

#[test]
fn a_key_that_stands_twice_is_reported_where_it_stands_again() {
    check_both(
        r#"
[services.web]
port = 80
user = "web"
port = 81

[services.web]
user = "www"
"#,
        r#"{ "services": {
            "web": { "port": 80, "user": "web", "port": 81, "user": "www" },
            "web": {}
        } }"#,
        expect![[r#"
            error[US006]: `port` already stands in this table
             --> unitsmith:5:1
              |
            5 | port = 81
              | ^^^^
              |
              = help: remove one of the two

            error[US006]: `web` already stands in this table
             --> unitsmith:7:11
              |
            7 | [services.web]
              |           ^^^
              |
              = help: remove one of the two

            error[US006]: `user` already stands in this table
             --> unitsmith:8:1
              |
            8 | user = "www"
              | ^^^^
              |
              = help: remove one of the two

        "#]],
    );
    check(
        Toml,
        r#"
[services.web]
exec = { command = ["a"] }
exec.workingDirectory = "/"
port = 80
port.number = 80

[services.web.exec.more]
"#,
        expect![[r#"
            error[US006]: `exec` already stands in this table
             --> unitsmith:4:1
              |
            4 | exec.workingDirectory = "/"
              | ^^^^
              |
              = help: remove one of the two

            error[US006]: `port` already stands in this table
             --> unitsmith:6:1
              |
            6 | port.number = 80
              | ^^^^
              |
              = help: remove one of the two

            error[US006]: `exec` already stands in this table
             --> unitsmith:8:15
              |
            8 | [services.web.exec.more]
              |               ^^^^
              |
              = help: remove one of the two

        "#]],
    );
}

#[test]
fn a_key_of_another_table_of_the_service_comes_with_that_table() {
    check_both(
        r#"
[services.web]
memory = "1G"
activation = { on = "schedule", calendar = "daily" }
restart = { startTimeout = "1s", max = 1 }

[groups.media]
calendar = "daily"
"#,
        r#"{
            "services": { "web": {
                "memory": "1G",
                "activation": { "on": "schedule", "calendar": "daily" },
                "restart": { "startTimeout": "1s", "max": 1 }
            } },
            "groups": { "media": { "calendar": "daily" } }
        }"#,
        expect![[r#"
            error[US002]: `memory` is not a key of `services.web`
             --> unitsmith:3:1
              |
            3 | memory = "1G"
              | ^^^^^^
              |
              = help: did you mean `limits.memoryHigh` or `limits.memoryMax` of the service?

            error[US002]: `calendar` is not a key of `services.web.activation`
             --> unitsmith:4:33
              |
            4 | activation = { on = "schedule", calendar = "daily" }
              |                                 ^^^^^^^^
              |
              = help: did you mean `schedule.calendar` of the service?

            error[US002]: `startTimeout` is not a key of `services.web.restart`
             --> unitsmith:5:13
              |
            5 | restart = { startTimeout = "1s", max = 1 }
              |             ^^^^^^^^^^^^
              |
              = help: did you mean `activation.startTimeout` of the service?

            error[US002]: `max` is not a key of `services.web.restart`
             --> unitsmith:5:34
              |
            5 | restart = { startTimeout = "1s", max = 1 }
              |                                  ^^^
              |
              = help: did you mean `maxDelay`? keys are: attempts, delay, maxDelay, policy, steps, successExitCodes, window

            error[US002]: `calendar` is not a key of `groups.media`
             --> unitsmith:8:1
              |
            8 | calendar = "daily"
              | ^^^^^^^^
              |
              = help: keys are: description, limits, start

        "#]],
    );
}
