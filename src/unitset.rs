//! What unit files say, however they are written, and what must happen for a change of it to come into force.
//!
//! Two files are alike when systemd or Quadlet reads the same from both: comments, blank lines, the order
//! of sections and of different keys, quotes and escapes mean nothing.
//!
//! Invariant: knows unit files and nothing of manifests, hosts or disks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::directive::{self, Directive, Quoting};
use crate::syntax::unit::read;

use self::consequence::Consequence;

pub mod consequence;
pub mod nixos;

/// The units of one manager by the names of their files, like `web.socket` or `web.container`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitSet(BTreeMap<String, Meaning>);

/// What a unit file says: the values of each key by section and key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meaning(BTreeMap<(String, String), Values>);

/// The values of a key, in the order of their lines.
#[derive(Debug, Clone, Default, Eq)]
pub struct Values {
    /// The values as they are written.
    lines: Vec<String>,
    /// The values as their reader takes them apart.
    read: Vec<Vec<String>>,
}

/// Values are alike when they are read alike.
impl PartialEq for Values {
    fn eq(&self, other: &Values) -> bool {
        self.read == other.read
    }
}

/// A unit that says something else than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name of its file.
    pub unit: String,
    pub kind: Kind,
    /// What is different, in the order of sections and keys; everything for a unit that comes or goes.
    pub differences: Vec<Difference>,
    pub consequence: Consequence,
}

/// How a unit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Added,
    Changed,
    Removed,
}

/// A key that has other values than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub section: String,
    pub key: String,
    /// The values as they were written; none when the key is new.
    pub old: Vec<String>,
    /// The values as they are written; none when the key is gone.
    pub new: Vec<String>,
}

impl UnitSet {
    /// Reads units from files by their names; the error is a name and the line that is of no unit file.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<UnitSet, (String, String)> {
        let units = files.into_iter().map(|(name, text)| {
            let meaning = Meaning::read(text).map_err(|line| (name.to_owned(), line.to_owned()))?;
            Ok((name.to_owned(), meaning))
        });
        units.collect::<Result<_, _>>().map(UnitSet)
    }

    /// Adds units of the same manager; a unit that is there already is replaced.
    pub fn extend(&mut self, other: UnitSet) {
        self.0.extend(other.0);
    }

    /// The units by the names of their files.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Meaning)> {
        self.0.iter().map(|(name, meaning)| (name.as_str(), meaning))
    }

    /// The unit of a file.
    pub fn get(&self, name: &str) -> Option<&Meaning> {
        self.0.get(name)
    }

    /// Returns the service, as a manifest names it, to which a unit belongs:
    /// `web` for `web.socket`, `web.container` and, behind a proxy, `web-backend.service`.
    pub fn service_of<'a>(&self, unit: &'a str) -> &'a str {
        let name = unit.rsplit_once('.').map_or(unit, |(name, _)| name);
        let owner = name.strip_suffix("-backend");
        owner.filter(|it| self.0.contains_key(&format!("{it}.socket"))).unwrap_or(name)
    }
}

impl Meaning {
    /// Reads the text of a unit file; the error is the line that is of no unit file.
    pub fn read(text: &str) -> Result<Meaning, &str> {
        let mut values: BTreeMap<(String, String), Values> = BTreeMap::new();
        for section in read::sections(text)? {
            for (key, value) in section.entries {
                let entry = values.entry((section.name.to_owned(), key.to_owned())).or_default();
                entry.push(row(section.name, key), value);
            }
        }
        Ok(Meaning(values))
    }

    /// The values of a key as they are written; none when the unit does not have it.
    pub fn get(&self, section: &str, key: &str) -> &[String] {
        let values = self.0.get(&(section.to_owned(), key.to_owned()));
        values.map_or(&[], |it| &it.lines)
    }

    /// Whether the unit has a section.
    pub fn has_section(&self, section: &str) -> bool {
        self.0.keys().any(|(it, _)| it == section)
    }

    /// Returns what this unit says otherwise than an older one, in the order of sections and keys.
    pub fn differences(&self, old: &Meaning) -> Vec<Difference> {
        let keys: BTreeSet<_> = old.0.keys().chain(self.0.keys()).collect();
        let different = keys.into_iter().filter(|it| old.0.get(*it) != self.0.get(*it));
        let lines =
            |of: &Meaning, key| of.0.get(key).map(|it| it.lines.clone()).unwrap_or_default();
        different
            .map(|key| Difference {
                section: key.0.clone(),
                key: key.1.clone(),
                old: lines(old, key),
                new: lines(self, key),
            })
            .collect()
    }
}

impl Values {
    fn push(&mut self, row: Option<&Directive>, line: &str) {
        self.lines.push(line.to_owned());
        let quoting = row.map(|it| it.quoting);
        let texts = quoting.and_then(|it| read::texts(it, line));
        let texts = texts.unwrap_or_else(|| vec![line.to_owned()]);
        match (quoting, self.read.first_mut()) {
            // `After=a` and `After=b` are `After=a b`; an empty line takes back what stood before.
            (Some(Quoting::Names), Some(first)) if !line.is_empty() => {
                first.extend(texts);
                first.sort();
            }
            (Some(Quoting::Command), _) => {
                // The marks before a command are no part of its words.
                let marks = line.len() - line.trim_start_matches(['-', '+']).len();
                self.read.push([vec![line[..marks].to_owned()], texts].concat());
            }
            (_, _) => self.read.push(texts),
        }
        if quoting == Some(Quoting::Names) {
            self.read.iter_mut().for_each(|it| it.sort());
        }
    }
}

/// Compares the units of a manager; the changes are in the order of their units.
///
/// ```
/// use unitsmith::unitset::{UnitSet, compare};
///
/// let unit = |text| UnitSet::read([("web.service", text)]).expect("it is a unit file");
/// let old = unit("[Service]\nExecStart=/usr/bin/web \"a\"\nUser=web\n");
/// // Order, quotes and comments mean nothing.
/// assert!(compare(&old, &unit("# web\n[Service]\nUser=web\nExecStart=/usr/bin/web a\n")).is_empty());
/// let changes = compare(&old, &unit("[Service]\nExecStart=/usr/bin/web a\nUser=http\n"));
/// assert_eq!(changes[0].differences[0].key, "User");
/// ```
pub fn compare(old: &UnitSet, new: &UnitSet) -> Vec<Change> {
    let names: BTreeSet<&String> = old.0.keys().chain(new.0.keys()).collect();
    let nothing = Meaning::default();
    let changes = names.into_iter().filter_map(|name| {
        let (before, after) = (old.get(name), new.get(name));
        let kind = match (before, after) {
            (None, _) => Kind::Added,
            (_, None) => Kind::Removed,
            (Some(_), Some(_)) => Kind::Changed,
        };
        let (before, after) = (before.unwrap_or(&nothing), after.unwrap_or(&nothing));
        let differences = after.differences(before);
        let consequence = consequence::of(name, kind, after, &differences);
        let is_different = kind != Kind::Changed || !differences.is_empty();
        is_different.then(|| Change { unit: name.clone(), kind, differences, consequence })
    });
    changes.collect()
}

/// The row of the directive table for a key.
fn row(section: &str, key: &str) -> Option<&'static Directive> {
    static ROWS: LazyLock<BTreeMap<(&str, &str), &Directive>> =
        LazyLock::new(|| directive::all().map(|it| ((it.section.as_str(), it.key), it)).collect());
    ROWS.get(&(section, key)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(files: &[(&str, &str)]) -> UnitSet {
        UnitSet::read(files.iter().copied()).expect("they are unit files")
    }

    /// Shows the changes of one unit.
    fn check(name: &str, old: &str, new: &str, expected: &str) {
        let changes = compare(&set(&[(name, old)]), &set(&[(name, new)]));
        let shown = changes.iter().map(|change| {
            let keys: Vec<&str> = change.differences.iter().map(|it| it.key.as_str()).collect();
            format!("{} {:?}", keys.join(" "), change.consequence)
        });
        assert_eq!(shown.collect::<Vec<_>>().join("; "), expected, "{old}\n{new}");
    }

    #[test]
    fn what_is_read_alike_is_alike() {
        for (old, new) in [
            ("[Service]\nExecStart=/bin/a \"b\"\n", "# x\n\n[Service]\nExecStart = /bin/a b\n"),
            ("[Unit]\nAfter=a b\n", "[Unit]\nAfter=b\nAfter=a\n"),
            (
                "[Unit]\nDescription=x\n[Service]\nType=exec\n",
                "[Service]\nType=exec\n[Unit]\nDescription=x",
            ),
            ("[Service]\nType=exec\nNice=1\n", "[Service]\nNice=1\nType=exec\n"),
            ("[Service]\nEnvironment=\"A=b\\x20c\"\n", "[Service]\nEnvironment='A=b c'\n"),
        ] {
            check("web.service", old, new, "");
        }
    }

    #[test]
    fn what_is_read_otherwise_is_different() {
        for (old, new) in [
            ("ExecStart=/bin/a 'b c'", "ExecStart=/bin/a b c"),
            ("ExecStart=/bin/a", "ExecStart=-/bin/a"),
            ("ExecStart=/bin/a", "ExecStart=+/bin/a"),
            ("ExecStart=/bin/a\nExecStart=/bin/b", "ExecStart=/bin/b\nExecStart=/bin/a"),
            ("ExecStart=/bin/echo $$x", "ExecStart=/bin/echo $x"),
        ] {
            let unit = |line: &str| format!("[Service]\n{line}\n");
            check("web.service", &unit(old), &unit(new), "ExecStart Restarts");
        }
        check("web.service", "[Unit]\nAfter=a\n", "[Unit]\nAfter=a b\n", "After Notes");
        check("web.service", "[Unit]\nAfter=a\nAfter=\n", "[Unit]\nAfter=a\n", "After Notes");
        check("web.service", "[X]\nUnheard=1\n", "[X]\nUnheard=2\n", "Unheard Restarts");
    }

    #[test]
    fn a_unit_belongs_to_the_service_that_it_is_made_for() {
        let units =
            set(&[("web.socket", ""), ("web-backend.service", ""), ("a-backend.service", "")]);
        assert_eq!(units.service_of("web.socket"), "web");
        assert_eq!(units.service_of("web-backend.service"), "web");
        assert_eq!(units.service_of("a-backend.service"), "a-backend");
    }

    #[test]
    fn what_is_no_unit_file_is_named_with_its_line() {
        let error = UnitSet::read([("a.service", "[Unit]\n"), ("b.service", "x\n")]);
        assert_eq!(error, Err(("b.service".to_owned(), "x".to_owned())));
    }
}
