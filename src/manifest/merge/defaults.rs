//! Of the defaults what can concern a service: a default must not be a mistake in half of the services.

use crate::manifest::tree::{Entry, Table};

/// Keys of a service that only a process can have; `resolve` refuses them for a container.
const PROCESS_KEYS: &[&str] = &["exec", "user", "group"];

/// What a service runs, as far as its own table and its templates tell.
#[derive(Clone, Copy, PartialEq)]
enum Workload {
    Process,
    Container,
    /// Of services-flake, which says all of it.
    Flake,
    Unknown,
}

/// What starts a service, by its own table and the defaults.
#[derive(Clone, Copy, PartialEq)]
enum Starter {
    /// Boot, somebody's hand or another service.
    Other,
    /// Boot, for a job that runs once.
    Once,
    Socket,
    Proxy,
    Schedule,
}

/// Returns the part of the defaults that fits a service.
pub(super) fn fitting(defaults: &Table, service: &Table, text: &str) -> Table {
    let workload = workload(service, text);
    if workload == Workload::Flake {
        return Table::of_sorted(Vec::new());
    }
    let starter = starter(defaults, service, text);
    let entries = defaults.entries().iter().filter_map(|it| match it.key.get(text) {
        "container" if workload == Workload::Process => None,
        key if PROCESS_KEYS.contains(&key) && workload == Workload::Container => None,
        "activation" => activation(it, service, starter, text),
        "restart" => restart(it, starter, text),
        // A job is waited for until it has ended.
        "readiness" | "liveness" if matches!(starter, Starter::Once | Starter::Schedule) => None,
        _ => Some(it.clone()),
    });
    Table::of_sorted(entries.collect())
}

fn workload(service: &Table, text: &str) -> Workload {
    let has = |key: &str| service.get(key, text).is_some();
    match (has("exec"), has("container")) {
        (true, false) => Workload::Process,
        (false, true) => Workload::Container,
        (false, false) if has("flakeService") => Workload::Flake,
        (true, true) | (false, false) => Workload::Unknown,
    }
}

fn starter(defaults: &Table, service: &Table, text: &str) -> Starter {
    let word = |key: &str| {
        let word = |table: &Table| {
            let activation = table.get("activation", text)?.node.as_table()?;
            Some(activation.get(key, text)?.node.as_str(text)?.to_owned())
        };
        word(service).or_else(|| word(defaults))
    };
    if service.get("schedule", text).is_some() {
        return Starter::Schedule;
    }
    match word("on").as_deref() {
        Some("socket") if word("handoff").as_deref() == Some("proxy") => Starter::Proxy,
        Some("socket") => Starter::Socket,
        Some("schedule") => Starter::Schedule,
        Some("once") => Starter::Once,
        Some(_) | None => Starter::Other,
    }
}

/// An activation says at least what starts the service, and nothing that only another starter needs.
fn activation(entry: &Entry, service: &Table, starter: Starter, text: &str) -> Option<Entry> {
    let has_on = |table: &Table| table.get("on", text).is_some();
    let own = service.get("activation", text).and_then(|it| it.node.as_table());
    if !has_on(entry.node.as_table()?) && !own.is_some_and(has_on) {
        return None;
    }
    if own.is_none() && starter == Starter::Schedule {
        return None;
    }
    let fits = |it: &Entry| match it.key.get(text) {
        "handoff" | "address" => matches!(starter, Starter::Socket | Starter::Proxy),
        "idleTimeout" | "startTimeout" => starter == Starter::Proxy,
        _ => true,
    };
    Some(Entry { node: entry.node.clone().map_table(|it| it.only(fits)), ..entry.clone() })
}

/// A service behind a socket is started by the next connection, and a job ends when its work is done,
/// so how others are restarted is not for them.
fn restart(entry: &Entry, starter: Starter, text: &str) -> Option<Entry> {
    match starter {
        Starter::Other => Some(entry.clone()),
        Starter::Socket | Starter::Proxy => {
            let fits = |it: &Entry| it.key.get(text) != "policy";
            Some(Entry { node: entry.node.clone().map_table(|it| it.only(fits)), ..entry.clone() })
        }
        Starter::Once | Starter::Schedule => None,
    }
}
