//! How the program of a container is run.

use crate::manifest::model::container::run as written;
use crate::nearest;
use crate::plan::container::run::{Log, LogDriver, Notify, Reload, Run};
use crate::plan::name::is_plain;
use crate::plan::restart::Signal;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::text::{self, Texts};

use super::word::{self, Rule};

/// What the keys of a container say of its program.
pub(super) struct Written<'a> {
    pub(super) entrypoint: &'a [String],
    pub(super) working_directory: Option<&'a str>,
    pub(super) user: Option<&'a str>,
    pub(super) group: Option<&'a str>,
    pub(super) supplementary_groups: &'a [String],
    pub(super) environment_host: bool,
    pub(super) http_proxy: Option<bool>,
    pub(super) timezone: Option<&'a str>,
    pub(super) init: bool,
    pub(super) notify: Option<written::Notify>,
    pub(super) reload: Option<&'a written::Reload>,
}

/// podman ends a user at a colon and a list of groups at a comma.
const ACCOUNT: Rule = Rule {
    is_one: |it| is_plain(it, b"_", b"_.-"),
    what: "the name or number of an account",
    hint: "letters, digits, `_`, `.` and `-`, beginning with a letter, a digit or `_`",
};

/// Resolves how the program is run; `path` is that of the container.
pub(super) fn resolve(
    written: Written<'_>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Run> {
    let Written {
        entrypoint,
        working_directory,
        user,
        group,
        supplementary_groups,
        environment_host,
        http_proxy,
        timezone,
        init,
        notify,
        reload,
    } = written;
    let entrypoint = super::words(entrypoint, &path.key("entrypoint"), texts, problems);
    let working_directory = working_directory
        .and_then(|it| text::absolute_path(it, &path.key("workingDirectory"), problems));
    let account = account(user, group, path, problems);
    let groups = path.key("supplementaryGroups");
    let supplementary_groups = word::words(supplementary_groups, &ACCOUNT, &groups, problems);
    if supplementary_groups.len() > 1 && supplementary_groups.iter().any(|it| it == "keep-groups") {
        problems.push(
            Problem::new(
                Code::Pointless,
                groups.at_value(),
                "`keep-groups` keeps the groups of podman itself and takes no other beside it",
            )
            .hint("take it out, or all others"),
        );
    }
    let timezone = word::optional(timezone, &TIMEZONE, &path.key("timezone"), problems);
    let reload = reload.map(|it| resolve_reload(it, &path.key("reload"), texts, problems));
    Some(Run {
        entrypoint: entrypoint?,
        working_directory,
        account,
        supplementary_groups,
        takes_host_environment: environment_host,
        http_proxy,
        timezone,
        init,
        notify: notify.map(|it| match it {
            written::Notify::Container => Notify::Container,
            written::Notify::Healthy => Notify::Healthy,
        }),
        reload: match reload {
            None => None,
            Some(reload) => Some(reload?),
        },
    })
}

const TIMEZONE: Rule = Rule {
    is_one: |it| is_plain(it, b"", b"_+/-"),
    what: "a time zone",
    hint: "like `Europe/Berlin`, or `local` for that of the host",
};

/// `USER` or `USER:GROUP`.
fn account(
    user: Option<&str>,
    group: Option<&str>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    if user.is_none() && group.is_some() {
        problems.push(
            Problem::new(
                Code::MissingKey,
                path.key("group").at_key(),
                "podman takes a `group` only beside a `user`",
            )
            .hint("write `user`, too: a name of the image, or a number"),
        );
        return None;
    }
    let user = word::optional(user, &ACCOUNT, &path.key("user"), problems)?;
    match word::optional(group, &ACCOUNT, &path.key("group"), problems) {
        Some(group) => Some(format!("{user}:{group}")),
        None => Some(user),
    }
}

fn resolve_reload(
    written: &written::Reload,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Reload> {
    match written {
        written::Reload::Command(command) => {
            if command.is_empty() {
                problems.push(
                    Problem::new(Code::MissingKey, path.at_value(), "the command has no words")
                        .hint("name a program of the image, or leave `reload` out"),
                );
            }
            super::words(command, path, texts, problems).map(Reload::Command)
        }
        written::Reload::Signal(written::Signal { signal }) => {
            let parsed = Signal::parse(signal);
            if parsed.is_none() {
                problems.push(
                    Problem::new(
                        Code::UnknownValue,
                        path.key("signal").at_value(),
                        format!("`{}` is not a signal", signal.escape_debug()),
                    )
                    .hint(nearest::hint(signal, Signal::ALL, "signals")),
                );
            }
            parsed.map(Reload::Signal)
        }
    }
}

/// Resolves where the output goes; `path` is that of its table.
pub(super) fn log(written: &written::Log, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Log {
    const OPTION: Rule = Rule {
        is_one: |it| is_plain(it, b"", b"-_"),
        what: "an option of a log driver",
        hint: "like `path`, `max-size` or `tag`",
    };
    let written::Log { driver, options } = written;
    let path = path.key("options");
    let options = options.iter().filter_map(|(key, value)| {
        let path = path.key(key);
        let name = word::word(key, &OPTION, &path, problems);
        name.zip(text::literal(value, &path, problems))
    });
    Log {
        options: options.collect(),
        driver: driver.map(|it| match it {
            written::LogDriver::Journald => LogDriver::Journald,
            written::LogDriver::K8sFile => LogDriver::K8sFile,
            written::LogDriver::JsonFile => LogDriver::JsonFile,
            written::LogDriver::None => LogDriver::None,
            written::LogDriver::Passthrough => LogDriver::Passthrough,
        }),
    }
}
