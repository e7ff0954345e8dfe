//! What a service finds where it runs: secrets, directories and what it cannot be without.

use std::collections::BTreeMap;

use crate::manifest::model;
use crate::plan::name::{SecretName, is_plain};
use crate::plan::provision::{Directories, DirectoryKind, RequiredPath, Secret};
use crate::plan::quantity::Mode;
use crate::plan::service::{Service, Workload};
use crate::plan::text::{Reference, Text};
use crate::problem::{Code, Problem, Trail};

use super::text::{self, Within};
use super::{pointless, service_path};

/// The first systemd with `%d`, the path of credentials (systemd.unit(5)).
const CREDENTIALS_SINCE: u16 = 250;

/// What the references of a service to things of its own stand for.
pub(super) type Places = BTreeMap<String, Text>;

/// Returns the references to secrets and directories.
pub(super) fn places(
    secrets: &BTreeMap<SecretName, Secret>,
    directories: &Directories,
    runs_in: Within,
) -> Places {
    let secrets = secrets.keys().map(|name| {
        let path = match runs_in {
            Within::Host => Text::reference(Reference::Credential(name.clone())),
            // Where podman mounts the secrets of a container (podman-run(1), `--secret`).
            Within::Container => Text::literal(format!("/run/secrets/{name}")),
        };
        (format!("secrets.{name}"), path)
    });
    let directories = directories.names.iter().map(|(kind, name)| {
        let path = Text::reference(Reference::Directory(*kind, name.clone()));
        (format!("{}Directory", key(*kind)), path)
    });
    secrets.chain(directories).collect()
}

fn key(kind: DirectoryKind) -> &'static str {
    match kind {
        DirectoryKind::State => "state",
        DirectoryKind::Cache => "cache",
        DirectoryKind::Logs => "logs",
        DirectoryKind::Runtime => "runtime",
    }
}

/// Resolves the secrets; `path` is that of their table.
pub(super) fn secrets(
    written: &model::provision::Secrets,
    runs_in: Within,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<SecretName, Secret> {
    let mut secrets = BTreeMap::new();
    for (name, written) in written {
        let path = path.key(name);
        let parsed = SecretName::parse(name);
        if parsed.is_none() {
            problems.push(impossible_name(name, &path));
        }
        secrets.extend(parsed.zip(secret(written, runs_in, &path, problems)));
    }
    secrets
}

fn impossible_name(name: &str, path: &Trail<'_>) -> Problem {
    Problem::new(
        Code::ImpossibleName,
        path.at_key(),
        format!("`{}` cannot be the name of a secret", name.escape_debug()),
    )
    .hint("at most 64 letters, digits, `_`, `.` and `-`, beginning with a letter or digit")
}

fn secret(
    written: &model::provision::Secret,
    runs_in: Within,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Secret> {
    let said = match written {
        model::provision::Secret::File(file) => {
            return secret_file(file, path, problems).map(Secret::File);
        }
        model::provision::Secret::Said(said) => said,
    };
    let model::provision::SaidSecret { file, encrypted, podman } = said;
    match (file, podman) {
        (Some(file), None) => {
            let file = secret_file(file, &path.key("file"), problems)?;
            Some(if *encrypted { Secret::Encrypted(file) } else { Secret::File(file) })
        }
        (None, Some(name)) => {
            let path = path.key("podman");
            if runs_in == Within::Host || *encrypted {
                let why = "a process has nothing from podman, and podman decrypts nothing";
                let message = format!("`podman` means nothing here: {why}");
                problems.push(
                    Problem::new(Code::Pointless, path.at_key(), message).hint(
                        "write `file = \"…\"` with the path of the file that holds the secret",
                    ),
                );
                return None;
            }
            let parsed = SecretName::parse(name);
            if parsed.is_none() {
                let problem = impossible_name(name, &path);
                problems.push(Problem { place: path.at_value(), ..problem });
            }
            parsed.map(Secret::Podman)
        }
        (_, both) => {
            let (code, what) = match both {
                Some(_) => (Code::Pointless, "both a file and a secret of podman"),
                None => (Code::MissingKey, "neither a file nor a secret of podman"),
            };
            problems.push(Problem::new(code, path.at_key(), format!("`{path}` has {what}")).hint(
                "write `file`, or for a container `podman`, the name under which podman keeps it",
            ));
            None
        }
    }
}

/// systemd takes no path that could be written shorter (`path_is_normalized` in its source).
fn secret_file(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let file = text::absolute_path(written, path, problems)?;
    if file.split('/').skip(1).any(|it| ["", "."].contains(&it)) {
        let why = "has an empty part or a `.`, with which systemd reads no secret";
        problems.push(text::cannot_carry(path, why).hint("write the path of the file without it"));
        return None;
    }
    Some(file)
}

/// Resolves the directories; `path` is that of their table.
pub(super) fn directories(
    written: &model::provision::Directories,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Directories {
    let model::provision::Directories { state, cache, logs, runtime, mode } = written;
    let mut names = BTreeMap::new();
    for (kind, written) in DirectoryKind::ALL.iter().zip([state, cache, logs, runtime]) {
        let Some(written) = written else { continue };
        let path = path.key(key(*kind));
        if written.split('/').all(|it| is_plain(it, b"_", b"_.-")) {
            names.insert(*kind, written.clone());
            continue;
        }
        let parent = kind.parent();
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.at_value(),
                format!("`{}` cannot be a directory below `{parent}`", written.escape_debug()),
            )
            .hint("its path from there on: letters, digits, `_`, `.` and `-` between the slashes"),
        );
    }
    let mode = mode.as_deref().and_then(|it| self::mode(it, &path.key("mode"), problems));
    if mode.is_some() && [state, cache, logs, runtime].iter().all(|it| it.is_none()) {
        problems.push(
            pointless(path, "mode", "there is no directory")
                .hint("take it out, or name a directory"),
        );
    }
    Directories { names, mode }
}

/// Parses who may do what with a file.
pub(super) fn mode(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<Mode> {
    let mode = Mode::parse(written);
    if mode.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{}` is not the mode of a file", written.escape_debug()),
            )
            .hint("three or four digits from 0 to 7, like `0750`"),
        );
    }
    mode
}

/// Resolves the paths that must be there; `path` is that of the table.
pub(super) fn required_paths(
    written: &[model::provision::RequiredPath],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<RequiredPath> {
    let mut paths = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let path = path.index(index);
        let (file, hint) = match written {
            model::provision::RequiredPath::Path(file) => {
                (text::absolute_path(file, &path, problems), None)
            }
            model::provision::RequiredPath::Said(said) => {
                let model::provision::SaidRequiredPath { path: file, hint } = said;
                let hint =
                    hint.as_deref().and_then(|it| text::line(it, &path.key("hint"), problems));
                (text::absolute_path(file, &path.key("path"), problems), hint)
            }
        };
        paths.extend(file.map(|path| RequiredPath { path, hint }));
    }
    paths
}

/// Resolves the paths whose file systems are mounted first; `path` is that of their list.
///
/// systemd splits the value at blanks and has quotes but no escapes for it (`config_parse_unit_mounts_for`).
pub(super) fn mounts(
    written: &[String],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let mut mounts = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let path = path.index(index);
        let Some(mount) = text::absolute_path(written, &path, problems) else { continue };
        if mount.contains(['"', '\'', '\\']) || mount.contains(char::is_whitespace) {
            let why = "has a blank, a quote or a `\\`, at which systemd would split it";
            problems.push(text::cannot_carry(&path, why));
            continue;
        }
        mounts.push(mount);
    }
    mounts
}

/// Reports secrets that the systemd of a host cannot hand over.
pub(super) fn refuse_old(service: &Service, host: &str, systemd: u16, problems: &mut Vec<Problem>) {
    let is_container = matches!(service.workload, Workload::Container(_));
    for (name, secret) in &service.provision.secrets {
        let needs_systemd = match secret {
            Secret::File(_) => !is_container,
            Secret::Encrypted(_) => true,
            Secret::Podman(_) => false,
        };
        if needs_systemd && systemd < CREDENTIALS_SINCE {
            let path = service_path(&service.name);
            problems.push(
                Problem::new(
                    Code::HostTooOld,
                    path.key("secrets").key(name.as_str()).at_key(),
                    format!(
                        "{host} has systemd {systemd}; such a secret needs {CREDENTIALS_SINCE}"
                    ),
                )
                .hint(
                    "leave that host out of the service's `hosts`, or give it a file of variables",
                ),
            );
        }
    }
}
