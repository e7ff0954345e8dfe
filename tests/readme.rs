//! What the README shows is what there is.

use std::process::Command;

use clap::Parser as _;
use unitsmith::cli::Cli;
use unitsmith::problem::Code;

use crate::support::{read, repository, run, scratch};

fn readme() -> String {
    std::fs::read_to_string(repository().join("README.md")).unwrap()
}

/// The first fenced block of a text, without its fences.
fn block(text: &str) -> &str {
    let (_, rest) = text.split_once("```").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn excerpts_stand_in_the_files_they_are_from() {
    let readme = readme();
    let mut count = 0;
    for part in readme.split("<!-- ").skip(1) {
        let (path, rest) = part.split_once(" -->").unwrap();
        if !path.contains('/') {
            continue;
        }
        let file = std::fs::read_to_string(repository().join(path)).unwrap();
        assert!(file.contains(block(rest)), "`{path}` does not hold\n{}", block(rest));
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn the_mistakes_are_shown_as_the_program_shows_them() {
    let readme = readme();
    let (_, rest) = readme.split_once("<!-- mistakes -->").unwrap();
    let manifest = block(rest);
    let (_, shown) = rest.split_once(manifest).unwrap();
    let (_, shown) = shown.split_once("```").unwrap();
    let scratch = scratch();
    std::fs::write(scratch.path().join("unitsmith.toml"), manifest).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    let output = run(program.arg("check").current_dir(scratch.path()));
    // A blank before the line break is nothing that a reader sees.
    let said: String = output.stderr.lines().map(|it| format!("{}\n", it.trim_end())).collect();
    assert_eq!(block(shown), said, "the README should show\n{said}");
}

#[test]
fn what_differs_is_shown_as_the_program_shows_it() {
    let readme = readme();
    let (_, rest) = readme.split_once("<!-- drift -->").unwrap();
    let scratch = scratch();
    for (path, text) in read(&repository().join("tests/cases/homelab")) {
        let path = scratch.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let is_manifest = path.ends_with("unitsmith.toml");
        let text = if is_manifest { text.replace("30min", "20min") } else { text };
        std::fs::write(path, text).unwrap();
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    let said = run(program.arg("check").current_dir(scratch.path())).stderr;
    assert_eq!(block(rest), said, "the README should show\n{said}");
}

#[test]
fn the_table_of_codes_is_complete() {
    let rows = Code::ALL.iter().map(|it| format!("| {} |{} |\n", it.as_str(), it.summary()));
    let table: String = rows.collect();
    assert!(readme().contains(&table), "the README should have\n{table}");
}

#[test]
fn what_is_run_in_a_pull_request_is_what_the_program_takes() {
    let readme = readme();
    let mut count = 0;
    for marker in ["<!-- a workflow -->", "<!-- a hook -->"] {
        let (_, rest) = readme.split_once(marker).unwrap();
        for line in block(rest).lines() {
            let run = line.split_once("entry: ").or(line.split_once("- run: "));
            let Some((_, run)) = run.filter(|_| line.contains("unitsmith ")) else { continue };
            let run =
                run.split([',', '>']).next().unwrap().replace("${{ github.base_ref }}", "main");
            let words = shlex::split(&run).unwrap();
            assert!(Cli::try_parse_from(&words).is_ok(), "{words:?}");
            count += 1;
        }
    }
    assert_eq!(count, 4);
}
