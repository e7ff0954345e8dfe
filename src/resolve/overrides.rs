//! What services are on single hosts.

use std::collections::BTreeMap;

use crate::manifest::model;
use crate::plan::name::{HostName, ServiceName};
use crate::plan::service::Service;
use crate::problem::{Code, Problem};

use super::service::{self, Scope};
use super::{host, port, unknown_name};

/// Services as single hosts run them, in place of what all others run.
pub(super) type Variants = BTreeMap<HostName, BTreeMap<ServiceName, Service>>;

/// Resolves what a service is on each host that has an override; `service` is what it is on the others.
///
/// What is wrong with the service itself is wrong with each of these, too; it is told once (`manifest::source`).
pub(super) fn resolve(
    written: &model::service::Service,
    scope: &Scope<'_>,
    service: Option<&Service>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Vec<(HostName, Service)> {
    if written.overrides.is_empty() {
        return Vec::new();
    }
    let overrides = scope.path.key("overrides");
    // What is wrong with the list of hosts is told where services are assigned to them.
    let path = scope.path.key("hosts");
    let chosen = host::chosen_hosts(scope.hosts, written.hosts.as_ref(), &path, &mut Vec::new());
    let mut variants = Vec::new();
    for (name, written) in &written.overrides {
        let path = overrides.key(name);
        let host = scope.hosts.hosts.keys().find(|it| it.as_str() == name);
        match host {
            Some(host) if chosen.contains(host) => {
                let scope = Scope { path: &path, ..*scope };
                let mut more = port::Wanted::default();
                let variant = service::resolve(written, &scope, &mut more, problems);
                wanted.append_variant(more);
                if let (Some(service), Some(variant)) = (service, &variant)
                    && service.address != variant.address
                {
                    let message =
                        format!("`{}` would be reached at another address on `{name}`", scope.name);
                    let hint = "other services find it at one address; let it listen on the same";
                    problems.push(Problem::new(Code::Pointless, path.at_key(), message).hint(hint));
                }
                variants.extend(variant.map(|it| (host.clone(), it)));
            }
            Some(_) => {
                let message = format!("`{}` does not run on `{name}`", scope.name);
                let hint = "add the host to `hosts`, or take the override out";
                problems.push(Problem::new(Code::Pointless, path.at_key(), message).hint(hint));
            }
            // A host with a problem of its own has been reported.
            None if scope.hosts.is_refused(name) => {}
            None => {
                let known = scope.hosts.hosts.keys().map(HostName::as_str);
                problems.push(unknown_name(name, path.at_key(), "host", known));
            }
        }
    }
    variants
}

/// A service has the same ports on every host.
pub(super) fn share_ports(variants: &mut Variants, services: &BTreeMap<ServiceName, Service>) {
    for variant in variants.values_mut().flat_map(BTreeMap::values_mut) {
        if let Some(service) = services.get(&variant.name) {
            variant.port = service.port;
            variant.backend_port = service.backend_port;
        }
    }
}
