//! The command line: parses what was typed, prints what came of it.

use std::io::{ErrorKind, IsTerminal as _};
use std::process::ExitCode;

use clap::Parser as _;
use unitsmith::cli::{Cli, Color};
use unitsmith::commands::{self, Outcome};
use unitsmith::paint;
use unitsmith::progress;

/// A run makes and drops millions of small texts and trees, on all processors at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 0: clean. 1: problems or differences. 2: could not finish.
fn main() -> ExitCode {
    let cli = Cli::parse();
    let (quiet, color, prints_diff) = (cli.talk.quiet, cli.talk.color, cli.command.prints_diff());
    let talk = |text: &str| {
        let is_painted = is_painted(color, std::io::stderr().is_terminal());
        let text = if is_painted { paint::problems(text) } else { text.to_owned() };
        print(std::io::stderr(), &text)
    };
    if quiet {
        progress::silence();
    }
    match commands::run(cli) {
        Ok(mut report) => {
            if prints_diff && is_painted(color, std::io::stdout().is_terminal()) {
                report.stdout = paint::diff(&report.stdout);
            }
            if quiet && report.outcome == Outcome::Clean {
                report.stderr.clear();
            }
            let written =
                print(std::io::stdout(), &report.stdout).and_then(|()| talk(&report.stderr));
            match (written, report.outcome) {
                (Err(_), _) => ExitCode::from(2),
                (Ok(()), Outcome::Clean) => ExitCode::SUCCESS,
                (Ok(()), Outcome::Findings) => ExitCode::from(1),
            }
        }
        Err(error) => {
            // Where even stderr is closed there is nobody left to tell.
            let _ = talk(&format!("{error}\n"));
            ExitCode::from(2)
        }
    }
}

/// Whether a stream gets colours (<https://no-color.org>).
fn is_painted(color: Color, is_terminal: bool) -> bool {
    let has = |name| std::env::var_os(name).is_some_and(|it| !it.is_empty());
    let is_dumb = || std::env::var_os("TERM").is_some_and(|it| it == "dumb");
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && !has("NO_COLOR") && !is_dumb(),
    }
}

/// Writes all of a text; a reader that has seen enough is no failure.
fn print(mut stream: impl std::io::Write, text: &str) -> std::io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
