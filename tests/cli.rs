//! The program as it is typed: stdout, stderr and exit status as one text.

use std::path::Path;
use std::process::Command;

use expect_test::{Expect, expect};

use crate::support::{read, run, scratch};

mod apply;
mod bad_input;
mod diff;
mod drift;
mod graph;
mod groups;
mod habits;
mod included;
mod init;
mod lint;
mod lock;
mod merged;
mod objects;
mod pods;
mod process;
mod process_compose;
mod raw;
mod refused;
mod schedules;
mod shell;
mod shown;
mod talk;
mod tree;
mod verify;
mod waiting;
mod warnings;

/// Runs the program in a directory and pins all that it says.
pub(crate) fn check(directory: &Path, arguments: &str, expected: Expect) {
    expected.assert_eq(&shown(directory, arguments));
}

/// The same with an environment.
fn check_with(directory: &Path, arguments: &str, environment: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&shown_with(directory, arguments, environment));
}

/// Runs the program in a directory and returns all that it says.
fn shown(directory: &Path, arguments: &str) -> String {
    shown_with(directory, arguments, &[])
}

fn shown_with(directory: &Path, arguments: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    command.current_dir(directory).args(arguments.split_whitespace());
    command.envs(environment.iter().copied());
    let output = run(&mut command);
    let mut text = String::new();
    for (name, stream) in [("stdout", output.stdout), ("stderr", output.stderr)] {
        if !stream.is_empty() {
            text.push_str(&format!("--- {name}\n{stream}"));
        }
    }
    text.push_str(&format!("--- exit {}\n", output.code.unwrap()));
    // `expect!` cannot hold blanks at the end of a line, which a diff has.
    text.lines().map(|it| format!("{}\n", it.trim_end())).collect()
}

/// Writes a file of a test.
pub(crate) fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

const WEB: &str = r#"[services.web]
exec.command = ["/usr/bin/web", "${port}"]
"#;

#[test]
fn ports_are_a_table_and_json() {
    let scratch = scratch();
    let manifest = r#"
[services.brainstorm]
exec.command = ["/usr/bin/node", "server.cjs", "${backendPort}"]
activation = { on = "socket", handoff = "proxy" }

[services.cache-forum]
exec.command = ["/usr/bin/cache", "${port}"]

[services.mail-calendar]
exec.command = ["/usr/bin/mail", "${port}"]

[services.pinned]
exec.command = ["/usr/bin/pinned", "${port}"]
port = 8080
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "ports",
        expect![[r#"
        --- stdout
        SERVICE        ROLE      PORT  ORIGIN
        brainstorm     port     43805  hash
        brainstorm     backend  25306  hash
        cache-forum    port      4786  hash
        mail-calendar  port     40879  moved
        pinned         port      8080  pinned
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "ports --json",
        expect![[r#"
        --- stdout
        [
          {
            "key": "brainstorm",
            "origin": "hash",
            "port": 43805,
            "role": "port",
            "service": "brainstorm"
          },
          {
            "key": "brainstorm/backend",
            "origin": "hash",
            "port": 25306,
            "role": "backend",
            "service": "brainstorm"
          },
          {
            "key": "cache-forum",
            "origin": "hash",
            "port": 4786,
            "role": "port",
            "service": "cache-forum"
          },
          {
            "key": "mail-calendar",
            "origin": "moved",
            "port": 40879,
            "role": "port",
            "service": "mail-calendar"
          },
          {
            "key": "pinned",
            "origin": "pinned",
            "port": 8080,
            "role": "port",
            "service": "pinned"
          }
        ]
        --- exit 0
    "#]],
    );
}

#[test]
fn help_names_every_command() {
    let scratch = scratch();
    check(
        scratch.path(),
        "--help",
        expect![[r#"
            --- stdout
            One manifest of services becomes NixOS modules, unit files and Quadlets that agree

            Usage: unitsmith [OPTIONS] <COMMAND>

            Commands:
              init         Write a first manifest, of one service
              gen          Write the files that the manifest wants, and remove those it wants no more
              check        Compare the files with what the manifest wants, and write nothing
              diff         Show what a change of the manifest does to hosts
              apply        Make a host without Nix what the manifest says, and nothing that it says no more
              lint         Say what the manifest allows and probably does not mean
              status       Show how each service of this host is, and what is not as it was made
              rollback     Make this host what it was before
              remove       Take away what was put on this host
              reconcile    Repair what is gone, edited or dead, and say nothing when all is well
              ports        Show which port each service has
              explain      Explain how a service is reached, what each unit is for, and where to look when it
                           fails
              graph        Draw the services, what reaches them and what they wait for
              try          Run a service without units, and say whether it takes a socket from systemd
              verify       Ask services of this running host in every state, and say what is not as it should be
              schema       Print the JSON Schema of a manifest, with which an editor helps to write one
              completions  Print the script by which a shell completes what is typed
              man          Print the manual page of the program, or of a command
              help         Print this message or the help of the given subcommand(s)

            Options:
              -q, --quiet         Say nothing to people when the exit status is 0
                  --color <WHEN>  When to use colours; on a terminal, and not with NO_COLOR, unless said
                                  otherwise [possible values: auto, always, never]
              -h, --help          Print help
              -V, --version       Print version
            --- exit 0
        "#]],
    );
}
