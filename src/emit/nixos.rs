//! NixOS modules, as a person would write them.
//!
//! A service is a module with options; what a machine may change is an option, and what follows from
//! an option refers to it. `default.nix` imports all services, `hosts/HOST.nix` enables what a host runs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};

use crate::directive::Versions;
use crate::expand::{self, Shared, account, docker, oci, podman};
use crate::fileset::header;
use crate::plan::name::{HostName, ServiceName};
use crate::plan::service::Service;
use crate::plan::text::{Program, Reference};
use crate::plan::version::Version;
use crate::plan::{NixosContainers, NixosHost, Plan};
use crate::syntax;
use crate::syntax::nix::{self, Expr, Operator, Pattern};
use crate::unit::Unit;

use super::Written;

mod attributes;
mod config;
mod expose;
mod options;
pub(super) mod value;

/// oci-containers passes options to podman itself, so the version of podman decides nothing here.
pub(super) const NEWEST_PODMAN: Version = Version::new(u16::MAX, 0, 0);

/// Adds the modules of every service, the file that imports them, and one for each host.
pub(super) fn emit(plan: &Plan, files: &mut Vec<(String, String)>) {
    let header = header(&plan.manifest);
    if plan.nixos.services.is_empty() {
        return;
    }
    let modules = plan.nixos.services.par_iter().map(|name| {
        let module = module(plan, &plan.services[name]);
        (format!("nixos/{name}.nix"), nix::to_text(&header, &module))
    });
    let shared = expand::shared(plan, &plan.nixos.services);
    let shared_modules =
        shared.par_iter().map(|it| (path_of(it), nix::to_text(&header, &shared_module(plan, it))));
    let hosts = plan.nixos.hosts.par_iter().map(|(name, host)| {
        (format!("nixos/hosts/{name}.nix"), nix::to_text(&header, &enabling(plan, name, host)))
    });
    let variants = plan.nixos.hosts.keys().collect::<Vec<_>>().into_par_iter();
    let variants = variants.flat_map_iter(|host| variants_of(plan, host, &header));
    // The files of all services are long, so they must not be what is left at the end.
    let all = || nix::to_text(&header, &all(plan, &shared));
    let rest = || hosts.chain(variants).chain(shared_modules).chain(modules).collect::<Vec<_>>();
    let (all, modules) = rayon::join(all, rest);
    files.push(("nixos/default.nix".to_owned(), all));
    files.extend(modules);
}

/// The versions that every NixOS host has at least.
fn versions(plan: &Plan) -> Versions {
    Versions { systemd: plan.nixos.systemd, podman: NEWEST_PODMAN }
}

pub(super) fn path_of(shared: &Shared) -> String {
    format!("nixos/{}/{}.nix", shared.kind.plural(), shared.name)
}

/// The module of something that services share, in force when one of them is enabled.
fn shared_module(plan: &Plan, shared: &Shared) -> Expr {
    let enabled = shared.users.iter().map(|it| value::option_of(plan, it, "enable"));
    let enabled = enabled
        .reduce(|left, right| nix::operation(Operator::Or, left, right))
        .expect("what nobody uses has no module");
    let units = shared_units(plan, shared);
    let definitions = config::shared_definitions(plan, &units);
    let body = nix::attribute_set([nix::bind(["config"], lib("mkIf", [enabled, definitions]))]);
    let uses_packages = value::uses_packages(&units);
    let arguments = ["config", "lib"].into_iter().chain(uses_packages.then_some("pkgs"));
    nix::lambda(Pattern::open(arguments), body)
}

/// Returns the units of something that services share.
pub(super) fn shared_units(plan: &Plan, shared: &Shared) -> Vec<Unit> {
    let units = shared.units.iter().cloned();
    // NixOS has no options for networks and the like: they are services.
    units.map(|it| podman::lower(it, versions(plan))).collect()
}

/// Returns the units of a service, which its module defines.
pub(super) fn units(plan: &Plan, service: &Service) -> Vec<Unit> {
    let units = expand::expand(plan, service, versions(plan));
    let fit = |unit: Unit| match plan.nixos.containers {
        NixosContainers::Podman => oci::fit(unit),
        NixosContainers::Docker => docker::fit(unit, docker::OF_NIXOS).0,
    };
    let mut units: Vec<Unit> = units.into_iter().map(fit).collect();
    if plan.nixos.users(&service.name).next().is_some() {
        units.iter_mut().for_each(|it| account::under_the_system(it, service));
    }
    let entry = |it: &Service| Some(expand::entry_unit(plan, &it.name));
    units.extend(expand::expose::tailscale_serve(service, &entry));
    units
}

/// Says of units in which file they are.
pub(super) fn in_file(path: &str, units: Vec<Unit>) -> Vec<Written> {
    units.into_iter().map(|unit| Written { path: path.to_owned(), unit }).collect()
}

/// Returns what a reference stands for where no machine has changed an option.
pub(super) fn fill(plan: &Plan, reference: &Reference) -> String {
    match reference {
        Reference::Program(Program::Package { package, bin, path: _ }) => {
            let main = package.last().expect("a package has a name");
            bin.as_ref().unwrap_or(main).clone()
        }
        Reference::Program(Program::Systemd(path)) => {
            path.rsplit('/').next().unwrap_or(path).to_owned()
        }
        Reference::HostName => "%H".to_owned(),
        Reference::Credential(name) => syntax::unit::credential(name),
        Reference::Directory(kind, name) => format!("{}/{name}", kind.parent()),
        Reference::Port(port) => plan.number(port).to_string(),
    }
}

/// The module of one service.
fn module(plan: &Plan, service: &Service) -> Expr {
    let units = units(plan, service);
    let own = value::Module { plan, service };
    let body = nix::attribute_set([
        nix::bind(
            [Cow::Borrowed("options")].into_iter().chain(own.path()),
            options::declarations(&own, &units),
        ),
        nix::bind(
            ["config"],
            lib("mkIf", [nix::reference("cfg.enable"), config::definitions(&own, &units)]),
        )
        .after_blank_line(),
    ]);
    let cfg =
        nix::let_in([nix::bind(["cfg"], nix::select(nix::reference("config"), own.path()))], body);
    let uses_packages = value::uses_packages(&units);
    let arguments = ["config", "lib"].into_iter().chain(uses_packages.then_some("pkgs"));
    nix::lambda(Pattern::open(arguments), cfg)
}

/// The file that imports every service and what they share, and reserves the ports of those that are enabled.
///
/// The ports are reserved in one place because NixOS refuses two definitions of one sysctl.
fn all(plan: &Plan, shared: &[Shared]) -> Expr {
    let services = plan.nixos.services.iter().map(|name| nix::path(&format!("./{name}.nix")));
    let shared =
        shared.iter().map(|it| nix::path(&format!("./{}/{}.nix", it.kind.plural(), it.name)));
    let imports = services.chain(shared);
    let imports = nix::bind(["imports"], nix::list(imports));
    let ports = plan
        .nixos
        .services
        .iter()
        .filter_map(|name| ports_when_enabled(plan, &plan.services[name]));
    let ports: Vec<Expr> = ports.collect();
    if ports.is_empty() {
        return nix::attribute_set([imports]);
    }
    let ports = nix::bind(["ports"], lib("concatLists", [nix::list(ports)]));
    let some = nix::operation(Operator::NotEqual, nix::reference("ports"), nix::list([]));
    let list = [nix::string(","), nix::reference("toString"), nix::reference("ports")];
    let reserved = lib("mkIf", [some, lib("concatMapStringsSep", list)]);
    let sysctl =
        nix::bind(["boot", "kernel", "sysctl", "net.ipv4.ip_local_reserved_ports"], reserved);
    let body = nix::attribute_set([imports, sysctl.after_blank_line()]);
    nix::lambda(Pattern::open(["config", "lib"]), nix::let_in([ports], body))
}

/// The ports of a service on a machine that enables it.
fn ports_when_enabled(plan: &Plan, service: &Service) -> Option<Expr> {
    let own = value::Module { plan, service };
    let option = |name: &'static str| {
        nix::select(nix::reference("config"), own.path().chain([Cow::Borrowed(name)]))
    };
    let ports = service.ports().map(|(role, _)| option(value::port_option(role)));
    // One file is for every host, so what a service publishes on one of them counts, too.
    let variants = plan.variants.values().filter_map(|it| it.get(&service.name));
    let fixed: BTreeSet<u16> =
        variants.flat_map(Service::fixed_ports).chain(service.fixed_ports()).collect();
    let fixed = fixed.into_iter().map(|number| nix::integer(i64::from(number)));
    let ports: Vec<Expr> = ports.chain(fixed).collect();
    (!ports.is_empty()).then(|| lib("optionals", [option("enable"), nix::list(ports)]))
}

/// The modules of the services that are different on a host, which there replace those for all others.
fn variants_of(plan: &Plan, host: &HostName, header: &str) -> Vec<(String, String)> {
    let names = plan.variants.get(host).into_iter().flat_map(BTreeMap::keys);
    let plan = plan.on(host);
    let module = |name| {
        let module = module(&plan, &plan.services[name]);
        (format!("nixos/hosts/{host}/{name}.nix"), nix::to_text(header, &module))
    };
    names.map(module).collect()
}

/// The file that enables what a host runs, as the account that the host says.
fn enabling(plan: &Plan, name: &HostName, host: &NixosHost) -> Expr {
    let variants: Vec<&ServiceName> =
        plan.variants.get(name).into_iter().flat_map(BTreeMap::keys).collect();
    let disabled = variants.iter().map(|it| nix::path(&format!("../{it}.nix")));
    let disabled =
        (!variants.is_empty()).then(|| nix::bind(["disabledModules"], nix::list(disabled)));
    let own = variants.iter().map(|it| nix::path(&format!("./{name}/{it}.nix")));
    let imports = [nix::path("../default.nix")].into_iter().chain(own);
    let imports = nix::bind(["imports"], nix::list(imports));
    let imports = if disabled.is_some() { imports.after_blank_line() } else { imports };
    let NixosHost { user, services } = host;
    let options = services.iter().flat_map(|name| {
        let own = value::Module { plan, service: &plan.services[name] };
        let set = |option: &'static str, value: Expr| {
            nix::bind(own.path().chain([Cow::Borrowed(option)]), value)
        };
        // A companion is enabled by its owner.
        let is_companion = own.service.companion_of.is_some();
        let enable = (!is_companion).then(|| set("enable", nix::boolean(true)));
        let user = user.as_ref().map(|user| set("user", nix::string(user.as_str())));
        enable.into_iter().chain(user)
    });
    let options =
        options.enumerate().map(|(index, it)| if index == 0 { it.after_blank_line() } else { it });
    nix::attribute_set(disabled.into_iter().chain([imports]).chain(options))
}

/// `lib.NAME` applied to arguments.
fn lib<const N: usize>(name: &'static str, arguments: [Expr; N]) -> Expr {
    nix::apply(nix::select(nix::reference("lib"), [name]), arguments)
}
