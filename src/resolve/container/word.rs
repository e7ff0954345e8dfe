//! Words of a rule, and lists of them.

use crate::problem::{Code, Problem, Trail};
use crate::resolve::text;

/// A rule that a word keeps, which has no room for a reference.
pub(super) struct Rule {
    pub(super) is_one: fn(&str) -> bool,
    /// What it is, `the name of a network`.
    pub(super) what: &'static str,
    pub(super) hint: &'static str,
}

/// Parses a word by a rule.
pub(super) fn word(
    written: &str,
    rule: &Rule,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let Rule { is_one, what, hint } = rule;
    if is_one(written) {
        return Some(written.to_owned());
    }
    problems.push(
        Problem::new(
            Code::ImpossibleName,
            path.at_value(),
            format!("`{}` is not {what}", written.escape_debug()),
        )
        .hint(*hint),
    );
    None
}

/// Parses a word that may be absent.
pub(super) fn optional(
    written: Option<&str>,
    rule: &Rule,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    written.and_then(|it| word(it, rule, path, problems))
}

/// Parses each of a list; what has a problem is left out.
pub(super) fn each<Item, Parsed>(
    written: &[Item],
    path: &Trail<'_>,
    mut parse: impl FnMut(&Item, &Trail<'_>) -> Option<Parsed>,
) -> Vec<Parsed> {
    let items = written.iter().enumerate();
    items.filter_map(|(index, item)| parse(item, &path.index(index))).collect()
}

/// Parses each word of a list by a rule.
pub(super) fn words(
    written: &[String],
    rule: &Rule,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    each(written, path, |it, path| word(it, rule, path, problems))
}

/// Parses an absolute path in which the characters of `separators` would end it.
pub(super) fn path_without(
    written: &str,
    separators: &[char],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let text = text::absolute_path(written, path, problems)?;
    if let Some(it) = text.chars().find(|it| separators.contains(it)) {
        let why = format!("has a `{it}`, at which podman would split it");
        problems.push(text::cannot_carry(path, &why));
        return None;
    }
    Some(text)
}
