//! From a service to its units.
//!
//! Every pattern is here once, for all targets.

use std::collections::BTreeSet;

use crate::directive::{self as d, Versions};
use crate::plan::Plan;
use crate::plan::activation::{Activation, Handoff, Listener};
use crate::plan::address::bracketed;
use crate::plan::dependency::{Dependency, Follows, Need};
use crate::plan::name::ServiceName;
use crate::plan::object::ObjectKind;
use crate::plan::service::{PortRole, Service, Workload};
use crate::plan::text::{Program, Reference, Text, Word};
use crate::unit::{Command, Kind, Privileges, Unit, Value};

pub mod account;
mod build;
mod companion;
mod container;
pub mod docker;
pub mod expose;
mod group;
mod hardening;
mod image;
mod limits;
mod network;
mod object;
pub mod oci;
mod pod;
pub mod podman;
pub mod probe;
mod process;
mod provision;
mod proxy;
pub mod quadlet;
mod raw;
mod restart;
mod schedule;
pub mod upkeep;
mod volume;

/// Returns the units of a service, the one that faces the user first.
///
/// Containers are units of their own kind; `quadlet::fit` and `podman::lower` make them fit a host.
pub fn expand(plan: &Plan, service: &Service, versions: Versions) -> Vec<Unit> {
    let mut units = assigned(plan, service, versions);
    raw::pass_on(&mut units, service);
    units
}

/// The units as unitsmith makes them.
fn assigned(plan: &Plan, service: &Service, versions: Versions) -> Vec<Unit> {
    let mut units = activated(plan, service, versions);
    units.extend(probe::watcher(service));
    units
}

fn activated(plan: &Plan, service: &Service, versions: Versions) -> Vec<Unit> {
    if service.workload == Workload::Flake {
        return Vec::new();
    }
    match &service.activation {
        Activation::Boot | Activation::Once | Activation::Manual => {
            vec![standing(plan, service, versions)]
        }
        Activation::Schedule(schedule) => {
            vec![schedule::timer(plan, service, schedule), standing(plan, service, versions)]
        }
        Activation::Socket(listener) => match &listener.handoff {
            Handoff::Fd => {
                vec![socket(plan, service, listener), taking_the_socket(plan, service, versions)]
            }
            Handoff::Proxy(proxy) => vec![
                socket(plan, service, listener),
                proxy::facing_the_user(plan, service, proxy, versions),
                proxy::backend(plan, service, proxy, versions),
            ],
        },
    }
}

/// Units that belong to no single service.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    pub kind: SharedKind,
    pub name: String,
    /// The services for whose sake the units exist.
    pub users: BTreeSet<ServiceName>,
    pub units: Vec<Unit>,
}

/// What services share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedKind {
    Group,
    Object(ObjectKind),
}

impl SharedKind {
    /// The word for several of them: the key of the manifest, and the directory of their modules on NixOS.
    pub fn plural(self) -> &'static str {
        match self {
            SharedKind::Group => "groups",
            SharedKind::Object(kind) => kind.plural(),
        }
    }
}

/// Returns the units that some services share and that belong to none of them alone,
/// in the order of their directories and names.
pub fn shared(plan: &Plan, services: &BTreeSet<ServiceName>) -> Vec<Shared> {
    let mut shared: Vec<Shared> =
        group::shared(plan).chain(object::shared(plan, services)).collect();
    shared.iter_mut().for_each(|it| it.users.retain(|user| services.contains(user)));
    shared.retain(|it| !it.users.is_empty());
    shared
}

/// A service that is started by boot, by hand, by a timer or by another service.
fn standing(plan: &Plan, service: &Service, versions: Versions) -> Unit {
    let mut unit = workload_unit(service, service.name.as_str());
    introduce(&mut unit, service);
    let first = match service.workload {
        Workload::Process(_) | Workload::Flake => vec!["network.target".to_owned()],
        // Quadlet and NixOS order containers after the network themselves.
        Workload::Container(_) => Vec::new(),
    };
    depend(&mut unit, Vec::new(), first, plan, service);
    group::stop_with_groups(&mut unit, service);
    restart::give_up(&mut unit, service);
    run(&mut unit, plan, service, Around::nothing(versions));
    restart::restart(&mut unit, service, versions);
    restart::alone(&mut unit, service, versions);
    match &service.activation {
        Activation::Schedule(schedule) => schedule::run_to_the_end(&mut unit, schedule.timeout),
        Activation::Once => {
            schedule::run_to_the_end(&mut unit, None);
            // Who waits for it finds it done.
            unit.assign(&d::service::REMAIN_AFTER_EXIT, Value::Flag(true));
        }
        Activation::Boot | Activation::Manual | Activation::Socket(_) => {
            limit_start(&mut unit, service);
        }
    }
    if let Activation::Boot | Activation::Once = service.activation {
        let starters = match &service.companion_of {
            Some(owner) => vec![companion::owner_unit(plan, service, owner)],
            None => group::starters(service),
        };
        unit.assign(&d::install::WANTED_BY, Value::Names(starters));
    }
    unit
}

/// Assigns how long a start may take, where the readiness of the service decides it.
fn limit_start(unit: &mut Unit, service: &Service) {
    if let Some(timeout) = probe::start_timeout(service) {
        unit.assign(&d::service::TIMEOUT_START_SEC, Value::Duration(timeout));
    }
}

/// A service that takes its listening socket from systemd and exits when it is idle.
fn taking_the_socket(plan: &Plan, service: &Service, versions: Versions) -> Unit {
    let mut unit = workload_unit(service, service.name.as_str());
    introduce(&mut unit, service);
    let socket = vec![format!("{}.socket", service.name)];
    depend(&mut unit, socket.clone(), socket, plan, service);
    group::stop_with_groups(&mut unit, service);
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    run(&mut unit, plan, service, Around::nothing(versions));
    limit_start(&mut unit, service);
    restart::restart(&mut unit, service, versions);
    if d::service::RESTART_STEPS.is_known_to(versions) {
        restart::back_off(&mut unit, service);
    }
    unit
}

/// The socket that faces the user. It never has `PartOf=` its service, which it must outlive.
fn socket(plan: &Plan, service: &Service, listener: &Listener) -> Unit {
    let mut unit = Unit::new(service.name.as_str(), Kind::Socket);
    describe(&mut unit, service, " (socket)");
    group::stop_with_groups(&mut unit, service);
    let address = Text::literal(format!("{}:", bracketed(listener.address)));
    unit.assign(
        &d::socket::LISTEN_STREAM,
        Value::text(address.then(own_port(service, PortRole::Public))),
    );
    if !listener.address.is_loopback() && !listener.address.is_unspecified() {
        // Sockets are bound before the network is up, when the address may not exist yet.
        unit.assign(&d::socket::FREE_BIND, Value::Flag(true));
    }
    unit.assign(&d::socket::TRIGGER_LIMIT_INTERVAL_SEC, Value::Number(0));
    group::start_waiting(&mut unit, plan, service, "sockets.target");
    unit
}

/// An empty unit of the kind that the workload needs.
fn workload_unit(service: &Service, name: &str) -> Unit {
    let kind = match service.workload {
        Workload::Process(_) | Workload::Flake => Kind::Service,
        Workload::Container(_) => Kind::Container,
    };
    Unit::new(name, kind)
}

/// The name of the unit that runs the process or the container itself.
fn workload_name(service: &Service) -> String {
    if service.activation.is_proxied() {
        format!("{}-backend", service.name)
    } else {
        service.name.to_string()
    }
}

/// Lets systemd do something to a unit when it can.
fn tell_systemd(service: &Service, verb: &'static str, unit: String) -> Command {
    let systemctl = Program::Systemd("bin/systemctl").into();
    let words = vec![systemctl, "--no-block".into(), verb.into(), unit.into()];
    // Starting and stopping units is not for the user of the service, and what root's is kept from costs time.
    let privileges = match &service.workload {
        Workload::Process(_) => Privileges::Full,
        Workload::Container(_) | Workload::Flake => Privileges::Unit,
    };
    Command::new(words).ignoring_failure().with(privileges)
}

/// The words of a script of bash, which is given values as arguments, `first` as `$0`, and has none pasted into it.
fn script(
    script: &str,
    first: impl Into<Word>,
    arguments: impl IntoIterator<Item = Word>,
) -> Vec<Word> {
    let head = [Program::bash().into(), "-c".into(), script.into(), first.into()];
    head.into_iter().chain(arguments).collect()
}

/// What a pattern and a host add to the service itself.
struct Around {
    versions: Versions,
    after_start: Vec<Command>,
    after_stop: Vec<Command>,
}

impl Around {
    /// What a pattern without commands of its own adds.
    fn nothing(versions: Versions) -> Around {
        Around { versions, after_start: Vec::new(), after_stop: Vec::new() }
    }
}

/// Assigns what is run and as whom.
fn run(unit: &mut Unit, plan: &Plan, service: &Service, mut around: Around) {
    group::limit(unit, plan, service);
    around.after_start.extend(probe::wait(service));
    around.after_start.extend(probe::start_watcher(service));
    around.after_stop.extend(probe::stop_watcher(service, around.versions));
    match &service.workload {
        Workload::Process(process) => process::run(unit, service, process, around),
        Workload::Container(container) => container::run(unit, service, container, around),
        Workload::Flake => {}
    }
    probe::notify(unit, service);
    limits::of_unit(unit, &service.limits);
}

/// Assigns what the unit of the workload is.
fn introduce(unit: &mut Unit, service: &Service) {
    describe(unit, service, "");
    if !service.documentation.is_empty() {
        let documents = service.documentation.iter().map(|it| it.as_str().into()).collect();
        unit.assign(&d::unit::DOCUMENTATION, Value::Texts(documents));
    }
}

/// Descriptions tell the units of one service apart.
fn describe(unit: &mut Unit, service: &Service, role: &str) {
    if let Some(description) = &service.description {
        unit.assign(&d::unit::DESCRIPTION, Value::text(format!("{description}{role}")));
    }
}

/// Requires and orders: what the pattern itself needs, then the services that the user names.
fn depend(
    unit: &mut Unit,
    mut requires: Vec<String>,
    mut after: Vec<String>,
    plan: &Plan,
    service: &Service,
) {
    let mut wants = Vec::new();
    for (name, Dependency { condition: _, need, follows }) in &service.depends_on {
        let entry = entry_unit(plan, name);
        match need {
            // What is required is followed, unless it is started again alone (`restart::alone`).
            Need::Required => requires.push(entry.clone()),
            Need::Optional => wants.push(entry.clone()),
        }
        if (*need, *follows) == (Need::Optional, Follows::Yes) {
            unit.add_names(&d::unit::PART_OF, [entry.clone()]);
        }
        // A start is over when the service is ready, and that of a job when it has ended.
        after.push(entry);
    }
    let owner = service.companion_of.as_ref().map(|it| companion::owner_unit(plan, service, it));
    after.extend(owner.clone());
    match &service.workload {
        Workload::Process(_) | Workload::Flake => {}
        Workload::Container(container) => {
            let objects = container.objects.iter().map(object::service);
            objects.for_each(|it| {
                requires.push(it.clone());
                after.push(it);
            });
        }
    }
    unit.add_names(&d::unit::REQUIRES, requires);
    unit.add_names(&d::unit::WANTS, wants);
    unit.add_names(&d::unit::AFTER, after);
    unit.add_names(&d::unit::BINDS_TO, owner);
    provision::mounts(unit, service);
}

/// The unit through which a service is reached: a sleeping one by its socket, so that nobody wakes it,
/// and a job by itself, so that what needs its work waits until it is done.
pub fn entry_unit(plan: &Plan, name: &ServiceName) -> String {
    match plan.services[name].activation {
        Activation::Socket(_) => format!("{name}.socket"),
        Activation::Boot | Activation::Once | Activation::Manual | Activation::Schedule(_) => {
            format!("{name}.service")
        }
    }
}

/// A reference to a port of the service itself.
fn own_port(service: &Service, role: PortRole) -> Text {
    Text::reference(Reference::Port(service.port_reference(role)))
}
