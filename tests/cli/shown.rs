//! Services that cannot be shown as the manifest says.

use super::*;

#[test]
fn one_place_leads_to_one_service() {
    let scratch = scratch();
    let manifest = r#"
[hosts.one]
[hosts.two]
[hosts.three]

[services.first]
exec.command = ["/usr/bin/first", "${port}"]
expose.nginx = { host = "app.example.org", tls = "acme" }
expose.caddy = { host = "app.example.org", path = "/a" }

[services.same]
hosts = ["one", "two"]
exec.command = ["/usr/bin/same", "${port}"]
expose.nginx = { host = "app.example.org", path = "/", tls = "acme" }
expose.caddy = { host = "app.example.org", path = "/a/" }

[services.other-tls]
hosts = ["two"]
exec.command = ["/usr/bin/other", "${port}"]
expose.nginx = { host = "app.example.org", path = "/other", tls = "off" }
expose.caddy = { host = "app.example.org", path = "/other", tls = "off" }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "check",
        expect![[r#"
        --- stderr
        error[US014]: `app.example.org/` already leads to `first`
          --> unitsmith.toml:14:8
           |
        14 | expose.nginx = { host = "app.example.org", path = "/", tls = "acme" }
           |        ^^^^^
           |
           = help: choose another name or path for one of them

        error[US014]: `app.example.org/a/` already leads to `first`
          --> unitsmith.toml:15:8
           |
        15 | expose.caddy = { host = "app.example.org", path = "/a/" }
           |        ^^^^^
           |
           = help: choose another name or path for one of them

        error[US014]: `app.example.org` has another `tls` here than in `first`
          --> unitsmith.toml:20:8
           |
        20 | expose.nginx = { host = "app.example.org", path = "/other", tls = "off" }
           |        ^^^^^
           |
           = help: a name has one certificate: write the same `tls` for both

        error[US014]: `app.example.org` has another `tls` here than in `first`
          --> unitsmith.toml:21:8
           |
        21 | expose.caddy = { host = "app.example.org", path = "/other", tls = "off" }
           |        ^^^^^
           |
           = help: a name has one certificate: write the same `tls` for both

        4 problems
        --- exit 1
    "#]],
    );
}

#[test]
fn services_of_different_hosts_may_have_one_name() {
    let scratch = scratch();
    let manifest = r#"
[hosts.one]
[hosts.two]

[services.first]
hosts = ["one"]
exec.command = ["/usr/bin/first", "${port}"]
expose.nginx = { host = "app.example.org", tls = "acme" }

[services.second]
hosts = ["two"]
exec.command = ["/usr/bin/second", "${port}"]
expose.nginx = { host = "app.example.org", tls = "off" }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        8 files written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
}

#[test]
fn what_cannot_be_shown_is_a_problem() {
    let scratch = scratch();
    let manifest = r#"
[services.mute]
exec.command = ["/usr/bin/mute"]
expose.caddy.host = "mute.example.org"

[services.asleep]
exec.command = ["/usr/bin/asleep"]
activation = { on = "socket", handoff = "fd" }
expose.firewall = true

[services.boxed]
container = { image = "localhost/boxed:1", ports = [{ container = 80 }] }
expose.firewall.interfaces = ["eth0"]

[services.nowhere]
exec.command = ["/usr/bin/nowhere", "${port}"]
expose.firewall.interfaces = []

[services.wrong]
exec.command = ["/usr/bin/wrong", "${port}"]
expose.nginx = { host = "App.example.org; return 200", path = "/api/{x}", tls = "acne" }
expose.caddy = { host = "a..b", path = "api", tls = { certificate = "x" } }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "check",
        expect![[r#"
        --- stderr
        error[US033]: `mute` is exposed but nothing tells it to listen on a port
         --> unitsmith.toml:4:8
          |
        4 | expose.caddy.host = "mute.example.org"
          |        ^^^^^
          |
          = help: use `${port}` in its command or environment (a container publishes it with `ports`), or pin `port` to the one that it is configured with

        error[US041]: `firewall` means nothing here: the service listens on loopback, where only its host is
         --> unitsmith.toml:9:8
          |
        9 | expose.firewall = true
          |        ^^^^^^^^
          |
          = help: give the socket (`activation.address`) or the published port another `address`, or take `firewall` out

        error[US041]: `firewall` means nothing here: the service listens on loopback, where only its host is
          --> unitsmith.toml:13:8
           |
        13 | expose.firewall.interfaces = ["eth0"]
           |        ^^^^^^^^
           |
           = help: give the socket (`activation.address`) or the published port another `address`, or take `firewall` out

        error[US041]: a firewall without interfaces lets nothing through
          --> unitsmith.toml:17:30
           |
        17 | expose.firewall.interfaces = []
           |                              ^^
           |
           = help: name them, or write `firewall = true` for all of them

        error[US010]: `App.example.org; return 200` is not a name of DNS
          --> unitsmith.toml:21:25
           |
        21 | expose.nginx = { host = "App.example.org; return 200", path = "/api/{x}", tls = "acne" }
           |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           |
           = help: labels of small letters, digits and `-` with dots between them, like `app.example.org`, or `*.example.org` for all names below one

        error[US021]: `/api/{x}` is not a path of a URL
          --> unitsmith.toml:21:63
           |
        21 | expose.nginx = { host = "App.example.org; return 200", path = "/api/{x}", tls = "acne" }
           |                                                               ^^^^^^^^^^
           |
           = help: begin with `/`, then letters, digits and `._~-` between the slashes, like `/api/`

        error[US005]: `acne` is not a value of `services.wrong.expose.nginx.tls`
          --> unitsmith.toml:21:81
           |
        21 | expose.nginx = { host = "App.example.org; return 200", path = "/api/{x}", tls = "acne" }
           |                                                                                 ^^^^^^
           |
           = help: did you mean `acme`? values are: acme, off

        error[US010]: `a..b` is not a name of DNS
          --> unitsmith.toml:22:25
           |
        22 | expose.caddy = { host = "a..b", path = "api", tls = { certificate = "x" } }
           |                         ^^^^^^
           |
           = help: labels of small letters, digits and `-` with dots between them, like `app.example.org`, or `*.example.org` for all names below one

        error[US021]: `api` is not a path of a URL
          --> unitsmith.toml:22:40
           |
        22 | expose.caddy = { host = "a..b", path = "api", tls = { certificate = "x" } }
           |                                        ^^^^^
           |
           = help: begin with `/`, then letters, digits and `._~-` between the slashes, like `/api/`

        error[US003]: `services.wrong.expose.caddy.tls` takes a string, not a table
          --> unitsmith.toml:22:53
           |
        22 | expose.caddy = { host = "a..b", path = "api", tls = { certificate = "x" } }
           |                                                     ^^^^^^^^^^^^^^^^^^^^^
           |
           = help: values are: auto, internal, off

        10 problems
        --- exit 1
    "#]],
    );
}
