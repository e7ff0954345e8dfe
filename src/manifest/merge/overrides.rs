//! What a service is on one of its hosts: `overrides.HOST` over the service.

use crate::manifest::tree::{Entry, Node, Span, Table, Text, Value};
use crate::nearest;
use crate::problem::Code;

use super::{Merger, generated, layer, problem};

/// Keys that are the same on every host, and why.
const SAME_EVERYWHERE: &[(&str, &str)] = &[
    ("activation", "how it is reached is the same on every host"),
    ("backendPort", "its ports are the same on every host"),
    ("companionOf", "whom it belongs to is the same on every host"),
    ("dependsOn", "what it waits for is the same on every host"),
    ("extend", "what it extends is the same on every host"),
    ("groups", "with what it starts and stops is the same on every host"),
    ("groups", "what it is started with is the same on every host"),
    ("hosts", "an override is for the host that it is named after"),
    ("overrides", "an override is for one host"),
    ("port", "its ports are the same on every host"),
    ("replicas", "how many there are is the same on every host"),
    ("schedule", "when it runs is the same on every host"),
];

/// Where the overrides wait that a service has from elsewhere, until it is known where it runs.
///
/// What a service says of a host where it does not run is a mistake;
/// what a template says of one concerns the others that extend it. No manifest can have such a key.
pub(super) const FROM_ELSEWHERE: &str = "\0overrides";

/// Sets aside the overrides of a layer that several services share.
pub(super) fn set_aside(layer: &mut Table, text: &str) {
    if let Some(overrides) = layer.remove("overrides", text) {
        let key = Text::Owned(FROM_ELSEWHERE.into());
        layer.insert(Entry { key, ..overrides }, text);
    }
}

/// Turns every override into the whole service that its host runs.
pub(super) fn expand(merger: &mut Merger<'_>) {
    check_hosts_of_layers(merger);
    let text = merger.text;
    let hosts = merger.table("hosts");
    let names: Vec<String> = merger.services.keys().cloned().collect();
    for name in names {
        let Some(table) = merger.services.get_mut(&name).and_then(|it| it.node.as_table_mut())
        else {
            continue;
        };
        let shared = table.remove(FROM_ELSEWHERE, text);
        let own = table.remove("overrides", text);
        let base = table.clone();
        let here = |it: &Entry| runs_on(&base, it.key.get(text), hosts, text);
        let shared = shared.map(|it| Entry { node: it.node.map_table(|it| it.only(here)), ..it });
        let overrides = shared.into_iter().chain(own).reduce(|lower, upper| Entry {
            node: upper.node.map_table(|upper| {
                if let Value::Table(lower) = lower.node.value {
                    layer::over_by_host(lower, upper, text)
                } else {
                    upper
                }
            }),
            ..upper
        });
        let Some(overrides) = overrides.filter(|it| !it.node.is_empty_table()) else { continue };
        let node = overrides.node.map_table(|by_host| {
            let variants = by_host.into_entries().into_iter().map(|it| {
                let host = it.key.get(text).to_owned();
                let node = it.node.map_table(|upper| variant(&host, base.clone(), upper, merger));
                Entry { node, ..it }
            });
            Table::of_sorted(variants.collect())
        });
        let entry = Entry { key: Text::Owned("overrides".into()), node, ..overrides };
        if let Some(table) = merger.services.get_mut(&name).and_then(|it| it.node.as_table_mut()) {
            table.insert(entry, text);
        }
    }
}

/// The service as one host runs it.
fn variant(host: &str, base: Table, mut upper: Table, merger: &mut Merger<'_>) -> Table {
    let text = merger.text;
    let other_kind = match (base.get("exec", text), base.get("container", text)) {
        (Some(_), None) => Some(("container", "it is a process on every host")),
        (None, Some(_)) => Some(("exec", "it is a container on every host")),
        (Some(_), Some(_)) | (None, None) => None,
    };
    for (key, why) in SAME_EVERYWHERE.iter().copied().chain(other_kind) {
        if let Some(refused) = upper.remove(key, text) {
            let message = format!("`{key}` cannot be overridden for a host: {why}");
            let problem = problem(Code::Pointless, refused.key_span, message);
            merger.problems.push(problem.hint("take it out"));
        }
    }
    let mut variant = layer::over(base, upper, text);
    let span = variant.get("hosts", text).map_or(Span::new(0, 0), |it| it.node.span);
    let host = Node { span, value: Value::String(Text::Owned(host.into())) };
    variant.insert(generated("hosts", Value::List(Box::new([host])), span), text);
    variant
}

fn runs_on(service: &Table, host: &str, hosts: Option<&Table>, text: &str) -> bool {
    match service.get("hosts", text) {
        None => hosts.is_some_and(|it| it.get(host, text).is_some()),
        Some(chosen) => {
            let chosen = chosen.node.as_list().unwrap_or_default();
            chosen.iter().any(|it| it.as_str(text) == Some(host))
        }
    }
}

/// Checks the hosts that layers name: whether such a host runs anything of it is not their mistake.
fn check_hosts_of_layers(merger: &mut Merger<'_>) {
    let text = merger.text;
    let known: Vec<&str> = merger
        .table("hosts")
        .iter()
        .flat_map(|it| it.entries())
        .map(|it| it.key.get(text))
        .collect();
    let defaults = merger.table("defaults");
    let others = ["templates", "companions"].map(|it| merger.table(it));
    let others = others.into_iter().flatten().flat_map(Table::entries);
    let layers = defaults.into_iter().chain(others.filter_map(|it| it.node.as_table()));
    let named = layers.filter_map(|it| it.get("overrides", text)?.node.as_table());
    for entry in named.flat_map(Table::entries) {
        let host = entry.key.get(text);
        if !known.contains(&host) {
            let message = format!("`{}` is not a host of this manifest", host.escape_debug());
            let hint = nearest::hint(host, &known, "hosts");
            merger.problems.push(problem(Code::UnknownName, entry.key_span, message).hint(hint));
        }
    }
}
