//! `unitsmith try`, with real programs under the real `systemd-socket-activate`.

use std::path::Path;
use std::process::Command;

use crate::cli::write;
use crate::support::{Output, daemon, run, scratch};

/// A manifest of one service, `web`.
fn service(command: &str, more: &str) -> String {
    format!("[services.web]\nexec.command = [{command}]\n{more}\n")
}

/// The command of the daemon of the hosts, which takes a socket unless it is told a port.
fn daemon_with(arguments: &str) -> String {
    format!("\"{}\", {arguments}", daemon::built().display())
}

/// Tries `web`, and returns what is said on standard output, the exit status, and what is said beside.
fn tried(directory: &Path, manifest: &str, arguments: &str) -> (String, Option<i32>, String) {
    write(directory, "unitsmith.toml", manifest);
    let mut program = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    program.current_dir(directory).arg("try").arg("web");
    let Output { stdout, stderr, code } = run(program.args(arguments.split_whitespace()));
    (stdout, code, stderr)
}

#[test]
fn a_program_that_takes_the_socket_is_found_out() {
    let scratch = scratch();
    let manifest = service(&daemon_with("\"start=50\""), "");
    let (stdout, code, stderr) = tried(scratch.path(), &manifest, "--timeout 1min");
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.starts_with("`web` took the socket, and answered `HTTP/1.1 200 OK` after "));
    assert!(stdout.contains("handoff = \"fd\""), "{stdout}");
}

#[test]
fn a_program_that_binds_its_own_port_is_found_out() {
    let scratch = scratch();
    let proxy = "activation = { on = \"socket\", handoff = \"proxy\" }";
    for (port, activation, found, advice) in [
        ("${backendPort}", proxy, "listens on `${backendPort}` itself\n", "handoff = \"proxy\"`\n"),
        ("${port}", "", "listens on port ", "and tell it to listen on `${backendPort}`\n"),
    ] {
        let manifest = service(&daemon_with(&format!("\"port={port}\"")), activation);
        let (stdout, code, stderr) = tried(scratch.path(), &manifest, "--timeout 2s");
        assert_eq!(code, Some(1), "{stdout}{stderr}");
        assert!(stdout.contains("did not take the socket"), "{stdout}");
        assert!(stdout.contains(found) && stdout.contains(advice), "{stdout}");
    }
}

/// A program may speak another protocol than HTTP, or none before its client does.
#[test]
fn taking_the_socket_is_told_from_answering() {
    let scratch = scratch();
    let proxy = "\"/usr/lib/systemd/systemd-socket-proxyd\", \"127.0.0.1:1\"";
    let (stdout, code, stderr) = tried(scratch.path(), &service(proxy, ""), "");
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("took the socket, and ended the connection"), "{stdout}");
}

#[test]
fn a_program_that_does_neither_is_found_out() {
    let scratch = scratch();
    let manifest = service("\"/bin/sleep\", \"1000\"", "");
    let (stdout, code, _) = tried(scratch.path(), &manifest, "--timeout 300ms");
    assert_eq!(code, Some(1));
    assert!(stdout.contains("neither took the socket nor listens"), "{stdout}");
    let (stdout, code, _) = tried(scratch.path(), &service("\"/bin/false\"", ""), "");
    assert_eq!(code, Some(1));
    assert!(stdout.contains("`web` ended before it answered: exit status: 1"), "{stdout}");
}

/// What the program starts goes with it, also what leaves its process group.
#[test]
fn nothing_is_left_of_a_trial() {
    let scratch = scratch();
    let mark = scratch.path().join("mark").display().to_string();
    let script = "exec &>/dev/null; setsid --fork bash -c 'while :; do sleep 0.05; done' $0; \
                  setsid --fork bash -c 'setsid --fork sleep 1000; exec sleep 1000' $0; \
                  exec sleep 1000";
    let command = format!("\"/bin/bash\", \"-c\", \"{script}\", \"{mark}\"");
    let (stdout, code, stderr) = tried(scratch.path(), &service(&command, ""), "--timeout 500ms");
    assert_eq!(code, Some(1), "{stdout}{stderr}");
    for entry in std::fs::read_dir("/proc").unwrap() {
        let words = std::fs::read_to_string(entry.unwrap().path().join("cmdline"));
        let words = words.unwrap_or_default();
        assert!(!words.contains(&mark), "{words:?} is left");
    }
}

#[test]
fn references_that_need_a_host_have_stand_ins() {
    let scratch = scratch();
    let out = scratch.path().join("out").display().to_string();
    let script = "{ cat $1 $2; echo; echo $STATE_DIRECTORY; ls -d $3; echo $TOKEN $GREETING; } >$0";
    let command = format!(
        "\"/bin/bash\", \"-c\", \"{script}\", \"{out}\", \"${{secrets.known}}\", \
         \"${{secrets.unknown}}\", \"${{stateDirectory}}\""
    );
    let file = |name: &str| scratch.path().join(name).display().to_string();
    write(scratch.path(), "known", "from the file\n");
    write(scratch.path(), "variables", "TOKEN='nobody sees it'\n");
    let more = format!(
        "secrets = {{ known = \"{}\", unknown = \"{}\" }}\ndirectories.state = \"web\"\n\
         environmentFiles = [\"{}\"]\nuser = \"web\"\nenvironment.GREETING = \"a 'b' $c %d\"",
        file("known"),
        file("nowhere"),
        file("variables")
    );
    let (stdout, _, stderr) = tried(scratch.path(), &service(&command, &more), "");
    let said = std::fs::read_to_string(&out).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0..2], ["from the file", "unitsmith"]);
    assert_eq!(lines[2], lines[3], "{said}");
    assert_eq!(lines[4], "nobody sees it a 'b' $c %d");
    assert!(!Path::new(lines[2]).exists(), "the directory is left");
    for note in [
        "note: the secret `unknown` was a made-up one\n",
        "note: its state directory was an empty one\n",
        "note: it ran as you, and not as `web`\n",
    ] {
        assert!(stderr.contains(note), "{stderr}");
    }
    assert!(!stderr.contains("nobody sees it"), "{stderr}");
}

#[test]
fn what_cannot_be_tried_is_said() {
    let scratch = scratch();
    let manifest = service("\"/usr/bin/no-such-program\"", "");
    let (_, code, stderr) = tried(scratch.path(), &manifest, "");
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("error: `/usr/bin/no-such-program` is not on this machine\n"));
    let (_, code, stderr) = tried(scratch.path(), &manifest, "--timeout 10");
    assert_eq!(code, Some(2));
    assert!(stderr.contains("a duration is like `500ms`, `30s` or `2min`"), "{stderr}");
}
