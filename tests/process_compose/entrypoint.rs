//! The script with which a container begins.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::session::{Session, daemon, job, service};
use crate::support::{process_compose, run, scratch};

/// Writes what is made of a manifest, and returns a command that is the script.
///
/// Of the variables of process-compose it has none, and process-compose itself lies on its path.
fn entrypoint(directory: &Path, manifest: &str) -> Command {
    std::fs::write(directory.join("unitsmith.json"), manifest).unwrap();
    let mut generate = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    generate.args(["gen", "--target", "process-compose", "--entrypoint"]).current_dir(directory);
    let output = run(&mut generate);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let script = directory.join("generated/process-compose/entrypoint");
    let programs = directory.join("bin");
    std::fs::create_dir(&programs).unwrap();
    let program = process_compose::command(directory);
    std::os::unix::fs::symlink(program.get_program(), programs.join("process-compose")).unwrap();
    let mut command = Command::new(script);
    // Somewhere else than its files: they are found beside the script.
    command.current_dir("/").env_clear().env("HOME", directory);
    command.env("PC_LOG_FILE", directory.join("log"));
    command.env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    command
}

fn manifest(services: Value) -> String {
    json!({ "services": services }).to_string()
}

/// A file into which a job writes, and the job.
fn writer(directory: &Path) -> (PathBuf, Value) {
    let place = directory.join("written");
    let exec = json!({ "command": ["/bin/sh", "-c", "env >\"$0\"", place.to_str().unwrap()] });
    (place, exec)
}

#[test]
fn it_becomes_process_compose_which_gets_the_signals() {
    let session = Session::start_as(
        json!({ "web": service(daemon(), json!({})), "db": service(daemon(), json!({})) }),
        entrypoint,
    );
    assert_eq!(session.next_some(2), ["db starts", "web starts"]);
    let id = session.child.id().to_string();
    let program = std::fs::read_link(format!("/proc/{id}/exe")).unwrap();
    assert!(program.to_str().unwrap().contains("process-compose"), "{program:?}");
    assert_eq!(run(Command::new("kill").args(["-TERM", &id])).code, Some(0));
    assert_eq!(session.next_some(2), ["db stops", "web stops"]);
    session.stop();
}

#[test]
fn it_ends_when_everything_has_ended() {
    let session = Session::start_as(
        json!({ "job": service(job(0), json!({ "activation": { "on": "once" } })) }),
        entrypoint,
    );
    assert_eq!([session.next().0, session.next().0], ["job starts", "job ends"]);
    session.wait();
}

#[test]
fn it_runs_the_command_that_it_is_given() {
    let scratch = scratch();
    let services = json!({ "web": { "exec": { "command": ["/bin/false"] } } });
    let mut command = entrypoint(scratch.path(), &manifest(services));
    let output = run(command.args(["printf", "<%s>", "a b", "$x", ""]));
    assert_eq!((&*output.stdout, output.code), ("<a b><$x><>", Some(0)), "{}", output.stderr);
}

#[test]
fn a_command_of_process_compose_finds_its_services() {
    let scratch = scratch();
    let (place, exec) = writer(scratch.path());
    let once = json!({ "on": "once" });
    let services = json!({
        "it": { "exec": exec, "activation": once },
        "other": { "exec": { "command": ["/bin/false"] }, "activation": once },
    });
    let mut command = entrypoint(scratch.path(), &manifest(services));
    // Through a link, as an image may have one at its root.
    let link = scratch.path().join("link");
    std::os::unix::fs::symlink(command.get_program(), &link).unwrap();
    let mut linked = Command::new(&link);
    linked.env_clear().current_dir("/").args(["process-compose", "up", "it"]);
    linked.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = run(&mut linked);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let variables = std::fs::read_to_string(&place).unwrap();
    assert!(variables.contains("\nPC_NO_SERVER=1\n"), "{variables}");
    // Whoever wants a server says where.
    let socket = scratch.path().join("socket");
    let output = run(command.args(["process-compose", "up", "it"]).env("PC_SOCKET_PATH", &socket));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let variables = std::fs::read_to_string(place).unwrap();
    assert!(!variables.contains("PC_NO_SERVER"), "{variables}");
}

#[test]
fn it_is_a_shell_when_no_service_starts_by_itself() {
    let scratch = scratch();
    let (place, exec) = writer(scratch.path());
    let services = json!({ "it": { "exec": exec, "activation": { "on": "manual" } } });
    let mut command = entrypoint(scratch.path(), &manifest(services));
    let typed = scratch.path().join("typed");
    std::fs::write(&typed, "test -n \"$BASH_VERSION\" && exec process-compose up it\n").unwrap();
    let output = run(command.stdin(File::open(typed).unwrap()));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stderr.starts_with("no service starts by itself, so this is a shell\n"));
    assert!(place.exists());
}

#[test]
fn shellcheck_has_nothing_to_say() {
    let scratch = scratch();
    for on in ["boot", "manual"] {
        let service = json!({ "exec": { "command": ["/bin/true"] }, "activation": { "on": on } });
        let directory = scratch.path().join(on);
        std::fs::create_dir(&directory).unwrap();
        let command = entrypoint(&directory, &manifest(json!({ "it": service })));
        let output = run(Command::new("shellcheck").arg(command.get_program()));
        assert_eq!(output.code, Some(0), "{}", output.stdout);
    }
}
