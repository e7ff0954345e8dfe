//! The lock file beside the manifest.

use super::*;

#[test]
fn a_new_service_never_moves_an_old_one() {
    let scratch = scratch();
    let old = "[services.mail-calendar]\nexec.command = [\"/usr/bin/mail\", \"${port}\"]\n";
    // Both names want 4786, and the new one comes first.
    let new = "[services.cache-forum]\nexec.command = [\"/usr/bin/cache\", \"${port}\"]\n";
    write(scratch.path(), "unitsmith.toml", old);
    shown(scratch.path(), "gen");
    write(scratch.path(), "unitsmith.toml", &format!("{old}{new}"));
    check(
        scratch.path(),
        "ports",
        expect![[r#"
        --- stdout
        SERVICE        ROLE  PORT  ORIGIN
        cache-forum    port  5747  moved
        mail-calendar  port  4786  hash
        --- exit 0
    "#]],
    );
    std::fs::remove_file(scratch.path().join("unitsmith.lock")).unwrap();
    check(
        scratch.path(),
        "ports",
        expect![[r#"
        --- stdout
        SERVICE        ROLE   PORT  ORIGIN
        cache-forum    port   4786  hash
        mail-calendar  port  40879  moved
        --- exit 0
    "#]],
    );
}

#[test]
fn a_lock_that_is_out_of_date_fails_the_check() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    shown(scratch.path(), "gen");
    let lock = scratch.path().join("unitsmith.lock");
    let text = std::fs::read_to_string(&lock).unwrap();
    expect![[r#"
        {
          "ports": {
            "web": 9575
          },
          "version": 1
        }
    "#]]
    .assert_eq(&text);
    std::fs::write(&lock, text.replace("\"web\"", "\"gone\"")).unwrap();
    check(
        scratch.path(),
        "check",
        expect![[r#"
        --- stderr
        `unitsmith.lock` is out of date
        to repair it: unitsmith gen
        --- exit 1
    "#]],
    );
    shown(scratch.path(), "gen");
    assert_eq!(std::fs::read_to_string(&lock).unwrap(), text);
}

#[test]
fn a_broken_lock_is_a_problem_and_stays() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    write(scratch.path(), "unitsmith.lock", "<<<<<<< ours\n");
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error[US032]: `unitsmith.lock` is not a lock file: expected value at line 1 column 1
              = help: restore it from version control; without it ports may move

            1 problem
            nothing was written
            --- exit 1
        "#]],
    );
    let lock = std::fs::read_to_string(scratch.path().join("unitsmith.lock")).unwrap();
    assert_eq!(lock, "<<<<<<< ours\n");
}
