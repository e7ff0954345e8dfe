//! `status`, `rollback`, `remove` and `reconcile` of an image, in which nothing runs.

use expect_test::expect;

use super::super::{check, shown, write};
use super::{ONE, TWO, image, machine, units};

#[test]
fn what_was_before_comes_back() {
    let scratch = machine(TWO);
    shown(scratch.path(), "apply --root image");
    let before = image(scratch.path());
    check(
        scratch.path(),
        "rollback --root image",
        expect![[r#"
        --- stderr
        error: there is no tree before this one
          hint: `unitsmith apply` makes the host what a manifest says
        --- exit 2
    "#]],
    );
    write(scratch.path(), "unitsmith.toml", ONE);
    shown(scratch.path(), "apply --root image");
    let after = image(scratch.path());
    check(
        scratch.path(),
        "rollback --root image --dry-run",
        expect![[r#"
        --- stdout
        replace  /etc/sysctl.d/60-unitsmith.conf
        add      /etc/systemd/system/cache.service
        add      /etc/systemd/system/cache.socket
        add      /etc/systemd/system/sockets.target.wants/cache.socket
        replace  /etc/systemd/system/web.service
        --- stderr
        tree 1
        5 changes, none of them made
        --- exit 1
    "#]],
    );
    check(
        scratch.path(),
        "rollback --root image",
        expect![[r#"
        --- stdout
        replace  /etc/sysctl.d/60-unitsmith.conf
        add      /etc/systemd/system/cache.service
        add      /etc/systemd/system/cache.socket
        add      /etc/systemd/system/sockets.target.wants/cache.socket
        replace  /etc/systemd/system/web.service
        --- stderr
        tree 1
        3 files added, 2 replaced, 0 removed, 1 unchanged
        --- exit 0
    "#]],
    );
    assert_eq!(image(scratch.path()), before);
    check(
        scratch.path(),
        "rollback 2 --root image",
        expect![[r#"
        --- stdout
        replace  /etc/sysctl.d/60-unitsmith.conf
        remove   /etc/systemd/system/cache.service
        remove   /etc/systemd/system/cache.socket
        remove   /etc/systemd/system/sockets.target.wants/cache.socket
        replace  /etc/systemd/system/web.service
        --- stderr
        tree 2
        0 files added, 2 replaced, 3 removed, 1 unchanged
        --- exit 0
    "#]],
    );
    assert_eq!(image(scratch.path()), after);
    check(
        scratch.path(),
        "rollback 9 --root image",
        expect![[r#"
            --- stderr
            error: tree 9 is not kept
              hint: `unitsmith rollback NUMBER` goes back to one of these: 1, 2, 3, 4
            --- exit 2
        "#]],
    );
}

#[test]
fn a_damaged_tree_is_called_so_and_others_are_named() {
    let scratch = machine(TWO);
    shown(scratch.path(), "apply --root image");
    for nice in [1, 2] {
        write(scratch.path(), "unitsmith.toml", &format!("{ONE}nice = {nice}\n"));
        shown(scratch.path(), "apply --root image");
    }
    let kept = |number: u32| {
        scratch.path().join(format!("image/var/lib/unitsmith/generations/{number}.json"))
    };
    let cut = |number| {
        let text = std::fs::read_to_string(kept(number)).unwrap();
        std::fs::write(kept(number), &text[..30]).unwrap();
    };
    let before = image(scratch.path());
    cut(2);
    for command in ["rollback --root image", "rollback 2 --root image --dry-run"] {
        check(
            scratch.path(),
            command,
            expect![[r#"
                --- stderr
                error: tree 2 is damaged: EOF while parsing a string at line 1 column 30
                  hint: `unitsmith rollback NUMBER` goes back to one of these: 1, 3
                --- exit 2
            "#]],
        );
    }
    cut(1);
    cut(3);
    check(
        scratch.path(),
        "rollback --root image",
        expect![[r#"
        --- stderr
        error: tree 2 is damaged: EOF while parsing a string at line 1 column 30
          hint: no tree can be gone back to; `unitsmith apply` makes the host what a manifest says
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "status --root image",
        expect![[r#"
        --- stderr
        error: tree 3 is damaged: EOF while parsing a string at line 1 column 30
          hint: `unitsmith apply` makes it anew
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "apply --root image",
        expect![[r#"
            --- stderr
            0 files added, 0 replaced, 0 removed, 3 unchanged
            --- exit 0
        "#]],
    );
    check(
        scratch.path(),
        "status --root image",
        expect![[r#"
            --- stderr
            tree 4, 3 files, 0 not as made
            --- exit 0
        "#]],
    );
    assert_eq!(image(scratch.path()), before);
}

#[test]
fn drift_is_shown_and_repaired_except_what_an_administrator_did() {
    let scratch = machine(TWO);
    check(
        scratch.path(),
        "status --root image",
        expect![[r#"
        --- stderr
        error: nothing was applied here
          hint: `unitsmith apply` makes a host what a manifest says
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "reconcile --root image",
        expect![[r#"
        --- exit 0
    "#]],
    );
    shown(scratch.path(), "apply --root image");
    check(
        scratch.path(),
        "status --root image",
        expect![[r#"
        --- stderr
        tree 1, 6 files, 0 not as made
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "reconcile --root image",
        expect![[r#"
        --- exit 0
    "#]],
    );
    let unit = |name: &str| units(scratch.path()).join(name);
    std::fs::remove_file(unit("web.service")).unwrap();
    let socket = std::fs::read_to_string(unit("cache.socket")).unwrap();
    std::fs::write(unit("cache.socket"), format!("{socket}# mine\n")).unwrap();
    std::fs::remove_file(unit("sockets.target.wants/cache.socket")).unwrap();
    std::fs::write(unit("cache.service"), "[Service]\n").unwrap();
    check(
        scratch.path(),
        "status --root image",
        expect![[r#"
        --- stderr
        `/etc/systemd/system/cache.socket` was edited
        `/etc/systemd/system/sockets.target.wants/cache.socket` is missing, so the unit is not enabled
        `/etc/systemd/system/web.service` is missing
        `/etc/systemd/system/cache.service` is somebody else's
        tree 1, 6 files, 4 not as made
        --- exit 1
    "#]],
    );
    check(
        scratch.path(),
        "status --root image --json",
        expect![[r#"
        --- stdout
        {
          "drift": [
            {
              "path": "/etc/systemd/system/cache.socket",
              "what": "was edited"
            },
            {
              "path": "/etc/systemd/system/sockets.target.wants/cache.socket",
              "what": "is missing, so the unit is not enabled"
            },
            {
              "path": "/etc/systemd/system/web.service",
              "what": "is missing"
            },
            {
              "path": "/etc/systemd/system/cache.service",
              "what": "is somebody else's"
            }
          ],
          "isUnfinished": false,
          "services": [],
          "tree": 1
        }
        --- exit 1
    "#]],
    );
    check(
        scratch.path(),
        "reconcile --root image",
        expect![[r#"
        --- stdout
        replace  /etc/systemd/system/cache.socket
        add      /etc/systemd/system/web.service
        --- stderr
        `/etc/systemd/system/cache.service` is somebody else's and is left alone
        `/etc/systemd/system/sockets.target.wants/cache.socket` is disabled and is left alone
        `/etc/systemd/system/cache.socket` was edited: what it said is kept in `image/var/lib/unitsmith/edited/systemd_cache.socket`
        --- exit 0
    "#]],
    );
    // What is left alone is said once.
    check(
        scratch.path(),
        "reconcile --root image",
        expect![[r#"
        --- exit 0
    "#]],
    );
}

#[test]
fn what_is_removed_is_gone_with_all_that_was_kept_of_it() {
    let scratch = machine(TWO);
    check(
        scratch.path(),
        "remove --root image",
        expect![[r#"
        --- stderr
        nothing was applied here
        --- exit 0
    "#]],
    );
    shown(scratch.path(), "apply --root image --install-timer");
    write(&units(scratch.path()), "mine.service", "[Service]\n");
    check(
        scratch.path(),
        "remove --root image --dry-run",
        expect![[r#"
        --- stdout
        remove   /etc/sysctl.d/60-unitsmith.conf
        remove   /etc/systemd/system/cache.service
        remove   /etc/systemd/system/cache.socket
        remove   /etc/systemd/system/multi-user.target.wants/web.service
        remove   /etc/systemd/system/sockets.target.wants/cache.socket
        remove   /etc/systemd/system/timers.target.wants/unitsmith-reconcile.timer
        remove   /etc/systemd/system/unitsmith-reconcile.service
        remove   /etc/systemd/system/unitsmith-reconcile.timer
        remove   /etc/systemd/system/web.service
        --- stderr
        9 changes, none of them made
        --- exit 1
    "#]],
    );
    check(
        scratch.path(),
        "remove --root image",
        expect![[r#"
        --- stdout
        remove   /etc/sysctl.d/60-unitsmith.conf
        remove   /etc/systemd/system/cache.service
        remove   /etc/systemd/system/cache.socket
        remove   /etc/systemd/system/multi-user.target.wants/web.service
        remove   /etc/systemd/system/sockets.target.wants/cache.socket
        remove   /etc/systemd/system/timers.target.wants/unitsmith-reconcile.timer
        remove   /etc/systemd/system/unitsmith-reconcile.service
        remove   /etc/systemd/system/unitsmith-reconcile.timer
        remove   /etc/systemd/system/web.service
        --- stderr
        0 files added, 0 replaced, 9 removed, 0 unchanged
        --- exit 0
    "#]],
    );
    expect![[r#"
        etc/systemd/system/mine.service
    "#]]
    .assert_eq(&image(scratch.path()));
    let state = scratch.path().join("image/var/lib/unitsmith");
    assert_eq!(std::fs::read_dir(state).unwrap().count(), 0);
}

#[test]
fn the_timer_stays_until_all_goes() {
    let scratch = machine(ONE);
    shown(scratch.path(), "apply --root image --install-timer");
    let program = env!("CARGO_BIN_EXE_unitsmith");
    let unit = |name: &str| std::fs::read_to_string(units(scratch.path()).join(name)).unwrap();
    let service = unit("unitsmith-reconcile.service");
    assert!(service.contains(&format!("ExecStart={program} reconcile\n")), "{service}");
    expect![[r#"
        # Generated by unitsmith from unitsmith.toml; do not edit.

        [Unit]
        Description=Repair of what unitsmith has put here (timer)

        [Timer]
        OnBootSec=30s
        OnUnitInactiveSec=30s

        [Install]
        WantedBy=timers.target
    "#]]
    .assert_eq(&unit("unitsmith-reconcile.timer"));
    write(scratch.path(), "unitsmith.toml", TWO);
    shown(scratch.path(), "apply --root image");
    assert_eq!(unit("unitsmith-reconcile.service"), service);
}
