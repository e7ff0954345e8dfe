//! The command line: parses what was typed, prints what came of it.

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser as _;
use unitsmith::cli::Cli;
use unitsmith::commands::{self, Outcome};

/// A run makes and drops millions of small texts and trees, on all processors at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 0: clean. 1: problems or differences. 2: could not finish.
fn main() -> ExitCode {
    match commands::run(Cli::parse()) {
        Ok(report) => {
            let written = print(std::io::stdout(), &report.stdout)
                .and_then(|()| print(std::io::stderr(), &report.stderr));
            match (written, report.outcome) {
                (Err(_), _) => ExitCode::from(2),
                (Ok(()), Outcome::Clean) => ExitCode::SUCCESS,
                (Ok(()), Outcome::Findings) => ExitCode::from(1),
            }
        }
        Err(error) => {
            // Where even stderr is closed there is nobody left to tell.
            let _ = print(std::io::stderr(), &format!("{error}\n"));
            ExitCode::from(2)
        }
    }
}

/// Writes all of a text; a reader that has seen enough is no failure.
fn print(mut stream: impl std::io::Write, text: &str) -> std::io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
