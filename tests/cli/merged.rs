//! What is wrong with services that come from several places points at where it was written, once.

use super::*;

const WRONG: &str = r#"[hosts.a]
[hosts.b]
[templates.web]
exec.workingDirectory = "srv"
environment.BAD = "${prot}"
[services.one]
extend = "web"
exec.command = ["/bin/one"]
hosts = ["a"]
overrides.b.description = "x"
overrides.c.description = "x"
overrides.a.exec.command = ["one"]
[services.two]
extend = "web"
exec.command = ["/bin/two", "${instance}", "${owner}"]
replicas = 2
[services.ring]
companionOf = "pong"
exec.command = ["/bin/two"]
[services.pong]
companionOf = "ring"
exec.command = ["/bin/two"]
[services.ping]
companionOf = "ping"
exec.command = ["/bin/two"]
[companions.x]
for = ["one"]
exec.command = ["/bin/x", "${owner.port}", "${services.one.addresses}"]
"#;

#[test]
fn what_several_services_share_is_told_once() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WRONG);
    check(
        scratch.path(),
        "check",
        expect![[r#"
        --- stderr
        error[US022]: `srv` is not an absolute path
         --> unitsmith.toml:4:25
          |
        4 | exec.workingDirectory = "srv"
          |                         ^^^^^
          |
          = help: write the whole path from `/` on, without `..`

        error[US020]: `${prot}` is not a reference
         --> unitsmith.toml:5:19
          |
        5 | environment.BAD = "${prot}"
          |                   ^^^^^^^^^
          |
          = help: references are `${port}`, `${backendPort}`, `${services.NAME.port}`, `${services.NAME.address}`, `${services.NAME.addresses}` and `${host.name}`; `$${` is a literal `${`

        error[US041]: `one` does not run on `b`
          --> unitsmith.toml:10:11
           |
        10 | overrides.b.description = "x"
           |           ^
           |
           = help: add the host to `hosts`, or take the override out

        error[US012]: `c` is not a host of this manifest
          --> unitsmith.toml:11:11
           |
        11 | overrides.c.description = "x"
           |           ^
           |
           = help: did you mean `a`? hosts are: a, b

        error[US022]: the program `one` is not an absolute path
          --> unitsmith.toml:12:29
           |
        12 | overrides.a.exec.command = ["one"]
           |                             ^^^^^
           |
           = help: write its whole path, or `{ package = "nodejs", bin = "node" }` for a program that each kind of host has in another place

        error[US020]: `${owner}` is not a reference
          --> unitsmith.toml:15:44
           |
        15 | exec.command = ["/bin/two", "${instance}", "${owner}"]
           |                                            ^^^^^^^^^^
           |
           = help: `${owner}`, `${owner.port}` and `${owner.address}` are for companions

        error[US051]: these services wait for each other: pong -> ring -> pong
          --> unitsmith.toml:18:15
           |
        18 | companionOf = "pong"
           |               ^^^^^^
           |
           = help: take one of the dependencies out

        error[US051]: these services wait for each other: ping -> ping
          --> unitsmith.toml:24:15
           |
        24 | companionOf = "ping"
           |               ^^^^^^
           |
           = help: take one of the dependencies out

        error[US033]: `one` has no port
          --> unitsmith.toml:28:27
           |
        28 | exec.command = ["/bin/x", "${owner.port}", "${services.one.addresses}"]
           |                           ^^^^^^^^^^^^^^^
           |
           = help: give it one: a socket, a `port`, or `${port}` in its command or environment (`services.one`)

        error[US033]: `one` has no port
          --> unitsmith.toml:28:44
           |
        28 | exec.command = ["/bin/x", "${owner.port}", "${services.one.addresses}"]
           |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^
           |
           = help: give it one: a socket, a `port`, or `${port}` in its command or environment (`services.one`)

        10 problems
        --- exit 1
    "#]],
    );
}

const FLEET: &str = r#"
[services.api]
exec.command = ["/bin/api", "--port=${port}"]
replicas = 2
[services.pinned]
exec.command = ["/bin/pinned", "--port=${port}"]
replicas = 2
port = 8000
[companions.ui]
for = ["api"]
exec.command = ["/bin/ui", "--port=${port}", "${owner.port}"]
"#;

#[test]
fn every_replica_and_companion_has_a_port_that_the_lock_keeps() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", FLEET);
    check(
        scratch.path(),
        "ports",
        expect![[r#"
        --- stdout
        SERVICE   ROLE   PORT  ORIGIN
        api-1     port  13981  hash
        api-1-ui  port  15843  hash
        api-2     port  38401  hash
        api-2-ui  port  29749  hash
        pinned-1  port   8000  pinned
        pinned-2  port   8001  pinned
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "gen --target systemd",
        expect![[r#"
        --- stderr
        7 files written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
    let lock = std::fs::read_to_string(scratch.path().join("unitsmith.lock")).unwrap();
    expect![[r#"
        {
          "ports": {
            "api-1": 13981,
            "api-1-ui": 15843,
            "api-2": 38401,
            "api-2-ui": 29749,
            "pinned-1": 8000,
            "pinned-2": 8001
          },
          "version": 1
        }
    "#]]
    .assert_eq(&lock);
}
