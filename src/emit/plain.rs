//! A host without Nix: unit files, Quadlets, and what they need beside them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator as _, ParallelExtend as _, ParallelIterator as _};

use crate::directive::Versions;
use crate::expand::{self, account, docker, podman, quadlet};
use crate::fileset::header;
use crate::plan::name::UserName;
use crate::plan::service::{Service, Workload};
use crate::plan::text::Reference;
use crate::plan::{Engine, PlainHost, Plan};
use crate::syntax;
use crate::unit::{Kind, Unit};

use super::nixos::NEWEST_PODMAN;
use super::{Containers, Written};

mod expose;

/// Where the files of plain hosts lie.
///
/// An account runs services of named hosts alone, so its directories are below `hosts`.
pub(super) const DIRECTORIES: &[&str] = &[
    "caddy",
    "cloudflared",
    "hosts",
    "nftables",
    "nginx",
    "quadlet",
    "sysctl.d",
    "systemd",
    "sysusers.d",
    "ts-proxy",
];

/// Adds the files of one host.
///
/// The directories are named after those of the host: `systemd` goes to `/etc/systemd/system`,
/// `quadlet` to `/etc/containers/systemd`, `nginx` to `/etc/nginx/conf.d`, the others to `/etc`;
/// `systemd-user` and `quadlet-user` to `~/.config/systemd/user` and `~/.config/containers/systemd` of the account.
pub(super) fn emit(
    plan: &Plan,
    host: &PlainHost,
    containers: Containers,
    files: &mut Vec<(String, String)>,
) {
    let (directory, plan) = match &host.name {
        Some(name) => (format!("hosts/{name}/"), plan.on(name)),
        None => (String::new(), Cow::Borrowed(plan)),
    };
    let plan: &Plan = &plan;
    let header = header(&plan.manifest);
    let fill = |reference: &Reference| fill(plan, host, reference);
    let file = |Written { path, unit }| {
        let text = syntax::unit::file(&header, &unit, &fill);
        (format!("{directory}{path}"), text)
    };
    let units = host.services.par_iter().flat_map_iter(|name| {
        units(plan, host, containers, &plan.services[name]).into_iter().map(file)
    });
    files.par_extend(units);
    let shared = expand::shared(plan, &host.services).into_iter();
    let shared = shared.flat_map(|it| it.units).map(|it| written(host, containers, it));
    files.extend(shared.map(file));
    let services: Vec<&Service> = host.services.iter().map(|it| &plan.services[it]).collect();
    // The programs that show services are the system's, which does not know the units of an account.
    let entry = |it: &Service| host.user.is_none().then(|| expand::entry_unit(plan, &it.name));
    let showing = expand::expose::ts_proxy(plan, &services, &entry);
    let serving = services.iter().filter_map(|it| expand::expose::tailscale_serve(it, &entry));
    files.extend(showing.into_iter().chain(serving).map(|unit| {
        let text = syntax::unit::file(&header, &unit, &fill);
        (format!("{directory}systemd/{}", unit.file_name()), text)
    }));
    let shown = expose::files(plan, host, &header);
    files.extend(shown.into_iter().map(|(path, text)| (format!("{directory}{path}"), text)));
    let reserved = reserved_ports(plan, host);
    if !reserved.is_empty() {
        let text = syntax::unit::reserved_ports(&header, &reserved);
        files.push((format!("{directory}sysctl.d/60-unitsmith.conf"), text));
    }
    if let Some(user) = &host.user {
        let text = syntax::unit::lingering(&header, user);
        files.push((format!("{directory}tmpfiles.d/unitsmith.conf"), text));
        // The account is somebody's, who has it already.
        return;
    }
    let (users, groups) = accounts(plan, host);
    if !users.is_empty() || !groups.is_empty() {
        let text = syntax::unit::accounts(&header, &users, &groups);
        files.push((format!("{directory}sysusers.d/unitsmith.conf"), text));
    }
}

/// Returns the units of a service as the host gets them.
pub(super) fn units(
    plan: &Plan,
    host: &PlainHost,
    containers: Containers,
    service: &Service,
) -> Vec<Written> {
    let units = expand::expand(plan, service, versions(host));
    units.into_iter().map(|it| written(host, containers, it)).collect()
}

fn versions(host: &PlainHost) -> Versions {
    let podman = match host.engine {
        Engine::Podman(version) => version,
        // What docker has no word for is left out later, and not by versions of podman.
        Engine::Docker(_) => NEWEST_PODMAN,
    };
    Versions { systemd: host.systemd, podman }
}

/// Makes a unit fit the host.
pub(super) fn written(host: &PlainHost, containers: Containers, unit: Unit) -> Written {
    let versions = versions(host);
    let unit = match host.engine {
        Engine::Docker(version) => docker::lower(docker::fit(unit, version).0),
        Engine::Podman(version) => {
            let unit = if host.user.is_some() { account::without_root(unit) } else { unit };
            if containers == Containers::Quadlets && quadlet::reads(&unit, version) {
                quadlet::fit(unit, versions)
            } else {
                podman::lower(unit, versions)
            }
        }
    };
    let (unit, units, containers) = match &host.user {
        None => (unit, "systemd", "quadlet"),
        Some(_) => {
            (account::under_its_manager(unit, versions.podman), "systemd-user", "quadlet-user")
        }
    };
    let place = match unit.kind {
        Kind::Service | Kind::Socket | Kind::Timer | Kind::Target | Kind::Slice => units,
        Kind::Container | Kind::Network | Kind::Volume | Kind::Image | Kind::Build | Kind::Pod => {
            containers
        }
    };
    Written { path: format!("{place}/{}", unit.file_name()), unit }
}

/// Returns what a reference stands for on a host without Nix.
pub(super) fn fill(plan: &Plan, host: &PlainHost, reference: &Reference) -> String {
    match reference {
        Reference::Program(program) => program.plain_path(),
        Reference::HostName => match &host.name {
            Some(name) => name.to_string(),
            // Whichever host gets the files: systemd's specifier for its name (systemd.unit(5)).
            None => "%H".to_owned(),
        },
        Reference::Credential(name) => syntax::unit::credential(name),
        Reference::Directory(kind, name) => match &host.user {
            None => format!("{}/{name}", kind.parent()),
            Some(_) => syntax::unit::directory_of_account(*kind, name),
        },
        Reference::Port(port) => plan.number(port).to_string(),
    }
}

/// The ports that no outgoing connection of the host may take first.
fn reserved_ports(plan: &Plan, host: &PlainHost) -> BTreeSet<u16> {
    let services = host.services.iter().map(|name| &plan.services[name]);
    services
        .flat_map(|it| it.ports().map(|(_, port)| port.number).chain(it.fixed_ports()))
        .collect()
}

/// The accounts and groups that processes run as and that a host may not have.
fn accounts<'a>(
    plan: &'a Plan,
    host: &PlainHost,
) -> (BTreeSet<&'a UserName>, BTreeSet<&'a UserName>) {
    let mut users = BTreeSet::new();
    let mut groups = BTreeSet::new();
    for name in &host.services {
        match &plan.services[name].workload {
            Workload::Process(process) => {
                let (user, more) = process.account.needs();
                users.extend(user);
                groups.extend(more);
            }
            Workload::Container(_) | Workload::Flake => {}
        }
    }
    (users, groups)
}
