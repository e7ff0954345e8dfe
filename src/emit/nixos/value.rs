//! Values of directives as Nix expressions.

use std::borrow::Cow;

use crate::directive::Quoting;
use crate::plan::Plan;
use crate::plan::name::{ServiceName, VariableName};
use crate::plan::service::{PortRole, Service};
use crate::plan::text::{PortReference, Program, Reference, Segment, Text};
use crate::syntax::nix::{self, Expr, Part};
use crate::syntax::unit::{self, UnitText};
use crate::unit::{Unit, Value};

use super::lib;

/// The module of a service whose text is being written.
pub(super) struct Module<'a> {
    pub(super) plan: &'a Plan,
    pub(super) service: &'a Service,
}

/// Writes values into a module: that of a service, or one of what services share, which has no options.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) plan: &'a Plan,
    pub(super) own: Option<&'a Service>,
}

/// The variable that NixOS defines for every service, so that another value needs `mkForce`
/// (nixpkgs nixos/lib/systemd-lib.nix).
const DEFINED_BY_NIXOS: &str = "PATH";

/// The name of the option that holds a port.
pub(super) fn port_option(role: PortRole) -> &'static str {
    match role {
        PortRole::Public => "port",
        PortRole::Backend => "backendPort",
    }
}

impl<'a> Module<'a> {
    /// The attribute path of the module's options.
    pub(super) fn path(&self) -> impl Iterator<Item = Cow<'static, str>> + use<'a> {
        path_of(self.plan, self.service)
    }

    /// The writer of the values of this module.
    pub(super) fn writer(&self) -> Writer<'a> {
        Writer { plan: self.plan, own: Some(self.service) }
    }
}

impl Writer<'_> {
    /// What `systemd` is given for a directive of a unit.
    pub(super) fn directive(&self, quoting: Quoting, value: &Value) -> Vec<Expr> {
        match value {
            Value::Flag(flag) => vec![nix::boolean(*flag)],
            Value::Number(number) => vec![number_expression(*number)],
            Value::Signed(number) => vec![nix::integer(*number)],
            Value::Names(names) => names.iter().map(|it| nix::string(it)).collect(),
            Value::Duration(_)
            | Value::Size(_)
            | Value::Percent(_)
            | Value::Mode(_)
            | Value::Keyword(_)
            | Value::Texts(_)
            | Value::Commands(_)
            | Value::Variables(_)
            | Value::Pairs(_)
            | Value::Raw { .. } => {
                unit::values(quoting, value).iter().map(|it| self.unit_text(it)).collect()
            }
        }
    }

    /// What `oci-containers` is given: NixOS quotes it for the shell, so it is written as it is.
    pub(super) fn plain(&self, value: &Value) -> Vec<Expr> {
        match value {
            Value::Keyword(word) => vec![nix::string(word)],
            Value::Number(number) => vec![number_expression(*number)],
            Value::Flag(flag) => vec![nix::boolean(*flag)],
            Value::Texts(texts) => texts.iter().map(|it| self.segments(&it.0)).collect(),
            Value::Names(names) => names.iter().map(|it| nix::string(it)).collect(),
            Value::Duration(_)
            | Value::Size(_)
            | Value::Percent(_)
            | Value::Signed(_)
            | Value::Mode(_)
            | Value::Commands(_)
            | Value::Variables(_)
            | Value::Pairs(_)
            | Value::Raw { .. } => {
                unreachable!("no option of a container takes {value:?}")
            }
        }
    }

    /// The variables as an attribute set, in which NixOS quotes but does not double `%`.
    pub(super) fn variables<'v>(
        &self,
        variables: impl IntoIterator<Item = (&'v VariableName, &'v Text)>,
        quoting: Quoting,
    ) -> Expr {
        let bindings = variables.into_iter().map(|(name, value)| {
            let value = if quoting == Quoting::Variables {
                let value = self.unit_text(&unit::variable_for_nixos(value));
                if DEFINED_BY_NIXOS == name.as_str() { lib("mkForce", [value]) } else { value }
            } else {
                // oci-containers quotes for the shell, where `%` means nothing.
                self.segments(&value.0)
            };
            nix::bind([name.to_string()], value)
        });
        nix::attribute_set(bindings)
    }

    /// A port as a string: `toString cfg.port`.
    fn port(&self, port: &PortReference) -> Expr {
        let option = port_option(port.role);
        let value = if self.own.is_some_and(|own| port.service == own.name) {
            nix::select(nix::reference("cfg"), [option])
        } else {
            option_of(self.plan, &port.service, option)
        };
        nix::apply(nix::reference("toString"), [value])
    }

    fn unit_text(&self, text: &UnitText) -> Expr {
        self.segments(text.segments())
    }

    /// A text as a string, in which references are expressions.
    pub(super) fn segments(&self, segments: &[Segment]) -> Expr {
        if let [Segment::Reference(Reference::Port(port))] = segments {
            return self.port(port);
        }
        if let [Segment::Reference(Reference::HostName)] = segments {
            return host_name();
        }
        let parts = segments.iter().flat_map(|segment| match segment {
            Segment::Literal(text) => vec![Part::Text(text.clone())],
            Segment::Reference(Reference::Port(port)) => vec![Part::Interpolation(self.port(port))],
            Segment::Reference(Reference::Program(program)) => program_parts(program),
            Segment::Reference(Reference::HostName) => vec![Part::Interpolation(host_name())],
            Segment::Reference(Reference::Credential(name)) => {
                vec![Part::Text(unit::credential(name))]
            }
            Segment::Reference(Reference::Directory(kind, name)) => {
                vec![Part::Text(format!("{}/{name}", kind.parent()))]
            }
        });
        nix::text(parts)
    }
}

/// The name that the machine has, which is a string of plain characters.
fn host_name() -> Expr {
    nix::reference("config.networking.hostName")
}

/// Whether the units name a program of a package, for which the module needs `pkgs`.
pub(super) fn uses_packages(units: &[Unit]) -> bool {
    let mut references = units.iter().flat_map(Unit::references);
    references.any(|it| matches!(it, Reference::Program(Program::Package { .. })))
}

/// `config.PREFIX.SERVICE.OPTION`
pub(super) fn option_of(plan: &Plan, service: &ServiceName, option: &'static str) -> Expr {
    let path = path_of(plan, &plan.services[service]).chain([Cow::Borrowed(option)]);
    nix::select(nix::reference("config"), path)
}

fn path_of<'a>(
    plan: &'a Plan,
    service: &'a Service,
) -> impl Iterator<Item = Cow<'static, str>> + use<'a> {
    let names = plan.nixos.prefix.iter().map(String::as_str).chain([service.name.as_str()]);
    names.map(|it| Cow::Owned(it.to_owned()))
}

fn program_parts(program: &Program) -> Vec<Part> {
    match program {
        Program::Package { package, bin, path: _ } => {
            vec![Part::Interpolation(program_of(package, bin.as_deref()))]
        }
        Program::Systemd(path) => vec![
            Part::Interpolation(nix::reference("config.systemd.package")),
            Part::Text(format!("/{path}")),
        ],
    }
}

/// The path of a program of a package; the package's main program when no other is named.
pub(in crate::emit) fn program_of(package: &[String], bin: Option<&str>) -> Expr {
    let package = nix::select(nix::reference("pkgs"), package.iter().cloned());
    match bin {
        Some(bin) => lib("getExe'", [package, nix::string(bin)]),
        None => lib("getExe", [package]),
    }
}

fn number_expression(number: u64) -> Expr {
    nix::integer(i64::try_from(number).expect("numbers of directives are small"))
}
