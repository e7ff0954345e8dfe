//! `unitsmith check`

use crate::cli;
use crate::compare::{self, Change};
use crate::error::Error;

use super::{Outcome, Report, Survey, plural, survey};

/// Compares the files with what the manifest wants and writes nothing.
pub(super) fn run(tree: cli::Tree) -> Result<Report, Error> {
    let Survey { loaded, root, wanted, changes, leftovers: _ } = match survey(&tree)? {
        Ok(survey) => survey,
        Err(report) => return Ok(report),
    };
    let stale_lock = !loaded.lock.is_current();
    if changes.is_empty() && !stale_lock {
        let stderr = format!(
            "{}{} in `{}`, as the manifest wants them\n",
            loaded.warnings,
            plural(wanted.len(), "file"),
            root.display()
        );
        return Ok(Report { outcome: Outcome::Clean, stdout: String::new(), stderr });
    }
    let mut stderr = loaded.warnings;
    for change in &changes {
        let what = match change {
            Change::Added { .. } => "missing",
            Change::Changed { .. } => "different",
            Change::Removed { .. } => "not wanted any more",
            Change::Foreign { .. } => "in the way, and not generated from this manifest",
        };
        stderr.push_str(&format!("`{}` is {what}\n", root.join(change.path()).display()));
    }
    if stale_lock {
        stderr.push_str(&format!("`{}` is out of date\n", loaded.lock.path.display()));
    }
    stderr.push_str(&format!("to repair it: {}\n", repair(&tree)));
    Ok(Report {
        outcome: Outcome::Findings,
        stdout: compare::unified_diff(&wanted, &changes),
        stderr,
    })
}

/// The command that makes the check pass.
fn repair(tree: &cli::Tree) -> String {
    let mut words = vec!["unitsmith gen".to_owned()];
    words.extend(tree.manifest.path.iter().map(|it| it.display().to_string()));
    words.extend(tree.output.iter().map(|it| format!("-o {}", it.display())));
    let names: Vec<String> = tree
        .target
        .iter()
        .filter_map(clap::ValueEnum::to_possible_value)
        .map(|it| it.get_name().to_owned())
        .collect();
    if !names.is_empty() {
        words.push(format!("--target {}", names.join(",")));
    }
    words.join(" ")
}
