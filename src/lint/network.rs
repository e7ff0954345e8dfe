//! Ports, and who reaches them.

use std::collections::BTreeSet;

use super::{Findings, Subject, family};
use crate::plan::activation::Activation;
use crate::plan::address::bracketed;
use crate::plan::container::network::{HostPort, Networks, Protocol};
use crate::plan::expose::{CaddyTls, Interfaces, NginxTls};
use crate::plan::process::Lifetime;
use crate::plan::raw::Section;
use crate::plan::service::PortRole;

family! {
    PortPastFirewall "US061" Service(port_past_firewall),
    EphemeralListener "US231" Service(ephemeral_listener),
    LowPort "US232" Service(low_port),
    HostNetwork "US233" Service(host_network),
    SocketForEverybody "US234" Service(socket_for_everybody),
    WaitsForOnline "US235" Service(waits_for_online),
    PlainHttp "US236" Service(plain_http),
}

/// podman and docker forward published ports with rules that come before those of the host's firewall
/// (netavark's chains `NETAVARK-HOSTPORT-DNAT` and `nv_…_dnat` are prerouting, which `INPUT` never sees).
///
/// Without root podman listens like any other program, and the firewall guards the port.
fn port_past_firewall(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    if !it.runs_as().contains(&None) {
        return;
    }
    let service = it.service;
    let mut reported = BTreeSet::new();
    for (index, port) in container.ports.iter().enumerate() {
        // Who opens the firewall for everybody has said that everybody may come.
        let is_meant = port.host == HostPort::Own(PortRole::Public) && is_open_to_all(it);
        if port.address.is_loopback() || is_meant {
            continue;
        }
        let number = match port.host {
            HostPort::Fixed(number) => Some(number),
            HostPort::Own(PortRole::Public) => service.port.map(|it| it.number),
            HostPort::Own(PortRole::Backend) => service.backend_port.map(|it| it.number),
        };
        let number = number.filter(|it| reported.insert((port.address, *it)));
        let Some(number) = number else { continue };
        let protocol = match port.protocol {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
        };
        let mut place = it.at_index(["container", "ports"], index);
        place.path.0.push(crate::problem::Step::Key("address".to_owned()));
        findings.add(
            place,
            format!(
                "{protocol} port {number} of `{}` is published on {}, past the firewall of the host",
                service.name,
                bracketed(port.address)
            ),
            "publish it on loopback and show it with `expose`, \
             or accept that everybody reaches it with `allow = [\"US061\"]`",
        );
    }
}

/// Whether the service says that the firewall lets everybody through.
fn is_open_to_all(it: &Subject<'_>) -> bool {
    it.service.expose.firewall.as_ref().is_some_and(|it| it.interfaces == Interfaces::All)
}

/// The ports from which the kernel takes those of outgoing connections
/// (Documentation/networking/ip-sysctl.rst, `ip_local_port_range`).
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32_768..=60_999;

fn ephemeral_listener(it: &Subject<'_>, findings: &mut Findings) {
    for key in ["ListenDatagram", "ListenStream"] {
        for line in it.raw(Section::Socket, key).iter().flat_map(|it| &it.lines) {
            let port = line.rsplit_once(':').map_or(line.as_str(), |(_, port)| port);
            let Ok(port) = port.parse::<u16>() else { continue };
            let is_reserved = it.service.ports().any(|(_, own)| own.number == port);
            if EPHEMERAL.contains(&port) && !is_reserved {
                findings.add(
                    it.at(["systemd", "socket", key]),
                    format!(
                        "an outgoing connection may have taken {port} before the socket opens it"
                    ),
                    "take a port below 32768, or reserve it in `net.ipv4.ip_local_reserved_ports`",
                );
            }
        }
    }
}

fn low_port(it: &Subject<'_>, findings: &mut Findings) {
    let Some(process) = it.process() else { return };
    let Some(port) = it.service.port.filter(|it| it.number < 1024) else { return };
    // systemd opens the socket as root.
    if it.listener().is_some() || process.account.is_root() {
        return;
    }
    let may = ["AmbientCapabilities", "CapabilityBoundingSet"]
        .into_iter()
        .filter_map(|key| it.raw(Section::Service, key))
        .any(|raw| raw.lines.iter().any(|it| it.contains("CAP_NET_BIND_SERVICE")));
    if !may {
        let account = match (process.account.lifetime, &process.account.user) {
            (Lifetime::Permanent, Some(user)) => format!("`{user}`"),
            (Lifetime::Permanent | Lifetime::Dynamic, _) => "its account".to_owned(),
        };
        findings.add(
            it.at(["port"]),
            format!("{account} may not listen on port {}", port.number),
            "add `systemd.service.AmbientCapabilities = \"CAP_NET_BIND_SERVICE\"`, or take a port from 1024 on",
        );
    }
}

fn host_network(it: &Subject<'_>, findings: &mut Findings) {
    if it.container().is_some_and(|it| it.networking.networks == Networks::Host) {
        findings.add(
            it.at(["container", "networks"]),
            format!("`{}` reaches whatever listens on loopback of its host", it.service.name),
            "publish its ports on a network of its own, unless it must hear what is said to all",
        );
    }
}

fn socket_for_everybody(it: &Subject<'_>, findings: &mut Findings) {
    let Some(listener) = it.listener() else { return };
    if listener.address.is_unspecified() && it.service.expose.firewall.is_none() {
        findings.add(
            it.at(["activation", "address"]),
            "on NixOS nobody gets past the firewall, and elsewhere everybody does",
            "say who may come with `expose.firewall`, or leave `address` out and show it with `expose`",
        );
    }
}

fn waits_for_online(it: &Subject<'_>, findings: &mut Findings) {
    for key in ["After", "BindsTo", "Requires", "Requisite", "Wants"] {
        let lines = it.raw(Section::Unit, key).map(|it| it.lines.as_slice()).unwrap_or_default();
        let mut names = lines.iter().flat_map(|it| it.split_whitespace());
        if it.service.activation == Activation::Boot
            && names.any(|it| it == "network-online.target")
        {
            findings.add(
                it.at(["systemd", "unit", key]),
                "`network-online.target` waits for every link, for two minutes where a cable is out",
                "take it out and let the service try again: `restart.policy = \"on-failure\"`",
            );
            return;
        }
    }
}

fn plain_http(it: &Subject<'_>, findings: &mut Findings) {
    let expose = &it.service.expose;
    let shown = [
        ("nginx", expose.nginx.as_ref().filter(|it| it.tls == NginxTls::Off).map(|it| &it.host)),
        ("caddy", expose.caddy.as_ref().filter(|it| it.tls == CaddyTls::Off).map(|it| &it.host)),
    ];
    for (server, host) in shown {
        if let Some(host) = host {
            findings.add(
                it.at(["expose", server, "tls"]),
                format!("what goes to and from `{host}` can be read on the way"),
                "take `tls` out, or let a proxy in front of it do TLS and say so with `allow`",
            );
        }
    }
}
