//! The options that a machine may set.

use std::borrow::Cow;

use crate::directive::ModuleOption;
use crate::plan::PortSource;
use crate::plan::restart::RestartPolicy;
use crate::plan::service::{PortRole, Workload};
use crate::syntax::nix::{self, Binding, Expr};
use crate::unit::{Assignment, Unit};

use super::value::{Module, port_option};
use super::{lib, value};

/// Returns the declarations of a module's options.
pub(super) fn declarations(own: &Module<'_>, units: &[Unit]) -> Expr {
    let description = own.service.description.as_deref().unwrap_or(own.service.name.as_str());
    let enable = lib("mkEnableOption", [nix::string(description)]);
    let enable = match &own.service.companion_of {
        None => enable,
        // A companion is there when its owner is.
        Some(owner) => {
            let owner = value::option_of(own.plan, owner, "enable");
            nix::update(enable, nix::attribute_set(computed_default(owner)))
        }
    };
    let enable = nix::bind(["enable"], enable);
    let ports = own.service.ports().map(|(role, port)| port_declaration(own, role, port.number));
    let assignments = units.iter().flat_map(|unit| &unit.assignments);
    let changeable = assignments.filter_map(|it| Some((it.directive.option?, it)));
    let mut changeable: Vec<(ModuleOption, &Assignment)> = changeable.collect();
    changeable.sort_by_key(|(option, _)| *option);
    // What watches a service runs as it does.
    changeable.dedup_by_key(|(option, _)| *option);
    let others =
        changeable.into_iter().map(|(option, assignment)| declaration(own, option, assignment));
    let all = std::iter::once(enable).chain(ports).chain(others).enumerate();
    nix::attribute_set(all.map(|(index, it)| if index == 0 { it } else { it.after_blank_line() }))
}

/// The name of an option.
pub(super) fn name(option: ModuleOption) -> &'static str {
    match option {
        ModuleOption::Image => "image",
        ModuleOption::Environment => "environment",
        ModuleOption::Restart => "restart",
        ModuleOption::User => "user",
    }
}

fn declaration(own: &Module<'_>, option: ModuleOption, assignment: &Assignment) -> Binding {
    let value = || {
        let values = own.writer().directive(assignment.directive.quoting, &assignment.value);
        values.into_iter().next().expect("an option has a default")
    };
    let (kind, default, description) = match option {
        ModuleOption::Image => {
            (types("str"), own_image(own, assignment), "Image of the container.")
        }
        ModuleOption::Environment => (
            nix::apply(types("attrsOf"), [types("str")]),
            nix::attribute_set([]),
            match own.service.workload {
                // As everywhere in NixOS, such a value is systemd's to read.
                Workload::Process(_) | Workload::Flake => {
                    "Environment variables, in addition to or in place of those of the module; \
                     `%` is written `%%`."
                }
                Workload::Container(_) => {
                    "Environment variables, in addition to or in place of those of the module."
                }
            },
        ),
        ModuleOption::Restart => {
            let is_job = own.service.activation.is_job();
            let policies = RestartPolicy::ALL.iter().filter(|it| !is_job || it.suits_a_job());
            let policies = policies.map(|it| nix::string(it.as_str()));
            let kind = nix::apply(types("enum"), [nix::list(policies)]);
            (kind, value(), "When systemd starts the service again.")
        }
        ModuleOption::User => (types("str"), value(), "Account that runs the service."),
    };
    nix::bind([name(option)], option_of(kind, [nix::bind(["default"], default)], description))
}

fn own_image(own: &Module<'_>, assignment: &Assignment) -> Expr {
    own.writer().plain(&assignment.value).into_iter().next().expect("a container has an image")
}

fn port_declaration(own: &Module<'_>, role: PortRole, number: u16) -> Binding {
    let description = match role {
        PortRole::Public => "Port on which the service is reached.",
        PortRole::Backend => "Private port behind the proxy.",
    };
    let allocated = nix::select(
        nix::reference("config.networking.ports"),
        [Cow::Owned(own.service.port_reference(role).key()), Cow::Borrowed("port")],
    );
    let defaults = match own.plan.nixos.ports {
        PortSource::Literal => vec![nix::bind(["default"], nix::integer(i64::from(number)))],
        PortSource::NetworkingPorts => computed_default(allocated),
    };
    nix::bind([port_option(role)], option_of(types("port"), defaults, description))
}

/// A default that depends on other options: the manual is built without a configuration, so it needs a text.
fn computed_default(default: Expr) -> Vec<Binding> {
    let shown = nix::to_text("", &default);
    let text = lib("literalExpression", [nix::string(shown.trim_end())]);
    vec![nix::bind(["default"], default), nix::bind(["defaultText"], text)]
}

fn option_of(kind: Expr, defaults: impl IntoIterator<Item = Binding>, description: &str) -> Expr {
    let kind = nix::bind(["type"], kind);
    let description = nix::bind(["description"], nix::string(description));
    let bindings = std::iter::once(kind).chain(defaults).chain([description]);
    lib("mkOption", [nix::attribute_set(bindings)])
}

fn types(name: &'static str) -> Expr {
    nix::select(nix::reference("lib.types"), [name])
}
