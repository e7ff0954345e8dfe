//! A manifest as a tree of values, each with its place in the text.
//!
//! One tree for every notation, kept small: texts without escapes are spans, not copies.

use std::borrow::Cow;

use crate::manifest::SyntaxError;
use crate::problem::{Code, Part, Path, Place, Problem, Step};

/// What a notation made of a text.
pub(super) struct Tree {
    /// `None` when nothing could be made of the text.
    pub(super) root: Option<Node>,
    pub(super) syntax: Vec<SyntaxError>,
    /// Where the tree is a guess.
    pub(super) doubtful: Vec<Span>,
    pub(super) problems: Vec<Problem>,
}

/// A stretch of the text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Table(Table),
    List(Box<[Node]>),
    String(Text),
    Integer(i64),
    /// An integer that 64 bits cannot hold.
    HugeInteger,
    Float,
    Boolean(bool),
    Datetime,
    Null,
    /// Something of the notation that no manifest can have.
    Refused(Box<Refusal>),
}

/// Why a value is none that a manifest can have.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) hint: String,
}

/// Keys with their values, sorted by key so that they are found quickly; spans tell the written order.
#[derive(Debug, Clone, Default)]
pub(super) struct Table(Box<[Entry]>);

/// A key of a table with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Text,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

/// A string of the manifest.
#[derive(Debug, Clone)]
pub(super) enum Text {
    /// It stands in the text just like this.
    Slice(Span),
    /// It was written with escapes.
    Owned(Box<str>),
}

impl Tree {
    /// The same tree where its text begins at an offset of a longer one.
    pub(super) fn moved(mut self, by: usize) -> Tree {
        if by == 0 {
            return self;
        }
        self.root.iter_mut().for_each(|it| it.move_by(by));
        self.syntax.iter_mut().for_each(|it| it.span = it.span.moved(by));
        self.doubtful.iter_mut().for_each(|it| *it = it.moved(by));
        for problem in &mut self.problems {
            if let Part::Bytes(bytes) = &mut problem.place.part {
                *bytes = bytes.start + by..bytes.end + by;
            }
        }
        self
    }
}

impl Span {
    /// A span of a text that is known to be shorter than 4 GiB.
    pub(super) fn new(start: usize, end: usize) -> Span {
        let narrow = |offset| u32::try_from(offset).expect("`into_text` refuses larger files");
        Span { start: narrow(start), end: narrow(end.max(start)) }
    }

    fn moved(self, by: usize) -> Span {
        Span::new(self.start as usize + by, self.end as usize + by)
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The span as indices into the text.
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Text {
    /// Returns the text of `string`, which a parser took from `text`.
    pub(super) fn new(string: Cow<'_, str>, text: &str) -> Text {
        match string {
            Cow::Borrowed(slice) => {
                // Where in `text` the slice is; a parser may also hand out a slice of its own.
                let start = (slice.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
                match start.checked_add(slice.len()) {
                    Some(end) if text.get(start..end) == Some(slice) => {
                        Text::Slice(Span::new(start, end))
                    }
                    _ => Text::Owned(slice.into()),
                }
            }
            Cow::Owned(string) => Text::Owned(string.into_boxed_str()),
        }
    }

    fn move_by(&mut self, by: usize) {
        match self {
            Text::Slice(span) => *span = span.moved(by),
            Text::Owned(_) => {}
        }
    }

    /// Returns the string itself; `text` is the text that the tree was made of.
    pub(super) fn get<'t>(&'t self, text: &'t str) -> &'t str {
        match self {
            Text::Slice(span) => &text[span.range()],
            Text::Owned(string) => string,
        }
    }
}

impl Table {
    /// Makes a table of its entries in the order they were written.
    ///
    /// Of entries with the same key the first one stays and the others become problems.
    pub(super) fn new(mut entries: Vec<Entry>, text: &str, problems: &mut Vec<Problem>) -> Table {
        entries.sort_by(|left, right| left.key.get(text).cmp(right.key.get(text)));
        entries.dedup_by(|second, first| {
            let same = second.key.get(text) == first.key.get(text);
            if same {
                problems.push(duplicate(second.key_span, text));
            }
            same
        });
        Table(entries.into_boxed_slice())
    }

    /// Makes a table of entries that are sorted by key and have no key twice.
    pub(super) fn of_sorted(entries: Vec<Entry>) -> Table {
        Table(entries.into_boxed_slice())
    }

    /// The entries, sorted by key.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entries, whose keys stay as they are.
    pub(super) fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.0
    }

    /// Changes each node below the table, whichever is above another one first.
    pub(super) fn for_each(&mut self, change: &mut dyn FnMut(&mut Node)) {
        self.entries_mut().iter_mut().for_each(|it| it.node.for_each(change));
    }

    /// The table without the entries that are not wanted.
    pub(super) fn only(self, is_wanted: impl FnMut(&Entry) -> bool) -> Table {
        Table::of_sorted(self.into_entries().into_iter().filter(is_wanted).collect())
    }

    /// Takes the value of a key out of the table.
    pub(super) fn remove(&mut self, key: &str, text: &str) -> Option<Entry> {
        self.get(key, text)?;
        let (mut taken, rest) =
            std::mem::take(self).into_entries().into_iter().partition(|it| it.key.get(text) == key);
        *self = Table::of_sorted(rest);
        taken.pop()
    }

    /// Puts a value under a key, in place of the one that is there.
    pub(super) fn insert(&mut self, entry: Entry, text: &str) {
        let mut entries = std::mem::take(self).into_entries();
        let key = entry.key.get(text);
        match entries.binary_search_by(|it| it.key.get(text).cmp(key)) {
            Ok(index) => entries[index] = entry,
            Err(index) => entries.insert(index, entry),
        }
        *self = Table::of_sorted(entries);
    }

    /// The entries as a list of their own, sorted by key.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.0.into_vec()
    }

    /// Returns the entry with a key.
    pub(super) fn get(&self, key: &str, text: &str) -> Option<&Entry> {
        let index = self.0.binary_search_by(|entry| entry.key.get(text).cmp(key)).ok()?;
        Some(&self.0[index])
    }
}

impl Node {
    /// The value when it is a table.
    pub(super) fn as_table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value { Some(table) } else { None }
    }

    /// The value when it is a table.
    pub(super) fn as_table_mut(&mut self) -> Option<&mut Table> {
        if let Value::Table(table) = &mut self.value { Some(table) } else { None }
    }

    /// Whether it is a table without entries.
    pub(super) fn is_empty_table(&self) -> bool {
        self.as_table().is_some_and(|it| it.entries().is_empty())
    }

    /// The node with another table in place of its own; any other value stays as it is.
    pub(super) fn map_table(self, map: impl FnOnce(Table) -> Table) -> Node {
        match self {
            Node { span, value: Value::Table(table) } => {
                Node { span, value: Value::Table(map(table)) }
            }
            node => node,
        }
    }

    /// The value when it is an integer of 64 bits.
    pub(super) fn as_integer(&self) -> Option<i64> {
        if let Value::Integer(integer) = self.value { Some(integer) } else { None }
    }

    /// The value when it is a string.
    pub(super) fn as_str<'t>(&'t self, text: &'t str) -> Option<&'t str> {
        if let Value::String(string) = &self.value { Some(string.get(text)) } else { None }
    }

    /// The items when it is a list.
    pub(super) fn as_list(&self) -> Option<&[Node]> {
        if let Value::List(items) = &self.value { Some(items) } else { None }
    }

    fn move_by(&mut self, by: usize) {
        self.for_each(&mut |node| {
            node.span = node.span.moved(by);
            if let Value::String(string) = &mut node.value {
                string.move_by(by);
            }
            for Entry { key, key_span, node: _ } in
                node.as_table_mut().map(Table::entries_mut).unwrap_or_default()
            {
                key.move_by(by);
                *key_span = key_span.moved(by);
            }
        });
    }

    /// Changes the node, and then each node below it.
    pub(super) fn for_each(&mut self, change: &mut dyn FnMut(&mut Node)) {
        change(self);
        match &mut self.value {
            Value::Table(table) => table.for_each(change),
            Value::List(items) => items.iter_mut().for_each(|it| it.for_each(change)),
            Value::String(_)
            | Value::Integer(_)
            | Value::HugeInteger
            | Value::Float
            | Value::Boolean(_)
            | Value::Datetime
            | Value::Null
            | Value::Refused(_) => {}
        }
    }

    /// What kind of value it is, in the user's words.
    pub(super) fn shape(&self) -> &'static str {
        match &self.value {
            Value::Table(_) => A_TABLE,
            Value::List(_) => A_LIST,
            Value::String(_) => A_STRING,
            Value::Integer(_) => AN_INTEGER,
            Value::HugeInteger => "an integer beyond 64 bits",
            Value::Float => "a number with a fraction or exponent",
            Value::Boolean(_) => "a boolean",
            Value::Datetime => "a date or time",
            Value::Null => "null",
            Value::Refused(_) => "something else",
        }
    }

    /// Finds the spans of the key and the value at a path, or at as much of the path as there is.
    pub(super) fn find(&self, path: &Path, text: &str) -> (Span, Span) {
        let mut found = self;
        let mut key_span = self.span;
        for step in &path.0 {
            match (step, &found.value) {
                (Step::Key(key), Value::Table(table)) => match table.get(key, text) {
                    Some(entry) => {
                        key_span = entry.key_span;
                        found = &entry.node;
                    }
                    None => break,
                },
                (Step::Index(index), Value::List(items)) => match items.get(*index) {
                    Some(item) => {
                        key_span = item.span;
                        found = item;
                    }
                    None => break,
                },
                _ => break,
            }
        }
        (key_span, found.span)
    }
}

/// The problem of a key that stands a second time at `span`.
pub(super) fn duplicate(span: Span, text: &str) -> Problem {
    let place = Place { path: Path::default(), part: Part::Bytes(span.range()) };
    let key = text[span.range()].trim_matches(['"', '\'']);
    Problem::new(Code::DuplicateKey, place, format!("`{key}` already stands in this table"))
        .hint("remove one of the two")
}

pub(super) const A_BOOLEAN: &str = "`true` or `false`";
pub(super) const A_LIST: &str = "a list";
pub(super) const A_STRING: &str = "a string";
pub(super) const A_TABLE: &str = "a table";
pub(super) const AN_INTEGER: &str = "an integer";

#[cfg(test)]
mod tests {
    use super::{Cow, Text};

    #[test]
    fn only_texts_with_escapes_are_copied() {
        let text = String::from("one two");
        assert!(matches!(Text::new(Cow::Borrowed(&text[4..]), &text), Text::Slice(_)));
        assert!(matches!(Text::new(Cow::Borrowed("elsewhere"), &text), Text::Owned(_)));
        assert!(matches!(Text::new(Cow::Owned("one".to_owned()), &text), Text::Owned(_)));
    }
}
