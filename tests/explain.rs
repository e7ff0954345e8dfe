//! What `unitsmith explain` says, for every pattern and every kind of host.
//!
//! `UPDATE_EXPECT=1` writes the pages anew.

use std::collections::BTreeSet;
use std::process::Command;

use expect_test::{expect, expect_file};

use crate::cli::{check, write};
use crate::support::{Output, in_root, repository, run, scratch};

/// Declares pages: the name of the file, and what is typed.
macro_rules! pages {
    ($($page:ident: $arguments:literal)*) => {
        const PAGES: &[(&str, &str)] = &[$((stringify!($page), $arguments)),*];
        $(
            #[test]
            fn $page() {
                let page = explained($arguments);
                expect_file![format!("explain/{}.txt", stringify!($page))].assert_eq(&page);
            }
        )*
    };
}

pages! {
    process_of_the_boot: "gate"
    process_of_the_boot_on_nixos: "gate --host alcove"
    process_by_hand: "console"
    companion: "gate-log"
    job: "tidy --host shelf"
    job_of_an_account: "tidy --host burrow"
    process_that_takes_its_socket: "pastes"
    process_behind_a_proxy: "wiki --host shelf"
    process_behind_a_proxy_on_nixos: "wiki --target nixos"
    process_behind_a_proxy_before_254: "wiki --host attic"
    container_behind_a_proxy: "films --host shelf"
    container_behind_a_proxy_of_an_account: "films --host burrow"
    container_behind_a_proxy_without_quadlet: "films --host shelf --target systemd"
    container_of_docker: "films --host harbour"
    container_that_takes_its_socket: "music"
    container_that_takes_its_socket_on_nixos: "music --host alcove"
    container_of_a_pod: "tiles"
    container_of_the_boot: "database"
    sleeper_that_needs_another: "routes"
    group: "media --host shelf"
    network: "inside"
    volume: "reels --host shelf"
    pod: "maps"
}

/// Runs the program, which must say nothing on the side.
fn explained(arguments: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    program.current_dir(repository().join("tests/explain")).arg("explain");
    let Output { stdout, stderr, code } = run(program.args(arguments.split(' ')));
    assert_eq!((stderr.as_str(), code), ("", Some(0)), "explain {arguments}");
    stdout
}

#[test]
fn every_page_is_of_a_test() {
    let entries = std::fs::read_dir(repository().join("tests/explain")).unwrap();
    let present: BTreeSet<String> = entries
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter(|it| it != "unitsmith.toml")
        .collect();
    let expected: BTreeSet<String> = PAGES.iter().map(|(page, _)| format!("{page}.txt")).collect();
    assert_eq!(present, expected);
}

/// A page is for a terminal: what is longer than a line stands in the next one.
#[test]
fn no_page_is_wider_than_a_terminal() {
    for (page, arguments) in PAGES {
        for line in explained(arguments).lines() {
            assert!(line.chars().count() <= 100, "{page}: {line}");
        }
    }
}

#[test]
fn a_page_never_tells_of_a_line_that_is_not_in_the_file() {
    let scratch = scratch();
    let manifest = scratch.path().join("unitsmith.toml");
    std::fs::copy(repository().join("tests/explain/unitsmith.toml"), manifest).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    let output = run(program.arg("gen").current_dir(scratch.path()));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let generated = scratch.path().join("generated");
    for (page, arguments) in PAGES.iter().filter(|(page, _)| !page.ends_with("nixos")) {
        if arguments.contains("--target") {
            continue;
        }
        let mut file = String::new();
        for line in explained(arguments).lines() {
            if let Some((_, path)) = line.split_once("  in ") {
                let path = generated.join(path);
                file = std::fs::read_to_string(&path).unwrap_or_else(|it| panic!("{path:?}: {it}"));
            }
            let line = line.trim_start().trim_end_matches('…');
            let key = line.split('=').next().unwrap();
            let is_directive = line.contains('=') && key.chars().all(char::is_alphanumeric);
            if is_directive && !line.contains("= ") && !line.ends_with('=') {
                let is_there = file.lines().any(|it| it.starts_with(line));
                assert!(is_there, "{page}: {line}");
            }
        }
    }
}

/// The commands that a page names are there on a host, Quadlet's generator among them.
#[test]
fn the_commands_of_the_pages_exist() {
    let programs = "systemctl journalctl ss podman \
                    /usr/lib/systemd/system-generators/podman-system-generator";
    let script = format!("for it in {programs}; do command -v $it || echo missing $it; done");
    let Output { stdout, .. } = in_root(&[], &["bash", "-c", &script]);
    assert!(!stdout.contains("missing"), "{stdout}");
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let scratch = scratch();
    let manifest = r#"
[hosts.shelf]
[hosts.alcove]
nixos = "25.11"
[services.brainstorm]
exec.command = ["/usr/bin/brainstorm"]
[services.wiki]
hosts = ["shelf"]
exec.command = ["/usr/bin/wiki"]
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "explain brainstrom",
        expect![[r#"
        --- stderr
        error: `brainstrom` is not a service of `unitsmith.toml`
          hint: did you mean `brainstorm`? services are: brainstorm, wiki
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "explain wiki --host alcove",
        expect![[r#"
            --- stderr
            error: `wiki` is not there
              hint: try --host shelf
            --- exit 2
        "#]],
    );
    check(
        scratch.path(),
        "explain wiki --host shell",
        expect![[r#"
        --- stderr
        error: there is no host `shell` of that kind
          hint: did you mean `shelf`? hosts are: alcove, shelf
        --- exit 2
    "#]],
    );
    check(
        scratch.path(),
        "explain wiki --target nixos",
        expect![[r#"
            --- stderr
            error: no host of that kind has `wiki`
              hint: leave `--target` out, or name another one
            --- exit 2
        "#]],
    );
    check(
        scratch.path(),
        "explain",
        expect![[r#"
        --- stderr
        error: the following required arguments were not provided:
          <NAME>

        Usage: unitsmith explain <NAME> [MANIFEST]

        For more information, try '--help'.
        --- exit 2
    "#]],
    );
}
