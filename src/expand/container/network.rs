//! The networks of a container or pod, its ports and names.

use crate::directive::{self as d, Directive};
use crate::expand::own_port;
use crate::plan::address::bracketed;
use crate::plan::container::network::{
    Attachment, Dns, HostPort, Networking, Networks, Protocol, PublishedPort,
};
use crate::plan::service::Service;
use crate::plan::text::Text;
use crate::unit::Unit;

use super::texts;

/// The keys of a section for what containers and pods have alike.
pub(in crate::expand) struct Keys {
    network: &'static Directive,
    publish_port: &'static Directive,
    host_name: &'static Directive,
    add_host: &'static Directive,
    dns: &'static Directive,
    dns_search: &'static Directive,
    dns_option: &'static Directive,
}

/// The keys of `[Container]`.
pub(super) const OF_CONTAINER: Keys = Keys {
    network: &d::container::NETWORK,
    publish_port: &d::container::PUBLISH_PORT,
    host_name: &d::container::HOST_NAME,
    add_host: &d::container::ADD_HOST,
    dns: &d::container::DNS,
    dns_search: &d::container::DNS_SEARCH,
    dns_option: &d::container::DNS_OPTION,
};

/// The keys of `[Pod]`.
pub(in crate::expand) const OF_POD: Keys = Keys {
    network: &d::pod::NETWORK,
    publish_port: &d::pod::PUBLISH_PORT,
    host_name: &d::pod::HOST_NAME,
    add_host: &d::pod::ADD_HOST,
    dns: &d::pod::DNS,
    dns_search: &d::pod::DNS_SEARCH,
    dns_option: &d::pod::DNS_OPTION,
};

/// Assigns how a container or pod is reached, and what it reaches.
pub(in crate::expand) fn assign(
    unit: &mut Unit,
    keys: &Keys,
    networking: &Networking,
    published: Vec<Text>,
) {
    let Networking { networks, exposed_ports, hostname, hosts, dns } = networking;
    let networks = match networks {
        Networks::Usual => Vec::new(),
        Networks::None => vec!["none".into()],
        Networks::Host => vec!["host".into()],
        Networks::Joined(networks) => networks.iter().map(attached).collect(),
    };
    unit.assign_texts(keys.network, networks);
    unit.assign_texts(keys.publish_port, published);
    unit.assign_texts(&d::container::EXPOSE_HOST_PORT, texts(exposed_ports));
    unit.assign_text(keys.host_name, hostname.as_deref());
    let hosts = hosts.iter().map(|(name, address)| match address {
        Some(address) => Text::literal(format!("{name}:{address}")),
        None => Text::literal(format!("{name}:host-gateway")),
    });
    unit.assign_texts(keys.add_host, hosts.collect());
    let Dns { servers, search, options } = dns;
    let servers = servers.iter().map(|it| Text::literal(it.to_string())).collect();
    unit.assign_texts(keys.dns, servers);
    unit.assign_texts(keys.dns_search, texts(search));
    unit.assign_texts(keys.dns_option, texts(options));
}

/// The ports on which the host answers for a service, as podman-run(1) `--publish` takes them.
pub(in crate::expand) fn published(service: &Service, ports: &[PublishedPort]) -> Vec<Text> {
    ports.iter().map(|it| published_port(service, it)).collect()
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
fn published_port(service: &Service, port: &PublishedPort) -> Text {
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
