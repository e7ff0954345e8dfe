//! The files of a manifest as one.
//!
//! What has a name (`services`, `hosts`, …) may stand in any file; each of them, and every other key, in one file only.

use crate::manifest::files::Files;
use crate::manifest::source::Source;
use crate::manifest::tree::{A_LIST, A_TABLE, Entry, Node, Span, Table, Tree, Value};
use crate::manifest::{
    Format, LARGEST, Manifest, Sections, SyntaxError, decode, into_text, json, merge, nix, toml,
    yaml,
};
use crate::problem::{Code, Part, Path, Place, Problem};

/// The keys of the manifest below which there are names.
const NAMES: [&str; 10] = [
    "hosts",
    "networks",
    "volumes",
    "images",
    "builds",
    "pods",
    "templates",
    "companions",
    "groups",
    "services",
];

/// As much of a manifest as was read.
#[derive(Default)]
pub(super) struct Whole {
    pub(super) files: Files,
    /// What all files say; `None` when nothing could be made of any of them.
    pub(super) root: Option<Node>,
    pub(super) problems: Vec<Problem>,
    /// Whether a file is missing, and with it who knows what.
    pub(super) has_gap: bool,
    syntax: Vec<SyntaxError>,
    /// Where the tree is a guess.
    doubtful: Vec<Span>,
}

impl Whole {
    /// Reads a file and puts what it says beside what is there; returns the paths that it includes.
    pub(super) fn add(
        &mut self,
        name: &str,
        bytes: Vec<u8>,
        format: Format,
    ) -> Vec<(Span, String)> {
        let room = LARGEST.saturating_sub(self.files.text().len());
        let (text, tree) = match into_text(bytes, room) {
            (text, None) => {
                let tree = match format {
                    Format::Toml => toml::parse(&text),
                    Format::Json => json::parse(&text),
                    Format::Yaml => yaml::parse(&text),
                    Format::Nix => nix::parse(&text),
                };
                (text, tree)
            }
            (text, Some(error)) => {
                let (doubtful, problems) = (Vec::new(), Vec::new());
                (text, Tree { root: None, syntax: vec![error], doubtful, problems })
            }
        };
        let start = self.files.push(name, text);
        let Tree { root, syntax, doubtful, problems } = tree.moved(start);
        // A parser may name what it would guess from, whether or not it had to.
        if !syntax.is_empty() {
            self.doubtful.extend(doubtful);
        }
        self.syntax.extend(syntax);
        self.problems.extend(problems);
        let Some(root) = root else { return Vec::new() };
        let included = included(&root, self.files.text());
        self.root = Some(match self.root.take() {
            None => root,
            Some(first) => self.beside(first, root),
        });
        included
    }

    /// Puts services together and decodes all.
    pub(super) fn decode(self) -> (Option<Manifest>, Source, Vec<Problem>) {
        let Whole { files, mut root, problems: mut found, has_gap, syntax, doubtful } = self;
        let merged = root.as_mut().map(|it| merge::merge(it, files.text())).unwrap_or_default();
        let mut source = Source::new(files, root);
        if merged.is_merged {
            source = source.of_merged_services();
        }
        let decoded = decode::decode(source.root(), source.text());
        let mut manifest = decoded.manifest;
        source.damage(decoded.damaged);
        source.damage(merged.damaged);
        if has_gap {
            source.damage([Path::default()].into());
        }
        found.extend(decoded.problems);
        if !syntax.is_empty() {
            manifest = None;
            source.damage([Path::default()].into());
            let sections = Sections::new(source.files(), &doubtful);
            found.retain(|problem| {
                problem.code != Code::MissingKey
                    && !sections.is_doubtful(source.span(&problem.place).start)
            });
            found.extend(syntax.into_iter().map(SyntaxError::into_problem));
        } else if !has_gap {
            // What is merged of a part of the manifest may lack what another part says.
            found.extend(merged.problems);
        }
        source.sort(&mut found);
        // A parser may complain twice of one key.
        found.dedup();
        (manifest, source, found)
    }

    /// Puts what another file says beside what is there.
    fn beside(&mut self, mut first: Node, other: Node) -> Node {
        let (shape, span) = (other.shape(), other.span);
        match (&mut first.value, other.value) {
            (Value::Table(first), Value::Table(other)) => {
                *first = self.together(std::mem::take(first), other, Whole::add_of_other_file);
            }
            // That the first is no table is told with all the other wrong types.
            (_, Value::Table(_)) => {}
            (_, _) => self.wrong_type("the manifest", A_TABLE, shape, span),
        }
        first
    }

    /// Puts two tables together; `add` adds an entry to the one that has its key already.
    fn together(
        &mut self,
        first: Table,
        other: Table,
        add: impl Fn(&mut Whole, &mut Entry, Entry),
    ) -> Table {
        let mut all = first.into_entries();
        all.extend(other.into_entries());
        let text = self.files.text();
        all.sort_by(|one, two| one.key.get(text).cmp(two.key.get(text)));
        let mut entries: Vec<Entry> = Vec::with_capacity(all.len());
        for entry in all {
            let text = self.files.text();
            match entries.last_mut() {
                Some(last) if last.key.get(text) == entry.key.get(text) => add(self, last, entry),
                Some(_) | None => entries.push(entry),
            }
        }
        Table::of_sorted(entries)
    }

    /// Adds what another file says under a key of the manifest.
    fn add_of_other_file(&mut self, one: &mut Entry, two: Entry) {
        let key = one.key.get(self.files.text());
        let (is_include, has_names) = (key == INCLUDE, NAMES.contains(&key));
        let Entry { key: _, key_span, node } = two;
        let (shape, span) = (node.shape(), node.span);
        match (&mut one.node.value, node.value) {
            (Value::List(first), Value::List(other)) if is_include => {
                *first = std::mem::take(first).into_iter().chain(other).collect();
            }
            (Value::List(_), _) if is_include => {
                self.wrong_type("`include`", A_LIST, shape, span);
            }
            // That the first is no list is told with all the other wrong types.
            (_, _) if is_include => {}
            (Value::Table(first), Value::Table(other)) if has_names => {
                let add = |whole: &mut Whole, one: &mut Entry, two: Entry| {
                    whole.refuse_second(one, two.key_span);
                };
                *first = self.together(std::mem::take(first), other, add);
            }
            (_, _) => self.refuse_second(one, key_span),
        }
    }

    /// Says that a key stands twice; it is the first that stays.
    fn refuse_second(&mut self, first: &Entry, second: Span) {
        let key = first.key.get(self.files.text());
        let (file, line) = self.files.line(first.key_span);
        let message = format!("`{key}` already stands in line {line} of `{file}`");
        let hint = "say it in one file: what stands in two is not put together";
        self.problems.push(problem(Code::DuplicateKey, second, message).hint(hint));
    }

    fn wrong_type(&mut self, owner: &str, takes: &str, shape: &str, span: Span) {
        let message = format!("{owner} takes {takes}, not {shape}");
        self.problems.push(problem(Code::WrongType, span, message));
    }
}

/// The key of the files that a file includes.
const INCLUDE: &str = "include";

/// The paths that a file includes, with their places; whatever is no text is told with all the other wrong types.
fn included(root: &Node, text: &str) -> Vec<(Span, String)> {
    let entry = root.as_table().and_then(|it| it.get(INCLUDE, text));
    let items = entry.and_then(|it| it.node.as_list()).unwrap_or_default();
    items.iter().filter_map(|it| Some((it.span, it.as_str(text)?.to_owned()))).collect()
}

/// A problem of what stands at a place of the text.
pub(super) fn problem(code: Code, span: Span, message: impl Into<String>) -> Problem {
    Problem::new(code, Place { path: Path::default(), part: Part::Bytes(span.range()) }, message)
}
