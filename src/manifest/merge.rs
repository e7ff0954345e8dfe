//! Services that come from several places of a manifest, put together before they are decoded.
//!
//! `defaults` lie below every service and templates below those that extend them; a companion is a service
//! for each of its owners, a service with `replicas` is as many services, and `overrides.HOST` becomes
//! what that host runs, whole. From then on nobody knows where a value came from but for its place in the text,
//! so that a problem in it points there.
//!
//! Invariant: knows tables and texts, not the mirror types; what is no service stays as it was written.

mod companion;
mod defaults;
mod layer;
mod overrides;
mod reference;
mod replica;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::tree::{Entry, Node, Span, Table, Text, Value};
use crate::problem::{Code, Part, Path, Place, Problem, Step};

use self::reference::Names;
use self::template::Templates;

/// What merging found out.
#[derive(Default)]
pub(super) struct Merged {
    /// Whether anything was there to be merged.
    pub(super) is_merged: bool,
    pub(super) problems: Vec<Problem>,
    /// What was written, or meant, and is not in the tree.
    pub(super) damaged: BTreeSet<Path>,
}

/// Puts the services of a manifest together; `text` is the text of the tree.
pub(super) fn merge(root: &mut Node, text: &str) -> Merged {
    let Value::Table(root) = &mut root.value else { return Merged::default() };
    if !has_anything_to_merge(root, text) {
        return Merged::default();
    }
    let services = root.remove("services", text);
    let (key, key_span, span, written) = match services {
        None => (Text::Owned("services".into()), Span::new(0, 0), Span::new(0, 0), Vec::new()),
        Some(Entry { key, key_span, node: Node { span, value: Value::Table(table) } }) => {
            (key, key_span, span, table.into_entries())
        }
        Some(entry) => {
            root.insert(entry, text);
            return Merged::default();
        }
    };
    let mut merger = Merger::new(root, text);
    merger.add_services(written);
    companion::add(&mut merger);
    companion::follow_owners(&mut merger);
    overrides::expand(&mut merger);
    merger.spread_references();
    let Merger { services, problems, damaged, .. } = merger;
    if !services.is_empty() {
        let entries = services.into_values().collect();
        let value = Value::Table(Table::of_sorted(entries));
        root.insert(Entry { key, key_span, node: Node { span, value } }, text);
    }
    Merged { is_merged: true, problems, damaged }
}

/// Keys of the manifest, and of a service, for which there is something to do.
const ROOT_KEYS: [&str; 3] = ["defaults", "templates", "companions"];
const SERVICE_KEYS: [&str; 4] = ["extend", "replicas", "companionOf", "overrides"];

fn has_anything_to_merge(root: &Table, text: &str) -> bool {
    let is_there = |table: &Table, key: &&str| table.get(key, text).is_some();
    let services = root.get("services", text).and_then(|it| it.node.as_table());
    ROOT_KEYS.iter().any(|it| is_there(root, it))
        || services.is_some_and(|services| {
            let mut tables = services.entries().iter().filter_map(|it| it.node.as_table());
            tables.any(|table| SERVICE_KEYS.iter().any(|it| is_there(table, it)))
        })
        || mentions_addresses(text)
}

/// Whether a string may have `${services.NAME.addresses}`: it can be written with escapes, too.
fn mentions_addresses(text: &str) -> bool {
    text.contains(".addresses}") || text.contains("\\u") || text.contains("\\U")
}

/// A manifest while its services are put together.
struct Merger<'t> {
    root: &'t Table,
    text: &'t str,
    templates: Templates<'t>,
    defaults: template::Below,
    /// The services by their names, in the end all that there are.
    services: BTreeMap<String, Entry>,
    /// The instances of each service with replicas.
    replicated: BTreeMap<String, Vec<String>>,
    problems: Vec<Problem>,
    damaged: BTreeSet<Path>,
}

impl<'t> Merger<'t> {
    fn new(root: &'t Table, text: &'t str) -> Merger<'t> {
        let mut problems = Vec::new();
        let written = root.get("templates", text).and_then(|it| it.node.as_table());
        let templates = Templates::new(written, text, &mut problems);
        let mut merger = Merger {
            root,
            text,
            templates,
            defaults: template::Below::default(),
            services: BTreeMap::new(),
            replicated: BTreeMap::new(),
            problems,
            damaged: BTreeSet::new(),
        };
        if let Some(defaults) = root.get("defaults", text) {
            let mut below = merger.below(&defaults.node);
            if let Some(own) = defaults.node.as_table() {
                let mut own = own.clone();
                own.remove("extend", text);
                below.table = layer::over(below.table, own, text);
            }
            overrides::set_aside(&mut below.table, text);
            merger.defaults = below;
        }
        merger
    }

    /// The table of the manifest under a key.
    fn table(&self, key: &str) -> Option<&'t Table> {
        self.root.get(key, self.text)?.node.as_table()
    }

    fn below(&mut self, node: &Node) -> template::Below {
        let written = self.table("templates");
        self.templates.below(node, written, self.text, &mut self.problems)
    }

    fn add_services(&mut self, written: Vec<Entry>) {
        for entry in written {
            self.add(entry);
        }
    }

    /// Adds a service as it was written: as it is with what lies below it, once or as its replicas.
    fn add(&mut self, entry: Entry) {
        let name = entry.key.get(self.text).to_owned();
        let entry = self.laid_over_its_layers(&name, entry);
        for (name, entry) in replica::instances(self, name, entry) {
            self.insert(name, entry);
        }
    }

    fn insert(&mut self, name: String, entry: Entry) {
        if let Some(taken) = self.services.get(&name) {
            let other = self.text[taken.key_span.range()].trim_matches(['"', '\'']);
            let message = format!("`{name}` would be the name of two services");
            let hint = format!("the other one is written as `{other}`; rename one of them");
            self.problems.push(problem(Code::UnitClash, entry.key_span, message).hint(hint));
            return;
        }
        self.services.insert(name, entry);
    }

    fn laid_over_its_layers(&mut self, name: &str, entry: Entry) -> Entry {
        let below = self.below(&entry.node);
        if below.is_damaged || self.defaults.is_damaged {
            self.damage(name);
        }
        let Entry { key, key_span, node } = entry;
        let node = node.map_table(|own| {
            companion::refuse_hosts(&own, self.text, &mut self.problems);
            let mut lower = below.table;
            overrides::set_aside(&mut lower, self.text);
            let upper = layer::over(lower, own, self.text);
            let lower = defaults::fitting(&self.defaults.table, &upper, self.text);
            layer::over_defaults(lower, upper, self.text)
        });
        Entry { key, key_span, node }
    }

    /// Notes that something of a service is missing, which was reported.
    fn damage(&mut self, name: &str) {
        let steps = ["services", name].map(|it| Step::Key(it.to_owned()));
        self.damaged.insert(Path(steps.into()));
    }

    fn spread_references(&mut self) {
        if self.replicated.is_empty() && !mentions_addresses(self.text) {
            return;
        }
        let all: BTreeSet<String> = self.services.keys().cloned().collect();
        let is_service = |name: &str| all.contains(name);
        let names = Names { is_service: &is_service, replicated: &self.replicated };
        for entry in self.services.values_mut() {
            if let Some(table) = entry.node.as_table_mut() {
                replica::depend_on_all(table, &self.replicated, self.text);
                reference::spread(table, &names, self.text, &mut self.problems);
            }
        }
    }
}

/// A problem of what stands at a place of the text; merging moves what paths lead to.
fn problem(code: Code, span: Span, message: impl Into<String>) -> Problem {
    Problem::new(code, Place { path: Path::default(), part: Part::Bytes(span.range()) }, message)
}

/// An entry that is not in the text; problems of it are shown at `span`.
fn generated(key: &str, value: Value, span: Span) -> Entry {
    Entry { key: Text::Owned(key.into()), key_span: span, node: Node { span, value } }
}
