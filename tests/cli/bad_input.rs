//! What is wrong is shown at once, with its code, its place, and what to do; nothing is written.

use super::*;

/// A manifest in which nearly everything is wrong.
const WRONG: &str = r#"
[nixos]
prefix = "a..b"

[hosts.old]
systemd = 251

[hosts.Nix]
nixos = "25.12"

[services.Web]
exec.command = ["/usr/bin/web"]

[services.default]
exec.command = ["/usr/bin/web"]

[services.one]
exec.comand = ["/usr/bin/one"]
port = 8080

[services.two]
exec.command = ["two", "${prot}", "${services.thre.port}", "${port"]
port = 8080
user = "Root"
dependsOn = { thre = "started" }

[services.three]
exec.command = ["/usr/bin/three", "${backendPort}"]
port = 70000
activation = { on = "boot", handoff = "fd" }

[services.four]
description = "two\nlines"
container = { image = "nginx; rm -rf /", ports = [{ container = 0 }] }
limits.memoryMax = "512m"
environment = { 1A = "x", NUL = "a\u0000b" }
environmentFiles = ["relative.env"]
hosts = ["new"]

[services.five]
exec.command = ["/usr/bin/five"]
container.image = "docker.io/library/nginx"
activation = { on = "sokcet", idleTimeout = "5m" }

[services.six]
exec.command = ["/usr/bin/six", "${port}"]
activation = { on = "socket", handoff = "fd" }
restart = { policy = "always", delay = "5 minutes" }
allow = ["US999"]

[services.seven]
exec.command = ["/usr/bin/seven"]
activation = { on = "socket", handoff = "proxy" }
dependsOn.eight = "started"

[services.seven-backend]
exec.command = ["/usr/bin/seven"]

[services.eight]
exec.command = ["/usr/bin/eight"]
dependsOn.seven = "started"
activation = { on = "socket", handoff = "fd", address = "::1" }
expose.tailscaleServe.https = 443

[services.nine]
exec.command = ["/usr/bin/nine"]
dependsOn.ten = "started"

[services.ten]
exec.command = ["/usr/bin/ten"]
dependsOn.nine = "started"
"#;

#[test]
fn every_problem_is_shown_at_once() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WRONG);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error[US010]: `a..b` cannot be the place of options
             --> unitsmith.toml:3:10
              |
            3 | prefix = "a..b"
              |          ^^^^^^
              |
              = help: attribute names with dots between them, like `services` or `homelab.services`

            error[US010]: `Nix` cannot be a name
             --> unitsmith.toml:8:8
              |
            8 | [hosts.Nix]
              |        ^^^
              |
              = help: a name is lower-case letters, digits, `-` and `_`, starts with a letter or digit, and has at most 128 characters; it becomes a unit, a Nix attribute, a container and a file

            error[US005]: `25.12` is not a release of NixOS from 23.05 on
             --> unitsmith.toml:9:9
              |
            9 | nixos = "25.12"
              |         ^^^^^^^
              |
              = help: like `25.11`; for unstable, the last release

            error[US010]: `Web` cannot be a name
              --> unitsmith.toml:11:11
               |
            11 | [services.Web]
               |           ^^^
               |
               = help: a name is lower-case letters, digits, `-` and `_`, starts with a letter or digit, and has at most 128 characters; it becomes a unit, a Nix attribute, a container and a file

            error[US010]: `default` cannot be a name
              --> unitsmith.toml:14:11
               |
            14 | [services.default]
               |           ^^^^^^^
               |
               = help: `default.nix` is the file that imports all services; choose another name

            error[US002]: `comand` is not a key of `services.one.exec`
              --> unitsmith.toml:18:6
               |
            18 | exec.comand = ["/usr/bin/one"]
               |      ^^^^^^
               |
               = help: did you mean `command`? keys are: command, logFile, postStart, postStop, preStart, reload, stop, workingDirectory

            error[US022]: the program `two` is not an absolute path
              --> unitsmith.toml:22:17
               |
            22 | exec.command = ["two", "${prot}", "${services.thre.port}", "${port"]
               |                 ^^^^^
               |
               = help: write its whole path, or `{ package = "nodejs", bin = "node" }` for a program that each kind of host has in another place

            error[US020]: `${prot}` is not a reference
              --> unitsmith.toml:22:24
               |
            22 | exec.command = ["two", "${prot}", "${services.thre.port}", "${port"]
               |                        ^^^^^^^^^
               |
               = help: references are `${port}`, `${backendPort}`, `${services.NAME.port}`, `${services.NAME.address}`, `${services.NAME.addresses}` and `${host.name}`; `$${` is a literal `${`

            error[US020]: `${services.thre.port}` names `thre`, which is not a service of this manifest
              --> unitsmith.toml:22:35
               |
            22 | exec.command = ["two", "${prot}", "${services.thre.port}", "${port"]
               |                                   ^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: did you mean `three`? services are: eight, five, four, nine, one, seven, seven-backend, six, ten, three, two

            error[US020]: `services.two.exec.command[3]` has a `${` that is not closed
              --> unitsmith.toml:22:60
               |
            22 | exec.command = ["two", "${prot}", "${services.thre.port}", "${port"]
               |                                                            ^^^^^^^^
               |
               = help: a reference is `${name}`; `$${` is a literal `${`

            error[US031]: port 8080 is already used by `services.one.port`
              --> unitsmith.toml:23:8
               |
            23 | port = 8080
               |        ^^^^
               |
               = help: choose another, or leave one of them out and a stable one is given

            error[US010]: `Root` cannot be the name of an account
              --> unitsmith.toml:24:8
               |
            24 | user = "Root"
               |        ^^^^^^
               |
               = help: at most 31 lower-case letters, digits, `_` and `-`, beginning with a letter or `_`; or a number

            error[US012]: `thre` is not a service of this manifest
              --> unitsmith.toml:25:15
               |
            25 | dependsOn = { thre = "started" }
               |               ^^^^
               |
               = help: did you mean `three`? services are: eight, five, four, nine, one, seven, seven-backend, six, ten, three, two

            error[US030]: 70000 is not a port
              --> unitsmith.toml:29:8
               |
            29 | port = 70000
               |        ^^^^^
               |
               = help: a port is 1 to 65535; leave it out and a stable one is given

            error[US040]: there is a `handoff` but no socket that could hand anything over
              --> unitsmith.toml:30:29
               |
            30 | activation = { on = "boot", handoff = "fd" }
               |                             ^^^^^^^
               |
               = help: write `on = "socket"`, or take `handoff` out

            error[US021]: `services.four.description` has the control character \u{a}
              --> unitsmith.toml:33:15
               |
            33 | description = "two\nlines"
               |               ^^^^^^^^^^^^
               |
               = help: take it out: no target could pass it on unchanged

            error[US021]: `nginx; rm -rf /` is not the name of an image
              --> unitsmith.toml:34:23
               |
            34 | container = { image = "nginx; rm -rf /", ports = [{ container = 0 }] }
               |                       ^^^^^^^^^^^^^^^^^
               |
               = help: like `docker.io/library/nginx:1.29` or `localhost/my-image:latest`

            error[US030]: 0 is not a port
              --> unitsmith.toml:34:65
               |
            34 | container = { image = "nginx; rm -rf /", ports = [{ container = 0 }] }
               |                                                                 ^
               |
               = help: a port is 1 to 65535; leave it out and a stable one is given

            error[US024]: `512m` is not a size
              --> unitsmith.toml:35:20
               |
            35 | limits.memoryMax = "512m"
               |                    ^^^^^^
               |
               = help: did you mean `512M`? write a whole number with `K`, `M`, `G` or `T`, of 1024 each, like `128M`

            error[US023]: `1A` cannot be an environment variable
              --> unitsmith.toml:36:17
               |
            36 | environment = { 1A = "x", NUL = "a\u0000b" }
               |                 ^^
               |
               = help: letters, digits and `_`, not beginning with a digit; systemd ignores all others

            error[US021]: `services.four.environment.NUL` has a NUL, which no program can be given
              --> unitsmith.toml:36:33
               |
            36 | environment = { 1A = "x", NUL = "a\u0000b" }
               |                                 ^^^^^^^^^^
               |
               = help: take it out: no target could pass it on unchanged

            error[US022]: `relative.env` is not an absolute path
              --> unitsmith.toml:37:21
               |
            37 | environmentFiles = ["relative.env"]
               |                     ^^^^^^^^^^^^^^
               |
               = help: write the whole path from `/` on, without `..`

            error[US012]: `new` is not a host of this manifest
              --> unitsmith.toml:38:10
               |
            38 | hosts = ["new"]
               |          ^^^^^
               |
               = help: hosts are: old

            error[US050]: `five` has both `exec` and `container`
              --> unitsmith.toml:40:11
               |
            40 | [services.five]
               |           ^^^^
               |
               = help: give it `exec.command` for a process or `container.image` for a container, not both

            error[US005]: `sokcet` is not a value of `services.five.activation.on`
              --> unitsmith.toml:43:21
               |
            43 | activation = { on = "sokcet", idleTimeout = "5m" }
               |                     ^^^^^^^^
               |
               = help: did you mean `socket`? values are: boot, manual, once, schedule, socket

            error[US043]: `always` starts a service again that exits because nobody calls, for ever
              --> unitsmith.toml:48:22
               |
            48 | restart = { policy = "always", delay = "5 minutes" }
               |                      ^^^^^^^^
               |
               = help: `on-failure` restarts crashes with growing pauses and leaves the idle exit alone; the next connection starts the service

            error[US024]: `5 minutes` is not a duration
              --> unitsmith.toml:48:40
               |
            48 | restart = { policy = "always", delay = "5 minutes" }
               |                                        ^^^^^^^^^^^
               |
               = help: did you mean `5min`? write numbers with `ms`, `s`, `min`, `h` or `d`, largest first, like `1h30min`

            error[US005]: `US999` is not a code that can be allowed
              --> unitsmith.toml:49:10
               |
            49 | allow = ["US999"]
               |          ^^^^^^^
               |
               = help: codes that can be allowed are: US043, US060, US061, US105, US201, US202, US203, US204, US205, US206, US207, US208, US209, US210, US211, US212, US213, US214, US215, US216 and 28 more

            error[US033]: nothing tells `seven` to listen on its backend port
              --> unitsmith.toml:53:1
               |
            53 | activation = { on = "socket", handoff = "proxy" }
               | ^^^^^^^^^^
               |
               = help: use `${backendPort}` in its command or environment (a container publishes it with `ports`), or pin `backendPort` to the port that it is configured with

            error[US042]: `old` has systemd 251; a proxy that loses no request needs 252
              --> unitsmith.toml:53:41
               |
            53 | activation = { on = "socket", handoff = "proxy" }
               |                                         ^^^^^^^
               |
               = help: leave that host out of the service's `hosts`, or let the service start at boot there

            error[US011]: `seven-backend.service` is already the backend of `seven`
              --> unitsmith.toml:56:11
               |
            56 | [services.seven-backend]
               |           ^^^^^^^^^^^^^
               |
               = help: rename one of the two services

            error[US060]: `tailscale serve` before 1.98 sends to 127.0.0.1 only, and the service listens on ::1
              --> unitsmith.toml:63:8
               |
            63 | expose.tailscaleServe.https = 443
               |        ^^^^^^^^^^^^^^
               |
               = help: let it listen on 127.0.0.1, or accept it with `allow = ["US060"]`

            error[US051]: these services wait for each other: nine -> ten -> nine
              --> unitsmith.toml:71:11
               |
            71 | dependsOn.nine = "started"
               |           ^^^^
               |
               = help: take one of the dependencies out

            33 problems
            nothing was written
            --- exit 1
        "#]],
    );
    let files: Vec<String> = read(scratch.path()).into_keys().collect();
    assert_eq!(files, ["unitsmith.toml"], "nothing was written");
}

#[test]
fn every_notation_has_the_same_problems() {
    // Nix has no way to write that character.
    let wrong = WRONG.replace("\\u0000", "");
    let value: serde_json::Value = toml::from_str(&wrong).unwrap();
    let scratch = scratch();
    write(scratch.path(), "toml.toml", &wrong);
    let codes = |name: &str| {
        let shown = shown(scratch.path(), &format!("gen {name}"));
        let lines = shown.lines().filter(|it| it.starts_with("error[")).map(str::to_owned);
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        lines
    };
    let expected = codes("toml.toml");
    assert_eq!(expected.len(), 32);
    for (format, text) in crate::support::notation::texts(&value) {
        let name = format!("it.{format:?}").to_lowercase();
        write(scratch.path(), &name, &text);
        assert_eq!(codes(&name), expected, "{format:?}");
    }
}
