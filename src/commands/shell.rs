//! `unitsmith completions` and `unitsmith man`: what a package installs beside the program.

use clap::{Command, CommandFactory as _};
use clap_complete::Shell as ClapShell;
use clap_complete_nushell::Nushell;
use clap_mangen::Man;

use crate::cli::{self, Cli};
use crate::error::Error;

use super::{Outcome, Report};

/// Prints the script by which a shell completes what is typed.
pub(super) fn completions(arguments: &cli::Completions) -> Report {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    let mut of_shell =
        |shell: ClapShell| clap_complete::generate(shell, &mut command, name.as_str(), &mut script);
    match arguments.shell {
        cli::Shell::Bash => of_shell(ClapShell::Bash),
        cli::Shell::Zsh => of_shell(ClapShell::Zsh),
        cli::Shell::Fish => of_shell(ClapShell::Fish),
        cli::Shell::Nushell => {
            clap_complete::generate(Nushell, &mut command, name.as_str(), &mut script);
        }
    }
    data(&script)
}

/// Prints the manual page of the program or of one of its commands.
pub(super) fn man(arguments: &cli::Man) -> Result<Report, Error> {
    let mut program = Cli::command();
    program.build();
    let page = match &arguments.command {
        None => program,
        Some(name) => {
            let known: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
            let known = known.join(", ");
            program.find_subcommand(name).cloned().ok_or_else(|| {
                Error::new(format!("`{name}` is no command"), format!("commands are: {known}"))
            })?
        }
    };
    // A command has no version of its own, in place of which there would be nothing.
    let source = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    let mut text = Vec::new();
    Man::new(page)
        .source(source)
        .render(&mut text)
        .expect("memory takes all that is written to it");
    Ok(data(&text))
}

fn data(text: &[u8]) -> Report {
    let stdout = String::from_utf8_lossy(text).into_owned();
    Report { outcome: Outcome::Clean, stdout, stderr: String::new() }
}
