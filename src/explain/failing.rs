//! Where to look when a service fails, as the very commands.

use crate::emit::{Containers, Place, Written};
use crate::plan::activation::Activation;
use crate::plan::service::{PortRole, Service, Workload};
use crate::plan::{Engine, NixosContainers, has_quadlet};
use crate::unit::Kind;

use super::Ground;

/// A command, and what it tells.
struct Hint {
    command: String,
    tells: &'static str,
}

/// Returns what to look at, in the order in which it tells most.
pub(super) fn of_service(ground: Ground<'_>, service: &Service, units: &[Written]) -> Vec<String> {
    let mut hints = of_all(ground, units);
    let of = |role| service.ports().find(|(it, _)| *it == role).map(|(_, port)| port.number);
    let listening = |port: u16, tells| Hint { command: format!("ss -ltnp sport = :{port}"), tells };
    match &service.activation {
        Activation::Socket(_) => {
            hints.extend(of(PortRole::Public).map(|port| {
                listening(port, "a refused connection: who has the port, if not systemd")
            }));
            hints.extend(of(PortRole::Backend).map(|port| {
                listening(
                    port,
                    "a connection that hangs or is reset: whether the service has its port",
                )
            }));
        }
        Activation::Boot | Activation::Once | Activation::Manual => {
            hints.extend(of(PortRole::Public).map(|port| listening(port, "who has the port")));
        }
        Activation::Schedule(_) => hints.push(Hint {
            command: format!("{} list-timers {}.timer", systemctl(ground), service.name),
            tells: "when it ran, and when it runs next",
        }),
    }
    if let Workload::Container(_) = service.workload {
        hints.extend(of_container(ground, service));
    }
    aligned(hints)
}

/// Returns what to look at for units that belong to no single service.
pub(super) fn of_units(ground: Ground<'_>, units: &[Written]) -> Vec<String> {
    let mut hints = of_all(ground, units);
    for Written { unit, .. } in units {
        let what = match unit.kind {
            Kind::Network | Kind::Volume | Kind::Pod => unit.kind.suffix(),
            Kind::Service
            | Kind::Socket
            | Kind::Timer
            | Kind::Target
            | Kind::Slice
            | Kind::Container
            | Kind::Image
            | Kind::Build => continue,
        };
        let command = format!("podman {what} inspect {}", unit.name);
        hints.push(Hint { command, tells: "what podman has made of it" });
    }
    aligned(hints)
}

fn of_all(ground: Ground<'_>, units: &[Written]) -> Vec<Hint> {
    let names: Vec<String> = units.iter().map(|it| it.unit.name_in_systemd()).collect();
    let services = names.iter().filter(|it| it.ends_with(".service"));
    let said = services.map(|it| format!("-u {it}")).collect::<Vec<_>>().join(" ");
    let user = if is_of_an_account(ground) { " --user" } else { "" };
    let mut hints = vec![Hint {
        command: format!("{} status {}", systemctl(ground), names.join(" ")),
        tells: "what is up, and how what is down has ended",
    }];
    if !said.is_empty() {
        hints.push(Hint {
            command: format!("journalctl{user} -b {said}"),
            tells: "what they said since the boot",
        });
    }
    hints
}

fn of_container(ground: Ground<'_>, service: &Service) -> Vec<Hint> {
    let engine = match (ground.place, ground.plan.nixos.containers) {
        (Place::Plain(host, _), _) => host.engine,
        (Place::Nixos(_), NixosContainers::Podman) => return vec![running("podman", service)],
        (Place::Nixos(_), NixosContainers::Docker) => return vec![running("docker", service)],
    };
    match engine {
        Engine::Docker(_) => vec![running("docker", service)],
        Engine::Podman(version) => {
            let mut hints = vec![running("podman", service)];
            let is_quadlet = matches!(ground.place, Place::Plain(_, Containers::Quadlets));
            if is_quadlet && has_quadlet(version) {
                let user = if is_of_an_account(ground) { " --user" } else { "" };
                hints.push(Hint {
                    command: format!(
                        "/usr/lib/systemd/system-generators/podman-system-generator{user} --dryrun"
                    ),
                    tells: "a service that systemd does not know: what Quadlet says of its file",
                });
            }
            hints
        }
    }
}

fn running(program: &str, service: &Service) -> Hint {
    let command = format!("{program} ps --all --filter name=^{}$", service.name);
    Hint { command, tells: "the container itself, also one that has ended" }
}

fn systemctl(ground: Ground<'_>) -> &'static str {
    if is_of_an_account(ground) { "systemctl --user" } else { "systemctl" }
}

/// Whether the manager of an account runs the services.
fn is_of_an_account(ground: Ground<'_>) -> bool {
    match ground.place {
        Place::Plain(host, _) => host.user.is_some(),
        Place::Nixos(_) => false,
    }
}

/// Each command with what it tells below it, because the commands are long.
fn aligned(hints: Vec<Hint>) -> Vec<String> {
    hints.into_iter().flat_map(|it| [it.command, format!("    {}", it.tells)]).collect()
}
