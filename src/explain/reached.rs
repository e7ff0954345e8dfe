//! The way of a request to a service.

use crate::emit::Written;
use crate::expand::entry_unit;
use crate::plan::activation::{Activation, Handoff, Listener};
use crate::plan::address::{LOOPBACK, bracketed};
use crate::plan::calendar::Calendar;
use crate::plan::container::network::{HostPort, Protocol};
use crate::plan::expose::{Cloudflared, Expose, Interfaces};
use crate::plan::name::ObjectName;
use crate::plan::schedule::Schedule;
use crate::plan::service::{PortRole, Service, Workload};
use crate::unit::Kind;

use super::{Ground, hanging, indented};

/// A place that a request comes through: its address, its unit, and what happens there.
struct Station {
    address: String,
    unit: String,
    what: String,
}

/// Returns the stations of a request in their order, and what belongs to them.
pub(super) fn stations(ground: Ground<'_>, service: &Service, units: &[Written]) -> Vec<String> {
    let mut stations = way(service, units);
    stations.extend(published(service));
    let widths = [
        stations.iter().map(|it| it.address.len()).max().unwrap_or(0),
        stations.iter().map(|it| it.unit.len()).max().unwrap_or(0),
    ];
    let line = |Station { address, unit, what }: &Station| {
        let first = format!("{address:<0$}  {unit:<1$}  ", widths[0], widths[1]);
        hanging(if widths[0] == 0 { first.trim_start() } else { &first }, what)
    };
    let mut lines: Vec<String> = stations.iter().flat_map(line).collect();
    lines.extend(indented(shown(&service.expose)));
    let needs: Vec<String> =
        service.depends_on.keys().map(|it| entry_unit(ground.plan, it)).collect();
    let mut also = Vec::new();
    if !needs.is_empty() {
        also.push(format!("it needs {}", needs.join(", ")));
    }
    if let Some(owner) = &service.companion_of {
        also.push(format!("it is a companion of {owner}, with which it starts, runs and stops"));
    }
    if let Some(pod) = pod(service) {
        also.push(format!(
            "it belongs to the pod {pod}, which starts before it and stays when it stops"
        ));
    }
    for group in &service.groups {
        also.push(format!("it belongs to {group}.target, which starts and stops all of its group"));
    }
    lines.extend(indented(also));
    lines
}

fn way(service: &Service, units: &[Written]) -> Vec<Station> {
    let name = &service.name;
    let workload = match service.workload {
        Workload::Process(_) | Workload::Flake => "the process",
        Workload::Container(_) => "the container",
    };
    let address = |address, role| {
        let port = service.ports().find(|(it, _)| *it == role);
        let number = port.map(|(_, port)| format!("{}:{}", bracketed(address), port.number));
        number.unwrap_or_default()
    };
    let station = |address: String, unit: String, what: String| Station { address, unit, what };
    let own = |what: String| {
        let address = match service.workload {
            Workload::Process(_) | Workload::Flake => address(service.address, PortRole::Public),
            // Its ports stand below, as they are published.
            Workload::Container(_) => String::new(),
        };
        vec![station(address, format!("{name}.service"), what)]
    };
    match &service.activation {
        Activation::Boot if service.companion_of.is_some() => {
            own(format!("{workload} runs as long as its owner"))
        }
        Activation::Boot => own(format!("{workload} runs from the boot on")),
        Activation::Once => own(format!("{workload} runs once after the boot, to its end")),
        Activation::Manual => {
            own(format!("{workload} runs when it is started by hand or by another service"))
        }
        Activation::Schedule(schedule) => vec![
            station(String::new(), format!("{name}.timer"), times(schedule)),
            station(
                String::new(),
                format!("{name}.service"),
                format!("{workload} runs to its end"),
            ),
        ],
        Activation::Socket(Listener { address: front, handoff }) => {
            let front = address(*front, PortRole::Public);
            let socket = station(front, format!("{name}.socket"), "systemd listens".to_owned());
            match handoff {
                Handoff::Fd => {
                    let what = format!(
                        "{workload} takes the socket (LISTEN_FDS), from the first connection until it \
                         exits by itself"
                    );
                    vec![socket, station(String::new(), format!("{name}.service"), what)]
                }
                Handoff::Proxy(proxy) => {
                    let what = format!(
                        "systemd-socket-proxyd, from the first connection until none for {}",
                        proxy.idle_timeout.systemd()
                    );
                    let back = address(LOOPBACK, PortRole::Backend);
                    let backend = units.iter().map(|it| &it.unit).find(|it| {
                        matches!(it.kind, Kind::Service | Kind::Container)
                            && it.name != name.as_str()
                    });
                    let backend = backend.map(|it| it.name_in_systemd()).unwrap_or_default();
                    vec![
                        socket,
                        station(String::new(), format!("{name}.service"), what),
                        station(back, backend, format!("{workload}, as long as the proxy runs")),
                    ]
                }
            }
        }
    }
}

fn times(schedule: &Schedule) -> String {
    let calendar = schedule.calendar.iter().map(Calendar::as_str).map(str::to_owned);
    let spans = [
        ("after the boot", schedule.after_boot),
        ("after its last start", schedule.every),
        ("after its last end", schedule.after_end),
    ];
    let spans =
        spans.into_iter().filter_map(|(what, span)| Some(format!("{} {what}", span?.systemd())));
    let all: Vec<String> = calendar.chain(spans).collect();
    format!("starts it at: {}", all.join("; "))
}

/// The ports of a container that the host answers on, but for the one behind a proxy, which is on the way.
fn published(service: &Service) -> Vec<Station> {
    let Workload::Container(container) = &service.workload else { return Vec::new() };
    let ports = container.ports.iter().filter_map(|port| {
        let number = match port.host {
            HostPort::Fixed(number) => number,
            HostPort::Own(PortRole::Backend) => return None,
            HostPort::Own(PortRole::Public) => service.port?.number,
        };
        let protocol = match port.protocol {
            Protocol::Tcp => "",
            Protocol::Udp => "/udp",
        };
        Some(Station {
            address: format!("{}:{number}{protocol}", bracketed(port.address)),
            unit: match pod(service) {
                Some(pod) => format!("{pod}-pod.service"),
                None => format!("{}.service", service.name),
            },
            what: format!("forwarded to port {} of the container", port.container),
        })
    });
    ports.collect()
}

/// The pod whose network the service shares, which publishes its ports.
fn pod(service: &Service) -> Option<&ObjectName> {
    match &service.workload {
        Workload::Container(container) => container.pod.as_ref(),
        Workload::Process(_) | Workload::Flake => None,
    }
}

/// Through what the service is reached from other machines.
fn shown(expose: &Expose) -> Vec<String> {
    let Expose { ts_proxy, nginx, caddy, tailscale_serve, cloudflared, firewall } = expose;
    let mut lines = Vec::new();
    if let Some(it) = nginx {
        lines.push(format!("nginx sends {}{} here", it.host, it.path));
    }
    if let Some(it) = caddy {
        lines.push(format!("Caddy sends {}{} here", it.host, it.path));
    }
    if let Some(it) = ts_proxy {
        let name = it.name.as_ref().map(|it| format!("`{it}`"));
        let name = name.unwrap_or_else(|| "the service".to_owned());
        lines.push(format!("ts-proxy shows {name} as a machine of the Tailscale network"));
    }
    if let Some(it) = tailscale_serve {
        lines.push(format!("tailscale serve sends port {} and {} here", it.port, it.path));
    }
    if let Some(Cloudflared { tunnel, host, path }) = cloudflared {
        lines.push(format!("the tunnel `{tunnel}` of Cloudflare sends {host}{path} here"));
    }
    if let Some(it) = firewall {
        let from = match &it.interfaces {
            Interfaces::All => "everywhere".to_owned(),
            Interfaces::Some(names) => {
                names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
        };
        lines.push(format!("the firewall lets its port through from {from}"));
    }
    lines
}
