//! The tree as mirror types, with every problem on the way.
//!
//! Each service and host is decoded again and again until no new problem turns up, with what was wrong left out.
//! So a problem costs one more look at its service, not at the file.

mod elsewhere;
mod hint;
mod stand_in;
mod value;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::manifest::decode::elsewhere::elsewhere;
use crate::manifest::decode::value::ValueDeserializer;
use crate::manifest::model::Manifest;
use crate::manifest::model::group::Group;
use crate::manifest::model::host::Host;
use crate::manifest::model::service::Service;
use crate::manifest::tree::{A_TABLE, Entry, Node, Refusal, Table, Value};
use crate::nearest::{hint, nearest};
use crate::problem::{Code, Path, Problem, Trail};

/// What decoding found out.
pub(super) struct Decoded {
    /// `None` when the root is not a table.
    pub(super) manifest: Option<Manifest>,
    pub(super) problems: Vec<Problem>,
    /// What was written, or meant, and is not in the manifest.
    pub(super) damaged: BTreeSet<Path>,
}

/// Decodes a manifest, of which `text` is the text.
pub(super) fn decode(root: &Node, text: &str) -> Decoded {
    let decoder =
        Decoder { text, wholeness: Cell::new(Wholeness::Whole), findings: RefCell::default() };
    let manifest = decoder.manifest(root);
    let Findings { pruned: _, absent: _, changes: _, problems, damaged } =
        decoder.findings.into_inner();
    Decoded { manifest, problems, damaged }
}

/// The keys of [`Manifest`], which is taken apart here so that each service recovers on its own.
const ROOT_KEYS: &[&str] = &[
    "include",
    "nixos",
    "hosts",
    "tsProxy",
    "cloudflared",
    "networks",
    "volumes",
    "images",
    "builds",
    "pods",
    "defaults",
    "templates",
    "companions",
    "groups",
    "services",
];

/// Where a key of an earlier version is now.
fn moved(key: &str, table: &Trail<'_>) -> Option<String> {
    match (table, key) {
        (Trail::Key(service, "container"), "memory") => {
            Some(format!("it is `memoryMax` of `{service}.limits` now"))
        }
        // Other programs have these beside the name of the service.
        (Trail::Key(Trail::Key(Trail::Root, "services"), _), "image" | "ports" | "volumes") => {
            Some(format!("containers have it: write `container.{key}`"))
        }
        (Trail::Key(Trail::Key(Trail::Root, "services"), _), "command" | "entrypoint") => Some(
            format!("write `exec.command` for a process, and `container.{key}` for a container"),
        ),
        (Trail::Key(Trail::Key(Trail::Root, "services"), _), _) => hint::key_of_others(key),
        _ => None,
    }
}

/// What is shared by all that decodes one tree.
struct Decoder<'t> {
    text: &'t str,
    wholeness: Cell<Wholeness>,
    findings: RefCell<Findings>,
}

/// Whether what is decoded must have all that it needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wholeness {
    Whole,
    /// What it lacks may come from elsewhere; only an item of a list is always whole.
    Part,
}

#[derive(Default)]
struct Findings {
    /// The nodes that are left out from now on, by their address: the tree does not move meanwhile.
    pruned: BTreeSet<*const Node>,
    /// The required keys that tables lack; a stand-in takes their place until all of them are known.
    absent: BTreeMap<*const Node, Vec<&'static str>>,
    /// How often something new was found.
    changes: usize,
    problems: Vec<Problem>,
    damaged: BTreeSet<Path>,
}

impl<'t> Decoder<'t> {
    fn manifest(&self, root: &'t Node) -> Option<Manifest> {
        let trail = Trail::Root;
        let Value::Table(table) = &root.value else {
            self.wrong_type(root, &trail, A_TABLE, None);
            return None;
        };
        self.report_unknown_keys(table, ROOT_KEYS, &trail);
        let include = self.only(table, "include", &trail);
        let nixos = self.only(table, "nixos", &trail);
        let ts_proxy = self.only(table, "tsProxy", &trail);
        let cloudflared = self.only(table, "cloudflared", &trail);
        let hosts: BTreeMap<String, Host> = self.units(table, "hosts", &trail);
        self.parts(table, &trail);
        let groups: BTreeMap<String, Group> = self.units(table, "groups", &trail);
        let services: BTreeMap<String, Service> = self.units(table, "services", &trail);
        Some(Manifest {
            include,
            nixos,
            hosts,
            ts_proxy,
            cloudflared,
            groups,
            networks: self.units(table, "networks", &trail),
            volumes: self.units(table, "volumes", &trail),
            images: self.units(table, "images", &trail),
            builds: self.units(table, "builds", &trail),
            pods: self.units(table, "pods", &trail),
            services,
            ..Manifest::default()
        })
    }

    /// Decodes what stands under a key once.
    fn only<T: Default + Deserialize<'t>>(
        &self,
        table: &'t Table,
        key: &'static str,
        trail: &Trail<'_>,
    ) -> T {
        let entry = table.get(key, self.text);
        entry.and_then(|it| self.unit(&it.node, &trail.key(key))).unwrap_or_default()
    }

    /// Checks the parts of services, whoever uses them or not; they have been merged into services already.
    fn parts(&self, table: &'t Table, trail: &Trail<'_>) {
        self.wholeness.set(Wholeness::Part);
        if let Some(defaults) = table.get("defaults", self.text) {
            self.unit::<Service>(&defaults.node, &trail.key("defaults"));
        }
        self.units::<Service>(table, "templates", trail);
        let companions = table.get("companions", self.text).and_then(|it| it.node.as_table());
        for entry in companions.iter().flat_map(|it| it.entries()) {
            let trail = trail.key("companions");
            let trail = trail.key(entry.key.get(self.text));
            let owners = entry.node.as_table().and_then(|it| it.get("for", self.text));
            if let Some(owners) = owners {
                self.unit::<Vec<String>>(&owners.node, &trail.key("for"));
                // No service has the key, but this is not quite a service.
                self.findings.borrow_mut().pruned.insert(std::ptr::from_ref(&owners.node));
            }
        }
        self.units::<Service>(table, "companions", trail);
        self.wholeness.set(Wholeness::Whole);
    }

    /// Decodes each entry of the table under `key` on its own.
    fn units<T: Deserialize<'t>>(
        &self,
        table: &'t Table,
        key: &'static str,
        trail: &Trail<'_>,
    ) -> BTreeMap<String, T> {
        let Some(entry) = table.get(key, self.text) else { return BTreeMap::new() };
        let trail = trail.key(key);
        let Value::Table(table) = &entry.node.value else {
            self.wrong_type(&entry.node, &trail, A_TABLE, None);
            return BTreeMap::new();
        };
        let mut units = BTreeMap::new();
        for entry in table.entries() {
            let name = entry.key.get(self.text);
            if let Some(unit) = self.unit(&entry.node, &trail.key(name)) {
                units.insert(name.to_owned(), unit);
            }
        }
        units
    }

    /// Decodes a node as often as something new is found wrong with it; what is wrong is left out the next time.
    fn unit<T: Deserialize<'t>>(&self, node: &'t Node, trail: &Trail<'_>) -> Option<T> {
        loop {
            let before = self.findings.borrow().changes;
            let decoded = T::deserialize(ValueDeserializer { decoder: self, node, trail });
            // Each node can be left out once and lack each key once, so this ends.
            if self.findings.borrow().changes == before {
                return decoded.ok().filter(|_| !self.is_pruned(node));
            }
        }
    }

    fn is_pruned(&self, node: &Node) -> bool {
        self.findings.borrow().pruned.contains(&std::ptr::from_ref(node))
    }

    /// Leaves a node out from now on.
    ///
    /// Returns whether it was there before, so that nothing is reported twice.
    fn prune(&self, node: &Node, trail: &Trail<'_>) -> Pruning {
        let mut findings = self.findings.borrow_mut();
        if findings.pruned.insert(std::ptr::from_ref(node)) {
            findings.damaged.insert(trail.to_path());
            findings.changes += 1;
            Pruning::New
        } else {
            Pruning::Old
        }
    }

    /// Leaves a node out and says why.
    fn reject(&self, node: &Node, trail: &Trail<'_>, problem: impl FnOnce(Path) -> Problem) {
        match self.prune(node, trail) {
            Pruning::New => {
                let problem = problem(trail.to_path());
                self.findings.borrow_mut().problems.push(problem);
            }
            Pruning::Old => {}
        }
    }

    /// Reports the keys of a table that are none of `known`.
    fn report_unknown_keys(&self, table: &Table, known: &[&str], trail: &Trail<'_>) {
        for entry in table.entries() {
            let key = entry.key.get(self.text);
            if known.contains(&key) {
                continue;
            }
            let meant = nearest(key, known);
            self.reject(&entry.node, &trail.key(key), |path| {
                let message = format!("`{}` is not a key of {}", shorten(key), owner(trail));
                let misplaced =
                    || self.misplaced_service(entry, trail).or_else(|| elsewhere(key, trail));
                let hint = moved(key, trail)
                    .or_else(|| if meant.is_none() { misplaced() } else { None })
                    .unwrap_or_else(|| hint(key, known, "keys"));
                Problem::new(Code::UnknownKey, path.at_key(), message).hint(hint)
            });
            // Whoever misses the key that was meant should know that it was meant.
            if let Some(meant) = meant {
                let path = trail.key(meant).to_path();
                self.findings.borrow_mut().damaged.insert(path);
            }
        }
    }

    /// Where a table belongs that stands beside `services` and says what a service runs.
    fn misplaced_service(&self, entry: &Entry, trail: &Trail<'_>) -> Option<String> {
        let table = entry.node.as_table()?;
        let runs_something =
            ["exec", "container"].iter().any(|it| table.get(it, self.text).is_some());
        let is_meant = matches!(trail, Trail::Root) && runs_something;
        is_meant.then(|| {
            let key = shorten(entry.key.get(self.text));
            format!("a service has its place in `services`: write `services.{key}`")
        })
    }

    /// Returns the keys that a table is already known to lack.
    fn absent_keys(&self, node: &Node) -> Vec<&'static str> {
        let findings = self.findings.borrow();
        findings.absent.get(&std::ptr::from_ref(node)).cloned().unwrap_or_default()
    }

    /// Reports that a table lacks a key, unless the key is there but was left out, or was meant by a misspelt one.
    fn report_missing_key(
        &self,
        node: &Node,
        table: &Table,
        key: &'static str,
        known: &[&str],
        trail: &Trail<'_>,
    ) {
        let means_it = |entry: &Entry| {
            let written = entry.key.get(self.text);
            written == key || !known.contains(&written) && nearest(written, known) == Some(key)
        };
        let mut findings = self.findings.borrow_mut();
        findings.changes += 1;
        findings.absent.entry(std::ptr::from_ref(node)).or_default().push(key);
        let may_lack_it = self.wholeness.get() == Wholeness::Part && !is_in_list(trail);
        if !may_lack_it && !table.entries().iter().any(means_it) {
            let message = format!("{} has no `{key}`", owner(trail));
            let problem = Problem::new(Code::MissingKey, trail.at_key(), message)
                .hint(format!("add `{key}`"));
            findings.problems.push(problem);
        }
    }

    fn wrong_type(&self, node: &Node, trail: &Trail<'_>, takes: &str, hint: Option<String>) {
        self.reject(node, trail, |path| {
            if let Value::Refused(refusal) = &node.value {
                let Refusal { code, message, hint } = (**refusal).clone();
                return Problem::new(code, path.at_value(), message).hint(hint);
            }
            let message = format!("{} takes {takes}, not {}", owner(trail), node.shape());
            let is_null = matches!(node.value, Value::Null);
            let hint = if is_null { Some("leave the key out".to_owned()) } else { hint };
            Problem { hint, ..Problem::new(Code::WrongType, path.at_value(), message) }
        });
    }

    fn unknown_value(&self, node: &Node, trail: &Trail<'_>, word: &str, known: &[&str]) {
        self.reject(node, trail, |path| {
            let message = format!("`{}` is not a value of {}", shorten(word), owner(trail));
            Problem::new(Code::UnknownValue, path.at_value(), message).hint(
                hint::word_of_others(word, known).unwrap_or_else(|| hint(word, known, "values")),
            )
        });
    }
}

/// Whether a node was left out before.
enum Pruning {
    New,
    Old,
}

/// Whether a way goes through an item of a list.
fn is_in_list(trail: &Trail<'_>) -> bool {
    match trail {
        Trail::Root => false,
        Trail::Key(parent, _) => is_in_list(parent),
        Trail::Index(..) => true,
    }
}

/// How messages call the thing at a path.
fn owner(trail: &Trail<'_>) -> String {
    match trail {
        Trail::Root => "the manifest".to_owned(),
        Trail::Key(..) | Trail::Index(..) => format!("`{}`", trail.to_path()),
    }
}

/// As much of the user's word as a message can carry.
fn shorten(word: &str) -> String {
    match word.char_indices().nth(LONGEST_WORD) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

const LONGEST_WORD: usize = 60;

#[cfg(test)]
mod tests {
    use serde::de::value::{Error, MapDeserializer};
    use serde::de::{Deserializer, Visitor};
    use serde::forward_to_deserialize_any;

    use super::{Deserialize, Manifest, ROOT_KEYS};

    /// Deserializes nothing but tells which fields were asked for.
    struct Fields<'f>(&'f mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Fields<'_> {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.visit_map(MapDeserializer::new(std::iter::empty::<(&str, &str)>()))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Error> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
            unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    #[test]
    fn the_keys_of_the_root_are_the_fields_of_the_manifest() {
        let mut fields: &[&str] = &[];
        Manifest::deserialize(Fields(&mut fields)).expect("a manifest may be empty");
        assert_eq!(ROOT_KEYS, fields);
    }
}
