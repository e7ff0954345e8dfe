//! Containers for NixOS, whose oci-containers runs podman from a service.

use crate::directive::{self as d, Directive};
use crate::unit::{Kind, Unit, Value};

/// What a unit holds its processes to, and so only those that are below it.
pub(super) const LIMITS_OF_THE_UNIT: &[&Directive] = &[
    &d::service::CPU_QUOTA,
    &d::service::CPU_WEIGHT,
    &d::service::IO_WEIGHT,
    &d::service::MEMORY_HIGH,
    &d::service::MEMORY_MAX,
    &d::service::SLICE,
    &d::service::TASKS_MAX,
];

/// Makes a container fit oci-containers: where its unit has limits, podman is told to keep it below the unit,
/// as Quadlet always does. Unasked, it has a place of its own (`--cgroups=enabled`), which no limit reaches.
///
/// Other units are returned as they are.
pub fn fit(mut unit: Unit) -> Unit {
    let is_limited = LIMITS_OF_THE_UNIT.iter().any(|it| unit.get(it).is_some());
    if unit.kind == Kind::Container && is_limited {
        unit.assign(&d::container::CGROUPS_MODE, Value::Keyword("split"));
        unit.assign(&d::service::DELEGATE, Value::Flag(true));
    }
    // What the user says to podman comes last, so that it has the last word.
    unit.assignments.sort_by_key(|it| it.directive == &d::container::PODMAN_ARGS);
    unit
}
