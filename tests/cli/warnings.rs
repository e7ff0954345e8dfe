//! What is said but stops nothing.

use super::*;

const OPEN: &str = r#"[services.web]
port = 8080

[services.web.container]
image = "localhost/web:1"
ports = [{ container = 80, address = "0.0.0.0" }, { container = 53, host = 53, address = "::", protocol = "udp" }]
"#;

/// What is said from the number of warnings on.
fn after_the_warnings(directory: &Path, arguments: &str) -> String {
    let all = shown(directory, arguments);
    let start = all.find("2 warnings\n").expect("both warnings are counted");
    all[start..].to_owned()
}

#[test]
fn a_warning_is_shown_and_counted_and_files_are_written() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", OPEN);
    check(
        scratch.path(),
        "gen --target systemd",
        expect![[r#"
        --- stderr
        warning[US061]: TCP port 8080 of `web` is published on 0.0.0.0, past the firewall of the host
         --> unitsmith.toml:6:38
          |
        6 | ports = [{ container = 80, address = "0.0.0.0" }, { container = 53, host = 53, address = "::", protocol = "udp" }]
          |                                      ^^^^^^^^^
          |
          = help: publish it on loopback and show it with `expose`, or accept that everybody reaches it with `allow = ["US061"]`

        warning[US061]: UDP port 53 of `web` is published on [::], past the firewall of the host
         --> unitsmith.toml:6:90
          |
        6 | ports = [{ container = 80, address = "0.0.0.0" }, { container = 53, host = 53, address = "::", protocol = "udp" }]
          |                                                                                          ^^^^
          |
          = help: publish it on loopback and show it with `expose`, or accept that everybody reaches it with `allow = ["US061"]`

        2 warnings
        2 files written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
    assert!(scratch.path().join("generated/systemd/web.service").exists());
    expect![[r#"
        2 warnings
        2 files in `generated`, as the manifest wants them
        --- exit 0
    "#]]
    .assert_eq(&after_the_warnings(scratch.path(), "check --target systemd"));
    // What differs is shown after it, and decides the exit status.
    write(scratch.path(), "generated/systemd/web.service", "# of somebody else\n");
    expect![[r#"
        2 warnings
        error[US070]: `generated/systemd/web.service` was not generated from `unitsmith.toml` and is in the way
          = help: move it away, or choose another directory with `-o`

        1 problem
        nothing was written
        --- exit 1
    "#]]
    .assert_eq(&after_the_warnings(scratch.path(), "gen --target systemd"));
}

#[test]
fn an_allowed_warning_is_not_shown() {
    let scratch = scratch();
    let allowed = OPEN.replace("port = 8080", "port = 8080\nallow = [\"US061\"]");
    write(scratch.path(), "unitsmith.toml", &allowed);
    check(
        scratch.path(),
        "gen --target systemd",
        expect![[r#"
        --- stderr
        2 files written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
}

#[test]
fn a_warning_beside_an_error_is_counted_apart() {
    let scratch = scratch();
    let wrong = format!("{OPEN}\n[services.db]\nport = 0\nexec.command = [\"/usr/bin/db\"]\n");
    write(scratch.path(), "unitsmith.toml", &wrong);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error[US030]: 0 is not a port
             --> unitsmith.toml:9:8
              |
            9 | port = 0
              |        ^
              |
              = help: a port is 1 to 65535; leave it out and a stable one is given

            1 problem
            nothing was written
            --- exit 1
        "#]],
    );
}

#[test]
fn a_port_on_loopback_is_no_warning() {
    let scratch = scratch();
    for address in ["127.0.0.1", "127.0.0.2", "::1"] {
        let manifest = OPEN.replace("0.0.0.0", address).replace("\"::\"", "\"::1\"");
        write(scratch.path(), "unitsmith.toml", &manifest);
        assert!(!shown(scratch.path(), "gen").contains("warning"), "{address}");
    }
}

#[test]
fn a_port_of_an_account_is_no_warning_where_the_firewall_guards_it() {
    let scratch = scratch();
    for (hosts, is_warned) in [
        ("[hosts.a]\nuser = \"alice\"\n", false),
        ("[hosts.a]\nuser = \"alice\"\n[hosts.b]\n", true),
    ] {
        let manifest = OPEN.replace("host = 53,", "host = 5353,");
        write(scratch.path(), "unitsmith.toml", &format!("{hosts}\n{manifest}"));
        assert_eq!(shown(scratch.path(), "gen").contains("US061"), is_warned, "{hosts}");
    }
}
