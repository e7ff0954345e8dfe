//! The process of a service.

use crate::manifest::model;
use crate::plan::name::{self, UserName};
use crate::plan::process::Process;
use crate::plan::text::{Program, Text, Word};
use crate::problem::{Code, Place, Problem, Trail};

use super::text::{self, Texts};

/// Who runs the process.
pub(super) struct Account<'a> {
    pub(super) user: Option<&'a str>,
    pub(super) group: Option<&'a str>,
}

/// Resolves a process; `path` is that of the service.
pub(super) fn resolve(
    written: &model::process::Exec,
    account: Account<'_>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Process> {
    let model::process::Exec { command, working_directory } = written;
    let user = account_name(account.user, &path.key("user"), problems);
    let group = account_name(account.group, &path.key("group"), problems);
    let path = path.key("exec");
    let command_path = path.key("command");
    let words: Vec<Option<Word>> = command
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let path = command_path.index(index);
            match word {
                model::process::Word::Text(written) if index == 0 => {
                    program_path(written, &path, problems).map(Text::literal)
                }
                model::process::Word::Text(written) => text::parse(written, &path, texts, problems),
                model::process::Word::Program(written) => {
                    program(written, &path, problems).map(Text::from)
                }
            }
        })
        .collect();
    let working_directory = working_directory
        .as_deref()
        .and_then(|it| text::absolute_path(it, &path.key("workingDirectory"), problems));
    if command.is_empty() {
        let at = path.key("command").at_value();
        problems.push(not_a_program(at, "the command is empty".to_owned()));
    }
    let command = words.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Process { command, working_directory, user, group })
}

/// A container's user is the image's; the host's accounts mean nothing inside.
pub(super) fn refuse_account(account: Account<'_>, path: &Trail<'_>, problems: &mut Vec<Problem>) {
    for (key, value) in [("user", account.user), ("group", account.group)] {
        if value.is_some() {
            problems.push(
                Problem::new(
                    Code::Pointless,
                    path.key(key).at_key(),
                    format!("`{key}` is for processes; a container runs as the user of its image"),
                )
                .hint("take it out"),
            );
        }
    }
}

fn account_name(
    written: Option<&str>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<UserName> {
    let written = written?;
    let name = UserName::parse(written);
    if name.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.at_value(),
                format!("`{}` cannot be the name of an account", written.escape_debug()),
            )
            .hint("at most 31 lower-case letters, digits, `_` and `-`, beginning with a letter or `_`; or a number"),
        );
    }
    name
}

/// Parses the file of a program.
///
/// systemd looks up a bare name in a path of its own, which is another on every distribution,
/// reads a leading `@`, `-`, `:`, `+` or `!` as a prefix, takes no program whose path has quotes,
/// backslashes or control characters (systemd.service(5), `string_is_safe` in its source),
/// and takes `$$` for two dollars in the path where it is one in every argument.
fn program_path(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let file = text::literal(written, path, problems)?;
    if !file.starts_with('/') {
        let message = format!("the program `{}` is not an absolute path", file.escape_debug());
        problems.push(not_a_program(path.at_value(), message));
        return None;
    }
    if file.chars().any(|it| it.is_ascii_control() || matches!(it, '"' | '\'' | '\\' | '$')) {
        let why = "has a quote, `\\`, `$` or control character, with which systemd runs no program";
        problems.push(text::cannot_carry(path, why));
        return None;
    }
    if file.rsplit('/').next().is_none_or(|name| ["", ".", ".."].contains(&name)) {
        problems.push(not_a_program(
            path.at_value(),
            format!("the program `{}` is a directory", file.escape_debug()),
        ));
        return None;
    }
    Some(file)
}

fn not_a_program(at: Place, message: String) -> Problem {
    Problem::new(Code::RelativePath, at, message).hint(
        "write its whole path, or `{ package = \"nodejs\", bin = \"node\" }` for a program \
         that each kind of host has in another place",
    )
}

fn program(
    written: &model::process::Program,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Program> {
    let model::process::Program { package, bin, path: file } = written;
    let before = problems.len();
    let attributes = name::attribute_path(package);
    if attributes.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.key("package").at_value(),
                format!("`{}` cannot be a package of Nix", package.escape_debug()),
            )
            .hint("the attribute below `pkgs`, like `nodejs` or `python3Packages.gunicorn`"),
        );
    }
    if let Some(bin) = bin.as_deref().filter(|it| !is_file_name(it)) {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.key("bin").at_value(),
                format!("`{}` cannot be the name of a program", bin.escape_debug()),
            )
            .hint("the file's name below `bin` of the package: letters, digits and `._+-`"),
        );
    }
    let file = file.as_deref().map(|it| plain_path(it, &path.key("path"), problems));
    if problems.len() > before {
        return None;
    }
    let attributes = attributes?;
    let default = attributes.last().cloned().unwrap_or_default();
    let path =
        file.flatten().unwrap_or_else(|| format!("/usr/bin/{}", bin.as_ref().unwrap_or(&default)));
    Some(Program::Package { package: attributes, bin: bin.clone(), path })
}

/// A program's path is inserted without quotes, so it has none to need.
fn plain_path(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let file = text::absolute_path(written, path, problems)?;
    if !file.split('/').skip(1).all(is_file_name) {
        problems.push(text::cannot_carry(path, "has characters that a program's path seldom has").hint(
            "letters, digits and `._+-` between the slashes; write the word as text for any other path",
        ));
        return None;
    }
    Some(file)
}

fn is_file_name(text: &str) -> bool {
    !["", ".", ".."].contains(&text)
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"._+-".contains(&it))
}
