//! Hosts where an account runs the services.
//!
//! Without Nix its own systemd manager does, which knows other units than the system's; on NixOS the system runs
//! them as that account.

use crate::directive::{self as d, Directive};
use crate::plan::service::Service;
use crate::plan::text::{Program, Reference, Segment, Text};
use crate::plan::version::Version;
use crate::unit::{Assignment, Command, Kind, Privileges, Unit, Value};

use super::{hardening, proxy, workload_name};

/// Directives by which the system's manager chooses an account; a user's has but one (systemd.exec(5)).
const ACCOUNT: &[&Directive] = &[
    &d::service::USER,
    &d::service::GROUP,
    &d::service::DYNAMIC_USER,
    &d::service::SUPPLEMENTARY_GROUPS,
];

/// The first podman that brings a unit with which a user's units wait for the network (podman-systemd.unit(5)).
const WAITS_SINCE: Version = Version::new(5, 3, 0);

/// Makes a container, before it is anything else, one of rootless podman.
///
/// Other units are returned as they are.
pub fn without_root(mut unit: Unit) -> Unit {
    if unit.kind == Kind::Container {
        proxy::look_behind_the_forwarder(&mut unit);
    }
    unit
}

/// Makes a unit one of a user's manager.
///
/// What a request wakes does not wait for the network of the host: that unit of podman's only looks whether the
/// system has reached its target, for up to 90 s, in which nobody may ask the system for it.
pub fn under_its_manager(unit: Unit, podman: Version) -> Unit {
    let is_woken = is_woken(&unit);
    let waits = podman >= WAITS_SINCE && !is_woken;
    let mut fitted = Unit::new(unit.name, unit.kind);
    let is_quadlet = unit.kind == Kind::Container;
    for Assignment { directive, mut value } in unit.assignments {
        if ACCOUNT.contains(&directive) || hardening::needs_privileges(directive) {
            continue;
        }
        if let Value::Names(names) = &mut value
            && is_of_units(directive)
        {
            *names = names.drain(..).filter_map(|it| known_name(it, waits)).collect();
            if names.is_empty() {
                continue;
            }
        }
        if let Value::Commands(commands) = &mut value {
            commands.iter_mut().for_each(run_by_its_manager);
        }
        fitted.assign(directive, value);
    }
    if is_quadlet && is_woken && podman >= WAITS_SINCE {
        fitted.assign(&d::quadlet::DEFAULT_DEPENDENCIES, Value::Flag(false));
        fitted.assignments.sort_by_key(|it| it.directive.section);
    }
    fitted
}

/// Whether a request starts the service: by its own socket, or by the proxy that needs it.
fn is_woken(unit: &Unit) -> bool {
    let socket = format!("{}.socket", unit.name);
    let requires_its_socket = matches!(
        unit.get(&d::unit::REQUIRES),
        Some(Value::Names(names)) if names.contains(&socket)
    );
    requires_its_socket || unit.get(&d::unit::STOP_WHEN_UNNEEDED).is_some()
}

/// Whether the names that a directive takes are those of units.
fn is_of_units(directive: &Directive) -> bool {
    directive.section == d::Section::Unit || directive.section == d::Section::Install
}

/// A unit under the name that a user's manager has for it; `None` for one that it has not
/// (systemd.special(7), "Units managed by the user's service manager").
fn known_name(name: String, waits_for_the_network: bool) -> Option<String> {
    match name.as_str() {
        "multi-user.target" => Some("default.target".to_owned()),
        "network.target" => None,
        "network-online.target" => {
            waits_for_the_network.then(|| "podman-user-wait-network-online.service".to_owned())
        }
        _ => Some(name),
    }
}

/// A user's manager has no privileges to give, and a `systemctl` of its own.
fn run_by_its_manager(command: &mut Command) {
    if let Some(at) = command.words.iter().position(is_systemctl) {
        command.words.insert(at + 1, "--user".into());
    }
    command.privileges = Privileges::Unit;
}

/// Lets the system run what a service is made of as an account that the machine chooses, root unless it does.
pub fn under_the_system(unit: &mut Unit, service: &Service) {
    let is_workload =
        unit.name == workload_name(service) && matches!(unit.kind, Kind::Service | Kind::Container);
    if !is_workload {
        return;
    }
    if unit.get(&d::service::USER).is_none() {
        let root = Assignment { directive: &d::service::USER, value: Value::text("root") };
        let after = unit.assignments.iter().position(|it| it.directive == &d::service::TYPE);
        unit.assignments.insert(after.map_or(unit.assignments.len(), |it| it + 1), root);
    }
    if unit.kind == Kind::Container {
        proxy::look_behind_the_forwarder(unit);
    }
    // Stopping a unit is not for the account.
    let stops = unit.assignments.iter_mut().filter_map(|it| {
        if let Value::Commands(commands) = &mut it.value { Some(commands) } else { None }
    });
    for command in stops.flatten() {
        if command.words.first().is_some_and(is_systemctl) {
            command.privileges = Privileges::Full;
        }
    }
}

fn is_systemctl(word: &Text) -> bool {
    matches!(
        &word.0[..],
        [Segment::Reference(Reference::Program(Program::Systemd("bin/systemctl")))]
    )
}
