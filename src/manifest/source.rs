//! The text of a manifest, and the lines and columns of places in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Range};

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use crate::manifest::files::Files;
use crate::manifest::tree::{Node, Span, Table, Value};
use crate::problem::{Part, Path, Place, Problem, Severity, Step};

/// The text with its tree: turns the place of a problem into files, lines and columns.
pub struct Source {
    files: Files,
    root: Node,
    /// Where each line begins.
    lines: Vec<u32>,
    damaged: BTreeSet<Path>,
    /// Whether several services may have one place.
    is_merged: bool,
}

/// A line and a column of a file as editors count them: from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position<'s> {
    /// The name of the file, as problems show it.
    pub file: &'s str,
    pub line: usize,
    pub column: usize,
}

impl Source {
    /// The name of the file that includes all others, as problems show it.
    pub fn name(&self) -> &str {
        &self.files.first().name
    }

    /// Returns whether the manifest lacks anything of what the text has.
    pub fn has_damage(&self) -> bool {
        !self.damaged.is_empty()
    }

    /// Returns whether the manifest lacks something of what the text has at this path, above it or below it.
    ///
    /// Whatever seems wrong with the absence, emptiness or use of a damaged thing may be only the trace
    /// of a problem that was already reported, so nothing of the kind should be said about it:
    /// no "`web` runs nothing" when `services.web.exec` was unreadable,
    /// no "`web` has no port" when `services.web.port` was.
    pub fn is_damaged(&self, path: &Path) -> bool {
        let above = (0..=path.0.len())
            .any(|length| self.damaged.contains(&Path(path.0[..length].to_vec())));
        // Paths below this one come right after it in their order.
        let mut from_here =
            self.damaged.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        above || from_here.next().is_some_and(|it| it.0.starts_with(&path.0))
    }

    /// Returns the file, line and column where a place begins.
    pub fn position(&self, place: &Place) -> Position<'_> {
        let (line, range) = self.line_of(self.span(place));
        let file = self.files.at(range.start);
        let before = &self.text()[self.lines[line] as usize..range.start];
        let line = line - self.first_line_of(file.start) + 1;
        Position { file: &file.name, line, column: before.chars().count() + 1 }
    }

    /// Sorts problems by where they are in the text.
    ///
    /// What stands at one place and went into several services is told once, through the first of them.
    pub fn sort(&self, problems: &mut Vec<Problem>) {
        problems.sort_by_cached_key(|problem| {
            let start = self.span(&problem.place).start;
            (start, problem.code, layer(&problem.place.path), problem.message.clone())
        });
        if !self.is_merged {
            return;
        }
        let mut tellers = BTreeMap::new();
        problems.retain(|problem| {
            let Span { start, end } = self.span(&problem.place);
            let teller = teller(&problem.place.path);
            let key = (start, end, problem.code);
            *tellers.entry(key).or_insert_with(|| teller.to_vec()) == teller
        });
    }

    /// Renders problems for people, with the lines of the manifest they are about.
    pub fn render(&self, problems: &[Problem]) -> String {
        let renderer = Renderer::plain();
        problems.iter().map(|problem| self.render_one(problem, &renderer)).collect()
    }

    pub(super) fn new(files: Files, root: Option<Node>) -> Source {
        let text = files.text();
        let mut lines = vec![0];
        lines.extend(
            text.bytes()
                .zip(1..)
                .filter(|(byte, _)| *byte == b'\n')
                .map(|(_, next): (u8, u32)| next),
        );
        let root = root.unwrap_or_else(|| {
            let value = Value::Table(Table::new(Vec::new(), text, &mut Vec::new()));
            Node { span: Span::new(0, 0), value }
        });
        Source { files, root, lines, damaged: BTreeSet::new(), is_merged: false }
    }

    /// The text of all files.
    pub(super) fn text(&self) -> &str {
        self.files.text()
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    /// Notes that services may share places.
    pub(super) fn of_merged_services(self) -> Source {
        Source { is_merged: true, ..self }
    }

    /// Notes what the manifest lacks.
    pub(super) fn damage(&mut self, damaged: BTreeSet<Path>) {
        self.damaged.extend(damaged);
    }

    /// Returns the stretch of text that a place means.
    pub(super) fn span(&self, place: &Place) -> Span {
        let (key, value) = self.root.find(&place.path, self.text());
        match &place.part {
            Part::Key => key,
            Part::Value => value,
            Part::Bytes(bytes) => {
                let length = self.text().len();
                Span::new(bytes.start.min(length), bytes.end.min(length))
            }
        }
    }

    fn render_one(&self, problem: &Problem, renderer: &Renderer) -> String {
        let span = self.span(&problem.place);
        let (line, range) = self.line_of(span);
        let Position { file, line: number, column } = self.position(&problem.place);
        let window = self.window(line, &range);
        let is_whole = window.start == self.lines[line] as usize;
        let mut snippet =
            Snippet::source(&self.text()[window.clone()]).line_start(number).annotation(
                AnnotationKind::Primary.span(range.start - window.start..range.end - window.start),
            );
        let message = normalize_untrusted_str(&problem.message);
        let level = match problem.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut group = Group::with_title(level.primary_title(message).id(problem.code.as_str()));
        if is_whole {
            snippet = snippet.path(file);
        } else {
            // The first column of the snippet is not the first one of the line.
            let origin = Origin::path(file).line(number).char_column(column);
            group = group.element(origin);
        }
        group = group.element(snippet);
        if let Some(hint) = &problem.hint {
            group = group.element(Level::HELP.message(normalize_untrusted_str(hint)));
        }
        format!("{}\n\n", renderer.render(&[group]))
    }

    /// Returns the number of the line where a span begins, and as much of the span as is on that line.
    fn line_of(&self, span: Span) -> (usize, Range<usize>) {
        let mut line = self.lines.partition_point(|start| *start <= span.start) - 1;
        let file = self.files.at(span.start as usize);
        // What is missing at the end of a file is missing after its last line, not on an empty one.
        if self.lines[line] as usize == file.end {
            line = line.saturating_sub(1).max(self.first_line_of(file.start));
        }
        let end = self.line_end(line);
        let start = self.floor(span.start as usize).min(end);
        (line, start..self.floor(span.end as usize).clamp(start, end))
    }

    /// Returns the number of the line with which a file begins.
    fn first_line_of(&self, start: usize) -> usize {
        self.lines.partition_point(|it| (*it as usize) < start)
    }

    /// Returns where a line ends, without its line break.
    fn line_end(&self, line: usize) -> usize {
        let start = self.lines[line] as usize;
        let end = self.lines.get(line + 1).map_or(self.text().len(), |next| *next as usize);
        start + self.text()[start..end].trim_end_matches(['\n', '\r']).len()
    }

    /// Returns the part of a line to show: all of it, unless it is so long that nobody could read it.
    fn window(&self, line: usize, range: &Range<usize>) -> Range<usize> {
        let (start, end) = (self.lines[line] as usize, self.line_end(line));
        if end - start <= LONGEST_LINE {
            return start..end;
        }
        let start = self.floor(range.start.saturating_sub(LONGEST_LINE / 2).max(start));
        start..self.floor((range.end.min(range.start + LONGEST_LINE) + LONGEST_LINE / 2).min(end))
    }

    /// Returns the nearest offset at or before `offset` where a character begins.
    fn floor(&self, offset: usize) -> usize {
        (0..=offset.min(self.text().len()))
            .rev()
            .find(|it| self.text().is_char_boundary(*it))
            .expect("a character begins at 0")
    }
}

/// The part of a manifest that a problem is told of: a service, or a service on one of its hosts.
fn teller(path: &Path) -> &[Step] {
    let is_override = matches!(path.0.get(2), Some(Step::Key(key)) if key == "overrides");
    &path.0[..path.0.len().min(if is_override { 4 } else { 2 })]
}

/// Parts that go into services tell their problems before these, services before what their hosts run.
fn layer(path: &Path) -> usize {
    match path.0.first() {
        Some(Step::Key(key)) if ["defaults", "templates", "companions"].contains(&key.as_str()) => {
            0
        }
        Some(Step::Key(_) | Step::Index(_)) | None => teller(path).len().max(2),
    }
}

/// The most bytes of a line that are shown whole.
const LONGEST_LINE: usize = 400;
