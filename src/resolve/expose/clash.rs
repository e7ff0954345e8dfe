//! Services that would be shown in one place.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::expose::{Expose, UrlPath};
use crate::plan::name::ServiceName;
use crate::plan::service::Service;
use crate::problem::{Code, Problem};

use super::super::host::{Hosts, RunsOn};
use super::super::service_path;

/// A place that only one service of a host can have.
struct Claim<'a> {
    /// The key below `expose`.
    key: &'static str,
    /// What tells places apart, within the key.
    place: String,
    /// The place in the words of a message.
    words: String,
    /// What all that share a name must say alike: the name, and what is said of it.
    alike: Option<(String, Alike<'a>)>,
}

/// What services under one name must agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alike<'a> {
    Nginx(&'a crate::plan::expose::NginxTls),
    Caddy(crate::plan::expose::CaddyTls),
}

/// Refuses services of one host that would be shown in one place, or under one name in two ways.
pub(in super::super) fn refuse(
    hosts: &Hosts,
    runs_on: &RunsOn,
    services: &BTreeMap<ServiceName, Service>,
    problems: &mut Vec<Problem>,
) {
    let everywhere: BTreeSet<ServiceName> = services.keys().cloned().collect();
    let machines: Vec<&BTreeSet<ServiceName>> =
        if hosts.is_declared { runs_on.values().collect() } else { vec![&everywhere] };
    // Two services may meet on many hosts, which is one problem.
    let mut reported = BTreeSet::new();
    for machine in machines {
        let mut places: BTreeMap<(&str, String), &ServiceName> = BTreeMap::new();
        let mut names: BTreeMap<(&str, String), (&ServiceName, Alike<'_>)> = BTreeMap::new();
        for service in machine.iter().filter_map(|it| services.get(it)) {
            for Claim { key, place, words, alike } in claims(&service.expose) {
                let (first, message, hint) = if let Some(first) = places.get(&(key, place.clone()))
                {
                    let message = format!("{words} already leads to `{first}`");
                    (*first, message, "choose another name or path for one of them")
                } else {
                    places.insert((key, place), &service.name);
                    let Some((name, alike)) = alike else { continue };
                    let (first, said) =
                        *names.entry((key, name.clone())).or_insert((&service.name, alike));
                    if said == alike {
                        continue;
                    }
                    let message = format!("`{name}` has another `tls` here than in `{first}`");
                    (first, message, "a name has one certificate: write the same `tls` for both")
                };
                if reported.insert((key, &service.name, first)) {
                    let path = service_path(&service.name);
                    let place = path.key("expose").key(key).at_key();
                    problems.push(Problem::new(Code::ShownTwice, place, message).hint(hint));
                }
            }
        }
    }
}

fn claims(expose: &Expose) -> Vec<Claim<'_>> {
    let Expose { ts_proxy: _, nginx, caddy, firewall: _ } = expose;
    let url = |host: &str, path: &UrlPath| (format!("{host}{path}"), format!("`{host}{path}`"));
    let nginx = nginx.iter().map(|it| {
        let (place, words) = url(it.host.as_str(), &it.path);
        let alike = Some((it.host.to_string(), Alike::Nginx(&it.tls)));
        Claim { key: "nginx", place, words, alike }
    });
    let caddy = caddy.iter().map(|it| {
        let (place, words) = url(it.host.as_str(), &it.path);
        let alike = Some((it.host.to_string(), Alike::Caddy(it.tls)));
        Claim { key: "caddy", place, words, alike }
    });
    nginx.chain(caddy).collect()
}
