//! Configuration files of the programs through which services of a host are shown.

use std::collections::BTreeMap;

use crate::expand::expose;
use crate::plan::address::bracketed;
use crate::plan::expose::{
    Caddy, Cloudflared, Nginx, TsProxyInterface, TsProxyProgram, Tunnel, WebSockets,
};
use crate::plan::service::Service;
use crate::plan::{PlainHost, Plan};
use crate::syntax::cloudflared::Rule;
use crate::syntax::nginx::Location;
use crate::syntax::ts_proxy::{Key, Server};
use crate::syntax::{self, caddy, cloudflared, nftables, nginx};

/// Returns the files by their paths below the directory of the host.
pub(super) fn files(plan: &Plan, host: &PlainHost, header: &str) -> Vec<(String, String)> {
    let services: Vec<&Service> = host.services.iter().map(|it| &plan.services[it]).collect();
    let mut files = nginx_files(&services, header);
    files.extend(caddy_files(&services, header));
    files.extend(cloudflared_files(plan, &services, header));
    files.extend(ts_proxy(plan, &services, header));
    files.extend(firewall(&services, header));
    files
}

/// A file for each virtual host, with the paths of all services that share it.
fn nginx_files(services: &[&Service], header: &str) -> Vec<(String, String)> {
    let mut hosts: BTreeMap<_, Vec<(&Nginx, String)>> = BTreeMap::new();
    for service in services {
        if let Some(it) = &service.expose.nginx {
            hosts.entry(&it.host).or_default().push((it, address(service)));
        }
    }
    let upgrades = |(it, _): &(&Nginx, String)| it.websockets == WebSockets::Yes;
    let has_websockets = hosts.values().flatten().any(upgrades);
    let shared = has_websockets.then(|| nginx::shared(header));
    let shared = shared.map(|it| (format!("nginx/{}", nginx::SHARED_FILE), it));
    let hosts = hosts.into_iter().map(|(host, mut paths)| {
        paths.sort_by_key(|(it, _)| &it.path);
        let tls = &paths[0].0.tls;
        let locations: Vec<Location<'_>> = paths
            .iter()
            .map(|(it, upstream)| Location { path: &it.path, websockets: it.websockets, upstream })
            .collect();
        let text = nginx::virtual_host(header, host, tls, &locations);
        (format!("nginx/{}.conf", host.file_name()), text)
    });
    shared.into_iter().chain(hosts).collect()
}

/// A file for each site, with the paths of all services that share it.
fn caddy_files(services: &[&Service], header: &str) -> Vec<(String, String)> {
    let mut hosts: BTreeMap<_, Vec<(&Caddy, String)>> = BTreeMap::new();
    for service in services {
        if let Some(it) = &service.expose.caddy {
            hosts.entry(&it.host).or_default().push((it, address(service)));
        }
    }
    let hosts = hosts.into_iter().map(|(host, mut paths)| {
        paths.sort_by_key(|(it, _)| &it.path);
        let first = paths[0].0;
        let handles = paths.iter().map(|(it, upstream)| {
            let lines = caddy::handle(&it.path, upstream.as_str().into());
            lines.as_literal().expect("an address of a plain host is a literal")
        });
        let lines = handles.fold(caddy::tls(first.tls).to_owned(), |all, it| all + &it);
        let text = caddy::site(header, &first.site(), &lines);
        (format!("caddy/{}.caddy", host.file_name()), text)
    });
    hosts.collect()
}

/// A file for each tunnel, with the rules of all services that name it.
fn cloudflared_files(plan: &Plan, services: &[&Service], header: &str) -> Vec<(String, String)> {
    let mut tunnels: BTreeMap<_, Vec<Rule<'_>>> = BTreeMap::new();
    for service in services {
        if let Some(Cloudflared { tunnel, host, path }) = &service.expose.cloudflared {
            let rule = Rule { host, path, upstream: address(service) };
            tunnels.entry(tunnel).or_default().push(rule);
        }
    }
    let files = tunnels.into_iter().map(|(name, rules)| {
        let Tunnel { credentials_file } = &plan.shown_by.tunnels[name];
        let text = cloudflared::tunnel(header, name, credentials_file, rules);
        (format!("cloudflared/{name}.yml"), text)
    });
    files.collect()
}

/// The file of ts-proxy, where it reads one.
fn ts_proxy(plan: &Plan, services: &[&Service], header: &str) -> Option<(String, String)> {
    let TsProxyProgram { interface, program: _, environment_file } = &plan.shown_by.ts_proxy;
    if *interface == TsProxyInterface::Flags {
        return None;
    }
    let servers = services.iter().filter_map(|service| {
        let shown = service.expose.ts_proxy.as_ref()?;
        Some(Server {
            slug: interface.slug(&service.name),
            name: shown.name.as_ref().map_or(service.name.as_str(), |it| it.as_str()),
            shown,
            upstream: address(service),
        })
    });
    let servers: Vec<Server<'_>> = servers.collect();
    let key = if environment_file.is_some() { Key::InEnvironment } else { Key::ByHand };
    let state = format!("/var/lib/{}", expose::TS_PROXY);
    let text =
        (!servers.is_empty()).then(|| syntax::ts_proxy::file(header, &state, key, &servers))?;
    Some((expose::TS_PROXY_FILE.trim_start_matches("/etc/").to_owned(), text))
}

/// The rules that let ports through.
fn firewall(services: &[&Service], header: &str) -> Option<(String, String)> {
    let open = services.iter().filter_map(|service| {
        let firewall = service.expose.firewall.as_ref()?;
        Some((&service.name, number(service), firewall))
    });
    let open: Vec<_> = open.collect();
    let text = (!open.is_empty()).then(|| nftables::accept(header, &open))?;
    Some(("nftables/unitsmith.nft".to_owned(), text))
}

/// The address on which users reach a service.
fn address(service: &Service) -> String {
    format!("{}:{}", bracketed(service.address), number(service))
}

fn number(service: &Service) -> u16 {
    service.port.expect("`resolve` refuses to show services without a port").number
}
