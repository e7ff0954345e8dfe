//! The process of a service.

use std::path::Path;

use crate::manifest::model;
use crate::plan::name::{self, UserName};
use crate::plan::process::{Account, Hooks, Lifetime, Process};
use crate::plan::provision::Directories;
use crate::plan::text::{Program, Text, Word};
use crate::problem::{Code, Place, Problem, Trail};

use super::text::{self, Texts};
use super::{hardening, pointless, provision};

/// What a service says of who runs its process and how.
pub(super) struct Written<'a> {
    pub(super) user: Option<&'a str>,
    pub(super) group: Option<&'a str>,
    pub(super) dynamic_user: bool,
    pub(super) supplementary_groups: &'a [String],
    pub(super) hardening: Option<&'a model::hardening::Hardening>,
    pub(super) umask: Option<&'a str>,
    pub(super) nice: Option<i64>,
}

/// Resolves a process; `path` is that of the service.
pub(super) fn resolve(
    exec: &model::process::Exec,
    written: &Written<'_>,
    directories: &Directories,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Process> {
    let model::process::Exec {
        command,
        working_directory,
        log_file,
        pre_start,
        post_start,
        reload,
        stop,
        post_stop,
    } = exec;
    let account = account(written, path, problems);
    let hardening = hardening::resolve(written.hardening, &path.key("hardening"), problems);
    let umask = written.umask.and_then(|it| provision::mode(it, &path.key("umask"), problems));
    let nice = written.nice.and_then(|it| nice(it, &path.key("nice"), problems));
    let path = path.key("exec");
    let command = self::command(command, &path.key("command"), texts, problems);
    let working_directory = working_directory.as_deref().and_then(|it| {
        text::path_in_directory(it, &path.key("workingDirectory"), texts.places, problems)
    });
    let log_file = log_file
        .as_deref()
        .and_then(|it| self::log_file(it, directories, &path.key("logFile"), problems));
    let mut commands = |written: &[Vec<model::process::Word>], key: &str| {
        let path = path.key(key);
        let commands = written.iter().enumerate();
        let commands: Vec<Option<Vec<Word>>> = commands
            .map(|(index, it)| self::command(it, &path.index(index), texts, problems))
            .collect();
        commands.into_iter().collect::<Option<Vec<Vec<Word>>>>()
    };
    let (pre_start, post_start) =
        (commands(pre_start, "preStart"), commands(post_start, "postStart"));
    let reload = commands(reload, "reload");
    let (stop, post_stop) = (commands(stop, "stop"), commands(post_stop, "postStop"));
    let hooks = Hooks {
        pre_start: pre_start?,
        post_start: post_start?,
        reload: reload?,
        stop: stop?,
        post_stop: post_stop?,
    };
    let command = command?;
    Some(Process { command, hooks, working_directory, log_file, account, hardening, umask, nice })
}

/// systemd opens the file before it makes the directories of a service: with systemd 252 and 257 the first start
/// ends with `209/STDOUT`.
fn log_file(
    written: &str,
    directories: &Directories,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let file = text::absolute_path(written, path, problems)?;
    let mut own = directories.names.iter().map(|(kind, name)| format!("{}/{name}", kind.parent()));
    if let Some(directory) = own.find(|it| Path::new(&file).starts_with(it)) {
        problems.push(
            Problem::new(
                Code::LogBeforeDirectory,
                path.at_value(),
                format!("`{file}` is opened before systemd makes `{directory}`"),
            )
            .hint("choose a directory that is there already, like `/var/log`"),
        );
        return None;
    }
    Some(file)
}

/// Reports a readiness that is looked for where the output of the process does not go; `path` is that of the service.
pub(super) fn refuse_unheard(
    exec: Option<&model::process::Exec>,
    readiness: Option<&model::probe::Readiness>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let has_file = exec.is_some_and(|it| it.log_file.is_some());
    if has_file && readiness.is_some_and(|it| it.log.is_some()) {
        let path = path.key("readiness");
        let path = path.key("log");
        let message =
            format!("`{path}` cannot be found out: `exec.logFile` keeps it from the journal");
        problems.push(
            Problem::new(Code::ImpossibleProbe, path.at_key(), message)
                .hint("take one of the two out, or ask the service with `http`, `tcp` or `exec`"),
        );
    }
}

/// Resolves one command, whose first word is a program.
pub(super) fn command(
    written: &[model::process::Word],
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Word>> {
    let words: Vec<Option<Word>> = written
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let path = path.index(index);
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
    if written.is_empty() {
        problems.push(not_a_program(path.at_value(), "the command is empty".to_owned()));
        return None;
    }
    words.into_iter().collect()
}

fn account(written: &Written<'_>, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Account {
    let Written {
        user,
        group,
        dynamic_user,
        supplementary_groups,
        hardening: _,
        umask: _,
        nice: _,
    } = written;
    let user = account_name(*user, &path.key("user"), problems);
    let group = account_name(*group, &path.key("group"), problems);
    let groups = path.key("supplementaryGroups");
    let supplementary_groups = supplementary_groups.iter().enumerate();
    let supplementary_groups = supplementary_groups
        .filter_map(|(index, it)| account_name(Some(it), &groups.index(index), problems))
        .collect();
    let lifetime = if *dynamic_user { Lifetime::Dynamic } else { Lifetime::Permanent };
    if let Some(user) = user.as_ref().filter(|it| *dynamic_user && it.exists_already()) {
        let why = format!("`{user}` is there already");
        problems.push(
            pointless(path, "dynamicUser", &why)
                .hint("take out one of the two; the account is named after the service"),
        );
    }
    Account { user, group, lifetime, supplementary_groups }
}

fn nice(written: i64, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<i8> {
    let nice = i8::try_from(written).ok().filter(|it| (-20..=19).contains(it));
    if nice.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{path}` cannot be {written}"),
            )
            .hint("write a whole number from -20, the most urgent, to 19"),
        );
    }
    nice
}

/// A container's user is the image's; the host's accounts mean nothing inside.
pub(super) fn refuse_account(written: &Written<'_>, path: &Trail<'_>, problems: &mut Vec<Problem>) {
    let Written { user, group, dynamic_user, supplementary_groups, hardening, umask, nice } =
        written;
    if hardening.is_some() {
        hardening::refuse_on_container(&path.key("hardening"), problems);
    }
    let keys = [
        ("user", user.is_some()),
        ("group", group.is_some()),
        ("dynamicUser", *dynamic_user),
        ("supplementaryGroups", !supplementary_groups.is_empty()),
        ("umask", umask.is_some()),
        ("nice", nice.is_some()),
    ];
    for (key, is_present) in keys {
        if is_present {
            problems.push(
                Problem::new(
                    Code::Pointless,
                    path.key(key).at_key(),
                    format!("`{key}` is for processes; inside a container it is `container.{key}`"),
                )
                .hint(format!("write `container.{key}`, or take it out for that of the image")),
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
