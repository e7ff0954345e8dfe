//! The user's file: read, placed, decoded.
//!
//! Text becomes a tree of places and values (`toml`, `json`, `yaml`, `nix`), `merge` puts the services together,
//! the tree becomes the mirror types (`decode`), and `source` turns the places of problems back into lines.
//!
//! Invariant: knows what a manifest looks like, never what it means.

mod decode;
mod json;
mod merge;
mod nix;
mod toml;
mod tree;
mod yaml;

pub mod model;
pub mod schema;
pub mod source;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path;

use crate::manifest::model::Manifest;
use crate::manifest::source::Source;
use crate::manifest::tree::{Span, Tree};
use crate::problem::{Code, Part, Path, Place, Problem};

/// A notation that a manifest can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Toml,
    Json,
    Yaml,
    /// A literal attribute set, which is read and not evaluated.
    Nix,
}

impl Format {
    /// Returns the format that the extension of a file stands for.
    pub fn of(path: &path::Path) -> Option<Format> {
        match path.extension()?.to_str()? {
            "toml" => Some(Format::Toml),
            "json" => Some(Format::Json),
            "yaml" | "yml" => Some(Format::Yaml),
            "nix" => Some(Format::Nix),
            _ => None,
        }
    }
}

/// Parses the bytes of a file; `name` is how the file is called in problems.
///
/// Every problem of the file is found in one run, in the order of the text.
/// A manifest with problems lacks what is wrong: the key, or the whole list, or the table that cannot be without it.
/// [`Source::is_damaged`] tells which parts these are, so that nobody complains about their absence.
/// There is no manifest when the syntax is broken, for then nobody knows what is absent,
/// nor when the whole file is something else than a table.
pub fn parse(
    name: &str,
    bytes: Vec<u8>,
    format: Format,
) -> (Option<Manifest>, Source, Vec<Problem>) {
    let (text, problem) = into_text(bytes);
    if let Some(problem) = problem {
        return (None, Source::without_tree(name, text), vec![problem]);
    }
    let Tree { mut root, syntax, doubtful, problems: mut found } = match format {
        Format::Toml => toml::parse(&text),
        Format::Json => json::parse(&text),
        Format::Yaml => yaml::parse(&text),
        Format::Nix => nix::parse(&text),
    };
    let merged = root.as_mut().map(|root| merge::merge(root, &text)).unwrap_or_default();
    let mut source = Source::new(name, text, root);
    if merged.is_merged {
        source = source.of_merged_services();
    }
    let decoded = decode::decode(source.root(), source.text());
    let mut manifest = decoded.manifest;
    source.damage(decoded.damaged);
    source.damage(merged.damaged);
    found.extend(decoded.problems);
    if !syntax.is_empty() {
        manifest = None;
        source.damage([Path::default()].into());
        let sections = Sections::new(source.text(), &doubtful);
        found.retain(|problem| {
            problem.code != Code::MissingKey
                && !sections.is_doubtful(source.span(&problem.place).start)
        });
        found.extend(syntax.into_iter().map(SyntaxError::into_problem));
    } else {
        // What is merged of a broken file may lack what another part of it needs.
        found.extend(merged.problems);
    }
    source.sort(&mut found);
    // A parser may complain twice of one key.
    found.dedup();
    (manifest, source, found)
}

/// Something that is not of the notation.
struct SyntaxError {
    span: Span,
    message: String,
    hint: Option<String>,
}

impl SyntaxError {
    fn into_problem(self) -> Problem {
        let SyntaxError { span, message, hint } = self;
        let place = Place { path: Path::default(), part: Part::Bytes(span.range()) };
        Problem { code: Code::Syntax, place, message, hint }
    }
}

/// The stretches of a text that begin with a `[header]` line.
///
/// What the parser made of one with a syntax error is a guess, and problems of a guess would only confuse.
struct Sections {
    starts: Vec<u32>,
    doubtful: BTreeSet<usize>,
}

impl Sections {
    fn new(text: &str, doubtful: &[Span]) -> Sections {
        let mut starts = vec![0];
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            if line.starts_with('[') {
                starts.push(Span::new(offset, offset).start);
            }
            offset += line.len();
        }
        let mut sections = Sections { starts, doubtful: BTreeSet::new() };
        for span in doubtful {
            let range = sections.section_of(span.start)..=sections.section_of(span.end);
            sections.doubtful.extend(range);
        }
        sections
    }

    fn is_doubtful(&self, offset: u32) -> bool {
        self.doubtful.contains(&self.section_of(offset))
    }

    fn section_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }
}

/// Makes a text of bytes: UTF-8, without a byte order mark, short enough for [`Span`].
///
/// With a problem, the text is only good for showing where it is.
fn into_text(bytes: Vec<u8>) -> (String, Option<Problem>) {
    let broken = |offset: usize, message: &str, hint: &str| {
        let place = Place { path: Path::default(), part: Part::Bytes(offset..offset) };
        Problem::new(Code::Syntax, place, message).hint(hint)
    };
    if bytes.len() > LARGEST {
        let problem =
            broken(0, "the manifest is larger than 64 MiB", "split it into several manifests");
        return (String::new(), Some(problem));
    }
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let problem =
                broken(offset, "the manifest is not UTF-8 from here on", "save the file as UTF-8");
            return (text, Some(problem));
        }
    };
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len_utf8());
    }
    (text, None)
}

/// What every parser says when somebody wants to exhaust the stack.
const TOO_DEEP: &str = "tables and lists are nested too deeply";

/// The most bytes of a manifest; far beyond what people write, far below what [`Span`] can count.
const LARGEST: usize = 64 << 20;

/// Editors on Windows put it first; it is no part of the text, so columns do not count it.
const BYTE_ORDER_MARK: char = '\u{feff}';
