//! What a service may use.

use crate::manifest::model;
use crate::plan::limits::Limits;
use crate::problem::{Code, Problem, Trail};

/// Resolves the limits; `path` is that of their table.
pub(super) fn resolve(
    written: &model::limits::Limits,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Limits {
    let model::limits::Limits { open_files } = written;
    Limits { open_files: open_files.and_then(|it| whole(it, &path.key("openFiles"), problems)) }
}

fn whole(written: i64, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<u64> {
    let limit = u64::try_from(written).ok().filter(|it| *it > 0);
    if limit.is_none() {
        let message = format!("nobody can open {written} files");
        problems.push(
            Problem::new(Code::ImpossibleQuantity, path.at_value(), message)
                .hint("write a whole number above 0"),
        );
    }
    limit
}
