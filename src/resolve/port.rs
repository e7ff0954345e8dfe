//! The ports of all services: who wants one, which is it, and who wanted one in vain.

use std::collections::BTreeMap;

use crate::plan::activation::Activation;
use crate::plan::container::network::Protocol;
use crate::plan::name::ServiceName;
use crate::plan::service::{Port, PortOrigin, PortRole, Service};
use crate::plan::text::PortReference;
use crate::ports::{self, Request};
use crate::problem::{Code, Path, Problem, Trail};

use super::host::RunsOn;
use super::text::Use;
use super::{pointless, service_path};

/// The ports that the services ask for.
#[derive(Default)]
pub(super) struct Wanted {
    keys: BTreeMap<String, PortReference>,
    /// Fixed ports with the place that fixes each.
    pins: BTreeMap<String, (u16, Path)>,
    taken: Vec<Taken>,
    /// Uses of other services' ports, to be checked once every service is known.
    uses: Vec<Use>,
}

/// A port of the host that a manifest uses without a key.
pub(super) struct Taken {
    pub(super) number: u16,
    pub(super) protocol: Protocol,
    pub(super) path: Path,
}

impl Wanted {
    /// Notes all that other services ask for.
    pub(super) fn append(&mut self, others: Wanted) {
        let Wanted { keys, pins, taken, uses } = others;
        self.keys.extend(keys);
        self.pins.extend(pins);
        self.taken.extend(taken);
        self.uses.extend(uses);
    }

    /// Notes what a service asks for on one of its hosts beyond what it asks for on all.
    ///
    /// A port that both publish is published once on each host.
    pub(super) fn append_variant(&mut self, variant: Wanted) {
        let Wanted { keys, pins: _, taken, uses } = variant;
        self.keys.extend(keys);
        for more in taken {
            let is_same = |it: &Taken| it.number == more.number && it.protocol == more.protocol;
            if !self.taken.iter().any(is_same) {
                self.taken.push(more);
            }
        }
        self.uses.extend(uses);
    }

    /// Notes a port that no service may be given.
    pub(super) fn take(&mut self, taken: Taken) {
        self.taken.push(taken);
    }
}

/// The ports that the manifest fixes for a service.
pub(super) struct Pins {
    port: Pin,
    backend_port: Pin,
}

/// A key that may fix a port.
enum Pin {
    Absent,
    /// The key is there but its number is no port.
    Wrong,
    Number(u16),
}

impl Pins {
    /// Parses the ports that a service fixes; `path` is that of the service.
    pub(super) fn resolve(
        port: Option<i64>,
        backend_port: Option<i64>,
        path: &Trail<'_>,
        is_damaged: &dyn Fn(&Trail<'_>) -> bool,
        problems: &mut Vec<Problem>,
    ) -> Pins {
        let mut pin = |written: Option<i64>, key: &str| match written {
            // A number that could not be read is there all the same.
            None if is_damaged(&path.key(key)) => Pin::Wrong,
            None => Pin::Absent,
            Some(written) => {
                in_range(written, &path.key(key), problems).map_or(Pin::Wrong, Pin::Number)
            }
        };
        Pins { port: pin(port, "port"), backend_port: pin(backend_port, "backendPort") }
    }
}

impl Pin {
    fn is_present(&self) -> bool {
        !matches!(self, Pin::Absent)
    }
}

/// What decides which ports a service has.
pub(super) struct Demand<'a> {
    pub(super) name: &'a ServiceName,
    pub(super) activation: &'a Activation,
    pub(super) pins: Pins,
    pub(super) uses: Vec<Use>,
    /// Where something outside the service sends to its port.
    pub(super) exposed: Option<Trail<'a>>,
    /// Whether the service could be read whole, so that what is not there is missing.
    pub(super) is_sound: bool,
}

/// Notes which ports a service wants: a socket's, a pinned one, and those that its own texts use.
pub(super) fn want(
    demand: Demand<'_>,
    path: &Trail<'_>,
    wanted: &mut Wanted,
    problems: &mut Vec<Problem>,
) {
    let Demand { name, activation, pins, uses, exposed, is_sound } = demand;
    let (own, foreign): (Vec<Use>, Vec<Use>) =
        uses.into_iter().partition(|it| it.reference.service == *name);
    wanted.uses.extend(foreign);
    let uses_role = |role| own.iter().find(|it| it.reference.role == role);
    let has_socket = matches!(activation, Activation::Socket(_));
    if has_socket || pins.port.is_present() || uses_role(PortRole::Public).is_some() {
        wanted.add(name, PortRole::Public);
    } else if let Some(exposed) = exposed.filter(|_| is_sound) {
        problems.push(
            Problem::new(
                Code::NoPort,
                exposed.at_key(),
                format!("`{name}` is exposed but nothing tells it to listen on a port"),
            )
            .hint(
                "use `${port}` in its command or environment (a container publishes it with `ports`), \
                 or pin `port` to the one that it is configured with",
            ),
        );
    }
    wanted.pin(name, PortRole::Public, &pins.port, &path.key("port"));
    let backend_path = path.key("backendPort");
    if activation.is_proxied() {
        wanted.add(name, PortRole::Backend);
        wanted.pin(name, PortRole::Backend, &pins.backend_port, &backend_path);
        if is_sound && !pins.backend_port.is_present() && uses_role(PortRole::Backend).is_none() {
            problems.push(
                Problem::new(
                    Code::NoPort,
                    path.key("activation").at_key(),
                    format!("nothing tells `{name}` to listen on its backend port"),
                )
                .hint(
                    "use `${backendPort}` in its command or environment (a container publishes it with \
                     `ports`), or pin `backendPort` to the port that it is configured with",
                ),
            );
        }
    } else if pins.backend_port.is_present() {
        problems.push(pointless(path, "backendPort", "only a proxy has a backend"));
    } else if let Some(wrong) = uses_role(PortRole::Backend) {
        problems.push(
            Problem::new(
                Code::NoPort,
                wrong.path.at_value(),
                format!("`{name}` has no backend port: only `handoff = \"proxy\"` has one"),
            )
            .hint("`${port}` is the port of the service"),
        );
    }
}

impl Wanted {
    fn add(&mut self, service: &ServiceName, role: PortRole) {
        let reference = PortReference { service: service.clone(), role };
        self.keys.insert(reference.key(), reference);
    }

    fn pin(&mut self, service: &ServiceName, role: PortRole, pin: &Pin, path: &Trail<'_>) {
        if let Pin::Number(number) = pin {
            let key = PortReference { service: service.clone(), role }.key();
            self.pins.insert(key, (*number, path.to_path()));
        }
    }
}

/// Parses a port.
pub(super) fn in_range(written: i64, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<u16> {
    let port = u16::try_from(written).ok().filter(|it| *it != 0);
    if port.is_none() {
        problems.push(
            Problem::new(Code::PortRange, path.at_value(), format!("{written} is not a port"))
                .hint("a port is 1 to 65535; leave it out and a stable one is given"),
        );
    }
    port
}

/// Gives every port its number.
pub(super) fn allocate(
    services: &mut BTreeMap<ServiceName, Service>,
    wanted: Wanted,
    runs_on: &RunsOn,
    lock: &BTreeMap<String, u16>,
    problems: &mut Vec<Problem>,
) {
    let Wanted { keys, pins, taken, uses } = wanted;
    refuse_ports_used_twice(&pins, &taken, problems);
    for it in uses.iter().filter(|it| services.contains_key(&it.reference.service)) {
        if keys.contains_key(&it.reference.key()) {
            refuse_absent(it, runs_on, problems);
        } else {
            problems.push(without_port(it));
        }
    }
    let request = Request {
        keys: keys.keys().cloned().collect(),
        pins: pins.iter().map(|(key, (port, _))| (key.clone(), *port)).collect(),
        taken: taken.iter().map(|it| it.number).collect(),
        lock: lock.clone(),
    };
    let Some(numbers) = ports::allocate(&request) else {
        problems.push(
            Problem::new(
                Code::NoPort,
                super::SERVICES.at_key(),
                "there are more services than ports",
            )
            .hint("split the manifest"),
        );
        return;
    };
    for (key, reference) in keys {
        let Some(service) = services.get_mut(&reference.service) else { continue };
        let number = numbers[&key];
        let origin = if pins.contains_key(&key) {
            PortOrigin::Pinned
        } else if ports::candidates(&key).next() == Some(number) {
            PortOrigin::Hashed
        } else {
            PortOrigin::Moved
        };
        let port = Some(Port { number, origin });
        match reference.role {
            PortRole::Public => service.port = port,
            PortRole::Backend => service.backend_port = port,
        }
    }
}

fn without_port(it: &Use) -> Problem {
    let service = &it.reference.service;
    Problem::new(Code::NoPort, it.path.at_value(), format!("`{service}` has no port")).hint(
        format!(
            "give it one: a socket, a `port`, or `${{port}}` in its command or environment (`{}`)",
            service_path(service)
        ),
    )
}

/// A port is one of the same host: where the other service does not run, nobody listens on it.
fn refuse_absent(it: &Use, runs_on: &RunsOn, problems: &mut Vec<Problem>) {
    let service = &it.reference.service;
    let lonely =
        runs_on.iter().find(|(_, running)| running.contains(&it.by) && !running.contains(service));
    if let Some((host, _)) = lonely {
        problems.push(
            Problem::new(
                Code::UnknownName,
                it.path.at_value(),
                format!("`{service}` does not run on `{host}`, where `{}` uses its port", it.by),
            )
            .hint("give both services the same `hosts`, or write the address of the other host"),
        );
    }
}

fn refuse_ports_used_twice(
    pins: &BTreeMap<String, (u16, Path)>,
    taken: &[Taken],
    problems: &mut Vec<Problem>,
) {
    let mut seen: BTreeMap<(u16, Protocol), &Path> = BTreeMap::new();
    let pinned = pins.values().map(|(number, path)| (*number, Protocol::Tcp, path));
    let published = taken.iter().map(|it| (it.number, it.protocol, &it.path));
    for (number, protocol, path) in pinned.chain(published) {
        if let Some(first) = seen.insert((number, protocol), path) {
            problems.push(
                Problem::new(
                    Code::PortTaken,
                    path.at_value(),
                    format!("port {number} is already used by `{first}`"),
                )
                .hint("choose another, or leave one of them out and a stable one is given"),
            );
        }
    }
}
