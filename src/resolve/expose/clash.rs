//! Services that would be shown in one place.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::expose::{
    Caddy, CaddyTls, Cloudflared, Expose, Nginx, NginxTls, Reach, ServeProtocol, TailscaleServe,
    TsProxyInterface, UrlPath,
};
use crate::plan::name::{DomainName, ServiceName, TunnelName};
use crate::plan::service::Service;
use crate::problem::{Code, Problem};

use super::super::service_path;
use super::{MachineKind, Machines, allows};

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
    Nginx(&'a NginxTls),
    Caddy(CaddyTls),
    Port(ServeProtocol, Reach),
    Cloudflared(&'a TunnelName),
}

impl Alike<'_> {
    /// What it is called in the manifest.
    fn words(self) -> &'static str {
        match self {
            Alike::Nginx(_) | Alike::Caddy(_) => "`tls`",
            Alike::Port(..) => "protocol or `funnel`",
            Alike::Cloudflared(_) => "`tunnel`",
        }
    }
}

/// Refuses services of one machine that would be shown in one place, or under one name in two ways.
pub(in super::super) fn refuse(
    interface: TsProxyInterface,
    shown: &Machines<'_>,
    written: &BTreeMap<String, model::service::Service>,
    problems: &mut Vec<Problem>,
) {
    // Two services may meet on many machines, which is one problem.
    let mut reported = BTreeSet::new();
    let mut units = BTreeSet::new();
    let mut rules = BTreeSet::new();
    for machine in &shown.machines {
        refuse_units(interface, &machine.services, &mut units, problems);
        match machine.kind {
            MachineKind::Plain => {}
            MachineKind::Any | MachineKind::Nixos => {
                refuse_rules_of_nixos(&machine.services, written, &mut rules, problems);
            }
        }
        let mut places: BTreeMap<(&str, String), &ServiceName> = BTreeMap::new();
        let mut names: BTreeMap<(&str, String), (&ServiceName, Alike<'_>)> = BTreeMap::new();
        for service in &machine.services {
            for Claim { key, place, words, alike } in claims(service, interface) {
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
                    let words = alike.words();
                    let message = format!("`{name}` has another {words} here than in `{first}`");
                    (first, message, "write the same for both, or choose another name or port")
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

/// Refuses services whose units have the names of those through which another one is shown.
fn refuse_units(
    interface: TsProxyInterface,
    services: &[&Service],
    reported: &mut BTreeSet<String>,
    problems: &mut Vec<Problem>,
) {
    let mut refuse = |unit: String, by: &ServiceName, key: &str| {
        let taken = services.iter().find(|it| it.name.as_str() == unit);
        if let Some(other) = taken.filter(|_| reported.insert(unit.clone())) {
            let message =
                format!("`{unit}.service` is already the unit of `expose.{key}` of `{by}`");
            problems.push(
                Problem::new(Code::UnitClash, service_path(&other.name).at_key(), message)
                    .hint("rename the service"),
            );
        }
    };
    for service in services {
        let name = &service.name;
        if service.expose.tailscale_serve.is_some() {
            refuse(format!("tailscale-serve-{name}"), name, "tailscaleServe");
        }
        if service.expose.ts_proxy.is_some() && interface == TsProxyInterface::Flags {
            refuse(format!("ts-proxy-{name}"), name, "tsProxy");
        }
    }
    let shown = services.iter().find(|it| it.expose.ts_proxy.is_some());
    if let Some(service) = shown.filter(|_| interface == TsProxyInterface::File) {
        refuse("ts-proxy".to_owned(), &service.name, "tsProxy");
    }
}

/// NixOS has one rule of a tunnel for each name, so services cannot share one by different paths there
/// (nixpkgs nixos/modules/services/networking/cloudflared.nix, `ingress`).
fn refuse_rules_of_nixos<'a>(
    services: &[&'a Service],
    written: &BTreeMap<String, model::service::Service>,
    reported: &mut BTreeSet<&'a ServiceName>,
    problems: &mut Vec<Problem>,
) {
    let mut names: BTreeMap<&DomainName, &Cloudflared> = BTreeMap::new();
    for service in services {
        let Some(shown) = &service.expose.cloudflared else { continue };
        let name = &service.name;
        let first = *names.entry(&shown.host).or_insert(shown);
        // The same path twice is a problem on every machine.
        let is_alone = first.path == shown.path;
        if is_alone || allows(written, name, Code::TargetCannot) || !reported.insert(name) {
            continue;
        }
        let service = service_path(name);
        let expose = service.key("expose");
        problems.push(
            Problem::new(
                Code::TargetCannot,
                expose.key("cloudflared").key("path").at_value(),
                format!("cloudflared of NixOS has one path for `{}`", shown.host),
            )
            .hint("give the services names of their own, or accept it with `allow = [\"US060\"]`"),
        );
    }
}

fn claims(service: &Service, interface: TsProxyInterface) -> Vec<Claim<'_>> {
    let Expose { ts_proxy, nginx, caddy, tailscale_serve, cloudflared, firewall: _ } =
        &service.expose;
    let mut claims = Vec::new();
    let mut url = |key, host: &DomainName, path: &UrlPath, alike| {
        let place = format!("{host}{path}");
        let words = format!("`{place}`");
        claims.push(Claim { key, place, words, alike: Some((host.to_string(), alike)) });
    };
    if let Some(Nginx { host, path, tls, websockets: _ }) = nginx {
        url("nginx", host, path, Alike::Nginx(tls));
    }
    if let Some(Caddy { host, path, tls }) = caddy {
        url("caddy", host, path, Alike::Caddy(*tls));
    }
    if let Some(Cloudflared { tunnel, host, path }) = cloudflared {
        url("cloudflared", host, path, Alike::Cloudflared(tunnel));
    }
    if let Some(TailscaleServe { protocol, port, path, reach }) = tailscale_serve {
        let on = if path.is_root() { String::new() } else { format!("`{path}` on ") };
        let words = format!("{on}port {port} in the Tailscale network");
        let alike = Some((format!("port {port}"), Alike::Port(*protocol, *reach)));
        claims.push(Claim { key: "tailscaleServe", place: format!("{port}{path}"), words, alike });
    }
    if let Some(it) = ts_proxy {
        let name = it.name.as_ref().map_or(service.name.as_str(), |it| it.as_str());
        let slug = interface.slug(&service.name);
        let names = [(format!("name {name}"), name), (format!("slug {slug}"), &slug)];
        claims.extend(names.map(|(place, name)| Claim {
            key: "tsProxy",
            place,
            words: format!("`{name}` of ts-proxy"),
            alike: None,
        }));
    }
    claims
}
