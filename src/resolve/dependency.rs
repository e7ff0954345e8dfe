//! What services wait for.

use std::collections::BTreeMap;

use crate::manifest::model::dependency as written;
use crate::plan::activation::Activation;
use crate::plan::dependency::{Condition, Dependency, Dependents, Follows, Need};
use crate::plan::name::ServiceName;
use crate::plan::service::{Service, Workload};
use crate::problem::{Code, Problem, Trail};

use super::overrides::Variants;
use super::service::Scope;
use super::{pointless, service_path, unknown_name};

/// Resolves the dependencies of a service as they are written; `path` is that of their table.
///
/// What they mean is known when every service is: `settle` says it.
pub(super) fn resolve(
    written: &BTreeMap<String, written::Dependency>,
    scope: &Scope<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<ServiceName, Dependency> {
    let mut dependencies = BTreeMap::new();
    for (name, written) in written {
        match scope.names.get(name.as_str()) {
            Some(name) => {
                dependencies.insert(name.clone(), dependency(written));
            }
            // A service with an impossible name has been reported where it is declared.
            None if scope.services.contains_key(name) => {}
            None => {
                let known = scope.names.keys().copied();
                problems.push(unknown_name(name, path.key(name).at_key(), "service", known));
            }
        }
    }
    dependencies
}

fn dependency(written: &written::Dependency) -> Dependency {
    let usual = written::SaidDependency::default();
    let (condition, said) = match written {
        written::Dependency::Until(condition) => (Some(*condition), &usual),
        written::Dependency::Said(said) => (said.condition, said),
    };
    Dependency {
        condition: match condition {
            None | Some(written::Condition::Started) => Condition::Started,
            Some(written::Condition::Ready) => Condition::Ready,
            Some(written::Condition::Completed) => Condition::Completed,
        },
        need: if said.required == Some(false) { Need::Optional } else { Need::Required },
        follows: if said.restart { Follows::Yes } else { Follows::No },
    }
}

/// Says what each dependency means beside the service that it names, and reports what means nothing.
pub(super) fn settle(
    services: &mut BTreeMap<ServiceName, Service>,
    variants: &mut Variants,
    problems: &mut Vec<Problem>,
) {
    let known: BTreeMap<ServiceName, Awaited> =
        services.iter().map(|(name, service)| (name.clone(), Awaited::of(service))).collect();
    for service in services.values_mut() {
        let name = &service.name;
        for (other, dependency) in &mut service.depends_on {
            // A service that is not among them has a problem of its own.
            let Some(awaited) = known.get(other) else { continue };
            problems.extend(problem(name, other, *dependency, *awaited));
            dependency.condition = awaited.condition(dependency.condition);
        }
    }
    let dependents = dependents(services);
    let of = |name| dependents.get(name).copied().unwrap_or(Dependents::Nobody);
    services.values_mut().for_each(|it| it.dependents = of(&it.name));
    // What a service waits for is the same on every host, so its problems have been told.
    for service in variants.values_mut().flat_map(BTreeMap::values_mut) {
        service.dependents = of(&service.name);
        for (other, dependency) in &mut service.depends_on {
            let awaited = known.get(other);
            let condition = awaited.map(|it| it.condition(dependency.condition));
            dependency.condition = condition.unwrap_or(dependency.condition);
        }
    }
}

/// Who waits for each service that somebody waits for.
fn dependents(services: &BTreeMap<ServiceName, Service>) -> BTreeMap<ServiceName, Dependents> {
    let mut dependents = BTreeMap::new();
    for (name, dependency) in services.values().flat_map(|it| &it.depends_on) {
        let all = dependents.entry(name.clone()).or_insert(Dependents::Independent);
        if dependency.follows == Follows::Yes {
            *all = Dependents::Following;
        }
    }
    dependents
}

/// What there is to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// Its socket, which is there before anything runs.
    Socket,
    /// The end of a job.
    End,
    /// That it is ready.
    Readiness,
    /// That it runs.
    Start,
}

impl Awaited {
    fn of(service: &Service) -> Awaited {
        let says_so = match &service.workload {
            Workload::Process(_) => false,
            Workload::Flake => return Awaited::Readiness,
            Workload::Container(container) => container.run.notify.is_some(),
        };
        match service.activation {
            Activation::Socket(_) => Awaited::Socket,
            Activation::Once | Activation::Schedule(_) => Awaited::End,
            Activation::Boot | Activation::Manual => {
                if says_so || service.readiness.is_some() {
                    Awaited::Readiness
                } else {
                    Awaited::Start
                }
            }
        }
    }

    /// What is waited for by who waits at least for the start.
    fn condition(self, written: Condition) -> Condition {
        match self {
            Awaited::Socket => written,
            Awaited::End => Condition::Completed,
            Awaited::Readiness => Condition::Ready,
            Awaited::Start => Condition::Started,
        }
    }
}

fn problem(
    name: &ServiceName,
    other: &ServiceName,
    dependency: Dependency,
    awaited: Awaited,
) -> Option<Problem> {
    let path = service_path(name);
    let path = path.key("dependsOn");
    let path = path.key(other.as_str());
    let condition = path.key("condition").at_value();
    match (dependency.condition, awaited) {
        (Condition::Ready, Awaited::End) => Some(
            Problem::new(
                Code::NeverReady,
                condition,
                format!("`{other}` is a job, which has ended before it could be ready"),
            )
            .hint("wait for its end with `completed`"),
        ),
        (Condition::Ready, Awaited::Start) => Some(
            Problem::new(
                Code::NeverReady,
                condition,
                format!("`{name}` waits until `{other}` is ready, and nothing says when that is"),
            )
            .hint(format!(
                "give `{other}` a `readiness`, like `readiness.tcp = true`, or wait for its start with `started`"
            )),
        ),
        (Condition::Completed, Awaited::Socket | Awaited::Readiness | Awaited::Start) => Some(
            Problem::new(
                Code::NeverCompleted,
                condition,
                format!("`{name}` waits for the end of `{other}`, which goes on running"),
            )
            .hint(format!(
                "let `{other}` run once, with `activation.on = \"once\"`, or wait for its start with `started`"
            )),
        ),
        (Condition::Started | Condition::Completed, Awaited::End)
        | (Condition::Started, Awaited::Start)
        | (Condition::Started | Condition::Ready, Awaited::Readiness | Awaited::Socket) => {
            pointless_restart(&path, other, dependency, awaited)
        }
    }
}

/// Only what goes on running can end and be there again.
fn pointless_restart(
    path: &Trail<'_>,
    other: &ServiceName,
    dependency: Dependency,
    awaited: Awaited,
) -> Option<Problem> {
    let why = match (dependency.follows, awaited) {
        (Follows::No, _) | (Follows::Yes, Awaited::Readiness | Awaited::Start) => return None,
        (Follows::Yes, Awaited::Socket) => {
            format!("`{other}` sleeps and wakes as it is needed, and its socket is always there")
        }
        (Follows::Yes, Awaited::End) => format!("`{other}` is done when it has ended"),
    };
    Some(pointless(path, "restart", &why))
}
