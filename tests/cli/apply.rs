//! `unitsmith apply` into an image, in which nothing runs.

use std::path::{Path, PathBuf};

use expect_test::expect;

use crate::support::{read, scratch_in_memory};

use super::{check, shown, write};

mod back;
mod hostile;
mod killed;

const TWO: &str = r#"
[services.web]
exec.command = ["/usr/bin/web", "${port}"]

[services.cache]
exec.command = ["/usr/bin/cache"]
activation = { on = "socket", handoff = "fd" }
"#;

const ONE: &str = r#"
[services.web]
exec.command = ["/usr/bin/web", "--new", "${port}"]
"#;

/// A manifest and an image, which has nothing yet.
fn machine(manifest: &str) -> tempfile::TempDir {
    let scratch = scratch_in_memory();
    write(scratch.path(), "unitsmith.toml", manifest);
    std::fs::create_dir(scratch.path().join("image")).unwrap();
    scratch
}

fn units(directory: &Path) -> PathBuf {
    directory.join("image/etc/systemd/system")
}

/// The regular files of the image with their texts, and its links with what they lead to.
fn image(directory: &Path) -> String {
    let mut lines = Vec::new();
    let mut directories = vec![directory.join("image/etc"), directory.join("image/home")];
    while let Some(current) = directories.pop() {
        for entry in std::fs::read_dir(&current).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(directory.join("image")).unwrap().display();
            if path.is_symlink() {
                lines.push(format!("{name} -> {}\n", std::fs::read_link(&path).unwrap().display()));
            } else if path.is_dir() {
                directories.push(path);
            } else {
                lines.push(format!("{name}\n"));
            }
        }
    }
    lines.sort();
    lines.concat()
}

#[test]
fn an_image_gets_units_and_what_enables_them() {
    let scratch = machine(TWO);
    check(
        scratch.path(),
        "apply --root image --dry-run",
        expect![[r#"
        --- stdout
        add      /etc/sysctl.d/60-unitsmith.conf
        add      /etc/systemd/system/cache.service
        add      /etc/systemd/system/cache.socket
        add      /etc/systemd/system/multi-user.target.wants/web.service
        add      /etc/systemd/system/sockets.target.wants/cache.socket
        add      /etc/systemd/system/web.service
        --- stderr
        6 changes, none of them made
        --- exit 1
    "#]],
    );
    assert_eq!(image(scratch.path()), "");
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
        --- stdout
        add      /etc/sysctl.d/60-unitsmith.conf
        add      /etc/systemd/system/cache.service
        add      /etc/systemd/system/cache.socket
        add      /etc/systemd/system/multi-user.target.wants/web.service
        add      /etc/systemd/system/sockets.target.wants/cache.socket
        add      /etc/systemd/system/web.service
        --- stderr
        6 files added, 0 replaced, 0 removed, 0 unchanged
        --- exit 0
    "#]],
    );
    expect![[r#"
        etc/sysctl.d/60-unitsmith.conf
        etc/systemd/system/cache.service
        etc/systemd/system/cache.socket
        etc/systemd/system/multi-user.target.wants/web.service -> /etc/systemd/system/web.service
        etc/systemd/system/sockets.target.wants/cache.socket -> /etc/systemd/system/cache.socket
        etc/systemd/system/web.service
    "#]]
    .assert_eq(&image(scratch.path()));
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
        --- stderr
        nothing to change: 6 files
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "apply --root image --dry-run",
        expect![[r#"
        --- stderr
        nothing to change: 6 files
        --- exit 0
    "#]],
    );
}

#[test]
fn what_the_manifest_says_no_more_is_removed_and_all_else_stays() {
    let scratch = machine(TWO);
    shown(scratch.path(), "apply --root image");
    write(&units(scratch.path()), "web.service.d/mine.conf", "[Service]\n");
    write(&units(scratch.path()), "mine.service", "[Service]\n");
    write(&units(scratch.path()), "sockets.target.wants/mine.socket", "[Socket]\n");
    write(scratch.path(), "unitsmith.toml", ONE);
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
        --- stdout
        replace  /etc/sysctl.d/60-unitsmith.conf
        remove   /etc/systemd/system/cache.service
        remove   /etc/systemd/system/cache.socket
        remove   /etc/systemd/system/sockets.target.wants/cache.socket
        replace  /etc/systemd/system/web.service
        --- stderr
        0 files added, 2 replaced, 3 removed, 1 unchanged
        --- exit 0
    "#]],
    );
    expect![[r#"
        etc/sysctl.d/60-unitsmith.conf
        etc/systemd/system/mine.service
        etc/systemd/system/multi-user.target.wants/web.service -> /etc/systemd/system/web.service
        etc/systemd/system/sockets.target.wants/mine.socket
        etc/systemd/system/web.service
        etc/systemd/system/web.service.d/mine.conf
    "#]]
    .assert_eq(&image(scratch.path()));
}

#[test]
fn a_generated_tree_is_applied_like_its_manifest() {
    let scratch = machine(TWO);
    shown(scratch.path(), "gen");
    shown(scratch.path(), "apply --root image");
    check(
        scratch.path(),
        "apply generated --root image",
        expect![[r#"
        --- stderr
        nothing to change: 6 files
        --- exit 0
    "#]],
    );
}

#[test]
fn units_are_readable_for_all_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = machine(ONE);
    let script = format!("umask 077; {} apply --root image", env!("CARGO_BIN_EXE_unitsmith"));
    let mut shell = std::process::Command::new("bash");
    let output = crate::support::run(shell.current_dir(scratch.path()).args(["-c", &script]));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let unit = units(scratch.path()).join("web.service");
    assert_eq!(unit.metadata().unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn an_account_gets_its_own_and_root_the_rest() {
    let manifest =
        format!("{TWO}\n[hosts.shelf]\nsystemd = 257\npodman = \"5.4\"\nuser = \"alice\"\n");
    let scratch = machine(&manifest);
    std::fs::create_dir_all(scratch.path().join("image/home/alice")).unwrap();
    let said = shown(scratch.path(), "apply --root image");
    assert!(said.contains("say with `--host` which is meant: `shelf`"), "{said}");
    check(
        scratch.path(),
        "apply --root image --host shelf",
        expect![[r#"
        --- stdout
        add      /etc/tmpfiles.d/unitsmith.conf
        add      /etc/sysctl.d/60-unitsmith.conf
        --- stderr
        3 files of an account left alone: `unitsmith apply --user`, run by it, takes them
        2 files added, 0 replaced, 0 removed, 0 unchanged
        --- exit 0
    "#]],
    );
    let home = [("HOME", "/home/alice")];
    super::check_with(
        scratch.path(),
        "apply --root image --host shelf --user",
        &home,
        expect![[r#"
            --- stdout
            add      /home/alice/.config/systemd/user/cache.service
            add      /home/alice/.config/systemd/user/cache.socket
            add      /home/alice/.config/systemd/user/default.target.wants/web.service
            add      /home/alice/.config/systemd/user/sockets.target.wants/cache.socket
            add      /home/alice/.config/systemd/user/web.service
            --- stderr
            2 files of the system left alone: `unitsmith apply`, run by root, takes them
            5 files added, 0 replaced, 0 removed, 0 unchanged
            --- exit 0
        "#]],
    );
    expect![[r#"
        etc/sysctl.d/60-unitsmith.conf
        etc/tmpfiles.d/unitsmith.conf
        home/alice/.config/systemd/user/cache.service
        home/alice/.config/systemd/user/cache.socket
        home/alice/.config/systemd/user/default.target.wants/web.service -> /home/alice/.config/systemd/user/web.service
        home/alice/.config/systemd/user/sockets.target.wants/cache.socket -> /home/alice/.config/systemd/user/cache.socket
        home/alice/.config/systemd/user/web.service
        home/alice/.local/state/unitsmith/generations/1.json
        home/alice/.local/state/unitsmith/inventory.json
        home/alice/.local/state/unitsmith/lock
    "#]].assert_eq(&image(scratch.path()));
}

#[test]
fn services_of_the_system_are_none_of_an_account() {
    let scratch = machine(ONE);
    super::check_with(
        scratch.path(),
        "apply --root image --user",
        &[("HOME", "/home/alice")],
        expect![[r#"
            --- stderr
            error[US102]: the services of this host are the system's
              = help: leave `--user` away, or give the host a `user` in the manifest

            1 problem
            nothing was changed
            --- exit 1
        "#]],
    );
}

#[test]
fn what_somebody_edited_is_kept_beside_what_is_wanted() {
    let scratch = machine(ONE);
    shown(scratch.path(), "apply --root image");
    let unit = units(scratch.path()).join("web.service");
    let whole = std::fs::read_to_string(&unit).unwrap();
    std::fs::write(&unit, format!("{whole}Nice=5\n")).unwrap();
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
        --- stdout
        replace  /etc/systemd/system/web.service
        --- stderr
        `/etc/systemd/system/web.service` was edited: what it said is kept in `image/var/lib/unitsmith/edited/systemd_web.service`
        0 files added, 1 replaced, 0 removed, 2 unchanged
        --- exit 0
    "#]],
    );
    assert_eq!(std::fs::read_to_string(&unit).unwrap(), whole);
    let edited = read(&scratch.path().join("image/var/lib/unitsmith/edited"));
    assert_eq!(edited["systemd_web.service"], format!("{whole}Nice=5\n"));
}

#[test]
fn a_masked_unit_stays_masked() {
    let scratch = machine(ONE);
    std::fs::create_dir_all(units(scratch.path())).unwrap();
    std::os::unix::fs::symlink("/dev/null", units(scratch.path()).join("web.service")).unwrap();
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
        --- stdout
        add      /etc/sysctl.d/60-unitsmith.conf
        add      /etc/systemd/system/multi-user.target.wants/web.service
        --- stderr
        `/etc/systemd/system/web.service` is masked and stays so
        2 files added, 0 replaced, 0 removed, 1 unchanged
        --- exit 0
    "#]],
    );
    expect![[r#"
        etc/sysctl.d/60-unitsmith.conf
        etc/systemd/system/multi-user.target.wants/web.service -> /etc/systemd/system/web.service
        etc/systemd/system/web.service -> /dev/null
    "#]]
    .assert_eq(&image(scratch.path()));
}

#[test]
fn a_run_that_was_killed_is_finished_by_the_next() {
    let scratch = machine(TWO);
    shown(scratch.path(), "apply --root image");
    let wanted = image(scratch.path());
    // What a run leaves that ended between its inventory and its files.
    let inventory = scratch.path().join("image/var/lib/unitsmith/inventory.json");
    let text = std::fs::read_to_string(&inventory).unwrap();
    std::fs::write(&inventory, text.replace("\"pending\":[]", "\"pending\":[2]")).unwrap();
    std::fs::remove_file(units(scratch.path()).join("web.service")).unwrap();
    std::fs::write(units(scratch.path()).join(".unitsmith-1-0"), "# Gener").unwrap();
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
        --- stdout
        add      /etc/systemd/system/web.service
        --- stderr
        1 file added, 0 replaced, 0 removed, 5 unchanged
        --- exit 0
    "#]],
    );
    assert_eq!(image(scratch.path()), wanted);
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
        --- stderr
        nothing to change: 6 files
        --- exit 0
    "#]],
    );
}

#[test]
fn without_its_inventory_it_knows_what_is_its_own() {
    for damage in ["remove", "cut"] {
        let scratch = machine(TWO);
        shown(scratch.path(), "apply --root image");
        let inventory = scratch.path().join("image/var/lib/unitsmith/inventory.json");
        if damage == "remove" {
            std::fs::remove_file(&inventory).unwrap();
        } else {
            let text = std::fs::read_to_string(&inventory).unwrap();
            std::fs::write(&inventory, &text[..text.len() / 2]).unwrap();
        }
        write(scratch.path(), "unitsmith.toml", ONE);
        let said = shown(scratch.path(), "apply --root image");
        assert!(said.contains("0 files added, 2 replaced, 3 removed"), "{said}");
        assert!(!said.contains("edited"), "{said}");
        assert_eq!(said.contains("damaged"), damage == "cut", "{said}");
    }
}

#[test]
fn the_last_trees_are_kept() {
    let scratch = machine(ONE);
    for nice in 0..14 {
        write(scratch.path(), "unitsmith.toml", &format!("{ONE}nice = {nice}\n"));
        shown(scratch.path(), "apply --root image");
    }
    let kept = read(&scratch.path().join("image/var/lib/unitsmith/generations"));
    let mut numbers: Vec<u64> =
        kept.keys().map(|it| it.trim_end_matches(".json").parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (5..=14).collect::<Vec<_>>());
}
