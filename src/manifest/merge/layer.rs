//! Two tables as one: what the upper one says, and of the lower one what the upper leaves open.

use std::cmp::Ordering;

use crate::manifest::tree::{Entry, Node, Table, Value};

use super::overrides::FROM_ELSEWHERE;

/// Which keys of a table are put together in another way than key by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// A service: `activation` and the entries of `secrets` have rules of their own.
    Service,
    /// A service over the defaults, of which only what fits it is left.
    ServiceOverDefaults,
    /// Overrides: a part of a service for each host.
    ServiceByHost,
    /// An activation that says `on` is a new one: what stands beside another `on` does not belong to it.
    Activation,
    /// A probe is made in one way: one that says another replaces it.
    Probe,
    /// Each entry says one thing in several keys, so it replaces the one below it.
    WholeEntries,
    KeyByKey,
}

impl Rule {
    fn below(self, key: &str) -> Rule {
        match (self, key) {
            (Rule::Service, "activation") => Rule::Activation,
            (Rule::Service | Rule::ServiceOverDefaults, "secrets") => Rule::WholeEntries,
            (Rule::Service | Rule::ServiceOverDefaults, "readiness" | "liveness") => Rule::Probe,
            (Rule::Service | Rule::ServiceOverDefaults, "overrides" | FROM_ELSEWHERE) => {
                Rule::ServiceByHost
            }
            (Rule::ServiceByHost, _) => Rule::Service,
            (
                Rule::Service
                | Rule::ServiceOverDefaults
                | Rule::Activation
                | Rule::Probe
                | Rule::WholeEntries
                | Rule::KeyByKey,
                _,
            ) => Rule::KeyByKey,
        }
    }
}

/// Puts a service, or a part of one, over another.
///
/// Tables are merged key by key, every other value replaces the one below it, lists too.
/// Each value keeps the place where it was written. Merging is associative:
/// it does not matter whether the upper or the lower two of three layers are put together first.
pub(super) fn over(lower: Table, upper: Table, text: &str) -> Table {
    merge(lower, upper, Rule::Service, text)
}

/// Puts a service over those of the defaults that fit it, its own activation over that of the defaults.
pub(super) fn over_defaults(defaults: Table, service: Table, text: &str) -> Table {
    merge(defaults, service, Rule::ServiceOverDefaults, text)
}

/// Puts overrides over others, host by host.
pub(super) fn over_by_host(lower: Table, upper: Table, text: &str) -> Table {
    merge(lower, upper, Rule::ServiceByHost, text)
}

/// The ways in which a probe is made.
const WAYS: &[&str] = &["exec", "http", "log", "notify", "tcp"];

fn merge(mut lower: Table, upper: Table, rule: Rule, text: &str) -> Table {
    if rule == Rule::Activation && upper.get("on", text).is_some() {
        return upper;
    }
    let way = WAYS.iter().find(|it| rule == Rule::Probe && upper.get(it, text).is_some());
    if let Some(way) = way {
        lower = lower.only(|it| it.key.get(text) == *way || !WAYS.contains(&it.key.get(text)));
    }
    let mut merged = Vec::with_capacity(lower.entries().len() + upper.entries().len());
    let mut lower = lower.into_entries().into_iter().peekable();
    let mut upper = upper.into_entries().into_iter().peekable();
    loop {
        let order = match (lower.peek(), upper.peek()) {
            (None, None) => return Table::of_sorted(merged),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(low), Some(high)) => low.key.get(text).cmp(high.key.get(text)),
        };
        match order {
            Ordering::Less => merged.extend(lower.next()),
            Ordering::Greater => merged.extend(upper.next()),
            Ordering::Equal => {
                let both = lower.next().zip(upper.next());
                merged.extend(both.map(|(low, high)| merge_entries(low, high, rule, text)));
            }
        }
    }
}

fn merge_entries(lower: Entry, upper: Entry, rule: Rule, text: &str) -> Entry {
    let below = rule.below(upper.key.get(text));
    let Entry { key, key_span, node: Node { span, value } } = upper;
    let value = match (lower.node.value, value) {
        (Value::Table(lower), Value::Table(upper)) if rule != Rule::WholeEntries => {
            Value::Table(merge(lower, upper, below, text))
        }
        (_, value) => value,
    };
    Entry { key, key_span, node: Node { span, value } }
}
