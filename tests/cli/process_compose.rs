//! What is asked for of process-compose.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[test]
fn an_entrypoint_is_a_program_and_goes_when_it_is_wanted_no_more() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    let wanted = "--target process-compose --entrypoint";
    check(
        scratch.path(),
        &format!("gen {wanted}"),
        expect![[r#"
        --- stderr
        2 files written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
    let script = scratch.path().join("generated/process-compose/entrypoint");
    let mode = || script.metadata().unwrap().permissions().mode();
    assert_eq!(mode() & 0o111, 0o111);
    std::fs::set_permissions(&script, Permissions::from_mode(0o644)).unwrap();
    check(
        scratch.path(),
        &format!("check {wanted}"),
        expect![[r#"
        --- stdout
        diff --git a/process-compose/entrypoint b/process-compose/entrypoint
        old mode 100644
        new mode 100755
        --- stderr
        `generated/process-compose/entrypoint` is different
        to repair it: unitsmith gen --target process-compose --entrypoint
        --- exit 1
    "#]],
    );
    // A mode is no matter of layout.
    let different = shown(scratch.path(), &format!("check {wanted}"));
    let structural = shown(scratch.path(), &format!("check --structural -q {wanted}"));
    assert_eq!(structural, different);
    check(
        scratch.path(),
        &format!("gen {wanted}"),
        expect![[r#"
        --- stderr
        1 file written, 1 unchanged in `generated`
        --- exit 0
    "#]],
    );
    assert_eq!(mode() & 0o111, 0o111);
    check(
        scratch.path(),
        &format!("check {wanted}"),
        expect![[r#"
        --- stderr
        2 files in `generated`, as the manifest wants them
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "gen --target process-compose",
        expect![[r#"
        --- stderr
        0 files written, 1 removed, 1 unchanged in `generated`
        --- exit 0
    "#]],
    );
    assert!(!script.exists());
}

#[test]
fn an_entrypoint_of_somebody_else_is_left_alone() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    write(scratch.path(), "generated/process-compose/entrypoint", "#!/bin/sh\n# mine\n");
    check(
        scratch.path(),
        "gen --target process-compose",
        expect![[r#"
        --- stderr
        1 file written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "gen --target process-compose --entrypoint",
        expect![[r#"
        --- stderr
        error[US070]: `generated/process-compose/entrypoint` was not generated from `unitsmith.toml` and is in the way
          = help: move it away, or choose another directory with `-o`

        1 problem
        nothing was written
        --- exit 1
    "#]],
    );
}

#[test]
fn an_entrypoint_is_for_process_compose() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    check(
        scratch.path(),
        "gen --entrypoint",
        expect![[r#"
        --- stderr
        error: `--entrypoint` is for process-compose, which nobody asks for
          hint: add `--target process-compose`
        --- exit 2
    "#]],
    );
    write(scratch.path(), "box.toml", &format!("[hosts.box]\nprocessCompose = \"1.87\"\n{WEB}"));
    check(
        scratch.path(),
        "gen box.toml --entrypoint",
        expect![[r#"
        --- stderr
        2 files written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "gen box.toml --entrypoint --target nixos",
        expect![[r#"
        --- stderr
        error: `--entrypoint` is for process-compose, which nobody asks for
          hint: add `--target process-compose`
        --- exit 2
    "#]],
    );
}

#[test]
fn a_service_of_services_flake_is_nothing_elsewhere() {
    let scratch = scratch();
    let services = r#"
[defaults]
restart.delay = "1s"
[services.db]
flakeService = "postgres"
environment.A = "1"
user = "db"
[services.cache]
flakeService = "re dis"
exec.command = ["/usr/bin/redis-server"]
[services.api]
exec.command = ["/usr/bin/api", "${services.db.port}"]
dependsOn.db = "ready"
"#;
    write(scratch.path(), "unitsmith.toml", services);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US050]: `db` does not say what it runs for systemd and NixOS, which are meant without `hosts`
         --> unitsmith.toml:5:1
          |
        5 | flakeService = "postgres"
          | ^^^^^^^^^^^^
          |
          = help: give it `exec.command` or `container.image`, or leave it to hosts with `processComposeFlake = true`

        error[US041]: `environment` means nothing here: services-flake says it
         --> unitsmith.toml:6:1
          |
        6 | environment.A = "1"
          | ^^^^^^^^^^^
          |
          = help: set the option of services-flake beside the generated module

        error[US041]: `user` means nothing here: services-flake says it
         --> unitsmith.toml:7:1
          |
        7 | user = "db"
          | ^^^^
          |
          = help: set the option of services-flake beside the generated module

        error[US010]: `re dis` cannot be a service of services-flake
         --> unitsmith.toml:9:16
          |
        9 | flakeService = "re dis"
          |                ^^^^^^^^
          |
          = help: the name below `services` there, like `postgres` or `redis`

        error[US033]: `db` has no port
          --> unitsmith.toml:12:33
           |
        12 | exec.command = ["/usr/bin/api", "${services.db.port}"]
           |                                 ^^^^^^^^^^^^^^^^^^^^^
           |
           = help: give it one: a socket, a `port`, or `${port}` in its command or environment (`services.db`)

        5 problems
        nothing was written
        --- exit 1
    "#]],
    );
    let hosts = "[hosts.box]\nprocessComposeFlake = true\n[hosts.shelf]\n";
    let services = services.replace("environment.A = \"1\"\nuser = \"db\"\n", "");
    let services = services.replace("re dis", "redis");
    write(scratch.path(), "hosts.toml", &format!("{hosts}{services}"));
    check(
        scratch.path(),
        "gen hosts.toml",
        expect![[r#"
        --- stderr
        error[US050]: `db` does not say what it runs on `shelf`
         --> hosts.toml:8:1
          |
        8 | flakeService = "postgres"
          | ^^^^^^^^^^^^
          |
          = help: give it `exec.command` or `container.image`, or leave it to hosts with `processComposeFlake = true`

        error[US033]: `db` has no port
          --> hosts.toml:13:33
           |
        13 | exec.command = ["/usr/bin/api", "${services.db.port}"]
           |                                 ^^^^^^^^^^^^^^^^^^^^^
           |
           = help: give it one: a socket, a `port`, or `${port}` in its command or environment (`services.db`)

        2 problems
        nothing was written
        --- exit 1
    "#]],
    );
    let services = services.replace(
        "[services.db]\n",
        "[services.db]\nexec.command = [\"/usr/bin/db\"]\nreadiness.exec = [\"/bin/true\"]\n",
    );
    write(scratch.path(), "hosts.toml", &format!("{hosts}{services}"));
    check(
        scratch.path(),
        "gen hosts.toml",
        expect![[r#"
        --- stderr
        error[US033]: `db` has no port
          --> hosts.toml:15:33
           |
        15 | exec.command = ["/usr/bin/api", "${services.db.port}"]
           |                                 ^^^^^^^^^^^^^^^^^^^^^
           |
           = help: give it one: a socket, a `port`, or `${port}` in its command or environment (`services.db`)

        1 problem
        nothing was written
        --- exit 1
    "#]],
    );
}

#[test]
fn a_module_is_asked_for_and_stays_when_nobody_asks() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    check(
        scratch.path(),
        "gen --target process-compose-flake,process-compose",
        expect![[r#"
        --- stderr
        2 files written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "gen --target systemd,process-compose-flake",
        expect![[r#"
        --- stderr
        2 files written, 1 unchanged in `generated`
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        2 files written, 2 unchanged in `generated`
        --- exit 0
    "#]],
    );
    assert!(scratch.path().join("generated/process-compose-flake/default.nix").exists());
    assert!(scratch.path().join("generated/process-compose/process-compose.yaml").exists());
}

#[test]
fn a_host_has_one_form_of_process_compose() {
    let scratch = scratch();
    let host =
        "[hosts.box]\nprocessCompose = \"1.87\"\nprocessComposeFlake = true\nuser = \"alice\"\n";
    write(scratch.path(), "unitsmith.toml", &format!("{host}{WEB}"));
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US041]: `processCompose` means nothing here: process-compose runs what this host has
         --> unitsmith.toml:2:1
          |
        2 | processCompose = "1.87"
          | ^^^^^^^^^^^^^^
          |
          = help: take it out, or make it a host of its own

        error[US041]: `user` means nothing here: process-compose runs what this host has
         --> unitsmith.toml:4:1
          |
        4 | user = "alice"
          | ^^^^
          |
          = help: take it out, or make it a host of its own

        2 problems
        nothing was written
        --- exit 1
    "#]],
    );
}
