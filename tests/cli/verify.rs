//! What `verify` says before it asks anything.

use crate::support::{Output, in_root};

use super::*;

const MANIFEST: &str = r#"
[hosts.shelf]

[hosts.rack]

[services.web]
exec.command = ["/usr/bin/web"]
hosts = ["shelf"]
"#;

#[test]
fn without_systemd_nothing_can_be_verified() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", MANIFEST);
    // No manager has a socket in a runtime directory that is empty.
    check_with(
        scratch.path(),
        "verify --user --host shelf",
        &[("XDG_RUNTIME_DIR", scratch.path().to_str().unwrap())],
        expect![[r#"
            --- stderr
            error: no manager of systemd runs for this account
              hint: log in as it, or let it run from the boot on: loginctl enable-linger
            --- exit 2
        "#]],
    );
}

/// In a root that has systemd, but was not booted.
#[test]
fn a_host_that_was_not_booted_cannot_be_verified() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", MANIFEST);
    let program = Path::new(env!("CARGO_BIN_EXE_unitsmith"));
    let manifest = scratch.path().join("unitsmith.toml");
    let (program, shared) = (program.to_str().unwrap(), program.parent().unwrap());
    let command = [program, "verify", "--host", "shelf", "--manifest", manifest.to_str().unwrap()];
    let Output { stdout, stderr, code } = in_root(&[shared, scratch.path()], &command);
    let said = format!("{stdout}{stderr}--- exit {}\n", code.unwrap());
    expect![[r#"
        error: systemd does not run here
          hint: verify on the host that has the services; `unitsmith try` runs one without systemd
        --- exit 2
    "#]]
    .assert_eq(&said);
}

#[test]
fn only_services_of_this_host_are_verified() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", MANIFEST);
    check(
        scratch.path(),
        "verify wbe --host shelf",
        expect![[r#"
        --- stderr
        error: `wbe` is not a service of this host
          hint: did you mean `web`? services are: web
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "verify web --host rack",
        expect![[r#"
        --- stderr
        error: `web` is not a service of this host
          hint: there are no services
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "verify --host shlef",
        expect![[r#"
        --- stderr
        error: there is no host `shlef`
          hint: did you mean `shelf`? hosts are: rack, shelf
        --- exit 2
    "#]],
    );
}
