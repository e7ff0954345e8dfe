//! From what the user wrote to what it means.
//!
//! Every problem is collected; a part that has one is left out and the rest is resolved on,
//! so that one run shows them all.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::manifest::model;
use crate::nearest;
use crate::plan::Plan;
use crate::plan::name::ServiceName;
use crate::plan::service::Service;
use crate::problem::{self, Code, Place, Problem, Trail};

mod account;
mod activation;
mod address;
mod container;
mod cycle;
mod dependency;
mod environment;
mod expose;
mod flake;
mod group;
mod hardening;
mod host;
mod image;
mod limits;
mod network;
mod nixos;
mod object;
mod overrides;
mod pod;
mod port;
mod probe;
mod process;
mod provision;
mod quantity;
mod raw;
mod restart;
mod schedule;
mod service;
mod text;
mod volume;

/// What resolving needs beside the manifest.
pub struct Context<'a> {
    /// The file name of the manifest.
    pub manifest: &'a str,
    /// The ports that were given before.
    pub lock: &'a BTreeMap<String, u16>,
    /// Whether something at or below the path could not be read, and was reported already.
    pub is_damaged: &'a (dyn Fn(&Trail<'_>) -> bool + Sync),
}

/// Resolves a manifest. A `None` plan always comes with at least one error;
/// a plan may come with warnings.
pub fn resolve(manifest: &model::Manifest, context: &Context<'_>) -> (Option<Plan>, Vec<Problem>) {
    let mut problems = Vec::new();
    let objects = object::resolve(manifest, &mut problems);
    let model::Manifest {
        include: _, // What they include was read with them.
        nixos,
        hosts,
        ts_proxy,
        cloudflared,
        networks: _,
        volumes: _,
        images: _,
        builds: _,
        pods: _, // They are resolved by `object`.
        defaults: _,
        templates: _,
        companions: _, // Parts of services have been merged into them.
        groups,
        services,
    } = manifest;
    let hosts = host::resolve(hosts, &mut problems);
    let groups = group::resolve(groups, &mut problems);
    let names = service_names(services, &mut problems);
    let mut wanted = port::Wanted::default();
    let mut resolved = BTreeMap::new();
    let mut variants = overrides::Variants::new();
    let each = services.par_iter().filter_map(|(name, written)| {
        let name = names.get(name.as_str())?;
        let (names, hosts, groups, objects) = (&names, &hosts, &groups, &objects);
        let path = &service_path(name);
        let scope = service::Scope { name, path, services, names, hosts, groups, objects, context };
        let mut wanted = port::Wanted::default();
        let mut problems = Vec::new();
        let service = service::resolve(written, &scope, &mut wanted, &mut problems);
        let variants =
            overrides::resolve(written, &scope, service.as_ref(), &mut wanted, &mut problems);
        Some((service, variants, wanted, problems))
    });
    // The order is that of the names again, whichever processor was done first.
    for (service, more_variants, more_wanted, more_problems) in each.collect::<Vec<_>>() {
        for (host, variant) in more_variants {
            variants.entry(host).or_default().insert(variant.name.clone(), variant);
        }
        wanted.append(more_wanted);
        problems.extend(more_problems);
        resolved.extend(service.map(|it: Service| (it.name.clone(), it)));
    }
    unit_clashes(&resolved, &mut problems);
    let is_complete = problems.is_empty() && !(context.is_damaged)(SERVICES);
    object::check(&objects.resolved, &resolved, &variants, is_complete, &mut problems);
    cycle::refuse(&resolved, &mut problems);
    dependency::settle(&mut resolved, &mut variants, &mut problems);
    refuse_companions_of_jobs(&resolved, &mut problems);
    let runs_on = host::assign(&hosts, services, &resolved, &variants, &mut problems);
    port::allocate(&mut resolved, wanted, &runs_on, context.lock, &mut problems);
    overrides::share_ports(&mut variants, &resolved);
    probe::refuse_unreachable(&resolved, &variants, &mut problems);
    let runs = account::Runs { on: &runs_on, services: &resolved, variants: &variants };
    account::refuse_privileged_ports(&hosts, &runs, services, &mut problems);
    let shown = expose::Machines::new(&hosts, &runs_on, &resolved, &variants);
    let shown_by = expose::program::resolve(ts_proxy, cloudflared, &shown, &mut problems);
    expose::clash::refuse(shown_by.ts_proxy.interface, &shown, services, &mut problems);
    let nixos = nixos::resolve(nixos, &hosts, &runs_on, &resolved, &mut problems);
    let plain_hosts = host::plain(&hosts, &runs_on, &resolved);
    let compose_hosts = host::process_compose(&hosts, &runs_on);
    let all_hosts = (plain_hosts.as_slice(), &nixos);
    object::check_hosts(&objects.resolved, &resolved, &variants, all_hosts, &mut problems);
    let plan = Plan {
        manifest: context.manifest.to_owned(),
        nixos,
        plain_hosts,
        compose_hosts,
        groups: groups.groups,
        shown_by,
        services: resolved,
        variants,
        objects: objects.resolved,
    };
    ((!problem::has_error(&problems)).then_some(plan), problems)
}

/// Returns the names of the services that have a possible one, by what was written.
fn service_names<'a>(
    services: &'a BTreeMap<String, model::service::Service>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<&'a str, ServiceName> {
    let mut names = BTreeMap::new();
    for name in services.keys() {
        match ServiceName::parse(name) {
            Some(parsed) => {
                names.insert(name.as_str(), parsed);
            }
            None => problems.push(impossible_name(&SERVICES.key(name), name)),
        }
    }
    names
}

fn impossible_name(path: &Trail<'_>, name: &str) -> Problem {
    let hint = if name == "default" {
        "`default.nix` is the file that imports all services; choose another name".to_owned()
    } else {
        "a name is lower-case letters, digits, `-` and `_`, starts with a letter or digit, \
         and has at most 128 characters; it becomes a unit, a Nix attribute, a container and a file"
            .to_owned()
    };
    Problem::new(
        Code::ImpossibleName,
        path.at_key(),
        format!("`{}` cannot be a name", name.escape_debug()),
    )
    .hint(hint)
}

/// The problem of a name that the manifest does not have, among `known` ones of the same kind.
fn unknown_name<'a>(
    name: &str,
    place: Place,
    kind: &str,
    known: impl Iterator<Item = &'a str>,
) -> Problem {
    let article = if kind.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    let message = format!("`{}` is not {article} {kind} of this manifest", name.escape_debug());
    let known: Vec<&str> = known.collect();
    Problem::new(Code::UnknownName, place, message).hint(nearest::hint(
        name,
        &known,
        &format!("{kind}s"),
    ))
}

/// The problem of a key that changes nothing beside what else is said; it is best taken out.
fn pointless(path: &Trail<'_>, key: &str, why: &str) -> Problem {
    let message = format!("`{key}` means nothing here: {why}");
    Problem::new(Code::Pointless, path.key(key).at_key(), message).hint("take it out")
}

/// Reports those of the keys that are pointless, which says the second of each, for the reason in the third.
fn refuse_pointless<'a>(
    keys: impl IntoIterator<Item = (&'a str, bool, &'a str)>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let pointless_ones = keys.into_iter().filter(|(_, is_pointless, _)| *is_pointless);
    problems.extend(pointless_ones.map(|(key, _, why)| pointless(path, key, why)));
}

/// The path of the services.
const SERVICES: &Trail<'_> = &Trail::Key(&Trail::Root, "services");

/// The path of one service.
fn service_path(name: &ServiceName) -> Trail<'_> {
    SERVICES.key(name.as_str())
}

/// A job ends when its work is done, and its companion would end with it.
fn refuse_companions_of_jobs(
    services: &BTreeMap<ServiceName, Service>,
    problems: &mut Vec<Problem>,
) {
    for (name, service) in services {
        let owner = service.companion_of.as_ref().and_then(|it| services.get(it));
        let Some(owner) = owner else { continue };
        if owner.activation.is_job() {
            let message =
                format!("`{}` runs to its end, and a companion would stop with it", owner.name);
            problems.push(
                Problem::new(
                    Code::Pointless,
                    service_path(name).key("companionOf").at_value(),
                    message,
                )
                .hint("let it depend on the job with `dependsOn`"),
            );
        }
    }
}

/// Two services may not write one unit: the backend of a proxy and what watches a service have names of their own.
fn unit_clashes(services: &BTreeMap<ServiceName, Service>, problems: &mut Vec<Problem>) {
    for (name, service) in services {
        let further = [
            ("backend", "the backend of", service.activation.is_proxied()),
            ("liveness", "what watches", service.liveness.is_some()),
        ];
        for (suffix, role, _) in further.into_iter().filter(|(_, _, is_there)| *is_there) {
            let unit = format!("{name}-{suffix}");
            let taken = ServiceName::parse(&unit).and_then(|it| services.get_key_value(&it));
            if let Some((other, _)) = taken {
                problems.push(
                    Problem::new(
                        Code::UnitClash,
                        service_path(other).at_key(),
                        format!("`{unit}.service` is already {role} `{name}`"),
                    )
                    .hint("rename one of the two services"),
                );
            }
        }
    }
}
