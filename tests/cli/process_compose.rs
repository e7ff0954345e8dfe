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
    check(
        scratch.path(),
        &format!("check --structural -q {wanted}"),
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
