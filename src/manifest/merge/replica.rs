//! A service with `replicas` as that many services.

use std::collections::BTreeMap;

use crate::manifest::tree::{Entry, Table, Text, Value};
use crate::problem::Code;

use super::{Merger, problem, reference};

/// The most replicas of one service: beyond it the ports run out, and a slip of the finger is meant.
const MOST: i64 = 1000;

/// Returns the services that a written one stands for: itself, or its replicas.
pub(super) fn instances(
    merger: &mut Merger<'_>,
    name: String,
    mut entry: Entry,
) -> Vec<(String, Entry)> {
    let text = merger.text;
    let Some(count) = count(&entry, text) else { return vec![(name, entry)] };
    let replicas = entry.node.as_table_mut().and_then(|it| it.remove("replicas", text));
    if !(1..=MOST).contains(&count) {
        let span = replicas.map_or(entry.key_span, |it| it.node.span);
        let message = format!("`{name}` cannot have {count} replicas");
        let hint = format!("write a number from 1 to {MOST}");
        merger.problems.push(problem(Code::ImpossibleQuantity, span, message).hint(hint));
        return vec![(name, entry)];
    }
    let names: Vec<String> = (1..=count).map(|instance| format!("{name}-{instance}")).collect();
    let instances = names.iter().zip(1..).map(|(name, instance)| {
        let mut entry = Entry { key: Text::Owned(name.as_str().into()), ..entry.clone() };
        if let Some(table) = entry.node.as_table_mut() {
            count_up(table, instance - 1, text);
            let number = instance.to_string();
            let fill = |it: &str| (it == "instance").then(|| number.clone());
            reference::fill_in(table, text, &fill);
        }
        (name.clone(), entry)
    });
    let instances = instances.collect();
    merger.replicated.insert(name, names);
    instances
}

/// How many there should be; `decode` tells what is wrong with something else than a number.
fn count(entry: &Entry, text: &str) -> Option<i64> {
    entry.node.as_table()?.get("replicas", text)?.node.as_integer()
}

/// Pinned ports count up, so that each replica has its own.
fn count_up(table: &mut Table, by: i64, text: &str) {
    for entry in table.entries_mut() {
        let is_port = matches!(entry.key.get(text), "port" | "backendPort");
        if let (true, Value::Integer(number)) = (is_port, &mut entry.node.value) {
            *number = number.saturating_add(by);
        }
    }
}

/// A dependency of a service on one with replicas is one on all of them, whichever host it is on.
pub(super) fn depend_on_all(
    service: &mut Table,
    replicated: &BTreeMap<String, Vec<String>>,
    text: &str,
) {
    for entry in service.entries_mut() {
        let key = entry.key.get(text).to_owned();
        let Some(table) = entry.node.as_table_mut() else { continue };
        match key.as_str() {
            "dependsOn" => depend_on_each(table, replicated, text),
            "overrides" => {
                for variant in
                    table.entries_mut().iter_mut().filter_map(|it| it.node.as_table_mut())
                {
                    depend_on_all(variant, replicated, text);
                }
            }
            _ => {}
        }
    }
}

fn depend_on_each(
    dependencies: &mut Table,
    replicated: &BTreeMap<String, Vec<String>>,
    text: &str,
) {
    let is_group = |it: &Entry| replicated.contains_key(it.key.get(text));
    if !dependencies.entries().iter().any(is_group) {
        return;
    }
    let (groups, own): (Vec<Entry>, Vec<Entry>) =
        std::mem::take(dependencies).into_entries().into_iter().partition(is_group);
    *dependencies = Table::of_sorted(own);
    for group in groups {
        for instance in &replicated[group.key.get(text)] {
            // What is said of one instance by its name is said of it alone.
            if dependencies.get(instance, text).is_none() {
                let key = Text::Owned(instance.as_str().into());
                dependencies.insert(Entry { key, ..group.clone() }, text);
            }
        }
    }
}
