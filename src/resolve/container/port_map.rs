//! The ports of a container that the host answers on.

use crate::manifest::model::container::network as written;
use crate::plan::activation::{Activation, Handoff};
use crate::plan::address::LOOPBACK;
use crate::plan::container::network::{HostPort, Networking, Networks, Protocol, PublishedPort};
use crate::plan::service::PortRole;
use crate::plan::text::PortReference;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::text::{Texts, Use};
use crate::resolve::{address, port};

/// Resolves the published ports; `path` is that of the container.
pub(super) fn resolve(
    written: &[written::PublishedPort],
    networking: &Networking,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Option<Vec<PublishedPort>> {
    let ports_path = path.key("ports");
    let ports: Vec<Option<PublishedPort>> = written
        .iter()
        .enumerate()
        .map(|(index, port)| {
            let path = ports_path.index(index);
            published_port(port, activation, &path, texts, wanted, problems)
        })
        .collect();
    let ports: Option<Vec<PublishedPort>> = ports.into_iter().collect();
    // On the network of the host, the container listens where the proxy calls.
    if networking.networks != Networks::Host
        && let Some(ports) = &ports
    {
        check_own_ports(ports, activation, path, problems);
    }
    ports
}

fn published_port(
    written: &written::PublishedPort,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Option<PublishedPort> {
    let written::PublishedPort { container, host, address, protocol } = written;
    let inside = port::in_range(*container, &path.key("container"), problems);
    let address = match address {
        None => Some(LOOPBACK),
        Some(address) => {
            address::parse(address, &address::LISTENED_ON, &path.key("address"), problems)
        }
    };
    let protocol = match protocol {
        None | Some(written::Protocol::Tcp) => Protocol::Tcp,
        Some(written::Protocol::Udp) => Protocol::Udp,
    };
    let host = match (host, activation.map(Activation::handoff)) {
        (Some(number), _) => {
            let number = port::in_range(*number, &path.key("host"), problems)?;
            wanted.take(port::Taken { number, protocol, path: path.key("host").to_path() });
            HostPort::Fixed(number)
        }
        (None, Some(Some(Handoff::Fd))) => {
            problems.push(socket_has_it(path));
            return None;
        }
        (None, Some(Some(Handoff::Proxy(_)))) => HostPort::Own(PortRole::Backend),
        (None, Some(None)) => HostPort::Own(PortRole::Public),
        (None, None) => return None,
    };
    if let HostPort::Own(role) = host {
        let reference = PortReference { service: texts.own.clone(), role };
        texts.uses.push(Use { by: texts.own.clone(), reference, path: path.to_path() });
    }
    Some(PublishedPort { address: address?, host, container: inside?, protocol })
}

/// The service's own port is published once, and a proxy has to find its backend behind it.
fn check_own_ports(
    ports: &[PublishedPort],
    activation: Option<&Activation>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let own: Vec<&PublishedPort> =
        ports.iter().filter(|it| matches!(it.host, HostPort::Own(_))).collect();
    if let [_, _, ..] = own[..] {
        problems.push(
            Problem::new(
                Code::PortTaken,
                path.key("ports").at_value(),
                "two ports of the container are published on the service's own port",
            )
            .hint("give all but one of them a `host` port"),
        );
    }
    let is_reachable = own.iter().any(|it| {
        it.protocol == Protocol::Tcp && (it.address.is_loopback() || it.address.is_unspecified())
    });
    if activation.is_some_and(Activation::is_proxied) && !is_reachable {
        problems.push(
            Problem::new(
                Code::NoPort,
                path.key("ports").at_value(),
                "the proxy cannot reach the container: nothing is published on its backend port",
            )
            .hint(
                "write `ports = [{ container = PORT }]`: TCP, on loopback, without a `host` port",
            ),
        );
    }
}

fn socket_has_it(path: &Trail<'_>) -> Problem {
    Problem::new(
        Code::PortTaken,
        path.at_value(),
        "the socket of the service already listens on its port, so the container cannot publish it",
    )
    .hint("take it out: with `handoff = \"fd\"` the container is given the socket and publishes nothing")
}
