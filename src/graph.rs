//! Who reaches and who waits for whom: the services of a plan as a picture shows them.
//!
//! Every arrow leads from what needs to what is needed, so that a request is followed from left to right.
//!
//! Invariant: holds what is seen, as data; how it is spelled is for `syntax`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::plan::Plan;
use crate::plan::activation::{Activation, Handoff, Listener};
use crate::plan::address::bracketed;
use crate::plan::dependency::{Condition, Dependency, Follows, Need};
use crate::plan::name::{HostName, ServiceName};
use crate::plan::object::ObjectReference;
use crate::plan::schedule::Schedule;
use crate::plan::service::{Service, Workload};
use crate::plan::text::{Reference, Segment, Text};

pub mod layout;
mod shown;

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// Something that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub kind: NodeKind,
    pub title: String,
    /// What is said of it, a line each.
    pub lines: Vec<String>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// A name under which a service is shown.
    Shown,
    Socket,
    Timer,
    /// A service that runs all the time, or when it is started by hand.
    Service,
    /// A service that sleeps until its socket is called, or its timer is due.
    Sleeper,
    /// What podman keeps beside containers: a network, a volume and so on.
    Object,
}

/// The colours of a node, as `#RRGGBB`; the same in every format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    pub fill: &'static str,
    pub stroke: &'static str,
}

impl NodeKind {
    /// Every kind.
    pub const ALL: &[NodeKind] = &[
        NodeKind::Shown,
        NodeKind::Socket,
        NodeKind::Timer,
        NodeKind::Service,
        NodeKind::Sleeper,
        NodeKind::Object,
    ];

    /// What it is drawn with.
    pub fn colours(self) -> Colours {
        match self {
            NodeKind::Shown => Colours { fill: "#fff1e5", stroke: "#bc4c00" },
            NodeKind::Socket | NodeKind::Timer => Colours { fill: "#dafbe1", stroke: "#1a7f37" },
            NodeKind::Service => Colours { fill: "#ddf4ff", stroke: "#0969da" },
            NodeKind::Sleeper => Colours { fill: "#fbefff", stroke: "#8250df" },
            NodeKind::Object => Colours { fill: "#f6f8fa", stroke: "#57606a" },
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            NodeKind::Shown => "shown",
            NodeKind::Socket => "socket",
            NodeKind::Timer => "timer",
            NodeKind::Service => "service",
            NodeKind::Sleeper => "sleeper",
            NodeKind::Object => "object",
        }
    }
}

/// That one node needs another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub kind: EdgeKind,
    pub label: Option<String>,
}

/// In which way one node needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// It starts it, or sends requests to it.
    Reaches,
    /// It is started after it.
    WaitsFor,
    /// It is there for it alone: a companion for its owner.
    Accompanies,
    Uses,
}

/// Which part of a plan is shown.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// What a host runs, in the form that it has there; every service when `None`.
    pub host: Option<HostName>,
    /// Services, with all that they need and all that needs them; every service when empty.
    pub services: BTreeSet<ServiceName>,
}

/// Returns the picture of a plan.
pub fn graph(plan: &Plan, narrow: &Narrow) -> Graph {
    let narrowed = narrow.host.as_ref().map(|it| plan.on(it));
    let plan = narrowed.as_deref().unwrap_or(plan);
    let mut shown = running(plan, narrow.host.as_ref());
    if !narrow.services.is_empty() {
        let related = related(plan, &narrow.services);
        shown.retain(|it| related.contains(it));
    }
    let mut drawing = Drawing::default();
    let services: Vec<&Service> = shown.iter().map(|it| &plan.services[*it]).collect();
    for service in &services {
        drawing.service(service, if narrow.host.is_none() { hosts(plan, service) } else { None });
    }
    for service in &services {
        drawing.needs(service);
        drawing.shown(service);
    }
    drawing.objects(plan, &services);
    drawing.graph
}

/// The services that a host runs, or all of them.
fn running<'a>(plan: &'a Plan, host: Option<&HostName>) -> BTreeSet<&'a ServiceName> {
    let Some(host) = host else { return plan.services.keys().collect() };
    let plain = plan.plain_hosts.iter().find(|it| it.name.as_ref() == Some(host));
    let services = plain.map(|it| &it.services);
    let services = services.or_else(|| plan.nixos.hosts.get(host).map(|it| &it.services));
    let names = services.into_iter().flatten();
    names.filter_map(|it| plan.services.get_key_value(it)).map(|(name, _)| name).collect()
}

/// The hosts that run a service, when not all of them do.
fn hosts(plan: &Plan, service: &Service) -> Option<String> {
    let plain = plan.plain_hosts.iter().filter_map(|it| Some((it.name.as_ref()?, &it.services)));
    let nixos = plan.nixos.hosts.iter().map(|(name, it)| (name, &it.services));
    let all: BTreeMap<&HostName, _> = plain.chain(nixos).collect();
    let running = all.iter().filter(|(_, services)| services.contains(&service.name));
    let names: Vec<&str> = running.map(|(name, _)| name.as_str()).collect();
    (names.len() < all.len()).then(|| format!("on {}", names.join(", ")))
}

/// Services with all that they need, and all that needs them, through others too.
fn related<'a>(plan: &'a Plan, chosen: &'a BTreeSet<ServiceName>) -> BTreeSet<&'a ServiceName> {
    let mut needs: BTreeMap<&ServiceName, Vec<&ServiceName>> = BTreeMap::new();
    let mut needed_by: BTreeMap<&ServiceName, Vec<&ServiceName>> = BTreeMap::new();
    for (name, service) in &plan.services {
        for other in service.depends_on.keys().chain(&service.companion_of) {
            needs.entry(name).or_default().push(other);
            needed_by.entry(other).or_default().push(name);
        }
    }
    let mut related = BTreeSet::new();
    for ways in [&needs, &needed_by] {
        let mut seen: BTreeSet<&ServiceName> = chosen.iter().collect();
        let mut pending: VecDeque<&ServiceName> = chosen.iter().collect();
        while let Some(name) = pending.pop_front() {
            let next = ways.get(name).into_iter().flatten().copied();
            pending.extend(next.filter(|it| seen.insert(it)));
        }
        related.extend(seen);
    }
    related
}

/// A picture in the making.
#[derive(Default)]
struct Drawing {
    graph: Graph,
    /// The node through which a service is reached.
    entries: BTreeMap<ServiceName, usize>,
    /// The node that is the service itself.
    services: BTreeMap<ServiceName, usize>,
    /// The names under which services are shown, each with the program that shows it.
    names: BTreeMap<(String, &'static str), usize>,
}

impl Drawing {
    fn node(&mut self, kind: NodeKind, title: impl Into<String>, lines: Vec<String>) -> usize {
        let lines = lines.iter().map(|it| on_one_line(it)).collect();
        self.graph.nodes.push(Node { kind, title: title.into(), lines });
        self.graph.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, kind: EdgeKind, label: Option<String>) {
        self.graph.edges.push(Edge { from, to, kind, label });
    }

    /// Draws a service and what starts it.
    fn service(&mut self, service: &Service, hosts: Option<String>) {
        let name = &service.name;
        let kind = match service.activation {
            Activation::Boot | Activation::Once | Activation::Manual => NodeKind::Service,
            Activation::Socket(_) | Activation::Schedule(_) => NodeKind::Sleeper,
        };
        let mut lines: Vec<String> = Vec::new();
        // A program that is called like its service says nothing new.
        lines.extend(Some(runs(service)).filter(|it| it != name.as_str()));
        lines.extend(start(service));
        lines.extend(own_ports(service));
        lines.extend(hosts);
        let node = self.node(kind, name.as_str(), lines);
        let entry = match &service.activation {
            Activation::Boot | Activation::Once | Activation::Manual => node,
            // A job is waited for by itself.
            Activation::Schedule(schedule) => {
                let timer = self.node(NodeKind::Timer, format!("{name}.timer"), times(schedule));
                self.edge(timer, node, EdgeKind::Reaches, Some("starts".to_owned()));
                node
            }
            Activation::Socket(listener) => {
                let socket = self.node(
                    NodeKind::Socket,
                    format!("{name}.socket"),
                    listens(service, listener),
                );
                self.edge(socket, node, EdgeKind::Reaches, Some(handoff(listener)));
                socket
            }
        };
        self.entries.insert(name.clone(), entry);
        self.services.insert(name.clone(), node);
    }

    /// Draws what a service waits for; what is not in the picture is left out.
    fn needs(&mut self, service: &Service) {
        let node = self.services[&service.name];
        for (other, dependency) in &service.depends_on {
            if let Some(entry) = self.entries.get(other).copied() {
                self.edge(node, entry, EdgeKind::WaitsFor, Some(condition(dependency)));
            }
        }
        let owner = service.companion_of.as_ref().and_then(|it| self.services.get(it)).copied();
        if let Some(owner) = owner {
            self.edge(node, owner, EdgeKind::Accompanies, Some("companion of".to_owned()));
        }
    }

    /// Draws the networks, volumes and so on that several services have together; others tell nothing.
    fn objects(&mut self, plan: &Plan, services: &[&Service]) {
        let users = plan.objects.users(services.iter().copied());
        for (ObjectReference { kind, name }, users) in users.iter().filter(|it| it.1.len() > 1) {
            let lines = vec![kind.as_str().to_owned()];
            let object = self.node(NodeKind::Object, name.as_str(), lines);
            for user in users {
                self.edge(self.services[user], object, EdgeKind::Uses, None);
            }
        }
    }
}

/// What of another service is waited for, and what it means when that one ends.
fn condition(dependency: &Dependency) -> String {
    let Dependency { condition, need, follows } = dependency;
    let mut text = match condition {
        Condition::Started => "started",
        Condition::Ready => "ready",
        Condition::Completed => "completed",
    }
    .to_owned();
    if *need == Need::Optional {
        text.push_str(", optional");
    }
    if *follows == Follows::Yes {
        text.push_str(", restarts with it");
    }
    text
}

/// A text as any format can show it on one line: an image may have any character in its name.
fn on_one_line(text: &str) -> String {
    let each = text.chars().map(|it| {
        let is_shown = !it.is_control() && !matches!(it, '\u{fffe}' | '\u{ffff}');
        if is_shown { it.to_string() } else { it.escape_default().to_string() }
    });
    each.collect()
}

/// What a service runs: its image, or its program without the directory.
fn runs(service: &Service) -> String {
    match &service.workload {
        Workload::Container(container) => container.image.clone(),
        Workload::Flake => {
            service.flake_service.as_ref().map(ToString::to_string).unwrap_or_default()
        }
        Workload::Process(process) => {
            let program = process.command.first().map(plain).unwrap_or_default();
            let file = program.rsplit('/').next().unwrap_or_default();
            if file.is_empty() { program } else { file.to_owned() }
        }
    }
}

/// A text without knowing the host: programs by their paths elsewhere, other references by their kind.
fn plain(text: &Text) -> String {
    let segments = text.0.iter().map(|segment| match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Reference(Reference::Program(program)) => program.plain_path(),
        Segment::Reference(
            Reference::Port(_)
            | Reference::HostName
            | Reference::Credential(_)
            | Reference::Directory(..),
        ) => "…".to_owned(),
    });
    segments.collect()
}

/// What starts a service that nobody calls.
fn start(service: &Service) -> Option<String> {
    let groups: Vec<&str> = service.groups.iter().map(|it| it.as_str()).collect();
    match &service.activation {
        Activation::Boot if !groups.is_empty() => Some(format!("with {}", groups.join(", "))),
        Activation::Boot if service.companion_of.is_some() => None,
        Activation::Boot => Some("from boot on".to_owned()),
        Activation::Once => Some("once, from boot on".to_owned()),
        Activation::Manual => Some("by hand".to_owned()),
        Activation::Socket(_) => Some("when called".to_owned()),
        Activation::Schedule(_) => Some("when due".to_owned()),
    }
}

/// The ports on which a service itself answers.
fn own_ports(service: &Service) -> Option<String> {
    let own = match service.activation.handoff() {
        // Its socket has the port.
        Some(Handoff::Fd) => None,
        Some(Handoff::Proxy(_)) => service.backend_port,
        None => service.port,
    };
    let ports = own.map(|it| it.number).into_iter().chain(service.fixed_ports());
    let ports: BTreeSet<u16> = ports.collect();
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    match ports.len() {
        0 => None,
        1 => Some(format!("port {}", ports[0])),
        _ => Some(format!("ports {}", ports.join(", "))),
    }
}

fn listens(service: &Service, listener: &Listener) -> Vec<String> {
    let port = service.port.map(|it| it.number.to_string()).unwrap_or_default();
    let mut lines = vec![format!("{}:{port}", bracketed(listener.address))];
    let groups: Vec<&str> = service.groups.iter().map(|it| it.as_str()).collect();
    if !groups.is_empty() {
        lines.push(format!("with {}", groups.join(", ")));
    }
    lines
}

fn handoff(listener: &Listener) -> String {
    match &listener.handoff {
        Handoff::Fd => "hands over".to_owned(),
        Handoff::Proxy(proxy) => format!("proxy, idle {}", proxy.idle_timeout.systemd()),
    }
}

fn times(schedule: &Schedule) -> Vec<String> {
    let calendar = schedule.calendar.iter().map(|it| it.as_str().to_owned());
    let spans = [
        (schedule.after_boot, "after boot"),
        (schedule.every, "after its last start"),
        (schedule.after_end, "after its last end"),
    ];
    let spans =
        spans.into_iter().filter_map(|(span, word)| Some(format!("{} {word}", span?.systemd())));
    calendar.chain(spans).collect()
}
