//! Values of the wrong type, and words that mean nothing.

use expect_test::expect;

use crate::manifest::Format::Json;
use crate::manifest::tests::{check, check_both};

#[test]
fn wrong_types_are_reported_everywhere() {
    check_both(
        r#"
nixos = "yes"
hosts.pi = { systemd = "257", nixos = 25.11 }

[services.web]
hosts = "pi"
port = "80"
allow = ["US042", 7]
environment = { RATE = 10, DEBUG = true, SINCE = 2026-01-01 }
limits.openFiles = 99999999999999999999
exec.command = "/usr/bin/node  server.js"
expose.tsProxy.tls = "true"
restart = { policy = 1, delay = ["5s"] }

[services.db]
exec.command = [1, { package = "a", bin = 2 }, ["x"]]

[services]
cache = []
"#,
        r#"{
            "nixos": "yes",
            "hosts": { "pi": { "systemd": "257", "nixos": 25.11 } },
            "services": {
                "web": {
                    "hosts": "pi",
                    "port": "80",
                    "allow": ["US042", 7],
                    "environment": { "RATE": 10, "DEBUG": true, "SINCE": [] },
                    "limits": { "openFiles": 99999999999999999999 },
                    "exec": { "command": "/usr/bin/node  server.js" },
                    "expose": { "tsProxy": { "tls": "true" } },
                    "restart": { "policy": 1, "delay": ["5s"] }
                },
                "db": { "exec": { "command": [1, { "package": "a", "bin": 2 }, ["x"]] } },
                "cache": []
            }
        }"#,
        expect![[r#"
            error[US003]: `nixos` takes a table, not a string
             --> unitsmith:2:9
              |
            2 | nixos = "yes"
              |         ^^^^^

            error[US003]: `hosts.pi.systemd` takes an integer, not a string
             --> unitsmith:3:24
              |
            3 | hosts.pi = { systemd = "257", nixos = 25.11 }
              |                        ^^^^^
              |
              = help: leave the quotes out: `257`

            error[US003]: `hosts.pi.nixos` takes a string, not a number with a fraction or exponent
             --> unitsmith:3:39
              |
            3 | hosts.pi = { systemd = "257", nixos = 25.11 }
              |                                       ^^^^^
              |
              = help: put it in quotes: `"25.11"`

            error[US003]: `services.web.hosts` takes a list, not a string
             --> unitsmith:6:9
              |
            6 | hosts = "pi"
              |         ^^^^
              |
              = help: write it as a list: `["pi"]`

            error[US003]: `services.web.port` takes an integer, not a string
             --> unitsmith:7:8
              |
            7 | port = "80"
              |        ^^^^
              |
              = help: leave the quotes out: `80`

            error[US003]: `services.web.allow[1]` takes a string or a table, not an integer
             --> unitsmith:8:19
              |
            8 | allow = ["US042", 7]
              |                   ^
              |
              = help: put it in quotes: `"7"`

            error[US003]: `services.web.environment.RATE` takes a string, not an integer
             --> unitsmith:9:24
              |
            9 | environment = { RATE = 10, DEBUG = true, SINCE = 2026-01-01 }
              |                        ^^
              |
              = help: put it in quotes: `"10"`

            error[US003]: `services.web.environment.DEBUG` takes a string, not a boolean
             --> unitsmith:9:36
              |
            9 | environment = { RATE = 10, DEBUG = true, SINCE = 2026-01-01 }
              |                                    ^^^^
              |
              = help: put it in quotes: `"true"`

            error[US003]: `services.web.environment.SINCE` takes a string, not a date or time
             --> unitsmith:9:50
              |
            9 | environment = { RATE = 10, DEBUG = true, SINCE = 2026-01-01 }
              |                                                  ^^^^^^^^^^
              |
              = help: put it in quotes: `"2026-01-01"`

            error[US003]: `services.web.limits.openFiles` takes an integer, not an integer beyond 64 bits
              --> unitsmith:10:20
               |
            10 | limits.openFiles = 99999999999999999999
               |                    ^^^^^^^^^^^^^^^^^^^^

            error[US003]: `services.web.exec.command` takes a list, not a string
              --> unitsmith:11:16
               |
            11 | exec.command = "/usr/bin/node  server.js"
               |                ^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: write it as a list: `["/usr/bin/node", "server.js"]`

            error[US003]: `services.web.expose.tsProxy.tls` takes `true` or `false`, not a string
              --> unitsmith:12:22
               |
            12 | expose.tsProxy.tls = "true"
               |                      ^^^^^^
               |
               = help: leave the quotes out: `true`

            error[US003]: `services.web.restart.policy` takes a string, not an integer
              --> unitsmith:13:22
               |
            13 | restart = { policy = 1, delay = ["5s"] }
               |                      ^
               |
               = help: values are: always, no, on-abnormal, on-abort, on-failure, on-success

            error[US003]: `services.web.restart.delay` takes a string, not a list
              --> unitsmith:13:33
               |
            13 | restart = { policy = 1, delay = ["5s"] }
               |                                 ^^^^^^

            error[US003]: `services.db.exec.command[0]` takes a string or a table, not an integer
              --> unitsmith:16:17
               |
            16 | exec.command = [1, { package = "a", bin = 2 }, ["x"]]
               |                 ^
               |
               = help: put it in quotes: `"1"`

            error[US003]: `services.db.exec.command[1].bin` takes a string, not an integer
              --> unitsmith:16:43
               |
            16 | exec.command = [1, { package = "a", bin = 2 }, ["x"]]
               |                                           ^
               |
               = help: put it in quotes: `"2"`

            error[US003]: `services.db.exec.command[2]` takes a string or a table, not a list
              --> unitsmith:16:48
               |
            16 | exec.command = [1, { package = "a", bin = 2 }, ["x"]]
               |                                                ^^^^^

            error[US003]: `services.cache` takes a table, not a list
              --> unitsmith:19:9
               |
            19 | cache = []
               |         ^^

        "#]],
    );
}

#[test]
fn null_is_no_value() {
    check(
        Json,
        r#"{ "services": { "web": { "user": null, "exec": { "command": [null] } }, "db": null } }"#,
        expect![[r#"
            error[US003]: `services.web.user` takes a string, not null
             --> unitsmith:1:34
              |
            1 | { "services": { "web": { "user": null, "exec": { "command": [null] } }, "db": null } }
              |                                  ^^^^
              |
              = help: leave the key out

            error[US003]: `services.web.exec.command[0]` takes a string or a table, not null
             --> unitsmith:1:62
              |
            1 | { "services": { "web": { "user": null, "exec": { "command": [null] } }, "db": null } }
              |                                                              ^^^^
              |
              = help: leave the key out

            error[US003]: `services.db` takes a table, not null
             --> unitsmith:1:79
              |
            1 | { "services": { "web": { "user": null, "exec": { "command": [null] } }, "db": null } }
              |                                                                               ^^^^
              |
              = help: leave the key out

        "#]],
    );
}

#[test]
fn the_root_is_a_table() {
    check(
        Json,
        "[1, 2]",
        expect![[r#"
        error[US003]: the manifest takes a table, not a list
         --> unitsmith:1:1
          |
        1 | [1, 2]
          | ^^^^^^

    "#]],
    );
}

#[test]
fn an_unknown_word_comes_with_the_nearest_known_one() {
    check_both(
        r#"
nixos.ports = "networking.port"

[services.web]
container = { image = "nginx", pull = "Allways" }
restart.policy = "on-failures"
activation.on = "whenever"
"#,
        r#"{
            "nixos": { "ports": "networking.port" },
            "services": { "web": {
                "container": { "image": "nginx", "pull": "Allways" },
                "restart": { "policy": "on-failures" },
                "activation": { "on": "whenever" }
            } }
        }"#,
        expect![[r#"
            error[US005]: `networking.port` is not a value of `nixos.ports`
             --> unitsmith:2:15
              |
            2 | nixos.ports = "networking.port"
              |               ^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `networking.ports`? values are: literal, networking.ports

            error[US005]: `Allways` is not a value of `services.web.container.pull`
             --> unitsmith:5:39
              |
            5 | container = { image = "nginx", pull = "Allways" }
              |                                       ^^^^^^^^^
              |
              = help: did you mean `always`? values are: always, missing, never, newer

            error[US005]: `on-failures` is not a value of `services.web.restart.policy`
             --> unitsmith:6:18
              |
            6 | restart.policy = "on-failures"
              |                  ^^^^^^^^^^^^^
              |
              = help: did you mean `on-failure`? values are: always, no, on-abnormal, on-abort, on-failure, on-success

            error[US005]: `whenever` is not a value of `services.web.activation.on`
             --> unitsmith:7:17
              |
            7 | activation.on = "whenever"
              |                 ^^^^^^^^^^
              |
              = help: values are: boot, manual, once, schedule, socket

        "#]],
    );
}

#[test]
fn words_of_other_programs_are_told_in_ours() {
    check_both(
        r#"
[services.api]
exec.command = ["/srv/api"]
dependsOn = { db = "service_healthy", job = { condition = "process_completed_successfully" } }
restart.policy = "unless-stopped"
readiness.http = "/health"
liveness.tcp = 80
log_location = "/var/log/api.log"
availability.restart = "always"
"#,
        r#"{ "services": { "api": {
            "exec": { "command": ["/srv/api"] },
            "dependsOn": { "db": "service_healthy", "job": { "condition": "process_completed_successfully" } },
            "restart": { "policy": "unless-stopped" },
            "readiness": { "http": "/health" },
            "liveness": { "tcp": 80 },
            "log_location": "/var/log/api.log",
            "availability": { "restart": "always" }
        } } }"#,
        expect![[r#"
            error[US005]: `service_healthy` is not a value of `services.api.dependsOn.db`
             --> unitsmith:4:20
              |
            4 | dependsOn = { db = "service_healthy", job = { condition = "process_completed_successfully" } }
              |                    ^^^^^^^^^^^^^^^^^
              |
              = help: write `ready`

            error[US005]: `process_completed_successfully` is not a value of `services.api.dependsOn.job.condition`
             --> unitsmith:4:59
              |
            4 | dependsOn = { db = "service_healthy", job = { condition = "process_completed_successfully" } }
              |                                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: write `completed`

            error[US005]: `unless-stopped` is not a value of `services.api.restart.policy`
             --> unitsmith:5:18
              |
            5 | restart.policy = "unless-stopped"
              |                  ^^^^^^^^^^^^^^^^
              |
              = help: write `always`

            error[US003]: `services.api.readiness.http` takes a table, not a string
             --> unitsmith:6:18
              |
            6 | readiness.http = "/health"
              |                  ^^^^^^^^^
              |
              = help: write it as a table: `{ path = "/health" }`

            error[US003]: `services.api.liveness.tcp` takes a boolean or a table, not an integer
             --> unitsmith:7:16
              |
            7 | liveness.tcp = 80
              |                ^^
              |
              = help: write it as a table: `{ port = 80 }`

            error[US002]: `log_location` is not a key of `services.api`
             --> unitsmith:8:1
              |
            8 | log_location = "/var/log/api.log"
              | ^^^^^^^^^^^^
              |
              = help: write `exec.logFile`

            error[US002]: `availability` is not a key of `services.api`
             --> unitsmith:9:1
              |
            9 | availability.restart = "always"
              | ^^^^^^^^^^^^
              |
              = help: write `restart`

        "#]],
    );
}
