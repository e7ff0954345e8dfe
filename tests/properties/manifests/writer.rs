//! What is drawn, as a manifest has it.

use serde_json::{Map, Value, json};
use unitsmith::plan::version::Version;

use super::{ADDRESSES, Activation, Drawn, Piece, Workload};
use crate::properties::containers::{self, Beside};
use crate::properties::expose::Listens;
use crate::properties::pace::Starter;
use crate::properties::probes::{Probed, Probes};
use crate::support::json::literal;
use crate::support::nixos;

/// Writes one of the drawn services among the others.
pub(super) struct Writer<'a> {
    pub(super) names: &'a [&'static str],
    pub(super) drawn: &'a [Drawn],
    pub(super) index: usize,
    pub(super) hosts: &'a Value,
}

impl Writer<'_> {
    pub(super) fn service(&self) -> Value {
        let drawn = &self.drawn[self.index];
        let first_port = 10_000 + 10 * self.index;
        let is_proxied = matches!(drawn.activation, Activation::Proxy { .. });
        let mut environment: Map<String, Value> = Map::new();
        for (name, pieces) in &drawn.environment {
            // Quadlet cannot write this character, so it is a problem of a container.
            environment.insert((*name).to_owned(), self.text(pieces).replace('\u{80}', "").into());
        }
        if is_proxied && !drawn.is_backend_pinned {
            environment.insert("LISTEN".to_owned(), "${backendPort}".into());
        }
        // Earlier services only, so that no two wait for each other.
        let earlier = drawn.depends_on.iter().filter(|(it, _)| *it < self.index);
        let depends_on: Map<String, Value> = earlier
            .map(|(it, is_patient)| {
                let other = Writer { index: *it, ..*self };
                let is_ready = *is_patient && other.probes().readiness.is_some();
                let condition = if is_ready { "ready" } else { "started" };
                (self.names[*it].to_owned(), condition.into())
            })
            .collect();
        let Probes { readiness, liveness } = self.probes();
        let schedule = match &drawn.activation {
            Activation::Schedule(schedule) => Some(schedule),
            Activation::Unsaid
            | Activation::Boot
            | Activation::Manual
            | Activation::Fd { .. }
            | Activation::Proxy { .. } => None,
        };
        let mut service = json!({
            "description": drawn.description.as_deref().map(literal),
            "activation": activation(&drawn.activation),
            "schedule": schedule,
            "groups": drawn.groups,
            "allow": ["US043", "US060"],
            "environment": environment,
            "environmentFiles": drawn.environment_files.iter().map(|it| literal(it)).collect::<Vec<_>>(),
            "dependsOn": depends_on,
            "readiness": readiness,
            "liveness": liveness,
            "restart": drawn.pace.restart(self.starter()),
            "stop": drawn.pace.stop,
            "limits": drawn.pace.limits,
            // What is exposed has a port.
            "port": (drawn.is_pinned || drawn.expose.needs_port()).then_some(first_port),
            "backendPort": (is_proxied && drawn.is_backend_pinned).then_some(first_port + 1),
            "expose": drawn.expose.table(self.index, self.listens()),
            "hosts": self.hosts.as_object().filter(|it| !it.is_empty() && self.index.is_multiple_of(2))
                .map(|it| it.keys().collect::<Vec<_>>()),
        });
        merge(&mut service, &drawn.provision.common);
        self.workload(&drawn.workload, &mut service);
        without_nulls(service)
    }

    /// The probes that are no problem of such a service.
    fn probes(&self) -> Probes {
        let drawn = &self.drawn[self.index];
        drawn.probes.fit(Probed {
            is_job: matches!(drawn.activation, Activation::Schedule(_)),
            has_socket: matches!(drawn.activation, Activation::Fd { .. }),
            is_container: matches!(drawn.workload, Workload::Container { .. }),
            podman: self.podman(),
        })
    }

    /// The podman that runs the containers of the plain host.
    fn podman(&self) -> Version {
        let podman = self.hosts[nixos::HOST_NAME]["podman"].as_str().unwrap_or("5.4");
        Version::parse(podman).unwrap()
    }

    /// What starts the service, as far as its restart has to do with it.
    fn starter(&self) -> Starter {
        match self.drawn[self.index].activation {
            Activation::Fd { .. } | Activation::Proxy { .. } => Starter::Socket,
            Activation::Schedule(_) => Starter::Timer,
            Activation::Unsaid | Activation::Boot | Activation::Manual => Starter::Other,
        }
    }

    /// Where the service listens, as far as the manifest decides it.
    fn listens(&self) -> Listens {
        let drawn = &self.drawn[self.index];
        let address = match drawn.activation {
            Activation::Fd { address } | Activation::Proxy { address, .. } => address,
            Activation::Unsaid
            | Activation::Boot
            | Activation::Manual
            | Activation::Schedule(_) => match drawn.workload {
                Workload::Container { is_published: true, .. } => None,
                Workload::Container { .. } | Workload::Process { .. } => Some("0.0.0.0"),
            },
        };
        let is_loopback = address.is_none_or(|it| ["127.0.0.1", "::1"].contains(&it));
        if is_loopback { Listens::OnLoopback } else { Listens::Elsewhere }
    }

    fn workload(&self, workload: &Workload, service: &mut Value) {
        match workload {
            Workload::Process { program, arguments, directory, user, group } => {
                let mut command = vec![program.clone()];
                command.extend(arguments.iter().map(|it| Value::from(self.text(it))));
                let directory = directory.as_deref().map(literal);
                service["exec"] = json!({ "command": command, "workingDirectory": directory });
                for (key, text) in &self.drawn[self.index].provision.hooks {
                    service["exec"][*key] = json!([["/bin/hook", self.text(text)]]);
                }
                // What goes to a file is not looked for in the journal.
                if service["readiness"]["log"].is_null() {
                    let file = self.drawn[self.index].provision.log_file.as_deref();
                    service["exec"]["logFile"] = json!(file.map(literal));
                }
                merge(service, &self.drawn[self.index].provision.of_process);
                service["user"] = json!(user);
                service["group"] = json!(group);
            }
            Workload::Container {
                pull,
                command,
                is_published,
                ports,
                volumes,
                capabilities,
                keys,
            } => {
                // Quadlet loses empty words, so they are a problem.
                let command = command.iter().map(|it| self.text(it).replace('\u{80}', ""));
                let command = command.filter(|it| !it.is_empty());
                let has_socket = matches!(self.drawn[self.index].activation, Activation::Fd { .. });
                // A proxy has to reach its container.
                let is_proxied =
                    matches!(self.drawn[self.index].activation, Activation::Proxy { .. });
                let is_published = is_proxied || (*is_published && !has_socket);
                let own = is_published.then(|| json!({ "container": 80 }));
                let first_port = 10_002 + 10 * self.index;
                let ports = ports.iter().enumerate().map(|(number, (inside, protocol))| {
                    json!({ "container": inside, "protocol": protocol, "host": first_port + number,
                        "address": ADDRESSES[usize::from(*inside) % ADDRESSES.len()] })
                });
                let volumes = volumes.iter().map(|(source, target, read_only)| {
                    json!({ "source": literal(source), "target": literal(target), "readOnly": read_only,
                        "noDev": read_only, "noExec": !read_only, "noSuid": !read_only })
                });
                service["container"] = json!({
                    "image": "ghcr.io/example/image:1.0",
                    "pull": pull,
                    "command": command.collect::<Vec<_>>(),
                    "ports": own.into_iter().chain(ports).collect::<Vec<_>>(),
                    "volumes": volumes.collect::<Vec<_>>(),
                    "capabilities": { "add": capabilities.0, "drop": capabilities.1 },
                });
                let beside = Beside {
                    podman: self.podman(),
                    has_socket,
                    is_proxied,
                    is_job: matches!(self.drawn[self.index].activation, Activation::Schedule(_)),
                };
                containers::add(&mut service["container"], keys, &beside);
                self.probes().make_room(&mut service["container"]);
            }
        }
    }

    /// A text as the manifest has it; a reference that would be a problem is nothing.
    fn text(&self, pieces: &[Piece]) -> String {
        let is_proxied = matches!(self.drawn[self.index].activation, Activation::Proxy { .. });
        let mut text = String::new();
        let mut pending = String::new();
        for piece in pieces {
            let reference = match piece {
                Piece::Literal(it) => {
                    pending.push_str(it);
                    continue;
                }
                Piece::Port => "${port}".to_owned(),
                Piece::BackendPort if is_proxied => "${backendPort}".to_owned(),
                Piece::Other(other, field) if self.has_port(other % self.names.len()) => {
                    format!("${{services.{}.{field}}}", self.names[other % self.names.len()])
                }
                // Without hosts it is a specifier of systemd, and no text to compare.
                Piece::HostName if *self.hosts != json!({}) => "${host.name}".to_owned(),
                Piece::BackendPort | Piece::Other(..) | Piece::HostName => continue,
            };
            // No manifest can have a dollar right before a reference: `$${` stands for `${`.
            text.push_str(&literal(pending.trim_end_matches('$')));
            pending.clear();
            text.push_str(&reference);
        }
        text + &literal(&pending)
    }

    fn has_port(&self, index: usize) -> bool {
        let drawn = &self.drawn[index];
        let has_socket =
            matches!(drawn.activation, Activation::Fd { .. } | Activation::Proxy { .. });
        has_socket || drawn.is_pinned
    }
}

fn activation(activation: &Activation) -> Value {
    match activation {
        Activation::Unsaid | Activation::Schedule(_) => Value::Null,
        Activation::Boot => json!({ "on": "boot" }),
        Activation::Manual => json!({ "on": "manual" }),
        Activation::Fd { address } => {
            json!({ "on": "socket", "handoff": "fd", "address": address })
        }
        Activation::Proxy { address, idle, start } => json!({
            "on": "socket", "handoff": "proxy", "address": address,
            "idleTimeout": idle, "startTimeout": start,
        }),
    }
}

/// Takes out the keys that say nothing: a manifest has no null.
pub(super) fn without_nulls(value: Value) -> Value {
    let Value::Object(table) = value else { return value };
    let said = table.into_iter().filter(|(_, value)| !value.is_null());
    said.map(|(key, value)| (key, without_nulls(value))).collect::<Map<_, _>>().into()
}

/// Adds the keys of one table to another.
fn merge(table: &mut Value, more: &Value) {
    for (key, value) in more.as_object().unwrap() {
        table[key] = value.clone();
    }
}
