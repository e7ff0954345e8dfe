//! Ports that are open to more than the manifest seems to mean.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::address::bracketed;
use crate::plan::container::network::{HostPort, Protocol};
use crate::plan::expose::Interfaces;
use crate::plan::service::{PortRole, Workload};
use crate::problem::{Code, Problem};

use super::super::service_path;
use super::{Machines, Podman, allows};

/// Warns of ports that containers publish to more than their own host.
///
/// podman and docker forward them with rules that come before those of the host's firewall
/// (netavark's chains `NETAVARK-HOSTPORT-DNAT` and `nv_…_dnat` are prerouting, which `INPUT` never sees).
///
/// Without root podman listens like any other program, and the firewall guards the port.
pub(in super::super) fn warn_of_ports_past_the_firewall(
    shown: &Machines<'_>,
    written: &BTreeMap<String, model::service::Service>,
    problems: &mut Vec<Problem>,
) {
    const CODE: Code = Code::PortPastFirewall;
    let of_root = shown.machines.iter().filter(|it| it.podman == Podman::OfRoot);
    let mut reported = BTreeSet::new();
    for service in of_root.flat_map(|it| &it.services) {
        let name = &service.name;
        let Workload::Container(container) = &service.workload else { continue };
        if allows(written, name, CODE) {
            continue;
        }
        for (index, port) in container.ports.iter().enumerate() {
            // Who opens the firewall for everybody has said that everybody may come.
            let is_meant = port.host == HostPort::Own(PortRole::Public)
                && service
                    .expose
                    .firewall
                    .as_ref()
                    .is_some_and(|it| it.interfaces == Interfaces::All);
            if port.address.is_loopback() || is_meant {
                continue;
            }
            let number = match port.host {
                HostPort::Fixed(number) => Some(number),
                HostPort::Own(PortRole::Public) => service.port.map(|it| it.number),
                HostPort::Own(PortRole::Backend) => service.backend_port.map(|it| it.number),
            };
            // A port without a number has a problem of its own.
            let Some(number) = number.filter(|it| reported.insert((name, port.address, *it)))
            else {
                continue;
            };
            let protocol = match port.protocol {
                Protocol::Tcp => "TCP",
                Protocol::Udp => "UDP",
            };
            let service = service_path(name);
            let (container, ports) = (service.key("container"), "ports");
            problems.push(
                Problem::new(
                    CODE,
                    container.key(ports).index(index).key("address").at_value(),
                    format!(
                        "{protocol} port {number} of `{name}` is published on {}, past the firewall of the host",
                        bracketed(port.address)
                    ),
                )
                .hint(
                    "publish it on loopback and show it with `expose`, \
                     or accept that everybody reaches it with `allow = [\"US061\"]`",
                ),
            );
        }
    }
}
