//! Groups: a target that its services are wanted by and parts of, and a slice where it has limits.

use crate::directive as d;
use crate::plan::Plan;
use crate::plan::group::{Group, Start};
use crate::plan::name::GroupName;
use crate::plan::service::Service;
use crate::unit::{Kind, Unit, Value};

use super::{Shared, SharedKind, limits};

/// The units of every group that has services.
pub(super) fn shared(plan: &Plan) -> impl Iterator<Item = Shared> {
    plan.groups.iter().filter_map(|(name, group)| {
        let members = plan.services.values().filter(|it| it.groups.contains(name));
        let users = members.map(|it| it.name.clone()).collect();
        let units = std::iter::once(target(name, group)).chain(slice(name, group)).collect();
        let shared = Shared { kind: SharedKind::Group, name: name.to_string(), users, units };
        (!shared.users.is_empty()).then_some(shared)
    })
}

fn target(name: &GroupName, group: &Group) -> Unit {
    let mut unit = Unit::new(name.as_str(), Kind::Target);
    describe(&mut unit, group, "");
    if group.start == Start::Boot {
        unit.assign(&d::install::WANTED_BY, Value::Names(vec!["multi-user.target".to_owned()]));
    }
    unit
}

fn slice(name: &GroupName, group: &Group) -> Option<Unit> {
    let mut unit = Unit::new(slice_name(name), Kind::Slice);
    describe(&mut unit, group, " (slice)");
    limits::of_slice(&mut unit, group.limits.as_ref()?);
    Some(unit)
}

fn describe(unit: &mut Unit, group: &Group, role: &str) {
    if let Some(description) = &group.description {
        unit.assign(&d::unit::DESCRIPTION, Value::text(format!("{description}{role}")));
    }
}

/// A `-` in the name of a slice is a step of a hierarchy (systemd.slice(5)), so it is escaped as
/// systemd-escape(1) does: the limits of `media` are not those of `media-old`, too.
fn slice_name(name: &GroupName) -> String {
    name.as_str().replace('-', "\\x2d")
}

fn target_of(name: &GroupName) -> String {
    format!("{name}.target")
}

/// Makes a unit stop with the groups of its service.
///
/// A socket may be part of a group's target, never of its service, which it must outlive.
pub(super) fn stop_with_groups(unit: &mut Unit, service: &Service) {
    unit.add_names(&d::unit::PART_OF, service.groups.iter().map(target_of));
}

/// What starts a service that would start at boot: its groups, if it has any.
pub(super) fn starters(service: &Service) -> Vec<String> {
    if service.groups.is_empty() {
        vec!["multi-user.target".to_owned()]
    } else {
        service.groups.iter().map(target_of).collect()
    }
}

/// Makes what waits for a service's sake, a socket or a timer, start with all of its kind and with the groups.
///
/// Where no group starts at boot, it does not either.
pub(super) fn start_waiting(unit: &mut Unit, plan: &Plan, service: &Service, all: &str) {
    let starts = |name| plan.groups[name].start == Start::Boot;
    let with_all = service.groups.is_empty() || service.groups.iter().any(starts);
    let with_all = with_all.then(|| all.to_owned());
    let targets = with_all.into_iter().chain(service.groups.iter().map(target_of));
    unit.assign(&d::install::WANTED_BY, Value::Names(targets.collect()));
}

/// Puts a service below the slice of the group that limits it.
pub(super) fn limit(unit: &mut Unit, plan: &Plan, service: &Service) {
    let limiting = service.groups.iter().find(|it| plan.groups[*it].limits.is_some());
    if let Some(name) = limiting {
        let slice = format!("{}.slice", slice_name(name));
        unit.assign(&d::service::SLICE, Value::Names(vec![slice]));
    }
}
