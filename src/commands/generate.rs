//! `unitsmith gen`

use crate::cli;
use crate::compare::Change;
use crate::disk::{self, Durability};
use crate::error::Error;
use crate::problem::{Code, Path, Problem};

use super::{Outcome, Report, Survey, plural, survey};

const NOTHING_WRITTEN: &str = "nothing was written\n";

/// Writes what changed and removes what was once written and is wanted no more.
pub(super) fn run(tree: cli::Tree) -> Result<Report, Error> {
    let Survey { loaded, root, wanted, changes, leftovers } = match survey(&tree)? {
        Ok(survey) => survey,
        Err(Report { outcome, stdout, stderr }) => {
            return Ok(Report { outcome, stdout, stderr: stderr + NOTHING_WRITTEN });
        }
    };
    let foreign: Vec<String> =
        changes.iter().filter_map(|it| foreign(it, &root, &loaded.plan.manifest)).collect();
    if !foreign.is_empty() {
        let stderr = format!(
            "{}{}\n\n{}\n{NOTHING_WRITTEN}",
            loaded.warnings,
            foreign.join("\n\n"),
            plural(foreign.len(), "problem")
        );
        return Ok(Report { outcome: Outcome::Findings, stdout: String::new(), stderr });
    }
    // The lock goes first: the files can be made again from it, but not it from them.
    if let Some(new) = loaded.lock.new.as_ref().filter(|_| !loaded.lock.is_current()) {
        disk::replace(&loaded.lock.path, new, Durability::Machine)?;
    }
    disk::apply(&root, &wanted, &changes)?;
    for path in leftovers {
        disk::remove(&root, &path)?;
    }
    let removed = changes.iter().filter(|it| matches!(it, Change::Removed { .. })).count();
    let written = changes.len() - removed;
    let mut parts = vec![format!("{} written", plural(written, "file"))];
    if removed > 0 {
        parts.push(format!("{removed} removed"));
    }
    parts.push(format!("{} unchanged", wanted.len() - written));
    let stderr = format!("{}{} in `{}`\n", loaded.warnings, parts.join(", "), root.display());
    Ok(Report { outcome: Outcome::Clean, stdout: String::new(), stderr })
}

fn foreign(change: &Change, root: &std::path::Path, manifest: &str) -> Option<String> {
    let Change::Foreign { path } = change else { return None };
    let path = root.join(path);
    let message =
        format!("`{}` was not generated from `{manifest}` and is in the way", path.display());
    let problem = Problem::new(Code::ForeignFile, Path::default().at_key(), message)
        .hint("move it away, or choose another directory with `-o`");
    Some(problem.to_string())
}
