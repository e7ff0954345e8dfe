//! Manifests that are refused for one reason.

use super::*;

#[test]
fn what_runs_elsewhere_cannot_be_reached_or_waited_for() {
    let scratch = scratch();
    let manifest = r#"
[hosts.one]
[hosts.two]

[services.api]
exec.command = ["/usr/bin/api", "${port}"]
hosts = ["one"]

[services.web]
exec.command = ["/usr/bin/web", "${services.api.address}"]
dependsOn.api = "started"
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US012]: `api` does not run on `two`, where `web` uses its port
          --> unitsmith.toml:10:33
           |
        10 | exec.command = ["/usr/bin/web", "${services.api.address}"]
           |                                 ^^^^^^^^^^^^^^^^^^^^^^^^^
           |
           = help: give both services the same `hosts`, or write the address of the other host

        error[US012]: `api` does not run on `two`, where `web` waits for it
          --> unitsmith.toml:11:11
           |
        11 | dependsOn.api = "started"
           |           ^^^
           |
           = help: give both services the same `hosts`

        2 problems
        nothing was written
        --- exit 1
    "#]],
    );
}

#[test]
fn broken_syntax_is_shown_where_it_is() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", "[services.web\nexec = 1\n[nixos]\nprefix = \n");
    check(
        scratch.path(),
        "check",
        expect![[r#"
            --- stderr
            error[US001]: unclosed table, expected `]`
             --> unitsmith.toml:1:14
              |
            1 | [services.web
              |              ^

            error[US001]: a value is missing
             --> unitsmith.toml:4:10
              |
            4 | prefix =
              |          ^

            2 problems
            --- exit 1
        "#]],
    );
    write(scratch.path(), "web.json", "{\n  \"services\": { \"web\": { \"port\": 80, } }\n}\n");
    check(
        scratch.path(),
        "check web.json",
        expect![[r#"
            --- stderr
            error[US001]: trailing commas are not allowed
             --> web.json:2:36
              |
            2 |   "services": { "web": { "port": 80, } }
              |                                    ^

            1 problem
            --- exit 1
        "#]],
    );
}

#[test]
fn a_manifest_that_is_not_there_ends_with_2() {
    let scratch = scratch();
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error: there is no `unitsmith.toml` here, nor the same in `.json`, `.yaml` or `.nix`
              hint: `unitsmith init NAME` writes one; or name the manifest
            --- exit 2
        "#]],
    );
    check(
        scratch.path(),
        "gen nope.toml",
        expect![[r#"
        --- stderr
        error: cannot read `nope.toml`
          cause: No such file or directory (os error 2)
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "gen nope.ini",
        expect![[r#"
            --- stderr
            error: `nope.ini` has no extension of a manifest
              hint: they are `.toml`, `.json`, `.yaml`, `.yml` and `.nix`
            --- exit 2
        "#]],
    );
    write(scratch.path(), "unitsmith.toml", WEB);
    write(scratch.path(), "unitsmith.json", "{}");
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error: there are both `unitsmith.toml` and `unitsmith.json` here
          hint: name the manifest that is meant
        --- exit 2
    "#]],
    );
}

/// What is said of the service `web` that is written so, one line a problem.
fn refusals(service: &str) -> String {
    let scratch = scratch();
    let manifest = format!(
        "[services.web]\n{service}\n[services.api]\nexec.command = [\"/a\", \"${{port}}\"]\n"
    );
    write(scratch.path(), "unitsmith.toml", &manifest);
    let shown = shown(scratch.path(), "check");
    let lines = shown.lines().filter(|it| it.starts_with("error"));
    lines.map(|it| format!("{it}\n")).collect()
}

#[test]
fn what_would_not_work_is_refused() {
    let container = "container.image = \"localhost/web:1\"\n";
    let process = "exec.command = [\"/usr/bin/web\"]\n";
    let proxy = "activation = { on = \"socket\", handoff = \"proxy\" }\n";
    let fd = "activation = { on = \"socket\", handoff = \"fd\" }\n";
    let services = [
        format!("{container}{proxy}environment.PORT = \"${{backendPort}}\""),
        format!(
            "{container}{proxy}container.ports = [{{ container = 80, address = \"192.0.2.1\" }}]"
        ),
        format!("{container}{proxy}container.ports = [{{ container = 80, protocol = \"udp\" }}]"),
        format!("{container}container.ports = [{{ container = 80 }}, {{ container = 81 }}]"),
        format!("{container}{fd}container.ports = [{{ container = 80 }}]"),
        format!("{container}container.command = [\"\", \"--important\"]"),
        format!("{container}environment.API = \"http://${{services.api.address}}\""),
        "container.image = \"localhost/web.image\"".to_owned(),
        "container.image = \"A//:::@@@\"".to_owned(),
        "container.image = \"-v/:/host\"".to_owned(),
        format!("{process}{fd}restart.policy = \"no\""),
        format!("{process}{fd}restart.policy = \"on-success\""),
        format!("{process}expose.tsProxy.tls = true\nallow = [\"US060\"]"),
        format!("{process}hosts = []"),
        format!("{process}backendPort = 80"),
        format!("{process}activation = {{ on = \"boot\", idleTimeout = \"5s\" }}"),
        format!(
            "{process}activation = {{ on = \"socket\", handoff = \"proxy\", startTimeout = \"0s\" }}\nbackendPort = 80"
        ),
        format!("{process}restart.delay = \"300000d\""),
    ];
    let shown: String = services.iter().map(|it| refusals(it)).collect();
    expect![[r#"
        error[US033]: the proxy cannot reach the container: nothing is published on its backend port
        error[US033]: the proxy cannot reach the container: nothing is published on its backend port
        error[US033]: the proxy cannot reach the container: nothing is published on its backend port
        error[US031]: two ports of the container are published on the service's own port
        error[US031]: the socket of the service already listens on its port, so the container cannot publish it
        error[US021]: Quadlet on the host that is meant without `hosts` drops an empty argument and all that follow it
        error[US060]: `api` listens on the loopback of the host, and a container has its own
        error[US021]: `localhost/web.image` is not the name of an image
        error[US021]: `A//:::@@@` is not the name of an image
        error[US021]: `-v/:/host` is not the name of an image
        error[US043]: with `no` the socket starts a service that fails again and again without a pause
        error[US043]: `on-success` starts a service again that exits because nobody calls, for ever
        error[US033]: `web` is exposed but nothing tells it to listen on a port
        error[US041]: a service without hosts runs nowhere
        error[US041]: `backendPort` means nothing here: only a proxy has a backend
        error[US041]: `idleTimeout` means nothing here: only a proxy sees that a service is idle
        error[US024]: `services.web.activation.startTimeout` is no time at all
        error[US024]: `300000d` is not a duration
    "#]].assert_eq(&shown);
}

#[test]
fn one_mistake_is_one_problem() {
    let command = "exec.command = [\"/usr/bin/web\", \"${backendPort}\"]\n";
    let services = [
        format!("{command}activation = {{ on = \"sockett\", handoff = \"proxy\" }}"),
        format!("{command}activation = {{ on = \"socket\", handof = \"proxy\" }}"),
        format!("{command}activation = {{ on = \"socket\", handoff = \"prox\" }}"),
        "exec.command = [\"/usr/bin/web\", \"${backendPort\"]\nactivation = { on = \"socket\", handoff = \"proxy\" }"
            .to_owned(),
        "exec.command = [\"/usr/bin/web\"]\nport = \"8080\"\nexpose.tsProxy.tls = true\nallow = [\"US060\"]".to_owned(),
        "exec.command = \"/usr/bin/web\"".to_owned(),
        "exec.command = [\"/usr/bin/web\"]\n[services.Web]\nexec.command = [\"/w\"]\n[services.x]\nexec.command = [\"/x\", \"${services.Web.port}\"]\ndependsOn.Web = \"started\"".to_owned(),
        "exec.command = [\"/usr/bin/web\"]\nhosts = [\"A\"]\n[hosts.A]\nnixos = \"25.11\"".to_owned(),
    ];
    let shown: String = services.iter().map(|it| refusals(it)).collect();
    expect![[r#"
        error[US005]: `sockett` is not a value of `services.web.activation.on`
        error[US002]: `handof` is not a key of `services.web.activation`
        error[US005]: `prox` is not a value of `services.web.activation.handoff`
        error[US020]: `services.web.exec.command[1]` has a `${` that is not closed
        error[US003]: `services.web.port` takes an integer, not a string
        error[US003]: `services.web.exec.command` takes a list, not a string
        error[US010]: `Web` cannot be a name
        error[US010]: `A` cannot be a name
    "#]]
    .assert_eq(&shown);
}
