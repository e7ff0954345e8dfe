//! What was found, for programs and for the machines of those who host repositories.

use crate::manifest::source::Position;
use crate::problem::{Part, Problem, Severity};

use super::Reviewed;

/// Returns one line for each problem, which GitHub and Forgejo show beside the line of the manifest
/// (docs.github.com, "Workflow commands for GitHub Actions").
pub(super) fn github(reviewed: &Reviewed) -> String {
    let lines = reviewed.problems.iter().map(|problem| {
        let Position { file, line, column } = reviewed.source.position(&problem.place);
        let place = format!("file={},line={line},col={column},", property(file));
        annotation(problem, &place)
    });
    let lock = reviewed.broken_lock.iter().map(|it| {
        let file = property(&reviewed.lock_path.display().to_string());
        annotation(it, &format!("file={file},"))
    });
    lines.chain(lock).collect()
}

fn annotation(problem: &Problem, place: &str) -> String {
    let level = match problem.code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let hint = problem.hint.iter().map(|it| format!("\n{it}"));
    let text = problem.message.clone() + &hint.collect::<String>();
    format!("::{level} {place}title={}::{}\n", problem.code.as_str(), data(&text))
}

/// The text of an annotation: on one line.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of an annotation, which a comma or colon would end.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns everything for a program to read.
pub(super) fn json(reviewed: &Reviewed) -> String {
    pretty(&value(reviewed))
}

/// What `json` prints.
pub(super) fn value(reviewed: &Reviewed) -> serde_json::Value {
    let problems = reviewed.problems.iter().map(|problem| {
        let Position { file, line, column } = reviewed.source.position(&problem.place);
        let path = match problem.place.part {
            Part::Key | Part::Value => Some(problem.place.path.to_string()),
            Part::Bytes(_) => None,
        };
        of_problem(problem, file, Some(line), Some(column), path)
    });
    let lock = reviewed
        .broken_lock
        .iter()
        .map(|it| of_problem(it, &reviewed.lock_path.display().to_string(), None, None, None));
    let problems: Vec<serde_json::Value> = problems.chain(lock).collect();
    let [errors, warnings, notes] = reviewed.counts();
    serde_json::json!({
        "version": 1,
        "errors": errors,
        "warnings": warnings,
        "notes": notes,
        "problems": problems,
    })
}

fn of_problem(
    problem: &Problem,
    file: &str,
    line: Option<usize>,
    column: Option<usize>,
    path: Option<String>,
) -> serde_json::Value {
    serde_json::json!({
        "code": problem.code.as_str(),
        "severity": problem.code.severity().as_str(),
        "message": problem.message,
        "hint": problem.hint,
        "file": file,
        "line": line,
        "column": column,
        "path": path,
    })
}

/// JSON as people can read it, too.
pub(super) fn pretty(value: &serde_json::Value) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("strings and numbers are always JSON");
    text.push('\n');
    text
}
