//! What would change if the wanted files took the place of those that are there.

use crate::fileset::{self, FileSet};

/// A file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    Text(&'a str),
    /// A program that nobody may run.
    LameProgram(&'a str),
    Directory,
    /// A link, a device, bytes that are no text, or what may not be read.
    Other,
}

/// One difference between what is wanted and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Added {
        path: String,
    },
    Changed {
        path: String,
        old: String,
    },
    /// A file that was generated once and is wanted no more.
    Removed {
        path: String,
        old: String,
    },
    /// Something of somebody else where a generated file should be.
    Foreign {
        path: String,
    },
}

impl Change {
    /// Where the difference is.
    pub fn path(&self) -> &str {
        match self {
            Change::Added { path }
            | Change::Changed { path, old: _ }
            | Change::Removed { path, old: _ }
            | Change::Foreign { path } => path,
        }
    }
}

/// Compares a file that is there with what is wanted in its place; `None` when they are alike.
///
/// A file is ours when its first line, or the second of a program, holds `header`; all others are never touched.
pub fn compare(wanted: &FileSet, path: &str, found: Found<'_>, header: &str) -> Option<Change> {
    let own_path = || path.to_owned();
    match (wanted.get(path), found) {
        (Some(text), Found::Text(old)) if old == text => None,
        (Some(_), Found::Text(old) | Found::LameProgram(old))
            if fileset::is_generated(old, header) =>
        {
            Some(Change::Changed { path: own_path(), old: old.to_owned() })
        }
        (Some(_), Found::Text(_) | Found::LameProgram(_) | Found::Directory | Found::Other) => {
            Some(Change::Foreign { path: own_path() })
        }
        (None, Found::Text(old) | Found::LameProgram(old))
            if fileset::is_generated(old, header) =>
        {
            Some(Change::Removed { path: own_path(), old: old.to_owned() })
        }
        // Not ours and in nobody's way, unless a wanted file lies below it.
        (None, Found::Directory) => None,
        (None, Found::Text(_) | Found::LameProgram(_) | Found::Other) => {
            wanted.has_below(path).then(|| Change::Foreign { path: own_path() })
        }
    }
}

/// Returns the wanted files that are not there at all; `present` is in the order of the paths.
pub fn missing<'a>(
    wanted: &'a FileSet,
    present: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = Change> {
    let mut present = present.peekable();
    let absent = wanted.iter().filter(move |(path, _)| {
        while present.next_if(|it| it < path).is_some() {}
        present.peek() != Some(path)
    });
    absent.map(|(path, _)| Change::Added { path: path.to_owned() })
}

/// Returns the changes as a unified diff, which `patch -p1` can apply.
pub fn unified_diff(wanted: &FileSet, changes: &[Change]) -> String {
    let mut text = String::new();
    for change in changes {
        let (path, old) = match change {
            Change::Added { path } => (path, ""),
            Change::Changed { path, old } | Change::Removed { path, old } => (path, old.as_str()),
            Change::Foreign { path: _ } => continue,
        };
        let new = wanted.get(path);
        let before = match change {
            Change::Added { .. } => "/dev/null".to_owned(),
            Change::Changed { .. } | Change::Removed { .. } | Change::Foreign { .. } => {
                format!("a/{path}")
            }
        };
        let after = if new.is_some() { format!("b/{path}") } else { "/dev/null".to_owned() };
        if new == Some(old) {
            // A program that nobody may run, as git words it.
            let from_to = "old mode 100644\nnew mode 100755\n";
            text.push_str(&format!("diff --git {before} {after}\n{from_to}"));
        }
        let diff = similar::TextDiff::from_lines(old, new.unwrap_or_default());
        text.push_str(&diff.unified_diff().header(&before, &after).to_string());
    }
    text
}
