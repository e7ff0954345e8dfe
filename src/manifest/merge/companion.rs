//! Companions: services that are there because another one is.

use std::collections::BTreeSet;

use crate::manifest::tree::{Entry, Node, Span, Table, Text, Value};
use crate::nearest;
use crate::problem::{Code, Problem};

use super::{Merger, generated, overrides, problem, reference};

/// The place of `companions.NAME.for` at which an owner is named.
struct Claim<'t> {
    companion: &'t Entry,
    owner: &'t str,
    span: Span,
}

/// Adds `OWNER-NAME` for each owner of each companion; an owner may be a companion itself.
pub(super) fn add(merger: &mut Merger<'_>) {
    let text = merger.text;
    let Some(companions) = merger.table("companions") else { return };
    let mut claims = Vec::new();
    for companion in companions.entries() {
        let Some(table) = companion.node.as_table() else { continue };
        let owners = table.get("for", text);
        match owners.map(|it| &it.node) {
            None => {
                let message = format!("`companions.{}` has no `for`", companion.key.get(text));
                let hint = "name the services that it belongs to: `for = [\"web\"]`";
                merger
                    .problems
                    .push(problem(Code::MissingKey, companion.key_span, message).hint(hint));
            }
            Some(node) => {
                let owners = node.as_list().unwrap_or_default();
                if node.as_list().is_some_and(<[Node]>::is_empty) {
                    let message = "a companion for no service is never there";
                    let hint = "name the services that it belongs to, or take it out";
                    merger.problems.push(problem(Code::Pointless, node.span, message).hint(hint));
                }
                let owners = owners.iter().filter_map(|it| Some((it.as_str(text)?, it.span)));
                claims.extend(owners.map(|(owner, span)| Claim { companion, owner, span }));
            }
        }
    }
    // Companions of companions wait until their owners are there.
    loop {
        let (ready, waiting): (Vec<Claim<'_>>, Vec<Claim<'_>>) =
            claims.into_iter().partition(|it| is_there(merger, it.owner));
        let is_done = ready.is_empty();
        for claim in ready {
            let owners = match merger.replicated.get(claim.owner) {
                Some(instances) => instances.clone(),
                None => vec![claim.owner.to_owned()],
            };
            for owner in owners {
                add_one(merger, &claim, &owner);
            }
        }
        claims = waiting;
        if is_done {
            break;
        }
    }
    for claim in claims {
        let known: Vec<&str> = merger.services.keys().map(String::as_str).collect();
        let message = format!("`{}` is not a service of this manifest", claim.owner.escape_debug());
        let hint = nearest::hint(claim.owner, &known, "services");
        merger.problems.push(problem(Code::UnknownName, claim.span, message).hint(hint));
    }
}

fn is_there(merger: &Merger<'_>, owner: &str) -> bool {
    merger.services.contains_key(owner) || merger.replicated.contains_key(owner)
}

fn add_one(merger: &mut Merger<'_>, claim: &Claim<'_>, owner: &str) {
    let text = merger.text;
    let Claim { companion, owner: _, span } = claim;
    let Some(own) = companion.node.as_table() else { return };
    let mut own = own.clone();
    own.remove("for", text);
    overrides::set_aside(&mut own, text);
    let name = format!("{owner}-{}", companion.key.get(text));
    own.insert(generated("companionOf", Value::String(Text::Owned(owner.into())), *span), text);
    let node = Node { span: companion.node.span, value: Value::Table(own) };
    let key = Text::Owned(name.into());
    merger.add(Entry { key, key_span: companion.key_span, node });
}

/// Lets every companion run where its owner does, and names the owner in its texts.
pub(super) fn follow_owners(merger: &mut Merger<'_>) {
    let names: Vec<String> = merger.services.keys().cloned().collect();
    for name in names {
        let Some((owner, span)) = owner_of(merger, &name) else { continue };
        if let Some(instances) = merger.replicated.get(&owner) {
            let known: Vec<&str> = instances.iter().map(String::as_str).collect();
            let message = format!("`{owner}` has replicas, and a companion belongs to one of them");
            let hint = format!(
                "name one of them, or write `companions.{name}` for one each; {}",
                nearest::list(&known, "replicas")
            );
            merger.problems.push(problem(Code::UnknownName, span, message).hint(hint));
            merger.damage(&name);
            let service = merger.services.get_mut(&name);
            if let Some(table) = service.and_then(|it| it.node.as_table_mut()) {
                table.remove("companionOf", merger.text);
            }
            continue;
        }
        if !merger.services.contains_key(&owner) {
            continue;
        }
        let hosts = hosts_of_owner(merger, &owner);
        let text = merger.text;
        let service = merger.services.get_mut(&name);
        let Some(table) = service.and_then(|it| it.node.as_table_mut()) else { continue };
        let fill = |reference: &str| match reference {
            "owner" => Some(owner.clone()),
            "owner.port" => Some(format!("${{services.{owner}.port}}")),
            "owner.address" => Some(format!("${{services.{owner}.address}}")),
            _ => None,
        };
        reference::fill_in(table, text, &fill);
        table.remove("hosts", text);
        if let Some(hosts) = hosts {
            table.insert(hosts, text);
        }
    }
}

/// A companion says nothing of hosts: it runs where its owner does.
pub(super) fn refuse_hosts(own: &Table, text: &str, problems: &mut Vec<Problem>) {
    if let (Some(_), Some(hosts)) = (own.get("companionOf", text), own.get("hosts", text)) {
        let message = "`hosts` means nothing here: a companion runs where its owner does";
        problems.push(problem(Code::Pointless, hosts.key_span, message).hint("take it out"));
    }
}

/// The owner of a service and where it is named.
fn owner_of(merger: &Merger<'_>, name: &str) -> Option<(String, Span)> {
    let service = merger.services.get(name)?.node.as_table()?;
    let owner = &service.get("companionOf", merger.text)?.node;
    Some((owner.as_str(merger.text)?.to_owned(), owner.span))
}

/// The hosts of the service at the end of the chain of owners.
fn hosts_of_owner(merger: &Merger<'_>, owner: &str) -> Option<Entry> {
    let mut seen = BTreeSet::new();
    let mut owner = owner.to_owned();
    while let Some((next, _)) =
        owner_of(merger, &owner).filter(|(it, _)| merger.services.contains_key(it))
    {
        // A ring is told by `resolve`, which knows who waits for whom.
        if !seen.insert(next.clone()) {
            return None;
        }
        owner = next;
    }
    merger.services.get(&owner)?.node.as_table()?.get("hosts", merger.text).cloned()
}
