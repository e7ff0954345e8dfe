//! What a module defines when it is enabled.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::directive::{self as d, Directive, ModuleOption, Nixos, Quoting, Section};
use crate::expand::podman;
use crate::plan::dependency::Need;
use crate::plan::name::{ServiceName, UserName};
use crate::plan::service::{PortOrigin, Workload};
use crate::plan::text::Reference;
use crate::plan::{NixosContainers, Plan, PortSource};
use crate::syntax::nix::{self, Expr};
use crate::unit::{Assignment, Kind, Unit, Value};

use super::attributes::Attributes;
use super::value::{Module, Writer};
use super::{expose, lib, options};

/// Directives that oci-containers defines itself, so that another value needs `mkForce`
/// (nixpkgs nixos/modules/virtualisation/oci-containers.nix).
const DEFINED_BY_OCI_CONTAINERS: &[&Directive] = &[
    &d::service::DELEGATE,
    &d::service::NOTIFY_ACCESS,
    &d::service::RESTART,
    &d::service::TIMEOUT_START_SEC,
    &d::service::TIMEOUT_STOP_SEC,
    &d::service::TYPE,
];

/// Directives beside commands that oci-containers defines and that a list joins.
const JOINS_OCI_CONTAINERS: &[&str] = &[
    "Environment",
    "ExecStart",
    "ExecStartPost",
    "ExecStartPre",
    "ExecStop",
    "ExecStopPost",
    "RuntimeDirectory",
];

/// Definitions by their attribute paths, in the order of the module.
pub(super) type Definitions<'a> = Vec<(Vec<&'a str>, Expr)>;

/// Returns the definitions of a module.
pub(super) fn definitions(own: &Module<'_>, units: &[Unit]) -> Expr {
    let mut sets: Definitions<'_> = Vec::new();
    assert_needs(own, units, &mut sets);
    allocate_ports(own, &mut sets);
    for unit in units {
        match unit.kind {
            Kind::Service | Kind::Socket | Kind::Timer | Kind::Target | Kind::Slice => {
                sets.push(plain_unit(own.writer(), unit, Owner::Module));
            }
            Kind::Network | Kind::Volume | Kind::Image | Kind::Build | Kind::Pod => {
                unreachable!("what services share has modules of its own")
            }
            Kind::Container => {
                let (container, service) = container(own, unit);
                let name = own.service.name.as_str();
                let mut all = Attributes::default();
                // The default backend depends on the state version of the machine.
                let backend = match own.plan.nixos.containers {
                    NixosContainers::Podman => "podman",
                    NixosContainers::Docker => "docker",
                };
                all.set(&["backend"], nix::string(backend));
                all.set(&["containers", name], container.into_expression());
                sets.push((vec!["virtualisation", "oci-containers"], all.into_expression()));
                sets.push((vec!["systemd", "services", &unit.name], service.into_expression()));
            }
        }
    }
    expose::define(own, &mut sets);
    accounts(own, &mut sets);
    set_of(sets)
}

/// Returns the definitions of units that services share.
pub(super) fn shared_definitions(plan: &Plan, units: &[Unit]) -> Expr {
    let writer = Writer { plan, own: None };
    set_of(units.iter().map(|it| plain_unit(writer, it, Owner::Shared)).collect())
}

fn set_of(sets: Definitions<'_>) -> Expr {
    let bindings = sets.into_iter().enumerate().map(|(index, (path, value))| {
        let path = path.into_iter().map(str::to_owned);
        let binding = nix::bind(path, value).fold_single();
        if index == 0 { binding } else { binding.after_blank_line() }
    });
    nix::attribute_set(bindings)
}

/// The options of a unit that is a unit on NixOS, too.
pub(super) fn plain_unit<'a>(
    writer: Writer<'_>,
    unit: &'a Unit,
    owner: Owner,
) -> (Vec<&'a str>, Expr) {
    let place = match unit.kind {
        Kind::Socket => "sockets",
        Kind::Timer => "timers",
        Kind::Target => "targets",
        Kind::Slice => "slices",
        Kind::Service
        | Kind::Container
        | Kind::Network
        | Kind::Volume
        | Kind::Image
        | Kind::Build
        | Kind::Pod => "services",
    };
    let mut attributes = Attributes::default();
    if owner == Owner::Shared && unit.kind == Kind::Service {
        // Stopped and started instead of restarted, it would not bring back those that it stops.
        attributes.set(&["stopIfChanged"], nix::boolean(false));
    }
    for Assignment { directive, value } in in_order(unit) {
        set_unit_option(writer, directive, value, owner, &mut attributes);
    }
    (vec!["systemd", place, &unit.name], attributes.into_expression())
}

/// The directives in the order that NixOS modules usually have:
/// what the unit is, when it starts, what it needs, and at last what is passed on to systemd as it stands.
fn in_order(unit: &Unit) -> Vec<&Assignment> {
    let mut assignments: Vec<&Assignment> = unit.assignments.iter().collect();
    assignments.sort_by_key(|it| match it.directive.nixos {
        Nixos::Unit(["description"]) => 0,
        Nixos::Unit(["wantedBy"]) => 1,
        Nixos::Unit([_, _, ..]) => 3,
        Nixos::Unit(_)
        | Nixos::UnitList(_)
        | Nixos::Container(_)
        | Nixos::ContainerList(_)
        | Nixos::Capability(_)
        | Nixos::ExtraOption
        | Nixos::Elsewhere => 2,
    });
    assignments
}

/// The options of a container, and those of the service that oci-containers makes of it.
fn container(own: &Module<'_>, unit: &Unit) -> (Attributes, Attributes) {
    let writer = own.writer();
    let mut container = Attributes::default();
    let mut service = Attributes::default();
    let mut extra_options = Vec::new();
    container.set(&["serviceName"], nix::string(&unit.name));
    if !unit.starts_at_boot() {
        container.set(&["autoStart"], nix::boolean(false));
    }
    for assignment in in_order(unit) {
        let Assignment { directive, value } = assignment;
        match directive.nixos {
            Nixos::Container(path) => {
                if let Value::Pairs(pairs) = value {
                    for (name, text) in pairs {
                        container.set(&[path, &[name]].concat(), writer.segments(&text.0));
                    }
                    continue;
                }
                let value = match directive.option {
                    Some(ModuleOption::Image) => nix::reference("cfg.image"),
                    Some(ModuleOption::Environment) => {
                        environment(writer, directive.quoting, value)
                    }
                    Some(ModuleOption::Restart | ModuleOption::User) | None => {
                        writer.plain(value).into_iter().next().expect("an option has a value")
                    }
                };
                container.set(path, value);
            }
            Nixos::ContainerList(path) => container.set(path, nix::list(writer.plain(value))),
            Nixos::Capability(is_added) => {
                if let Value::Names(names) = value {
                    for name in names {
                        container.set(&["capabilities", name], nix::boolean(is_added));
                    }
                }
            }
            Nixos::ExtraOption => {
                extra_options
                    .extend(podman::options(assignment).iter().map(|it| writer.segments(&it.0)));
            }
            // oci-containers has its own word for the account.
            Nixos::Unit(_)
                if *directive == &d::service::USER && !matches!(value, Value::Raw { .. }) =>
            {
                container.set(&["podman", "user"], nix::reference("cfg.user"));
            }
            // A container is started at boot by `autoStart`.
            Nixos::UnitList(_) | Nixos::Unit(_)
                if directive.section == Section::Install && unit.starts_at_boot() => {}
            Nixos::UnitList(_) | Nixos::Unit(_) => {
                set_unit_option(writer, directive, value, Owner::OciContainers, &mut service);
            }
            Nixos::Elsewhere => {}
        }
    }
    if unit.is_oneshot() && unit.get(&d::service::NOTIFY_ACCESS).is_none() {
        // oci-containers runs podman with `-d`, of which the last one counts; the process is then that of
        // the container, and nobody but systemd itself says when the job is done.
        extra_options.push(nix::string("--detach=false"));
        let nobody = lib("mkForce", [nix::string("none")]);
        service.set(&["serviceConfig", d::service::NOTIFY_ACCESS.key], nobody);
    }
    if !extra_options.is_empty() {
        container.set(&["extraOptions"], nix::list(extra_options));
    }
    (container, service)
}

/// Who defines a unit that a module adds to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Owner {
    Module,
    OciContainers,
    /// The module of something that services share, which has no options.
    Shared,
}

fn set_unit_option(
    writer: Writer<'_>,
    directive: &'static Directive,
    value: &Value,
    owner: Owner,
    attributes: &mut Attributes,
) {
    let (path, takes_list) = match directive.nixos {
        // As a list, commands and directories join those of oci-containers; a single one would conflict.
        Nixos::Unit(path) => {
            let joins = owner == Owner::OciContainers
                && (matches!(value, Value::Commands(_))
                    || JOINS_OCI_CONTAINERS.contains(&directive.key));
            // What is passed on to systemd as it stands takes names on one line.
            (path, joins || (matches!(value, Value::Names(_)) && path.len() == 1))
        }
        Nixos::UnitList(path) => (path, true),
        Nixos::Container(_)
        | Nixos::ContainerList(_)
        | Nixos::Capability(_)
        | Nixos::ExtraOption
        | Nixos::Elsewhere => return,
    };
    let option = directive.option.filter(|_| owner != Owner::Shared);
    let value = match option {
        Some(ModuleOption::Environment) => environment(writer, directive.quoting, value),
        Some(option) => nix::select(nix::reference("cfg"), [options::name(option)]),
        None => {
            let mut values = if let Value::Names(names) = value
                && !takes_list
            {
                vec![nix::string(&names.join(" "))]
            } else {
                writer.directive(directive.quoting, value)
            };
            if takes_list || values.len() != 1 { nix::list(values) } else { values.remove(0) }
        }
    };
    let is_defined =
        owner == Owner::OciContainers && DEFINED_BY_OCI_CONTAINERS.contains(&directive);
    let value = if is_defined { lib("mkForce", [value]) } else { value };
    attributes.set(path, value);
}

/// The variables of the manifest, which a machine may add to or replace.
fn environment(writer: Writer<'_>, quoting: Quoting, value: &Value) -> Expr {
    let option = nix::reference("cfg.environment");
    if let Value::Variables(variables) = value
        && !variables.is_empty()
    {
        nix::update(writer.variables(variables, quoting), option)
    } else {
        option
    }
}

/// Entries of the allocator for the ports that the module reads from it.
fn allocate_ports<'a>(own: &Module<'a>, sets: &mut Definitions<'a>) {
    if own.plan.nixos.ports != PortSource::NetworkingPorts {
        return;
    }
    let mut ports = Attributes::default();
    for (role, port) in own.service.ports() {
        let key = own.service.port_reference(role).key();
        ports.set(&[key.as_str(), "enable"], nix::boolean(true));
        match port.origin {
            PortOrigin::Hashed => {}
            // The allocator knows neither the pins nor the lock of the manifest.
            PortOrigin::Pinned | PortOrigin::Moved => {
                let number = lib("mkDefault", [nix::integer(i64::from(port.number))]);
                ports.set(&[key.as_str(), "port"], number);
            }
        }
    }
    if !ports.is_empty() {
        sets.push((vec!["networking", "ports"], ports.into_expression()));
    }
}

/// Says at evaluation that a service is missing without which this one would not start or find what it calls.
fn assert_needs<'a>(own: &Module<'a>, units: &[Unit], sets: &mut Definitions<'a>) {
    let referenced = units.iter().flat_map(Unit::references).filter_map(|it| match it {
        Reference::Port(port) => Some(&port.service),
        Reference::Program(_)
        | Reference::HostName
        | Reference::Credential(_)
        | Reference::Directory(..) => None,
    });
    let needs: BTreeSet<&ServiceName> = own
        .service
        .depends_on
        .iter()
        .filter(|(_, it)| it.need == Need::Required)
        .map(|(name, _)| name)
        .chain(&own.service.companion_of)
        .chain(referenced)
        .filter(|it| **it != own.service.name)
        .collect();
    let assertions = needs.into_iter().map(|name| {
        let other = Module { plan: own.plan, service: &own.plan.services[name] };
        let option = |module: &Module<'_>| Vec::from_iter(module.path()).join(".");
        let message = format!("`{}` needs `{}.enable`.", option(own), option(&other));
        let enabled =
            nix::select(nix::reference("config"), other.path().chain([Cow::Borrowed("enable")]));
        nix::attribute_set([
            nix::bind(["assertion"], enabled),
            nix::bind(["message"], nix::string(&message)),
        ])
    });
    let assertions: Vec<Expr> = assertions.collect();
    if !assertions.is_empty() {
        sets.push((vec!["assertions"], nix::list(assertions)));
    }
}

/// The account that runs the process, unless the machine chose another.
///
/// Its own group is that of its name, as sysusers.d(5) makes it: services that share an account
/// may run in different groups.
fn accounts<'a>(own: &Module<'a>, sets: &mut Definitions<'a>) {
    let Workload::Process(process) = &own.service.workload else { return };
    let is_of_a_host =
        |it: &&UserName| own.plan.nixos.users(&own.service.name).any(|user| user == *it);
    // The account of a host is somebody's, who has it already.
    let (user, more) = process.account.needs();
    let user = user.filter(|it| !is_of_a_host(it));
    if let Some(user) = user {
        let mut account = Attributes::default();
        account.set(&[user.as_str(), "isSystemUser"], nix::boolean(true));
        account.set(&[user.as_str(), "group"], nix::string(user.as_str()));
        let is_ours = nix::equal(nix::reference("cfg.user"), nix::string(user.as_str()));
        let mut users = Attributes::default();
        users.set(&["users"], lib("mkIf", [is_ours, account.into_expression()]));
        sets.push((vec!["users"], users.into_expression()));
    }
    let names: BTreeSet<&str> = user.into_iter().chain(more).map(|it| it.as_str()).collect();
    let mut groups = Attributes::default();
    for name in names {
        groups.set(&[name], nix::attribute_set([]));
    }
    if !groups.is_empty() {
        sets.push((vec!["users", "groups"], groups.into_expression()));
    }
}
