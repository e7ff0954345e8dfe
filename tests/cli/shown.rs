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
               = help: write the same for both, or choose another name or port

            error[US014]: `app.example.org` has another `tls` here than in `first`
              --> unitsmith.toml:21:8
               |
            21 | expose.caddy = { host = "app.example.org", path = "/other", tls = "off" }
               |        ^^^^^
               |
               = help: write the same for both, or choose another name or port

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

#[test]
fn what_tailscale_and_cloudflare_cannot_do_is_a_problem() {
    let scratch = scratch();
    let manifest = r#"
[tsProxy]
version = "new"
program = "ts-proxyd"

[cloudflared.tunnels.home]
credentialsFile = "/etc/cloudflared/home.json"

[services.a]
port = 1001
exec.command = ["/usr/bin/a"]
expose.tailscaleServe = {}
expose.tsProxy = { funnel = true, tls = false, listen = 444, name = "A b" }

[services.b]
port = 1002
exec.command = ["/usr/bin/b"]
expose.tailscaleServe = { https = 443, tcp = 5432 }
expose.tsProxy.raw = true

[services.c]
port = 1003
exec.command = ["/usr/bin/c"]
expose.tailscaleServe = { http = 80, funnel = true }

[services.d]
port = 1004
exec.command = ["/usr/bin/d"]
expose.tailscaleServe = { tcp = 5432, path = "/d" }

[services.e]
port = 1005
exec.command = ["/usr/bin/e"]
expose.cloudflared = { tunnel = "hom", host = "app.example.org" }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "check",
        expect![[r#"
            --- stderr
            error[US005]: `new` is not a version of ts-proxy
             --> unitsmith.toml:3:11
              |
            3 | version = "new"
              |           ^^^^^
              |
              = help: like `0.12` or `0.13`

            error[US022]: `ts-proxyd` is not an absolute path
             --> unitsmith.toml:4:11
              |
            4 | program = "ts-proxyd"
              |           ^^^^^^^^^^^
              |
              = help: write the whole path from `/` on, without `..`

            error[US004]: `tailscaleServe` does not say on which port
              --> unitsmith.toml:12:8
               |
            12 | expose.tailscaleServe = {}
               |        ^^^^^^^^^^^^^^
               |
               = help: write `https = 443`, or `http`, `tcp` or `tlsTerminatedTcp` with a port

            error[US041]: `tls = false` means nothing here: a funnel always has TLS
              --> unitsmith.toml:13:41
               |
            13 | expose.tsProxy = { funnel = true, tls = false, listen = 444, name = "A b" }
               |                                         ^^^^^
               |
               = help: take it out

            error[US005]: 444 is not a port that a funnel may answer on
              --> unitsmith.toml:13:57
               |
            13 | expose.tsProxy = { funnel = true, tls = false, listen = 444, name = "A b" }
               |                                                         ^^^
               |
               = help: they are 443, 8443 and 10000

            error[US010]: `A b` cannot be a name in a Tailscale network
              --> unitsmith.toml:13:69
               |
            13 | expose.tsProxy = { funnel = true, tls = false, listen = 444, name = "A b" }
               |                                                                     ^^^^^
               |
               = help: small letters, digits and `-`, at most 63, with a letter or digit at both ends

            error[US041]: `tcp` means nothing beside `https`: a service is served on one port
              --> unitsmith.toml:18:40
               |
            18 | expose.tailscaleServe = { https = 443, tcp = 5432 }
               |                                        ^^^
               |
               = help: take one of them out

            error[US004]: `tsProxy` that passes on connections as they are needs a port to `listen` on
              --> unitsmith.toml:19:8
               |
            19 | expose.tsProxy.raw = true
               |        ^^^^^^^
               |
               = help: add `listen`

            error[US005]: 80 is not a port that a funnel may answer on
              --> unitsmith.toml:24:34
               |
            24 | expose.tailscaleServe = { http = 80, funnel = true }
               |                                  ^^
               |
               = help: they are 443, 8443 and 10000

            error[US041]: `funnel` means nothing here: it always has TLS, which `http` has not
              --> unitsmith.toml:24:38
               |
            24 | expose.tailscaleServe = { http = 80, funnel = true }
               |                                      ^^^^^^
               |
               = help: write `https` in place of `http`, or take `funnel` out

            error[US041]: `path` means nothing here: `tcp` knows no paths
              --> unitsmith.toml:29:39
               |
            29 | expose.tailscaleServe = { tcp = 5432, path = "/d" }
               |                                       ^^^^
               |
               = help: take it out

            error[US012]: `hom` is not a tunnel of this manifest
              --> unitsmith.toml:34:33
               |
            34 | expose.cloudflared = { tunnel = "hom", host = "app.example.org" }
               |                                 ^^^^^
               |
               = help: did you mean `home`? tunnels are: home

            12 problems
            --- exit 1
        "#]],
    );
}

#[test]
fn services_of_one_tailnet_and_tunnel_do_not_meet() {
    let scratch = scratch();
    let manifest = r#"
[cloudflared.tunnels]
home.credentialsFile = "/etc/cloudflared/home.json"
away.credentialsFile = "/etc/cloudflared/away.json"

[services.a-b]
port = 1001
exec.command = ["/usr/bin/a"]
expose.tailscaleServe = { https = 443, path = "/x" }
expose.tsProxy.name = "same"
expose.cloudflared = { tunnel = "home", host = "app.example.org" }

[services.a_b]
port = 1002
exec.command = ["/usr/bin/b"]
expose.tailscaleServe = { https = 443, path = "/x/" }
expose.tsProxy = {}
expose.cloudflared = { tunnel = "home", host = "app.example.org", path = "/b" }

[services.c]
port = 1003
exec.command = ["/usr/bin/c"]
expose.tailscaleServe.http = 443
expose.tsProxy.name = "same"
expose.cloudflared = { tunnel = "away", host = "app.example.org", path = "/c" }
allow = ["US060"]

[services.ts-proxy]
exec.command = ["/usr/bin/d"]

[services.tailscale-serve-c]
exec.command = ["/usr/bin/e"]
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "check",
        expect![[r#"
        --- stderr
        error[US014]: `/x/` on port 443 in the Tailscale network already leads to `a-b`
          --> unitsmith.toml:16:8
           |
        16 | expose.tailscaleServe = { https = 443, path = "/x/" }
           |        ^^^^^^^^^^^^^^
           |
           = help: choose another name or path for one of them

        error[US014]: `a_b` of ts-proxy already leads to `a-b`
          --> unitsmith.toml:17:8
           |
        17 | expose.tsProxy = {}
           |        ^^^^^^^
           |
           = help: choose another name or path for one of them

        error[US060]: cloudflared of NixOS has one path for `app.example.org`
          --> unitsmith.toml:18:74
           |
        18 | expose.cloudflared = { tunnel = "home", host = "app.example.org", path = "/b" }
           |                                                                          ^^^^
           |
           = help: give the services names of their own, or accept it with `allow = ["US060"]`

        error[US014]: `port 443` has another protocol or `funnel` here than in `a-b`
          --> unitsmith.toml:23:8
           |
        23 | expose.tailscaleServe.http = 443
           |        ^^^^^^^^^^^^^^
           |
           = help: write the same for both, or choose another name or port

        error[US014]: `same` of ts-proxy already leads to `a-b`
          --> unitsmith.toml:24:8
           |
        24 | expose.tsProxy.name = "same"
           |        ^^^^^^^
           |
           = help: choose another name or path for one of them

        error[US014]: `app.example.org` has another `tunnel` here than in `a-b`
          --> unitsmith.toml:25:8
           |
        25 | expose.cloudflared = { tunnel = "away", host = "app.example.org", path = "/c" }
           |        ^^^^^^^^^^^
           |
           = help: write the same for both, or choose another name or port

        error[US011]: `ts-proxy.service` is already the unit of `expose.tsProxy` of `a-b`
          --> unitsmith.toml:28:11
           |
        28 | [services.ts-proxy]
           |           ^^^^^^^^
           |
           = help: rename the service

        error[US011]: `tailscale-serve-c.service` is already the unit of `expose.tailscaleServe` of `c`
          --> unitsmith.toml:31:11
           |
        31 | [services.tailscale-serve-c]
           |           ^^^^^^^^^^^^^^^^^
           |
           = help: rename the service

        8 problems
        --- exit 1
    "#]],
    );
}
