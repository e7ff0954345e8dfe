//! `unitsmith status`

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::apply::file::{self, FileChange, FileSteps};
use crate::apply::inventory::Inventory;
use crate::apply::place::Place;
use crate::apply::status::{self, Doing, Service, Unit, Units};
use crate::apply::tree::{Content, Tree};
use crate::cli;
use crate::disk::host::Host;
use crate::disk::store::{self, Kept};
use crate::error::Error;
use crate::systemctl::Systemctl;

use super::super::table::{self, Side};
use super::super::{Outcome, Report, plural};
use super::activate::port_holder;
use super::open;

/// A service and how it is.
struct Row {
    service: Service,
    doing: Doing,
    since: Option<u64>,
    next: Option<u64>,
}

/// A place that is not as it was made, and how.
struct Drift {
    place: Place,
    what: &'static str,
}

/// Says how each service is, and what is not as it was made.
pub(crate) fn run(arguments: &cli::Status) -> Result<Report, Error> {
    let cli::Status { on, json } = arguments;
    let (site, _) = open(on, &cli::Wait { wait: 0 })?;
    let host = &site.host;
    let (inventory, tree) = applied(host)?;
    let services = status::services(&tree);
    let rows = match &site.systemd {
        Some(systemd) => rows(systemd, services)?,
        None => Vec::new(),
    };
    let drift = drift(host, &tree, &inventory)?;
    let is_well = drift.is_empty()
        && inventory.pending.is_empty()
        && rows.iter().all(|it| it.doing.is_well());
    let stdout = if *json { self::json(host, &inventory, &rows, &drift) } else { as_table(&rows) };
    let mut stderr = String::new();
    if !*json {
        let gates = rows.iter().filter(|it| it.doing == Doing::DeadPort);
        for gate in gates.filter_map(|it| it.service.gate()) {
            let held = site.systemd.as_ref().and_then(|it| port_holder(it, &gate));
            stderr.extend(held.map(|it| format!("{it}\n")));
        }
        for Drift { place, what } in &drift {
            stderr.push_str(&format!("`{}` {what}\n", place.path(host.manager())));
        }
        if !inventory.pending.is_empty() {
            stderr.push_str("a run was not finished; `unitsmith apply` finishes it\n");
        }
        let count = plural(tree.files.len(), "file");
        let number = inventory.generation.unwrap_or_default();
        stderr.push_str(&format!("tree {number}, {count}, {} not as made\n", drift.len()));
    }
    let outcome = if is_well { Outcome::Clean } else { Outcome::Findings };
    Ok(Report { outcome, stdout, stderr })
}

/// The tree that was applied last, with the inventory that says so.
pub(super) fn applied(host: &Host) -> Result<(Inventory, Tree), Error> {
    let inventory = match store::read(host)? {
        Kept::Inventory(inventory) => inventory,
        Kept::Nothing => {
            return Err(Error::new(
                "nothing was applied here",
                "`unitsmith apply` makes a host what a manifest says",
            ));
        }
        Kept::Damaged(why) => {
            return Err(Error::new(
                format!("the inventory is damaged: {why}"),
                "`unitsmith apply` makes it anew",
            ));
        }
    };
    // What was not finished is what its user wanted last.
    let number = inventory.newest().unwrap_or_default();
    let tree = store::tree(host, number)?;
    let tree = tree.map_err(|why| Error::new(why, "`unitsmith apply` makes it anew"))?;
    Ok((inventory, tree))
}

fn rows(systemd: &Systemctl, services: Vec<Service>) -> Result<Vec<Row>, Error> {
    let names: BTreeSet<String> =
        services.iter().flat_map(|it| it.gate().into_iter().chain([it.daemon()])).collect();
    let units = systemd.units(&names.into_iter().collect::<Vec<_>>())?;
    let unknown = Unit::default();
    let rows = services.into_iter().map(|service| {
        let unit = |name: &str, units: &Units| units.get(name).cloned();
        let gate = service.gate().map(|it| unit(&it, &units).unwrap_or_default());
        let daemon = units.get(&service.daemon()).unwrap_or(&unknown);
        let doing = service.doing(gate.as_ref(), daemon);
        let next = gate.as_ref().and_then(|it| it.next);
        Row { service, doing, since: daemon.since, next }
    });
    Ok(rows.collect())
}

fn drift(host: &Host, tree: &Tree, inventory: &Inventory) -> Result<Vec<Drift>, Error> {
    let places: BTreeSet<&Place> = tree.files.keys().chain(&inventory.places).collect();
    let found = host.read(places)?;
    let FileSteps { changes, in_the_way, masked, given_up: _ } =
        file::steps(tree, &inventory.places, &found);
    let changed = changes.into_iter().map(|it| {
        let what = match it.change {
            FileChange::Add(Content::Text(_)) => "is missing",
            FileChange::Add(Content::Link(_)) => "is missing, so the unit is not enabled",
            FileChange::Replace { .. } => "was edited",
            FileChange::Remove { .. } => "is wanted no more",
        };
        Drift { place: it.place, what }
    });
    let drift = |what| move |place| Drift { place, what };
    let others = in_the_way.into_iter().map(drift("is somebody else's"));
    Ok(changed.chain(others).chain(masked.into_iter().map(drift("is masked"))).collect())
}

fn as_table(rows: &[Row]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let or_none = |it: Option<String>| it.unwrap_or_else(|| "-".to_owned());
    let cells = rows.iter().map(|row| {
        let Row { service, doing, since, next } = row;
        [
            service.name.clone(),
            service.pattern.as_str().to_owned(),
            doing.as_str().to_owned(),
            or_none(service.port.map(|it| it.to_string())),
            or_none(since.map(|it| status::span(now.saturating_sub(it)))),
            or_none(next.map(|it| format!("in {}", status::span(it.saturating_sub(now))))),
        ]
    });
    let header = ["SERVICE", "PATTERN", "STATE", "PORT", "SINCE", "NEXT"];
    table::text(header.map(|it| (it, Side::Left)), cells)
}

fn json(host: &Host, inventory: &Inventory, rows: &[Row], drift: &[Drift]) -> String {
    let services = rows.iter().map(|Row { service, doing, since, next }| {
        serde_json::json!({
            "service": service.name,
            "pattern": service.pattern.as_str(),
            "state": doing.as_str(),
            "isWell": doing.is_well(),
            "port": service.port,
            "since": since,
            "next": next,
        })
    });
    let drift = drift.iter().map(|Drift { place, what }| {
        serde_json::json!({ "path": place.path(host.manager()), "what": what })
    });
    let all = serde_json::json!({
        "tree": inventory.generation,
        "isUnfinished": !inventory.pending.is_empty(),
        "services": services.collect::<Vec<_>>(),
        "drift": drift.collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}
