//! Colours for what people read on a terminal.
//!
//! Invariant: takes text that is whole without them, and knows its lines by how they begin.

const ERROR: &str = "\x1b[1;91m";
const WARNING: &str = "\x1b[1;93m";
const NOTE: &str = "\x1b[1;92m";
const HELP: &str = "\x1b[1;96m";
const MARGIN: &str = "\x1b[1;94m";
const BOLD: &str = "\x1b[1m";
const OLD: &str = "\x1b[31m";
const NEW: &str = "\x1b[32m";
const HUNK: &str = "\x1b[36m";
const RESET: &str = "\x1b[0m";

/// Colours problems: their severity, the carets under what is wrong, and the word before what to do.
pub fn problems(text: &str) -> String {
    // The colour of the problem that the line is part of; an empty line ends it.
    let mut severity = None;
    each_line(text, |line| {
        if line.is_empty() {
            severity = None;
            return String::new();
        }
        if let Some((style, head, message)) = title(line) {
            severity = Some(style);
            return format!("{}{}", painted(style, head), painted(BOLD, message));
        }
        severity.map_or_else(|| line.to_owned(), |style| of_problem(line, style))
    })
}

/// Colours a unified diff.
pub fn diff(text: &str) -> String {
    each_line(text, |line| match line.as_bytes() {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => painted(BOLD, line),
        [b'@', ..] => painted(HUNK, line),
        [b'-', ..] => painted(OLD, line),
        [b'+', ..] => painted(NEW, line),
        _ => line.to_owned(),
    })
}

/// The first line of a problem: its colour, its severity with the code, and the message.
fn title(line: &str) -> Option<(&'static str, &str, &str)> {
    for (word, style) in [("error", ERROR), ("warning", WARNING), ("note", NOTE)] {
        let Some(rest) = line.strip_prefix(word) else { continue };
        if rest.starts_with(['[', ':']) {
            let (head, message) = line.split_at(line.find(':')?);
            return Some((style, head, message));
        }
    }
    None
}

/// A line below the first one of a problem.
fn of_problem(line: &str, style: &str) -> String {
    let inner = line.trim_start_matches(|it: char| it == ' ' || it.is_ascii_digit());
    for (word, rest) in ["hint", "cause"].map(|word| (word, inner.strip_prefix(word))) {
        if let Some(rest) = rest.filter(|it| it.starts_with(':')) {
            let indent = &line[..line.len() - inner.len()];
            return format!("{indent}{}{rest}", painted(HELP, word));
        }
    }
    let mark = ["-->", "|", "="].into_iter().find(|it| inner.starts_with(it));
    let Some(mark) = mark else { return line.to_owned() };
    let (margin, rest) = line.split_at(line.len() - inner.len() + mark.len());
    let margin = painted(MARGIN, margin);
    if rest.contains('^') && rest.trim_matches([' ', '^']).is_empty() {
        return format!("{margin}{}", painted(style, rest));
    }
    match rest.strip_prefix(" help") {
        Some(rest) if mark == "=" => format!("{margin} {}{rest}", painted(HELP, "help")),
        Some(_) | None => format!("{margin}{rest}"),
    }
}

fn painted(style: &str, text: &str) -> String {
    format!("{style}{text}{RESET}")
}

/// Changes each line, without its line break.
fn each_line(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    let lines = text.split_inclusive('\n');
    let changed = lines.map(|it| match it.strip_suffix('\n') {
        Some(line) => change(line) + "\n",
        None => change(it),
    });
    changed.collect()
}
