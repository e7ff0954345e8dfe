//! Manifests without problems, over everything that a manifest may say.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use unitsmith::plan::version::Version;
use unitsmith::syntax::nasty::NASTY;

use super::schedules::any_schedule;
use crate::support::json::{Entries, literal};
use crate::support::nixos;

use super::containers::{self, Beside};
use super::expose::{self, Listens, any_expose, any_programs};
use super::groups::{any_groups, any_membership};
use super::pace::{Pace, Starter, any_pace};
use super::provision::{Provision, any_provision};

mod objects;

/// A service as it is drawn; what would be a problem beside the others is left out when it is written.
#[derive(Debug, Clone)]
struct Drawn {
    activation: Activation,
    description: Option<String>,
    groups: Vec<&'static str>,
    environment: Vec<(&'static str, Vec<Piece>)>,
    environment_files: Vec<String>,
    depends_on: Vec<usize>,
    pace: Pace,
    provision: Provision,
    is_pinned: bool,
    is_backend_pinned: bool,
    expose: expose::Drawn,
    workload: Workload,
}

#[derive(Debug, Clone)]
enum Activation {
    Unsaid,
    Boot,
    Manual,
    Schedule(Value),
    Fd { address: Option<&'static str> },
    Proxy { address: Option<&'static str>, idle: Option<&'static str>, start: Option<&'static str> },
}

#[derive(Debug, Clone)]
enum Workload {
    Process {
        program: Value,
        arguments: Vec<Vec<Piece>>,
        directory: Option<String>,
        user: Option<&'static str>,
        group: Option<&'static str>,
    },
    Container {
        pull: Option<&'static str>,
        command: Vec<Vec<Piece>>,
        /// Whether the port of the service is published, and further ports of the host.
        is_published: bool,
        ports: Vec<(u16, &'static str)>,
        volumes: Vec<(String, String, bool)>,
        capabilities: (Vec<&'static str>, Vec<&'static str>),
        keys: Value,
    },
}

/// A piece of a text with references.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Literal(String),
    Port,
    BackendPort,
    /// The port or the address of another service, by its number.
    Other(usize, &'static str),
    HostName,
}

const NAMES: &[&str] = &[
    "web",
    "x-y",
    "u_v",
    "0",
    "let",
    "or",
    "rec",
    "true",
    "null",
    "if",
    "inherit",
    "a-long-name-of-a-service",
];
const VARIABLES: &[&str] = &["A", "_b", "rec", "true", "HOME", "PATH", "TZDIR", "LANG"];
const ADDRESSES: &[&str] = &["127.0.0.1", "0.0.0.0", "::1", "::", "192.0.2.1"];
pub(super) const DURATIONS: &[&str] = &["0s", "500ms", "90s", "30min", "1h30min", "2d"];
const CAPABILITIES: &[&str] = &["ALL", "CHOWN", "CAP_SETUID", "NET_RAW"];
const USERS: &[&str] = &["root", "web", "_x-y", "1000"];

/// A manifest that has no problem.
pub(super) fn any_manifest() -> impl Strategy<Value = Value> {
    let names = subsequence(NAMES, 1..=5).prop_shuffle();
    let head = (any_nixos(), any_hosts(), any_groups(), objects::any_objects(), any_programs());
    (names, prop::collection::vec(any_service(), 5), head).prop_map(|(names, drawn, head)| {
        let (nixos, hosts, groups, objects, (ts_proxy, cloudflared)) = head;
        let services = names.iter().enumerate().map(|(index, name)| {
            let service = Writer { names: &names, drawn: &drawn, index, hosts: &hosts }.service();
            ((*name).to_owned(), service)
        });
        let services: Map<String, Value> = services.collect();
        let mut manifest = without_nulls(json!({
            "nixos": nixos,
            "hosts": hosts,
            "tsProxy": ts_proxy,
            "cloudflared": cloudflared,
            "groups": groups,
            "services": services,
        }));
        objects::add(&mut manifest, &objects);
        manifest
    })
}

/// Orders the keys of tables in a way that depends on the seed.
pub(super) fn any_order(seed: u64) -> impl FnMut(&mut Entries<'_>) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |entries| {
        for index in (1..entries.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let other = usize::try_from(state >> 33).unwrap() % (index + 1);
            entries.swap(index, other);
        }
    }
}

fn any_nixos() -> impl Strategy<Value = Value> {
    let prefix = select(&[None, Some("services"), Some("homelab.or"), Some("rec")][..]);
    let ports = select(&[None, Some("literal"), Some("networking.ports")][..]);
    (prefix, ports)
        .prop_map(|(prefix, ports)| without_nulls(json!({ "prefix": prefix, "ports": ports })))
}

fn any_hosts() -> impl Strategy<Value = Value> {
    let releases = select(&["24.05", "24.11", "25.05", "25.11"][..]);
    // The generator of podman 5.4 reads what these versions have.
    let podman = select(&["4.3", "4.4", "4.6.1", "4.7", "5.0", "5.4"][..]);
    let systemd = select(&[254, 255, 257][..]);
    let declared = (releases, systemd, podman).prop_map(|(release, systemd, podman)| {
        let plain = json!({ "systemd": systemd, "podman": podman });
        json!({ "alcove": { "nixos": release }, nixos::HOST_NAME: plain })
    });
    prop_oneof![1 => Just(json!({})), 3 => declared]
}

fn any_service() -> impl Strategy<Value = Drawn> {
    let variable = subsequence(VARIABLES, 0..=3);
    let environment = (variable, prop::collection::vec(any_text(), 3))
        .prop_map(|(names, texts)| names.into_iter().zip(texts).collect());
    let head = (
        any_activation(),
        prop::option::of(any_line()),
        environment,
        prop::collection::vec(
            any_path().prop_map(|it| it.replace(['*', '?', '[', '\\'], "x")),
            0..=2,
        ),
        prop::collection::vec(0..5usize, 0..=2),
        any_pace(),
        (any_membership(), any_provision()),
    );
    let tail =
        (any::<bool>(), any::<bool>(), any_expose(), prop_oneof![any_process(), any_container()]);
    (head, tail).prop_map(|(head, tail)| {
        let (activation, description, environment, environment_files, depends_on, pace, more) =
            head;
        let (is_pinned, is_backend_pinned, expose, workload) = tail;
        Drawn {
            activation,
            description,
            groups: more.0,
            environment,
            environment_files,
            depends_on,
            pace,
            provision: more.1,
            is_pinned,
            is_backend_pinned,
            expose,
            workload,
        }
    })
}

fn any_activation() -> impl Strategy<Value = Activation> {
    let address = || prop::option::of(select(ADDRESSES));
    // A proxy has no use for no time at all.
    let duration = || prop::option::of(select(&DURATIONS[1..]));
    prop_oneof![
        Just(Activation::Unsaid),
        Just(Activation::Boot),
        Just(Activation::Manual),
        any_schedule().prop_map(Activation::Schedule),
        address().prop_map(|address| Activation::Fd { address }),
        (address(), duration(), duration()).prop_map(|(address, idle, start)| Activation::Proxy {
            address,
            idle,
            start
        }),
    ]
}

fn any_process() -> impl Strategy<Value = Workload> {
    let program = prop_oneof![
        any_line().prop_map(|it| {
            let name = it.replace(['"', '\'', '\\', '$', '/'], "x");
            json!(literal(&format!("/opt/x{name}")))
        }),
        Just(json!({ "package": "nodejs", "bin": "node" })),
        Just(json!({ "package": "bash" })),
        Just(json!({ "package": "python3", "bin": "python3", "path": "/srv/py/bin/python3" })),
    ];
    let arguments = prop::collection::vec(any_text(), 0..=3);
    let user = || prop::option::of(select(USERS));
    (program, arguments, prop::option::of(any_path()), user(), user()).prop_map(
        |(program, arguments, directory, user, group)| Workload::Process {
            program,
            arguments,
            directory,
            user,
            group,
        },
    )
}

fn any_container() -> impl Strategy<Value = Workload> {
    let pull = prop::option::of(select(&["always", "missing", "never", "newer"][..]));
    let command = prop::collection::vec(any_text(), 0..=3);
    let ports = prop::collection::vec((1..=65535u16, select(&["tcp", "udp"][..])), 0..=2);
    let side = || any_path().prop_map(|it| it.replace(':', "x"));
    let source = prop_oneof![side(), Just("data".to_owned())];
    let volumes = prop::collection::vec((source, side(), any::<bool>()), 0..=2);
    let capabilities = subsequence(CAPABILITIES, 0..=4).prop_flat_map(|all| {
        (0..=all.len()).prop_map(move |at| (all[..at].to_vec(), all[at..].to_vec()))
    });
    (pull, command, any::<bool>(), ports, volumes, capabilities, containers::any_keys().boxed())
        .prop_map(|(pull, command, is_published, ports, volumes, capabilities, keys)| {
            Workload::Container { pull, command, is_published, ports, volumes, capabilities, keys }
        })
}

pub(super) fn any_text() -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        4 => any_literal().prop_map(Piece::Literal),
        1 => Just(Piece::Port),
        1 => Just(Piece::BackendPort),
        1 => (0..5usize, select(&["port", "address"][..])).prop_map(|(it, field)| Piece::Other(it, field)),
        1 => Just(Piece::HostName),
    ];
    prop::collection::vec(piece, 0..=3)
}

/// A text that is data; systemd takes no code points that are no characters.
pub(super) fn any_literal() -> impl Strategy<Value = String> {
    let is_character = |it: &char| {
        *it != '\0' && !('\u{fdd0}'..='\u{fdef}').contains(it) && u32::from(*it) & 0xfffe != 0xfffe
    };
    let random = prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter);
    let ascii = "[ -~\\n\\t]{0,12}";
    prop_oneof![2 => select(NASTY).prop_map(str::to_owned), 1 => random, 1 => ascii]
        .prop_map(move |it| it.chars().filter(is_character).collect())
}

/// A text that stands on a line of its own.
pub(super) fn any_line() -> impl Strategy<Value = String> {
    any_literal().prop_map(|it| {
        let line: String = it.chars().filter(|it| !it.is_control()).take(60).collect();
        let line = line.trim().trim_end_matches('\\').trim();
        if line.is_empty() { "x".to_owned() } else { line.to_owned() }
    })
}

pub(super) fn any_path() -> impl Strategy<Value = String> {
    any_line().prop_map(|it| format!("/{}", it.replace("..", "x")))
}

/// Writes one of the drawn services among the others.
struct Writer<'a> {
    names: &'a [&'static str],
    drawn: &'a [Drawn],
    index: usize,
    hosts: &'a Value,
}

impl Writer<'_> {
    fn service(&self) -> Value {
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
        let earlier = drawn.depends_on.iter().filter(|it| **it < self.index);
        let depends_on: Map<String, Value> =
            earlier.map(|it| (self.names[*it].to_owned(), "started".into())).collect();
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
                let podman = self.hosts[nixos::HOST_NAME]["podman"].as_str().unwrap_or("5.4");
                let beside = Beside {
                    podman: Version::parse(podman).unwrap(),
                    has_socket,
                    is_proxied,
                    is_job: matches!(self.drawn[self.index].activation, Activation::Schedule(_)),
                };
                containers::add(&mut service["container"], keys, &beside);
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
fn without_nulls(value: Value) -> Value {
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
