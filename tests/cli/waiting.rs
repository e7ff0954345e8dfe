//! Services that wait in vain, and probes that say nothing.

use super::*;

#[test]
fn what_is_waited_for_must_come() {
    let scratch = scratch();
    let manifest = r#"
[services.db]
exec.command = ["/usr/bin/db"]
[services.migrate]
exec.command = ["/usr/bin/migrate"]
activation.on = "once"
restart.policy = "always"
dependsOn.db = "ready"
[services.cache]
exec.command = ["/usr/bin/cache"]
activation = { on = "socket", handoff = "fd" }
[services.web]
exec.command = ["/usr/bin/web"]
dependsOn.db = "completed"
dependsOn.migrate = { condition = "ready", restart = true }
dependsOn.cache = { restart = true }
dependsOn.dv = "ready"
dependsOn.web = "redy"
[services.web-liveness]
exec.command = ["/usr/bin/web"]
[services.api]
exec.command = ["/usr/bin/api"]
dependsOn.web = "started"
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error[US041]: `always` starts a job again that has done its work, for ever
             --> unitsmith.toml:7:18
              |
            7 | restart.policy = "always"
              |                  ^^^^^^^^
              |
              = help: `on-failure` tries a failed run again

            error[US052]: `migrate` waits until `db` is ready, and nothing says when that is
             --> unitsmith.toml:8:16
              |
            8 | dependsOn.db = "ready"
              |                ^^^^^^^
              |
              = help: give `db` a `readiness`, like `readiness.tcp = true`, or wait for its start with `started`

            error[US053]: `web` waits for the end of `db`, which goes on running
              --> unitsmith.toml:14:16
               |
            14 | dependsOn.db = "completed"
               |                ^^^^^^^^^^^
               |
               = help: let `db` run once, with `activation.on = "once"`, or wait for its start with `started`

            error[US052]: `migrate` is a job, which has ended before it could be ready
              --> unitsmith.toml:15:35
               |
            15 | dependsOn.migrate = { condition = "ready", restart = true }
               |                                   ^^^^^^^
               |
               = help: wait for its end with `completed`

            error[US041]: `restart` means nothing here: `cache` sleeps and wakes as it is needed, and its socket is always there
              --> unitsmith.toml:16:21
               |
            16 | dependsOn.cache = { restart = true }
               |                     ^^^^^^^
               |
               = help: take it out

            error[US012]: `dv` is not a service of this manifest
              --> unitsmith.toml:17:11
               |
            17 | dependsOn.dv = "ready"
               |           ^^
               |
               = help: did you mean `db`? services are: api, cache, db, migrate, web, web-liveness

            error[US005]: `redy` is not a value of `services.web.dependsOn.web`
              --> unitsmith.toml:18:17
               |
            18 | dependsOn.web = "redy"
               |                 ^^^^^^
               |
               = help: did you mean `ready`? values are: completed, ready, started

            7 problems
            nothing was written
            --- exit 1
        "#]],
    );
}

#[test]
fn a_probe_must_be_one_that_can_be_made() {
    let scratch = scratch();
    let manifest = r#"
[services.none]
exec.command = ["/usr/bin/none"]
readiness = { period = "1s" }
liveness.tcp = false
[services.two]
exec.command = ["/usr/bin/two"]
readiness = { notify = true, tcp = true, period = "1s" }
[services.job]
exec.command = ["/usr/bin/job"]
activation.on = "once"
readiness.exec = ["/usr/bin/ready"]
liveness.exec = ["/usr/bin/alive"]
[services.fd]
exec.command = ["/usr/bin/fd"]
activation = { on = "socket", handoff = "fd" }
liveness.http = { path = "/" }
[services.silent]
exec.command = ["/usr/bin/silent"]
readiness.tcp = true
[services.inside]
container.image = "localhost/inside:1"
port = 8080
readiness.http = { path = "health check", host = "a b", status = 99, port = 0 }
liveness.tcp = true
[services.said]
container = { image = "localhost/said:1", notify = "healthy", health.command = ["/ok", "x"] }
readiness.exec = [{ package = "curl" }]
liveness = { exec = ["one word"], failureThreshold = 0, timeout = "0s" }
[services.twice]
container = { image = "localhost/twice:1", notify = "healthy", health.command = ["/ok", "x"] }
readiness.exec = ["/ready"]
liveness.notify = true
[services.web]
exec.command = ["/usr/bin/web"]
liveness.notify = true
[services.web-liveness]
exec.command = ["/usr/bin/web"]
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US004]: `services.none.readiness` does not say what shows it
         --> unitsmith.toml:4:1
          |
        4 | readiness = { period = "1s" }
          | ^^^^^^^^^
          |
          = help: one of `http = { path = "/" }`, `tcp = true`, `exec = ["/usr/bin/check"]` and `notify = true`

        error[US004]: `services.none.liveness` does not say what shows it
         --> unitsmith.toml:5:1
          |
        5 | liveness.tcp = false
          | ^^^^^^^^
          |
          = help: one of `http = { path = "/" }`, `tcp = true`, `exec = ["/usr/bin/check"]` and `notify = true`

        error[US041]: `notify` means nothing here: `tcp` shows it already
         --> unitsmith.toml:8:15
          |
        8 | readiness = { notify = true, tcp = true, period = "1s" }
          |               ^^^^^^
          |
          = help: take it out

        error[US041]: `period` means nothing here: the service says by itself when it is ready
         --> unitsmith.toml:8:42
          |
        8 | readiness = { notify = true, tcp = true, period = "1s" }
          |                                          ^^^^^^
          |
          = help: take it out

        error[US054]: `services.job.readiness` cannot be found out: a job is waited for until it has ended
          --> unitsmith.toml:12:1
           |
        12 | readiness.exec = ["/usr/bin/ready"]
           | ^^^^^^^^^
           |
           = help: take it out

        error[US054]: `services.job.liveness` cannot be found out: a job is over when it ends by itself
          --> unitsmith.toml:13:1
           |
        13 | liveness.exec = ["/usr/bin/alive"]
           | ^^^^^^^^
           |
           = help: take it out

        error[US054]: `services.fd.liveness.http` cannot be found out: its socket takes connections whether the service runs or not, and each keeps it awake
          --> unitsmith.toml:17:10
           |
        17 | liveness.http = { path = "/" }
           |          ^^^^
           |
           = help: take it out

        error[US033]: nothing tells `silent` to listen on the port that is tried
          --> unitsmith.toml:20:1
           |
        20 | readiness.tcp = true
           | ^^^^^^^^^
           |
           = help: use `${port}` in its command or environment (a container publishes it with `ports`), or write the `port` that it is configured with

        error[US021]: `health check` is not a path that can be asked for
          --> unitsmith.toml:24:27
           |
        24 | readiness.http = { path = "health check", host = "a b", status = 99, port = 0 }
           |                           ^^^^^^^^^^^^^^
           |
           = help: it begins with `/`; blanks, `#` and what is not ASCII are written as `%20` and the like

        error[US010]: `a b` is neither an address nor a name of DNS
          --> unitsmith.toml:24:50
           |
        24 | readiness.http = { path = "health check", host = "a b", status = 99, port = 0 }
           |                                                  ^^^^^
           |
           = help: like `127.0.0.1`, `::1` or `db.example.org`

        error[US024]: `services.inside.readiness.http.status` cannot be 99
          --> unitsmith.toml:24:66
           |
        24 | readiness.http = { path = "health check", host = "a b", status = 99, port = 0 }
           |                                                                  ^^
           |
           = help: write a whole number from 100 to 599

        error[US030]: 0 is not a port
          --> unitsmith.toml:24:77
           |
        24 | readiness.http = { path = "health check", host = "a b", status = 99, port = 0 }
           |                                                                             ^
           |
           = help: a port is 1 to 65535; leave it out and a stable one is given

        error[US054]: the port of `inside` that is tried is not published, so the host does not reach it
          --> unitsmith.toml:25:1
           |
        25 | liveness.tcp = true
           | ^^^^^^^^
           |
           = help: publish it with `container.ports`, or try it inside of the container with `exec`

        error[US054]: a package of the host is not inside of the container
          --> unitsmith.toml:28:19
           |
        28 | readiness.exec = [{ package = "curl" }]
           |                   ^^^^^^^^^^^^^^^^^^^^
           |
           = help: write the program as the image has it

        error[US021]: `one word` is one word with blanks, which podman would split
          --> unitsmith.toml:29:22
           |
        29 | liveness = { exec = ["one word"], failureThreshold = 0, timeout = "0s" }
           |                      ^^^^^^^^^^
           |
           = help: write each word on its own, or `["sh", "-c", "SCRIPT"]` for a script

        error[US024]: `services.said.liveness.failureThreshold` cannot be 0
          --> unitsmith.toml:29:54
           |
        29 | liveness = { exec = ["one word"], failureThreshold = 0, timeout = "0s" }
           |                                                      ^
           |
           = help: write a whole number from 1 to 1000000

        error[US024]: `services.said.liveness.timeout` is no time at all
          --> unitsmith.toml:29:67
           |
        29 | liveness = { exec = ["one word"], failureThreshold = 0, timeout = "0s" }
           |                                                                   ^^^^
           |
           = help: write at least `1s`, or leave it out

        error[US041]: `notify` means nothing here: `readiness` says when the service is ready
          --> unitsmith.toml:31:44
           |
        31 | container = { image = "localhost/twice:1", notify = "healthy", health.command = ["/ok", "x"] }
           |                                            ^^^^^^
           |
           = help: take it out

        error[US041]: `health` means nothing here: podman makes one check, which is the `exec` of `readiness` and `liveness`
          --> unitsmith.toml:31:64
           |
        31 | container = { image = "localhost/twice:1", notify = "healthy", health.command = ["/ok", "x"] }
           |                                                                ^^^^^^
           |
           = help: take it out

        error[US054]: `services.twice.liveness.notify` cannot be found out: podman does not pass on what systemd asks of a watchdog
          --> unitsmith.toml:33:10
           |
        33 | liveness.notify = true
           |          ^^^^^^
           |
           = help: take it out

        error[US011]: `web-liveness.service` is already what watches `web`
          --> unitsmith.toml:37:11
           |
        37 | [services.web-liveness]
           |           ^^^^^^^^^^^^
           |
           = help: rename one of the two services

        21 problems
        nothing was written
        --- exit 1
    "#]],
    );
}

#[test]
fn an_old_podman_waits_for_no_command() {
    let scratch = scratch();
    let manifest = r#"
[hosts.old]
podman = "4.3"
[services.web]
container.image = "localhost/web:1"
readiness = { exec = ["/ready"], successThreshold = 2 }
[hosts.whale]
docker = "28.2"
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US042]: `old` has podman 4.3; to wait for a command in a container needs 4.7
         --> unitsmith.toml:6:15
          |
        6 | readiness = { exec = ["/ready"], successThreshold = 2 }
          |               ^^^^
          |
          = help: try it from the host with `http` or `tcp`, or leave that host out of the service's `hosts`

        1 problem
        nothing was written
        --- exit 1
    "#]],
    );
}
