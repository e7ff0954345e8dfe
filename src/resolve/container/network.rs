//! The networks of a container, and the names that it knows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::manifest::model::container::network as written;
use crate::plan::container::network::{Attachment, Dns, Networking, Networks};
use crate::plan::name::is_plain;
use crate::plan::object::ObjectReference;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::{address, object};

use super::word::{self, Rule};

/// What the keys of a container or pod say of its networks.
pub(in crate::resolve) struct Written<'a> {
    pub(in crate::resolve) networks: &'a [written::Network],
    pub(in crate::resolve) exposed_ports: &'a [String],
    pub(in crate::resolve) hostname: Option<&'a str>,
    pub(in crate::resolve) hosts: &'a BTreeMap<String, String>,
    pub(in crate::resolve) dns: &'a written::Dns,
}

const HOST: Rule = Rule {
    is_one: |it| it.len() <= 253 && is_plain(it, b"_", b"_.-"),
    what: "the name of a host",
    hint: "letters, digits, `.`, `-` and `_`",
};

const DOMAIN: Rule = Rule {
    is_one: |it| it == "." || is_plain(it, b"_", b"_.-"),
    what: "a domain",
    hint: "like `home.arpa`, or `.` for none",
};

const RESOLVER_OPTION: Rule = Rule {
    is_one: |it| is_plain(it, b"", b":_-"),
    what: "an option of resolv.conf(5)",
    hint: "like `ndots:1`",
};

const EXPOSED: Rule =
    Rule { is_one: is_exposed, what: "a port", hint: "like `8080`, `53/udp` or `8000-8010`" };

/// Resolves how the container is reached, and what it reaches; `path` is that of the container or pod.
pub(in crate::resolve) fn resolve(
    written: Written<'_>,
    path: &Trail<'_>,
    scope: &object::Scope<'_>,
    needs: &mut BTreeSet<ObjectReference>,
    problems: &mut Vec<Problem>,
) -> Networking {
    let Written { networks, exposed_ports, hostname, hosts, dns } = written;
    let networks = resolve_networks(networks, &path.key("networks"), scope, needs, problems);
    let hosts_path = path.key("hosts");
    let hosts = hosts.iter().filter_map(|(name, address)| {
        let path = hosts_path.key(name);
        let name = word::word(name, &HOST, &path, problems);
        let address = match address.as_str() {
            "host-gateway" => Some(None),
            address => {
                address::parse::<IpAddr>(address, &address::OF_HOST, &path, problems).map(Some)
            }
        };
        name.zip(address)
    });
    let hosts = hosts.collect();
    let written::Dns { servers, search, options } = dns;
    let dns = path.key("dns");
    Networking {
        networks,
        exposed_ports: word::words(exposed_ports, &EXPOSED, &path.key("exposedPorts"), problems),
        hostname: word::optional(hostname, &HOST, &path.key("hostname"), problems),
        hosts,
        dns: Dns {
            servers: word::each(servers, &dns.key("servers"), |it, path| {
                address::parse(it, &address::OF_HOST, path, problems)
            }),
            search: word::words(search, &DOMAIN, &dns.key("search"), problems),
            options: word::words(options, &RESOLVER_OPTION, &dns.key("options"), problems),
        },
    }
}

fn resolve_networks(
    written: &[written::Network],
    path: &Trail<'_>,
    scope: &object::Scope<'_>,
    needs: &mut BTreeSet<ObjectReference>,
    problems: &mut Vec<Problem>,
) -> Networks {
    let mut joined =
        word::each(written, path, |it, path| attachment(it, path, scope, needs, problems));
    let alone = joined.iter().find(|it| ["none", "host"].contains(&it.name.as_str()));
    let Some(alone) = alone else {
        return if joined.is_empty() { Networks::Usual } else { Networks::Joined(joined) };
    };
    let name = alone.name.clone();
    let trouble = if joined.len() > 1 {
        Some((
            format!("a container with the network `{name}` joins no other"),
            "leave it alone in the list, or take it out",
        ))
    } else if joined.pop().is_some_and(|it| !it.is_plain()) {
        Some((format!("a container has no name or address in `{name}`"), "take them out"))
    } else {
        None
    };
    if let Some((message, hint)) = trouble {
        problems.push(Problem::new(Code::Pointless, path.at_value(), message).hint(hint));
    }
    if name == "none" { Networks::None } else { Networks::Host }
}

fn attachment(
    written: &written::Network,
    path: &Trail<'_>,
    scope: &object::Scope<'_>,
    needs: &mut BTreeSet<ObjectReference>,
    problems: &mut Vec<Problem>,
) -> Option<Attachment> {
    match written {
        written::Network::Name(name) => {
            let name = object::network(name, path, scope, needs, problems)?;
            Some(Attachment { name, aliases: Vec::new(), ip: None, ip6: None })
        }
        written::Network::Attachment(written::Attachment { name, external, aliases, ip, ip6 }) => {
            let name_path = path.key("name");
            let name = match external {
                true => object::resource_name("network", name, &name_path, problems),
                false => object::network(name, &name_path, scope, needs, problems),
            };
            let aliases = word::words(aliases, &HOST, &path.key("aliases"), problems);
            let ip = ip
                .as_deref()
                .and_then(|it| address::parse(it, &address::OF_IPV4, &path.key("ip"), problems));
            let ip6 = ip6
                .as_deref()
                .and_then(|it| address::parse(it, &address::OF_IPV6, &path.key("ip6"), problems));
            Some(Attachment { name: name?, aliases, ip, ip6 })
        }
    }
}

/// `PORT` or `FIRST-LAST`, with a protocol or without.
fn is_exposed(text: &str) -> bool {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let port = |it: &str| it.parse::<u16>().ok().filter(|port| *port > 0 && port.to_string() == it);
    let is_range = matches!((port(first), port(last)), (Some(first), Some(last)) if first <= last);
    is_range && ["tcp", "udp", "sctp"].contains(&protocol)
}
