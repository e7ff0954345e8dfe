//! The environment of a service: variables and files of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::manifest::model::provision::EnvironmentFile as Shape;
use crate::plan::name::VariableName;
use crate::plan::provision::{EnvironmentFile, Presence};
use crate::plan::text::Text;
use crate::problem::{Code, Place, Problem, Trail};

use super::text::{self, Texts, Within};

/// Resolves the variables; `path` is that of their table.
pub(super) fn variables(
    written: &BTreeMap<String, String>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<VariableName, Text> {
    let mut environment = BTreeMap::new();
    for (name, value) in written {
        let path = path.key(name);
        let variable = VariableName::parse(name);
        if variable.is_none() {
            problems.push(impossible_variable(name, path.at_key()));
        }
        let value = text::parse(value, &path, texts, problems);
        environment.extend(variable.zip(value));
    }
    environment
}

/// Resolves the files of variables; `path` is that of their list.
pub(super) fn files(
    written: &[Shape],
    runs_in: Within,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<EnvironmentFile> {
    let mut files = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let path = path.index(index);
        let (path_of_file, presence) = match written {
            Shape::Required(written) => (file(written, &path, problems), Presence::Required),
            Shape::Said(said) => {
                let model::provision::SaidEnvironmentFile { path: written, optional } = said;
                if *optional && runs_in == Within::Container {
                    problems.push(
                        Problem::new(
                            Code::TargetCannot,
                            path.key("optional").at_key(),
                            "podman starts no container without each of its files of variables",
                        )
                        .hint("make an empty file, or leave it out"),
                    );
                }
                let presence = if *optional { Presence::Optional } else { Presence::Required };
                (file(written, &path.key("path"), problems), presence)
            }
        };
        files.extend(path_of_file.map(|path| EnvironmentFile { path, presence }));
    }
    files
}

/// Resolves the variables that must be there; `path` is that of their list.
///
/// Those that the manifest itself sets are.
pub(super) fn required(
    written: &[String],
    environment: &BTreeMap<VariableName, Text>,
    files: &[EnvironmentFile],
    runs_in: Within,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeSet<VariableName> {
    let mut required = BTreeSet::new();
    for (index, written) in written.iter().enumerate() {
        let path = path.index(index);
        let Some(name) = VariableName::parse(written) else {
            problems.push(impossible_variable(written, path.at_value()));
            continue;
        };
        if environment.contains_key(&name) {
            continue;
        }
        if runs_in == Within::Container && files.is_empty() {
            problems.push(
                Problem::new(
                    Code::Pointless,
                    path.at_value(),
                    format!("nothing could set `{name}`: the container has no `environmentFiles`"),
                )
                .hint("name the file that sets it"),
            );
        }
        required.insert(name);
    }
    required
}

fn impossible_variable(name: &str, place: Place) -> Problem {
    Problem::new(
        Code::ImpossibleVariable,
        place,
        format!("`{}` cannot be an environment variable", name.escape_debug()),
    )
    .hint("letters, digits and `_`, not beginning with a digit; systemd ignores all others")
}

/// systemd reads the path of an environment file as a glob (systemd.exec(5)), podman does not.
fn file(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let file = text::absolute_path(written, path, problems)?;
    if file.contains(['*', '?', '[', '\\']) {
        problems.push(
            text::cannot_carry(
                path,
                "has one of `*`, `?`, `[` and `\\`, which systemd reads as a pattern",
            )
            .hint("name each file"),
        );
        return None;
    }
    Some(file)
}
