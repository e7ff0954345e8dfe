//! What a plan asks of hosts and they cannot do, found in the very units that are made for them.
//!
//! Invariant: reads units and says what they lack; how to do it another way is for `expand`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::compose::{self, Without};
use crate::directive::Versions;
use crate::expand::{self, docker};
use crate::plan::activation::Handoff;
use crate::plan::service::{Gaps, Service, Workload};
use crate::plan::version::Version;
use crate::plan::{ComposeHost, Engine, Form, NixosContainers, Plan};
use crate::problem::{Code, Place, Problem, Trail};
use crate::unit::Kind;

/// Returns a problem for each thing that a host cannot do for a service which does not accept that.
pub fn find(plan: &Plan) -> Vec<Problem> {
    let mut problems = Vec::new();
    for host in &plan.plain_hosts {
        let Engine::Docker(version) = host.engine else { continue };
        let name = host.name.as_ref().map(|it| format!("`{it}`")).unwrap_or_default();
        let at = format!("docker {version} on {name}");
        let plan = host.name.as_ref().map_or(Cow::Borrowed(plan), |it| plan.on(it));
        let services = host.services.iter().map(|it| &plan.services[it]);
        services.for_each(|it| docker_cannot(&plan, it, host.systemd, version, &at, &mut problems));
    }
    if plan.nixos.containers == NixosContainers::Docker {
        let variants = plan.nixos.hosts.keys().filter_map(|it| plan.variants.get(it));
        let services = plan.nixos.services.iter().map(|it| &plan.services[it]);
        let services = services.chain(variants.flat_map(BTreeMap::values));
        let (systemd, version) = (plan.nixos.systemd, docker::OF_NIXOS);
        services.for_each(|it| {
            docker_cannot(plan, it, systemd, version, "docker on NixOS", &mut problems);
        });
    }
    for form in Form::ALL {
        problems.extend(find_of_process_compose(plan, form));
    }
    problems
}

/// The same for hosts of process-compose alone, those that are told in this form.
pub fn find_of_process_compose(plan: &Plan, form: Form) -> Vec<Problem> {
    let mut problems = Vec::new();
    for host in plan.compose_hosts.iter().filter(|it| it.form.is_like(form)) {
        process_compose_cannot(plan, host, &mut problems);
    }
    problems
}

fn process_compose_cannot(plan: &Plan, host: &ComposeHost, problems: &mut Vec<Problem>) {
    let on = host.name.as_ref().map(|it| format!(" on `{it}`")).unwrap_or_default();
    let at = match host.form {
        Form::File(version) => format!("process-compose {version}{on}"),
        Form::Flake => format!("process-compose-flake{on}"),
    };
    let plan = host.name.as_ref().map_or(Cow::Borrowed(plan), |it| plan.on(it));
    let (_, gaps) = compose::project(&plan, host);
    for gap in gaps {
        let service = &plan.services[&gap.service];
        let hint = match gap.without {
            Without::Works if service.gaps == Gaps::Accepted => continue,
            Without::Works => {
                "leave that host out of the service's `hosts`, \
                 or accept that it goes without with `allow = [\"US060\"]`"
            }
            Without::Fails => "leave that host out of the service's `hosts`, or start it at boot",
        };
        let services = Trail::Root.key("services");
        let place = services.key(service.name.as_str()).key(gap.key).at_key();
        problems.push(problem(service, place, &at, &gap.what, hint));
    }
}

fn docker_cannot(
    plan: &Plan,
    service: &Service,
    systemd: u16,
    docker: Version,
    at: &str,
    problems: &mut Vec<Problem>,
) {
    let Workload::Container(_) = service.workload else { return };
    let services = Trail::Root.key("services");
    let path = services.key(service.name.as_str());
    if matches!(service.activation.handoff(), Some(Handoff::Fd)) {
        let place = path.key("activation").key("handoff").at_value();
        let what = "`handoff = \"fd\"`: its daemon, not systemd, starts containers, and hands no socket over";
        problems.push(problem(service, place, at, what, "use `handoff = \"proxy\"`"));
    }
    if service.gaps == Gaps::Accepted {
        return;
    }
    let versions = Versions { systemd, podman: Version::new(u16::MAX, 0, 0) };
    let units = expand::expand(plan, service, versions);
    for unit in units.into_iter().filter(|it| it.kind == Kind::Container) {
        let (_, gaps) = docker::fit(unit, docker);
        for gap in gaps {
            let hint = "take it out, leave that host out of the service's `hosts`, \
                        or accept that it goes without with `allow = [\"US060\"]`";
            let place = path.key("container").at_key();
            problems.push(problem(service, place, at, &format!("`{gap}`"), hint));
        }
    }
}

fn problem(service: &Service, place: Place, at: &str, what: &str, hint: &str) -> Problem {
    let message = format!("{at} cannot do for `{}`: {what}", service.name);
    Problem::new(Code::TargetCannot, place, message).hint(hint)
}
