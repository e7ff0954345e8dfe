//! Manifests without problems, over everything that a manifest may say.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use unitsmith::syntax::nasty::NASTY;

use super::schedules::any_schedule;
use crate::support::json::{Entries, literal};
use crate::support::nixos;

use super::containers;
use super::expose::{self, any_expose, any_programs};
use super::groups::{any_groups, any_membership};
use super::pace::{Pace, any_pace};
use super::probes::{Probes, any_probes};
use super::provision::{Provision, any_provision};

mod objects;
mod writer;

use writer::{Writer, without_nulls};

/// A service as it is drawn; what would be a problem beside the others is left out when it is written.
#[derive(Debug, Clone)]
struct Drawn {
    activation: Activation,
    description: Option<String>,
    groups: Vec<&'static str>,
    environment: Vec<(&'static str, Vec<Piece>)>,
    environment_files: Vec<String>,
    /// Services that it waits for, and whether for their readiness where they have any.
    depends_on: Vec<(usize, bool)>,
    probes: Probes,
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
        (prop::collection::vec((0..5usize, any::<bool>()), 0..=2), any_probes()),
        any_pace(),
        (any_membership(), any_provision()),
    );
    let tail =
        (any::<bool>(), any::<bool>(), any_expose(), prop_oneof![any_process(), any_container()]);
    (head, tail).prop_map(|(head, tail)| {
        let (activation, description, environment, environment_files, waiting, pace, more) = head;
        let (is_pinned, is_backend_pinned, expose, workload) = tail;
        Drawn {
            activation,
            description,
            groups: more.0,
            environment,
            environment_files,
            depends_on: waiting.0,
            probes: waiting.1,
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
