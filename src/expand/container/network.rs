//! The networks of a container, its ports and names.

use crate::directive as d;
use crate::expand::own_port;
use crate::plan::address::bracketed;
use crate::plan::container::network::{
    Attachment, Dns, HostPort, Networking, Networks, Protocol, PublishedPort,
};
use crate::plan::service::Service;
use crate::plan::text::Text;
use crate::unit::Unit;

use super::texts;

/// Assigns how the container is reached, and what it reaches.
pub(super) fn assign(
    unit: &mut Unit,
    service: &Service,
    networking: &Networking,
    ports: &[PublishedPort],
) {
    let Networking { networks, exposed_ports, hostname, hosts, dns } = networking;
    let networks = match networks {
        Networks::Usual => Vec::new(),
        Networks::None => vec!["none".into()],
        Networks::Host => vec!["host".into()],
        Networks::Joined(networks) => networks.iter().map(attached).collect(),
    };
    unit.assign_texts(&d::container::NETWORK, networks);
    let ports = ports.iter().map(|it| published(service, it)).collect();
    unit.assign_texts(&d::container::PUBLISH_PORT, ports);
    unit.assign_texts(&d::container::EXPOSE_HOST_PORT, texts(exposed_ports));
    unit.assign_text(&d::container::HOST_NAME, hostname.as_deref());
    let hosts = hosts.iter().map(|(name, address)| match address {
        Some(address) => Text::literal(format!("{name}:{address}")),
        None => Text::literal(format!("{name}:host-gateway")),
    });
    unit.assign_texts(&d::container::ADD_HOST, hosts.collect());
    let Dns { servers, search, options } = dns;
    let servers = servers.iter().map(|it| Text::literal(it.to_string())).collect();
    unit.assign_texts(&d::container::DNS, servers);
    unit.assign_texts(&d::container::DNS_SEARCH, texts(search));
    unit.assign_texts(&d::container::DNS_OPTION, texts(options));
}

/// `NAME:OPTION=VALUE,…`, of podman-run(1) `--network`.
fn attached(attachment: &Attachment) -> Text {
    let Attachment { name, aliases, ip, ip6 } = attachment;
    let aliases = aliases.iter().map(|it| format!("alias={it}"));
    let ip = ip.map(|it| format!("ip={it}"));
    let ip6 = ip6.map(|it| format!("ip6={it}"));
    let options: Vec<String> = aliases.chain(ip).chain(ip6).collect();
    if options.is_empty() {
        return Text::literal(name.as_str());
    }
    Text::literal(format!("{name}:{}", options.join(",")))
}

/// `ADDRESS:HOST:CONTAINER/PROTOCOL`, of podman-run(1) `--publish`.
fn published(service: &Service, port: &PublishedPort) -> Text {
    let PublishedPort { address, host, container, protocol } = port;
    let suffix = match protocol {
        Protocol::Tcp => "",
        Protocol::Udp => "/udp",
    };
    let host = match host {
        HostPort::Fixed(number) => Text::literal(number.to_string()),
        HostPort::Own(role) => own_port(service, *role),
    };
    Text::literal(format!("{}:", bracketed(*address)))
        .then(host)
        .then(Text::literal(format!(":{container}{suffix}")))
}
