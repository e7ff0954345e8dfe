//! How things are said: `-q`, `--color`, closed pipes.

use super::*;

const MISTAKE: &str = "[services.web]\nexec.comand = [\"/usr/bin/web\"]\n";

/// Without the escape sequences of colours.
fn without_colors(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap().to_owned();
    let rest = parts.map(|it| it.split_once('m').unwrap().1);
    rest.fold(first, |text, it| text + it)
}

/// What the program says on a terminal of its own.
fn on_a_terminal(directory: &Path, arguments: &str, environment: &[(&str, &str)]) -> String {
    let mut script = Command::new("script");
    let line = format!("{} {arguments}", env!("CARGO_BIN_EXE_unitsmith"));
    script.current_dir(directory).args(["--quiet", "--command", &line, "/dev/null"]);
    script.env_remove("NO_COLOR").env("TERM", "xterm").envs(environment.iter().copied());
    run(script.stdin(std::process::Stdio::null())).stdout
}

#[test]
fn colors_show_what_is_wrong() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", MISTAKE);
    let colored = shown(scratch.path(), "gen --color always");
    expect![[r#"
        --- stderr
        ␛[1;91merror[US002]␛[0m␛[1m: `comand` is not a key of `services.web.exec`␛[0m
        ␛[1;94m -->␛[0m unitsmith.toml:2:6
        ␛[1;94m  |␛[0m
        ␛[1;94m2 |␛[0m exec.comand = ["/usr/bin/web"]
        ␛[1;94m  |␛[0m␛[1;91m      ^^^^^^␛[0m
        ␛[1;94m  |␛[0m
        ␛[1;94m  =␛[0m ␛[1;96mhelp␛[0m: did you mean `command`? keys are: command, logFile, postStart, postStop, preStart, reload, stop, workingDirectory

        1 problem
        nothing was written
        --- exit 1
    "#]]
    .assert_eq(&colored.replace('\x1b', "␛"));
    assert_eq!(without_colors(&colored), shown(scratch.path(), "gen"));
}

#[test]
fn colors_show_a_diff() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    shown(scratch.path(), "gen");
    write(scratch.path(), "unitsmith.toml", &format!("{WEB}description = \"Web\"\n"));
    let colored = shown(scratch.path(), "check --color always");
    for part in ["\x1b[32m+Description=Web\x1b[0m", "\x1b[31m-", "\x1b[36m@@", "\x1b[1m--- a/"] {
        assert!(colored.contains(part), "{colored}");
    }
    assert_eq!(without_colors(&colored), shown(scratch.path(), "check"));
    let json = shown(scratch.path(), "check --color always --format json");
    assert!(!json.contains('\x1b'), "{json}");
}

#[test]
fn colors_are_for_terminals() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", MISTAKE);
    let has_colors = |arguments, environment: &[(&str, &str)]| {
        let said = on_a_terminal(scratch.path(), arguments, environment);
        assert!(without_colors(&said).contains("error[US002]"), "{said}");
        said.contains('\x1b')
    };
    assert!(has_colors("gen", &[]));
    assert!(has_colors("gen", &[("NO_COLOR", "")]));
    assert!(has_colors("gen --color always", &[("NO_COLOR", "1")]));
    assert!(!has_colors("gen", &[("NO_COLOR", "1")]));
    assert!(!has_colors("gen", &[("TERM", "dumb")]));
    assert!(!has_colors("gen --color never", &[]));
    assert!(!shown(scratch.path(), "gen").contains('\x1b'));
}

#[test]
fn quiet_says_what_is_wrong_alone() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    assert_eq!(shown(scratch.path(), "gen -q"), "--- exit 0\n");
    assert_eq!(shown(scratch.path(), "--quiet check"), "--- exit 0\n");
    // Data is not talk.
    assert_eq!(shown(scratch.path(), "ports -q"), shown(scratch.path(), "ports"));
    write(scratch.path(), "unitsmith.toml", MISTAKE);
    assert_eq!(shown(scratch.path(), "gen -q"), shown(scratch.path(), "gen"));
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", WEB);
    let program = env!("CARGO_BIN_EXE_unitsmith");
    // `head` reads nothing at all, so the program writes into a pipe that nobody reads.
    for line in ["ports --json | head -c 0", "gen 2>&1 | head -c 0"] {
        let mut shell = Command::new("bash");
        let script = format!("set -o pipefail; exec {program} {line}");
        let output = run(shell.current_dir(scratch.path()).args(["-c", &script]));
        assert_eq!((output.stderr.as_str(), output.code), ("", Some(0)), "{line}");
    }
}
