//! Generated modules read back into the units that they define.
//!
//! A machine that sets no option has these units: what an option decides is read from the option's default.
//! What is no unit, or not what a generated module says of one, is kept as it stands, so that nothing is lost.

use std::collections::BTreeMap;

use crate::directive::{self as d, Directive, Nixos, Quoting, Section};
use crate::plan::name::VariableName;
use crate::plan::text::Text;
use crate::syntax::nix::{Binding, BindingKind, Expr, Kind, Name, Operator};
use crate::syntax::unit::value::{self as unit_value, texts};
use crate::unit::{Kind as UnitKind, Unit, Value};

use super::value::{lines, path, text};
use super::{Unreadable, expression};

mod container;

/// A module or any other generated file, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    /// The path of its own options, the last name of which is the service; empty where it has none.
    pub options_path: Vec<String>,
    /// The defaults of its options, as far as they have one.
    pub defaults: BTreeMap<String, Expr>,
    /// When it is in force, if not always.
    pub condition: Option<Expr>,
    /// In the order of the file.
    pub units: Vec<Unit>,
    /// All else that it defines, by attribute path.
    pub others: BTreeMap<Vec<String>, Expr>,
}

/// An attribute with its whole path.
type Leaf<'e> = (Vec<String>, &'e Expr);

/// Reads the text of a generated file, in whatever layout it is.
pub fn module(text: &str) -> Result<Module, Unreadable> {
    Ok(take_apart(&expression(text)?))
}

fn take_apart(file: &Expr) -> Module {
    let mut module = Module {
        options_path: Vec::new(),
        defaults: BTreeMap::new(),
        condition: None,
        units: Vec::new(),
        others: BTreeMap::new(),
    };
    let mut body = file;
    loop {
        match &body.0 {
            Kind::Lambda { parameter: _, body: inner } => body = inner,
            Kind::Let { bindings, body: inner } => {
                module.name_options(bindings);
                body = inner;
            }
            Kind::Identifier(_)
            | Kind::Integer(_)
            | Kind::Negative(_)
            | Kind::Text(_)
            | Kind::Path(_)
            | Kind::Select { .. }
            | Kind::List(_)
            | Kind::AttributeSet(_)
            | Kind::Apply { .. }
            | Kind::Operation { .. }
            | Kind::Not(_) => break,
        }
    }
    let leaves = leaves(body);
    let (options, definitions): (Vec<_>, Vec<_>) =
        leaves.into_iter().partition(|(path, _)| path[0] == "options");
    for (path, declaration) in options {
        module.declare(path, declaration);
    }
    let mut all = Vec::new();
    for (path, value) in definitions {
        if path == ["config"]
            && let Some([condition, inner]) = call(value, "mkIf")
        {
            module.condition = Some(condition.clone());
            all.extend(self::leaves(inner));
        } else {
            all.push((path, value));
        }
    }
    module.define(all);
    module
}

impl Module {
    /// The service of the module; empty where it is that of none.
    fn own(&self) -> &str {
        self.options_path.last().map_or("", String::as_str)
    }

    /// Reads what `cfg` stands for.
    fn name_options(&mut self, bindings: &[Binding]) {
        for (name, value) in leaves_of(bindings) {
            match (&name[..], path(value).as_deref()) {
                ([cfg], Some([config, options @ ..])) if cfg == "cfg" && config == "config" => {
                    self.options_path = options.to_vec();
                }
                _ => {
                    self.others.insert([vec!["let".to_owned()], name].concat(), value.clone());
                }
            }
        }
    }

    fn declare(&mut self, path: Vec<String>, declaration: &Expr) {
        let name = path[1..].strip_prefix(&self.options_path[..]);
        let (Some([name]), Some([option])) = (name, call(declaration, "mkOption")) else {
            self.others.insert(path, declaration.clone());
            return;
        };
        for (key, value) in leaves(option) {
            if key == ["default"] {
                self.defaults.insert(name.clone(), value.clone());
            } else {
                self.others.insert([path.clone(), key].concat(), value.clone());
            }
        }
    }

    /// Makes units of the definitions.
    fn define(&mut self, definitions: Vec<Leaf<'_>>) {
        let mut containers = BTreeMap::new();
        for (path, value) in definitions {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let taken = match &names[..] {
                ["systemd", place, unit, below @ ..] => self.set(place, unit, below, value),
                ["virtualisation", "oci-containers", "containers", name, below @ ..] => {
                    let unit = containers.entry((*name).to_owned());
                    let unit = *unit.or_insert_with(|| container::add(self, name));
                    container::set(self, unit, below, value)
                }
                _ => None,
            };
            if taken.is_none() {
                self.others.insert(path, value.clone());
            }
        }
        for unit in containers.into_values() {
            container::finish(&mut self.units[unit]);
        }
    }

    /// Assigns what an option of a unit says; `None` when it says nothing that is known.
    fn set(&mut self, place: &str, name: &str, below: &[&str], value: &Expr) -> Option<()> {
        let kind = match place {
            "services" => UnitKind::Service,
            "sockets" => UnitKind::Socket,
            "timers" => UnitKind::Timer,
            "targets" => UnitKind::Target,
            "slices" => UnitKind::Slice,
            _ => return None,
        };
        let unit = self.unit(name, kind);
        if below.is_empty() {
            // A unit of which nothing is said is there all the same.
            return matches!(&value.0, Kind::AttributeSet(it) if it.is_empty()).then_some(());
        }
        let value = forced(value);
        if below[0] == "environment" {
            return self.set_environment(
                unit,
                &d::service::ENVIRONMENT,
                &below[1..],
                value,
                of_systemd,
            );
        }
        let directive = row(self.units[unit].kind, below)?;
        let mut lines = lines(self.decided(value), self.own())?;
        if directive.quoting == Quoting::Names {
            // NixOS puts a list of them on one line.
            let line = lines.into_iter().reduce(|line, it| line.then(" ".into()).then(it));
            lines = line.into_iter().collect();
        }
        self.assign(unit, directive, unit_value::value(directive.quoting, &lines)?)
    }

    /// Adds variables: one by its name, or all of them beside what the option of the machine adds.
    fn set_environment(
        &mut self,
        unit: usize,
        directive: &'static Directive,
        name: &[&str],
        value: &Expr,
        read: fn(&Text) -> Option<Text>,
    ) -> Option<()> {
        let own = self.own().to_owned();
        let variables = match (name, &value.0) {
            ([name], _) => vec![(vec![(*name).to_owned()], value)],
            ([], Kind::Operation { operator: Operator::Update, left, right })
                if path(right)? == ["cfg", "environment"] =>
            {
                leaves(left)
            }
            ([], _) if path(value)? == ["cfg", "environment"] => Vec::new(),
            _ => return None,
        };
        let variables = variables.into_iter().map(|(path, value)| {
            let [name] = &path[..] else { return None };
            Some((VariableName::parse(name)?, read(&text(forced(value), &own)?)?))
        });
        let variables: BTreeMap<_, _> = variables.collect::<Option<_>>()?;
        let unit = &mut self.units[unit];
        match unit
            .assignments
            .iter_mut()
            .find(|it| it.directive == directive)
            .map(|it| &mut it.value)
        {
            Some(Value::Variables(before)) => before.extend(variables),
            Some(_) => return None,
            None => unit.assign(directive, Value::Variables(variables)),
        }
        Some(())
    }

    /// The default of the option that a value is.
    fn decided<'e>(&'e self, value: &'e Expr) -> &'e Expr {
        let option = path(value).filter(|it| it.len() == 2 && it[0] == "cfg");
        option.and_then(|it| self.defaults.get(&it[1])).unwrap_or(value)
    }

    fn assign(&mut self, unit: usize, directive: &'static Directive, value: Value) -> Option<()> {
        let unit = &mut self.units[unit];
        if unit.get(directive).is_some() {
            return None;
        }
        unit.assign(directive, value);
        Some(())
    }

    /// Where the unit is, which is added when it is none yet; a container is the service of its name.
    fn unit(&mut self, name: &str, kind: UnitKind) -> usize {
        let is_it = |it: &Unit| {
            let is_run = it.kind == UnitKind::Container && kind == UnitKind::Service;
            it.name == name && (it.kind == kind || is_run)
        };
        self.units.iter().position(is_it).unwrap_or_else(|| {
            self.units.push(Unit::new(name, kind));
            self.units.len() - 1
        })
    }
}

/// The value of a variable for which NixOS quotes.
fn of_systemd(it: &Text) -> Option<Text> {
    texts(Quoting::Line, it)?.pop()
}

/// The row of an option below a unit.
fn row(kind: UnitKind, path: &[&str]) -> Option<&'static Directive> {
    let sections: &[Section] = match kind {
        UnitKind::Socket => &[Section::Unit, Section::Socket, Section::Install],
        UnitKind::Timer => &[Section::Unit, Section::Timer, Section::Install],
        UnitKind::Slice => &[Section::Unit, Section::Slice, Section::Install],
        UnitKind::Target => &[Section::Unit, Section::Install],
        UnitKind::Service
        | UnitKind::Container
        | UnitKind::Network
        | UnitKind::Volume
        | UnitKind::Image
        | UnitKind::Build
        | UnitKind::Pod => &[Section::Unit, Section::Service, Section::Install],
    };
    let is_it = |it: &&Directive| match it.nixos {
        Nixos::Unit(own) | Nixos::UnitList(own) => own == path && sections.contains(&it.section),
        Nixos::Container(_)
        | Nixos::ContainerList(_)
        | Nixos::Capability(_)
        | Nixos::ExtraOption
        | Nixos::Elsewhere => false,
    };
    let passed_on = || {
        let [config, key] = path else { return None };
        let section = match *config {
            "unitConfig" => "Unit",
            "serviceConfig" => "Service",
            "socketConfig" => "Socket",
            "timerConfig" => "Timer",
            _ => return None,
        };
        d::raw::row(section, key)
    };
    d::all().find(is_it).or_else(passed_on)
}

/// The value below `lib.mkForce`, which only says that others lose.
fn forced(it: &Expr) -> &Expr {
    call(it, "mkForce").map_or(it, |[value]| value)
}

/// The arguments of a function of `lib`.
fn call<'e, const N: usize>(it: &'e Expr, name: &str) -> Option<&'e [Expr; N]> {
    let Kind::Apply { function, arguments } = &it.0 else { return None };
    if path(function)? != ["lib", name] {
        return None;
    }
    arguments[..].try_into().ok()
}

/// The attributes of a set with their whole paths, in the order of the file; none of what is no set.
///
/// An empty set is an attribute itself, and so is one that inherits.
fn leaves(it: &Expr) -> Vec<Leaf<'_>> {
    if let Kind::AttributeSet(bindings) = &it.0 { leaves_of(bindings) } else { Vec::new() }
}

fn leaves_of(bindings: &[Binding]) -> Vec<Leaf<'_>> {
    let mut all = Vec::new();
    for binding in bindings {
        let BindingKind::Assign { path, value } = &binding.kind else { return Vec::new() };
        let path: Vec<String> = path.iter().map(Name::decoded).collect();
        let below = leaves(value);
        if below.is_empty() {
            all.push((path, value));
        } else {
            all.extend(below.into_iter().map(|(below, it)| ([path.clone(), below].concat(), it)));
        }
    }
    all
}
