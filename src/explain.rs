//! A page about a service, or about what several share: how it is reached, which unit does what and why,
//! what it costs, and where to look when it fails.
//!
//! It is made from the units that a host gets, so it tells of no line that is not there.

use crate::directive::Section;
use crate::emit::{Place, Written};
use crate::expand::{Shared, SharedKind};
use crate::plan::hardening::Measure;
use crate::plan::name::HostName;
use crate::plan::object::ObjectKind;
use crate::plan::service::{Service, Workload};
use crate::plan::{Engine, PlainHost, Plan};
use crate::syntax;
use crate::unit::{Assignment, Kind, Unit};

use self::reason::{Line, Role, reason};

mod cost;
mod failing;
mod reached;
mod reason;

/// A host that is explained.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The plan as that host sees it.
    pub plan: &'a Plan,
    pub place: Place<'a>,
    /// `None` is any host of a manifest that names none.
    pub host: Option<&'a HostName>,
}

/// Returns the page of a service.
pub fn service(ground: Ground<'_>, service: &Service) -> String {
    let units = ground.place.units(ground.plan, service);
    let what = match &service.workload {
        Workload::Process(_) | Workload::Flake => "a process",
        Workload::Container(_) => "a container",
    };
    let title = titled(service.name.as_str(), service.description.as_deref());
    let subtitle = format!("{what} {}", on(ground, &service.workload));
    page(
        [title, subtitle],
        [
            ("How it is reached", reached::stations(ground, service, &units)),
            ("Which unit does what, and why", lines_of(ground, Some(service), &units)),
            ("What it costs", indented(cost::cost(service))),
            ("When it fails", failing::of_service(ground, service, &units)),
        ],
    )
}

/// Returns the page of a group, network or the like.
pub fn shared(ground: Ground<'_>, shared: Shared) -> String {
    let names: Vec<&str> = shared.users.iter().map(|it| it.as_str()).collect();
    let users = names.join(", ");
    let (what, how) = match shared.kind {
        SharedKind::Group => (
            "a group",
            "its services are started and stopped with its target, and limited by its slice if it \
             has one",
        ),
        SharedKind::Object(ObjectKind::Network) => {
            ("a network", "made before the first of them starts, and left alone then")
        }
        SharedKind::Object(ObjectKind::Volume) => {
            ("a volume", "made before the first of them starts, and never removed")
        }
        SharedKind::Object(ObjectKind::Image) => {
            ("an image", "pulled before the first of them starts")
        }
        SharedKind::Object(ObjectKind::Build) => {
            ("a build", "built before the first of them starts")
        }
        SharedKind::Object(ObjectKind::Pod) => {
            ("a pod", "made before the first of them starts, and stays when they stop")
        }
    };
    let subtitle = format!("{what} on {}", host_name(ground));
    let title = shared.name.clone();
    let units = ground.place.shared_units(ground.plan, shared);
    page(
        [title, subtitle],
        [
            ("Who uses it", indented(vec![format!("{users}: {how}")])),
            ("Which unit does what, and why", lines_of(ground, None, &units)),
            ("When it fails", failing::of_units(ground, &units)),
        ],
    )
}

fn titled(name: &str, description: Option<&str>) -> String {
    match description {
        // One line, and nothing that a terminal takes for an order.
        Some(description) => format!("{name}: {}", description.replace(char::is_control, " ")),
        None => name.to_owned(),
    }
}

fn page<const N: usize>(head: [String; 2], parts: [(&str, Vec<String>); N]) -> String {
    let mut page = head.join("\n");
    page.push('\n');
    for (heading, lines) in parts {
        page.push_str(&format!("\n{heading}\n"));
        for line in lines {
            if !line.is_empty() {
                page.push_str("  ");
                page.push_str(&line);
            }
            page.push('\n');
        }
    }
    page
}

/// Where the service runs, and through what.
fn on(ground: Ground<'_>, workload: &Workload) -> String {
    let name = host_name(ground);
    let Place::Plain(host, _) = ground.place else {
        return format!("on {name}, with NixOS");
    };
    let PlainHost { systemd, engine, user, .. } = host;
    let engine = match (workload, engine) {
        (Workload::Process(_) | Workload::Flake, _) => String::new(),
        (Workload::Container(_), Engine::Podman(version)) => format!(" and podman {version}"),
        (Workload::Container(_), Engine::Docker(version)) => format!(" and docker {version}"),
    };
    let account = user.as_ref().map(|it| format!(", run by the account `{it}`"));
    format!("on {name}, with systemd {systemd}{engine}{}", account.unwrap_or_default())
}

fn host_name(ground: Ground<'_>) -> String {
    ground.host.map_or_else(|| "any host".to_owned(), |it| format!("`{it}`"))
}

/// What the units say that does not explain itself.
fn lines_of(ground: Ground<'_>, service: Option<&Service>, units: &[Written]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut told: Vec<(&str, &str)> = Vec::new();
    for Written { path, unit } in units {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let path = match ground.place {
            Place::Plain(PlainHost { name: Some(host), .. }, _) => format!("hosts/{host}/{path}"),
            Place::Plain(_, _) | Place::Nixos(_) => path.clone(),
        };
        lines.push(format!("{}  in {path}", unit.name_in_systemd()));
        let mut measures = Vec::new();
        for assignment in &unit.assignments {
            if is_a_measure(service, assignment) {
                measures.push(assignment.directive.key);
                continue;
            }
            let line = Line { role: role(unit, service), service, assignment };
            let Some(reason) = reason(line) else { continue };
            lines.extend(values(ground, assignment).map(|it| format!("  {it}")));
            // What the unit above says for the same reason is not said again.
            if !told.contains(&(assignment.directive.key, reason)) {
                told.push((assignment.directive.key, reason));
                lines.extend(wrapped(reason, "      "));
            }
        }
        if !measures.is_empty() {
            lines.extend(wrapped(
                &measures.iter().map(|it| format!("{it}=")).collect::<Vec<_>>().join(" "),
                "  ",
            ));
            let why = "The process is kept from what it has no business with; `hardening` takes a \
                       measure away or adds more.";
            lines.extend(wrapped(why, "      "));
        }
    }
    lines
}

/// What the unit does.
fn role(unit: &Unit, service: Option<&Service>) -> Role {
    let Some(service) = service else { return Role::Beside };
    let is_proxied = service.activation.is_proxied();
    let is_own = unit.name == service.name.as_str();
    let is_backend = unit.name == format!("{}-backend", service.name);
    match unit.kind {
        Kind::Socket if is_own => Role::Socket,
        Kind::Timer if is_own => Role::Timer,
        Kind::Service if is_own && is_proxied => Role::Proxy,
        Kind::Service | Kind::Container
            if (is_own && !is_proxied) || (is_backend && is_proxied) =>
        {
            Role::Workload
        }
        Kind::Service
        | Kind::Container
        | Kind::Socket
        | Kind::Timer
        | Kind::Target
        | Kind::Slice
        | Kind::Network
        | Kind::Volume
        | Kind::Image
        | Kind::Build
        | Kind::Pod => Role::Beside,
    }
}

/// Whether a directive is there because of the profile of hardening.
fn is_a_measure(service: Option<&Service>, assignment: &Assignment) -> bool {
    let Some(Workload::Process(process)) = service.map(|it| &it.workload) else { return false };
    let directive = assignment.directive;
    let measure = Measure::ALL.iter().find(|it| it.as_str() == directive.key);
    directive.section == Section::Service
        && measure.is_some_and(|it| process.hardening.profile.has(*it))
}

/// The lines of an assignment as they stand in the file, cut off where a terminal ends.
fn values(ground: Ground<'_>, assignment: &Assignment) -> impl Iterator<Item = String> {
    let directive = assignment.directive;
    let values = syntax::unit::values(directive.quoting, &assignment.value);
    values.into_iter().map(move |value| {
        let line = value.fill(&|it| ground.place.fill(ground.plan, it));
        let line = format!("{}={line}", directive.key);
        match line.char_indices().nth(WIDTH - 4) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    })
}

/// The width of the page.
const WIDTH: usize = 96;

/// A text behind what is in the first columns, and below itself.
fn hanging(first: &str, text: &str) -> Vec<String> {
    let indent = " ".repeat(first.chars().count());
    let mut lines = wrapped(text, &indent);
    lines[0] = format!("{first}{}", lines[0].trim_start());
    lines
}

/// Breaks a sentence at blanks, so that it fits the page.
fn wrapped(text: &str, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() + 3 < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

/// Sentences of which each begins on a line of its own.
fn indented(sentences: Vec<String>) -> Vec<String> {
    let wrap = |it: &String| {
        let mut lines = wrapped(it, "    ");
        lines[0] = lines[0].trim_start().to_owned();
        lines
    };
    sentences.iter().flat_map(wrap).collect()
}
