//! Containers for a host whose podman reads Quadlet files.

use crate::directive::{self as d, Versions};
use crate::plan::text::Text;
use crate::unit::{Assignment, Kind, Unit, Value};

use super::podman;

/// Makes a container fit the host's podman: what its Quadlet has no key for becomes an argument of podman.
///
/// Other units are returned as they are.
pub fn fit(unit: Unit, versions: Versions) -> Unit {
    if unit.kind != Kind::Container {
        return unit;
    }
    let (mut known, mut unknown): (Vec<_>, Vec<_>) =
        unit.assignments.into_iter().partition(|it| it.directive.is_known_to(versions));
    unknown.extend(take_volumes_that_quadlet_breaks(&mut known));
    let arguments: Vec<Text> = unknown.iter().flat_map(podman::options).collect();
    let mut fitted = Unit { assignments: known, ..unit };
    if !arguments.is_empty() {
        fitted.assign(&d::container::PODMAN_ARGS, Value::Texts(arguments));
    }
    podman::let_it_pull(&mut fitted);
    // The keys of one section stay together in the file.
    fitted.assignments.sort_by_key(|it| it.directive.section);
    fitted
}

/// Takes the volumes whose source Quadlet cannot write: it copies the source into `RequiresMountsFor=`
/// as it stands, where systemd splits at blanks and reads quotes and escapes.
fn take_volumes_that_quadlet_breaks(assignments: &mut Vec<Assignment>) -> Option<Assignment> {
    let position = assignments.iter().position(|it| it.directive == &d::container::VOLUME)?;
    let (broken, whole): (Vec<Text>, Vec<Text>) =
        assignments[position].value.texts().iter().cloned().partition(is_broken);
    if whole.is_empty() {
        assignments.remove(position);
    } else {
        assignments[position].value = Value::Texts(whole);
    }
    (!broken.is_empty())
        .then_some(Assignment { directive: &d::container::VOLUME, value: Value::Texts(broken) })
}

fn is_broken(volume: &Text) -> bool {
    let volume = volume.as_literal().unwrap_or_default();
    let source = volume.split(':').next().unwrap_or_default();
    source.contains([' ', '"', '\'', '\\', '$'])
}
