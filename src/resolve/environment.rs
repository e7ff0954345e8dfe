//! The environment of a service: variables and files of them.

use std::collections::BTreeMap;

use crate::plan::name::VariableName;
use crate::plan::text::Text;
use crate::problem::{Code, Problem, Trail};

use super::text::{self, Texts};

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
            problems.push(
                Problem::new(
                    Code::ImpossibleVariable,
                    path.at_key(),
                    format!("`{}` cannot be an environment variable", name.escape_debug()),
                )
                .hint("letters, digits and `_`, not beginning with a digit; systemd ignores all others"),
            );
        }
        let value = text::parse(value, &path, texts, problems);
        environment.extend(variable.zip(value));
    }
    environment
}

/// Resolves the files of variables; `path` is that of their list.
pub(super) fn files(
    written: &[String],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let files = written.iter().enumerate();
    files.filter_map(|(index, written)| file(written, &path.index(index), problems)).collect()
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
