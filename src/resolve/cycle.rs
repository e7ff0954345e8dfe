//! Services that wait for each other.

use std::collections::BTreeMap;

use crate::plan::name::ServiceName;
use crate::plan::service::Service;
use crate::problem::{Code, Problem};

use super::service_path;

/// Services that wait for each other never start: systemd breaks such a ring at a place of its choice.
pub(super) fn refuse(services: &BTreeMap<ServiceName, Service>, problems: &mut Vec<Problem>) {
    let mut visits = BTreeMap::new();
    for start in services.keys() {
        if !visits.contains_key(start) {
            follow_dependencies(start, services, &mut visits, problems);
        }
    }
}

/// How far the dependencies of a service have been followed.
#[derive(Clone, Copy)]
enum Visit {
    /// It is on the trail, at this position.
    Open(usize),
    Done,
}

/// Follows dependencies to their ends and reports every way back onto the trail.
///
/// The trail is no recursion, because a chain of services may be longer than the stack.
fn follow_dependencies<'a>(
    start: &'a ServiceName,
    services: &'a BTreeMap<ServiceName, Service>,
    visits: &mut BTreeMap<&'a ServiceName, Visit>,
    problems: &mut Vec<Problem>,
) {
    visits.insert(start, Visit::Open(0));
    let mut trail = vec![(start, awaited(&services[start]))];
    while let Some((name, rest)) = trail.last_mut() {
        let Some((next, awaited_as)) = rest.next() else {
            visits.insert(name, Visit::Done);
            trail.pop();
            continue;
        };
        match (visits.get(next), services.get(next)) {
            // A sleeping service is waited for by its socket, which waits for nobody.
            (_, Some(service))
                if awaited_as == Awaited::Reachable && service.activation.handoff().is_some() => {}
            (Some(Visit::Open(from)), _) => {
                let ring: Vec<&ServiceName> = trail[*from..].iter().map(|(it, _)| *it).collect();
                problems.push(ring_problem(&ring, awaited_as));
            }
            // A service that is not among the resolved ones has a problem of its own.
            (Some(Visit::Done), _) | (None, None) => {}
            (None, Some(service)) => {
                visits.insert(next, Visit::Open(trail.len()));
                trail.push((next, awaited(service)));
            }
        }
    }
}

/// What of another service is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// That it can be reached: a dependency.
    Reachable,
    /// That it runs: the owner of a companion.
    Running,
}

/// The services that a service waits for.
fn awaited(service: &Service) -> impl Iterator<Item = (&ServiceName, Awaited)> {
    let dependencies = service.depends_on.keys().map(|it| (it, Awaited::Reachable));
    dependencies.chain(service.companion_of.iter().map(|it| (it, Awaited::Running)))
}

/// The problem of services of which each waits for the next and the last for the first.
fn ring_problem(ring: &[&ServiceName], awaited_as: Awaited) -> Problem {
    let (first, last) = (ring[0], ring[ring.len() - 1]);
    let names: Vec<&str> = ring.iter().chain([&first]).map(|it| it.as_str()).collect();
    let place = match awaited_as {
        Awaited::Reachable => service_path(last).key("dependsOn").key(first.as_str()).at_key(),
        Awaited::Running => service_path(last).key("companionOf").at_value(),
    };
    Problem::new(
        Code::DependencyCycle,
        place,
        format!("these services wait for each other: {}", names.join(" -> ")),
    )
    .hint("take one of the dependencies out")
}
