//! Templates, each with the templates that it extends.

use std::collections::BTreeMap;

use crate::manifest::tree::{Entry, Node, Span, Table, Value};
use crate::nearest;
use crate::problem::{Code, Problem};

use super::{layer, problem};

/// The templates of a manifest, whole: with what they take from each other.
#[derive(Default)]
pub(super) struct Templates<'t> {
    by_name: BTreeMap<&'t str, Template>,
}

/// What a template says.
struct Template {
    table: Table,
    /// Whether something of it is missing, which was reported.
    is_damaged: bool,
}

/// Layers below a service, put together.
#[derive(Default)]
pub(super) struct Below {
    pub(super) table: Table,
    pub(super) is_damaged: bool,
}

/// How far a template has been followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Open,
    Done,
}

impl<'t> Templates<'t> {
    /// Follows every template to its end; the trail is no recursion, because it may be longer than the stack.
    pub(super) fn new(
        written: Option<&'t Table>,
        text: &'t str,
        problems: &mut Vec<Problem>,
    ) -> Templates<'t> {
        let mut templates = Templates::default();
        let Some(written) = written else { return templates };
        let mut visits: BTreeMap<&str, Visit> = BTreeMap::new();
        for entry in written.entries() {
            if visits.contains_key(entry.key.get(text)) {
                continue;
            }
            visits.insert(entry.key.get(text), Visit::Open);
            let mut trail = vec![(entry, extended(&entry.node, text).into_iter())];
            let mut rings: Vec<&str> = Vec::new();
            while let Some((current, rest)) = trail.last_mut() {
                let Some((next, span)) = rest.next() else {
                    let name = current.key.get(text);
                    let template = templates.whole(current, written, text, problems);
                    let is_in_ring = rings.contains(&name);
                    let template =
                        Template { is_damaged: template.is_damaged || is_in_ring, ..template };
                    templates.by_name.insert(name, template);
                    visits.insert(name, Visit::Done);
                    trail.pop();
                    continue;
                };
                match (visits.get(next), written.get(next, text)) {
                    (Some(Visit::Open), _) => {
                        rings.push(current.key.get(text));
                        let names: Vec<&str> =
                            trail.iter().map(|(it, _)| it.key.get(text)).collect();
                        problems.push(ring(&names, next, span));
                    }
                    (None, Some(parent)) => {
                        visits.insert(next, Visit::Open);
                        trail.push((parent, extended(&parent.node, text).into_iter()));
                    }
                    (Some(Visit::Done), _) | (None, None) => {}
                }
            }
        }
        templates
    }

    /// A template with all that it extends, which has been followed before.
    fn whole(
        &self,
        entry: &Entry,
        written: &Table,
        text: &str,
        problems: &mut Vec<Problem>,
    ) -> Template {
        let below = self.below(&entry.node, Some(written), text, problems);
        let Value::Table(own) = &entry.node.value else {
            return Template { table: below.table, is_damaged: true };
        };
        let own = own.entries().iter().filter(|it| it.key.get(text) != "extend").cloned();
        let table = layer::over(below.table, Table::of_sorted(own.collect()), text);
        Template { table, is_damaged: below.is_damaged }
    }

    /// What a service or template extends; the later one of a list is above the earlier.
    pub(super) fn below(
        &self,
        node: &Node,
        written: Option<&Table>,
        text: &str,
        problems: &mut Vec<Problem>,
    ) -> Below {
        let mut below = Below::default();
        for (name, span) in extended(node, text) {
            match self.by_name.get(name) {
                Some(template) => {
                    below.table = layer::over(below.table, template.table.clone(), text);
                    below.is_damaged |= template.is_damaged;
                }
                // A template that extends itself has been reported.
                None if written.is_some_and(|it| it.get(name, text).is_some()) => {
                    below.is_damaged = true;
                }
                None => {
                    problems.push(self.unknown(name, span, written, text));
                    below.is_damaged = true;
                }
            }
        }
        below
    }

    fn unknown(&self, name: &str, span: Span, written: Option<&Table>, text: &str) -> Problem {
        let known: Vec<&str> =
            written.iter().flat_map(|it| it.entries()).map(|it| it.key.get(text)).collect();
        let message = format!("`{}` is not a template of this manifest", name.escape_debug());
        problem(Code::UnknownName, span, message).hint(nearest::hint(name, &known, "templates"))
    }
}

/// The names that a table extends, and where each stands; `decode` tells what is wrong with other values.
fn extended<'a>(node: &'a Node, text: &'a str) -> Vec<(&'a str, Span)> {
    let extend = node.as_table().and_then(|it| it.get("extend", text));
    let Some(Entry { node: extend, key: _, key_span: _ }) = extend else { return Vec::new() };
    let names = extend.as_list().unwrap_or(std::slice::from_ref(extend));
    names.iter().filter_map(|it| Some((it.as_str(text)?, it.span))).collect()
}

fn ring(trail: &[&str], next: &str, span: Span) -> Problem {
    let start = trail.iter().position(|it| *it == next).unwrap_or_default();
    let names: Vec<&str> = trail[start..].iter().copied().chain([next]).collect();
    let message = format!("these templates extend each other: {}", names.join(" -> "));
    problem(Code::TemplateCycle, span, message).hint("take one of the `extend` out")
}
