//! `unitsmith explain`

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::cli;
use crate::emit::{Containers, Place};
use crate::error::Error;
use crate::expand::{self, Shared};
use crate::explain::{self, Ground};
use crate::nearest;
use crate::plan::Plan;
use crate::plan::name::{HostName, ServiceName};

use super::{Outcome, Report, load, manifest_path, unknown_service};

/// What is explained.
enum Subject {
    Service(ServiceName),
    Shared(Shared),
}

/// Explains a service, or what several share.
pub(super) fn run(arguments: cli::Explain) -> Result<Report, Error> {
    let cli::Explain { name, manifest, host, target } = arguments;
    let loaded = match load(manifest_path(&manifest)?)? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(report),
    };
    let plan = &loaded.plan;
    let hosts = hosts(plan, target);
    if let Some(wanted) = &host
        && !hosts.iter().any(|it| it.is_called(wanted))
    {
        return Err(unknown_host(wanted, &hosts));
    }
    let found: Vec<(&Host<'_>, Subject)> =
        hosts.iter().filter_map(|it| Some((it, it.find(plan, &name)?))).collect();
    let others = |on: Option<&Host<'_>>| {
        let others = found.iter().map(|it| it.0.name).filter(|it| *it != on.and_then(|it| it.name));
        let others: Vec<String> = others.flatten().map(|it| format!("--host {it}")).collect();
        others.join(", ")
    };
    let is_meant =
        |it: &&(&Host<'_>, Subject)| host.as_ref().is_none_or(|host| it.0.is_called(host));
    let Some((on, subject)) = found.iter().find(is_meant) else {
        return Err(absent(&name, plan, &others(None)));
    };
    let there = on.name.map_or(Cow::Borrowed(plan), |it| plan.on(it));
    let mut page = match subject {
        Subject::Service(name) => {
            let ground = Ground { plan: &there, place: on.place_of(plan, name), host: on.name };
            explain::service(ground, &there.services[name])
        }
        Subject::Shared(shared) => {
            let ground = Ground { plan: &there, place: on.place, host: on.name };
            explain::shared(ground, shared.clone())
        }
    };
    let others = others(Some(on));
    if !others.is_empty() && host.is_none() {
        page.push_str(&format!("\nThe same elsewhere: {others}\n"));
    }
    Ok(Report { outcome: Outcome::Clean, stdout: page, stderr: loaded.warnings })
}

/// A host that may be explained.
struct Host<'a> {
    place: Place<'a>,
    name: Option<&'a HostName>,
    services: &'a BTreeSet<ServiceName>,
}

impl<'a> Host<'a> {
    fn is_called(&self, name: &str) -> bool {
        self.name.is_some_and(|it| it.as_str() == name)
    }

    /// What is called so there; a service rather than what services share.
    fn find(&self, plan: &Plan, name: &str) -> Option<Subject> {
        if let Some(service) = self.services.iter().find(|it| it.as_str() == name) {
            return Some(Subject::Service(service.clone()));
        }
        let plan = self.name.map_or(Cow::Borrowed(plan), |it| plan.on(it));
        let shared = expand::shared(&plan, self.services);
        shared.into_iter().find(|it| it.name == name).map(Subject::Shared)
    }

    /// Where the units of a service are, which on NixOS may be in a module for this host alone.
    fn place_of(&self, plan: &Plan, service: &ServiceName) -> Place<'a> {
        let is_different =
            |it: &&HostName| plan.variants.get(*it).is_some_and(|it| it.contains_key(service));
        match self.place {
            Place::Nixos(_) => Place::Nixos(self.name.filter(is_different)),
            plain @ Place::Plain(_, _) => plain,
        }
    }
}

/// The hosts in the order in which they are looked at: those without Nix first, whose unit files can be seen.
fn hosts(plan: &Plan, target: Option<cli::Target>) -> Vec<Host<'_>> {
    let (plain, containers, nixos) = match target {
        None => (true, Containers::Quadlets, true),
        Some(cli::Target::Quadlet) => (true, Containers::Quadlets, false),
        Some(cli::Target::Systemd) => (true, Containers::Services, false),
        Some(cli::Target::Nixos) => (false, Containers::Quadlets, true),
        // There are no units to explain.
        Some(cli::Target::ProcessCompose | cli::Target::ProcessComposeFlake) => {
            (false, Containers::Quadlets, false)
        }
    };
    let plain = plan.plain_hosts.iter().filter(|_| plain).map(|it| Host {
        place: Place::Plain(it, containers),
        name: it.name.as_ref(),
        services: &it.services,
    });
    let place = Place::Nixos(None);
    let named = plan.nixos.hosts.iter();
    let named = named.map(|(name, it)| Host { place, name: Some(name), services: &it.services });
    let any = plan.nixos.hosts.is_empty();
    let any = any.then_some(Host { place, name: None, services: &plan.nixos.services });
    plain.chain(named.chain(any).filter(|_| nixos)).collect()
}

/// What is not on the hosts that are meant, but perhaps on these others.
fn absent(name: &str, plan: &Plan, others: &str) -> Error {
    if !others.is_empty() {
        return Error::new(format!("`{name}` is not there"), format!("try {others}"));
    }
    if plan.services.keys().any(|it| it.as_str() == name) {
        return Error::new(
            format!("no host of that kind has `{name}`"),
            "leave `--target` out, or name another one",
        );
    }
    unknown_service(name, plan)
}

fn unknown_host(name: &str, hosts: &[Host<'_>]) -> Error {
    let known: Vec<&str> = hosts.iter().filter_map(|it| it.name).map(HostName::as_str).collect();
    let message = format!("there is no host `{name}` of that kind");
    Error::new(message, nearest::hint(name, &known, "hosts"))
}
