//! The user's files: read, placed, decoded.
//!
//! `include` finds the files that are one manifest, and `whole` puts them together.
//! Text becomes a tree of places and values (`toml`, `json`, `yaml`, `nix`), `merge` puts the services together,
//! the tree becomes the mirror types (`decode`), and `source` turns the places of problems back into lines.
//!
//! Invariant: knows what a manifest looks like, never what it means.

mod decode;
mod files;
mod include;
mod json;
mod merge;
mod nix;
mod toml;
mod tree;
mod whole;
mod yaml;

pub mod model;
pub mod schema;
pub mod source;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path;

use crate::manifest::files::Files;
use crate::manifest::model::Manifest;
use crate::manifest::source::Source;
use crate::manifest::tree::Span;
use crate::manifest::whole::Whole;
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
/// What it includes is left out, for which there is [`parse_all`].
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
    let mut whole = Whole::default();
    whole.add(name, bytes, format);
    whole.decode()
}

/// What is at a path that a manifest includes.
#[derive(Debug)]
pub enum Included {
    File(Vec<u8>),
    /// The names of what is in the directory.
    Directory(Vec<String>),
    Nothing,
}

/// Parses a file with all that it includes; `name` is its path, and `find` looks paths up from its directory on.
///
/// Problems are those of all files, file by file. Each file is read once, whoever includes it how often.
///
/// ```
/// use std::convert::Infallible;
/// use std::path::Path;
///
/// use unitsmith::manifest::{Format, Included, parse_all};
///
/// let more = "services:\n  web:\n    user: 33\n";
/// let mut find = |path: &Path| -> Result<Included, Infallible> {
///     Ok(if path == "web.yaml" { Included::File(more.into()) } else { Included::Nothing })
/// };
/// let first = "include = [\"web.yaml\"]\n";
/// let (_, source, problems) =
///     parse_all(Path::new("conf/unitsmith.toml"), first.into(), Format::Toml, &mut find)?;
///
/// let at = source.position(&problems[0].place);
/// assert_eq!((at.file, at.line, at.column), ("conf/web.yaml", 3, 11));
/// # Ok::<(), Infallible>(())
/// ```
pub fn parse_all<E>(
    name: &path::Path,
    bytes: Vec<u8>,
    format: Format,
    find: &mut dyn FnMut(&path::Path) -> Result<Included, E>,
) -> Result<(Option<Manifest>, Source, Vec<Problem>), E> {
    let mut whole = Whole::default();
    let included = whole.add(&name.display().to_string(), bytes, format);
    include::follow(&mut whole, name, included, find)?;
    Ok(whole.decode())
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
    fn new(files: &Files, doubtful: &[Span]) -> Sections {
        let start = |offset| Span::new(offset, offset).start;
        let mut starts: Vec<u32> = files.starts().map(start).collect();
        let mut offset = 0;
        for line in files.text().split_inclusive('\n') {
            if line.starts_with('[') {
                starts.push(start(offset));
            }
            offset += line.len();
        }
        starts.sort_unstable();
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

/// Makes a text of bytes: UTF-8, without a byte order mark, short enough for `room` and so for [`Span`].
///
/// With an error, the text is only good for showing where it is.
fn into_text(bytes: Vec<u8>, room: usize) -> (String, Option<SyntaxError>) {
    let broken = |offset: usize, message: &str, hint: &str| {
        let span = Span::new(offset, offset);
        SyntaxError { span, message: message.to_owned(), hint: Some(hint.to_owned()) }
    };
    if bytes.len() > room {
        let error =
            broken(0, "the manifest is larger than 64 MiB", "split it into several manifests");
        return (String::new(), Some(error));
    }
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let error =
                broken(offset, "the manifest is not UTF-8 from here on", "save the file as UTF-8");
            return (text, Some(error));
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
