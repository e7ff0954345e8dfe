//! What shells and `man` are given.

use super::*;

/// The commands that the help names.
fn commands(directory: &Path) -> Vec<String> {
    let help = shown(directory, "--help");
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let (list, _) = rest.split_once("\n\n").unwrap();
    // A line of an explanation is indented further.
    let names = list.lines().filter_map(|it| it.strip_prefix("  ")?.split(' ').next());
    names.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_shell_completes_every_command() {
    let scratch = scratch();
    let commands = commands(scratch.path());
    assert!(commands.len() > 8, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "nushell"] {
        let script = shown(scratch.path(), &format!("completions {shell}"));
        assert!(script.ends_with("--- exit 0\n"), "{script}");
        for command in commands.iter().filter(|it| *it != "help") {
            assert!(script.contains(command.as_str()), "{shell} does not know `{command}`");
        }
    }
}

#[test]
fn bash_reads_its_script_and_completes() {
    let scratch = scratch();
    let shown = shown(scratch.path(), "completions bash");
    let script = shown.strip_prefix("--- stdout\n").unwrap().split("--- exit").next().unwrap();
    write(scratch.path(), "script", script);
    let line = "source ./script && COMP_WORDS=(unitsmith ge) COMP_CWORD=1 \
                && _unitsmith unitsmith ge unitsmith && echo \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    let output = run(bash.args(["-euc", line]).current_dir(scratch.path()));
    assert_eq!((output.stdout.as_str(), output.code), ("gen\n", Some(0)), "{}", output.stderr);
}

#[test]
fn every_command_has_a_page() {
    let scratch = scratch();
    let page = shown(scratch.path(), "man");
    assert!(page.contains(".TH unitsmith 1"), "{page}");
    for command in commands(scratch.path()).iter().filter(|it| *it != "help") {
        let page = shown(scratch.path(), &format!("man {command}"));
        let version = env!("CARGO_PKG_VERSION");
        let title = format!(".TH unitsmith-{command} 1  \"unitsmith {version}\"\n");
        assert!(page.contains(&title), "{page}");
        assert!(page.contains(&format!("\\fBunitsmith {command}\\fR")), "{page}");
    }
    check(
        scratch.path(),
        "man brew",
        expect![[r#"
            --- stderr
            error: `brew` is no command
              hint: commands are: init, gen, check, diff, apply, lint, status, rollback, remove, reconcile, ports, explain, graph, try, verify, schema, completions, man, help
            --- exit 2
        "#]],
    );
}
