//! Values of generated modules: texts with what they refer to.

use crate::plan::name::ServiceName;
use crate::plan::service::PortRole;
use crate::plan::text::{PortReference, Program, Reference, Segment, Text};

use crate::syntax::nix::escape::unescape;
use crate::syntax::nix::{Expr, Fragment, Kind, Name};

/// Reads the lines that a directive is given: one for each element of a list, else one.
///
/// `None` for what is no text, number or boolean.
pub(super) fn lines(it: &Expr, own: &str) -> Option<Vec<Text>> {
    if let Kind::List(elements) = &it.0 {
        return elements.iter().map(|it| text(it, own)).collect();
    }
    Some(vec![text(it, own)?])
}

/// Reads a text; `own` is the service whose options `cfg` has.
pub(super) fn text(it: &Expr, own: &str) -> Option<Text> {
    match &it.0 {
        Kind::Text(fragments) => of_fragments(fragments, own),
        Kind::Integer(digits) => Some(Text::literal(digits.as_str())),
        Kind::Negative(digits) => Some(Text::literal(format!("-{digits}"))),
        Kind::Identifier(name) if ["true", "false"].contains(&name.as_ref()) => {
            Some(Text::literal(name.as_ref()))
        }
        Kind::Identifier(_)
        | Kind::Path(_)
        | Kind::Select { .. }
        | Kind::List(_)
        | Kind::AttributeSet(_)
        | Kind::Apply { .. }
        | Kind::Operation { .. }
        | Kind::Not(_)
        | Kind::Lambda { .. }
        | Kind::Let { .. } => Some(Text::reference(reference(it, own)?)),
    }
}

fn of_fragments(fragments: &[Fragment], own: &str) -> Option<Text> {
    let mut segments = Vec::new();
    let mut rest = fragments.iter();
    while let Some(fragment) = rest.next() {
        match fragment {
            Fragment::Escaped(it) => segments.push(Segment::Literal(unescape(it))),
            Fragment::Interpolation(it) if is_package_of_systemd(it) => {
                let Some(Fragment::Escaped(it)) = rest.next() else { return None };
                let behind = unescape(it);
                let behind = behind.strip_prefix('/')?;
                let program = Program::OF_SYSTEMD.iter().find(|it| behind.starts_with(**it))?;
                segments.push(Segment::Reference(Reference::Program(Program::Systemd(program))));
                let literal = &behind[program.len()..];
                segments
                    .extend((!literal.is_empty()).then(|| Segment::Literal(literal.to_owned())));
            }
            Fragment::Interpolation(it) => {
                segments.push(Segment::Reference(reference(it, own)?));
            }
        }
    }
    Some(Text(segments))
}

fn is_package_of_systemd(it: &Expr) -> bool {
    path(it).is_some_and(|it| it == ["config", "systemd", "package"])
}

fn reference(it: &Expr, own: &str) -> Option<Reference> {
    if let Kind::Apply { function, arguments } = &it.0 {
        let function = path(function)?;
        let function: Vec<&str> = function.iter().map(String::as_str).collect();
        return match (&function[..], &arguments[..]) {
            (["toString"], [option]) => port(&path(option)?, own).map(Reference::Port),
            (["lib", "getExe"], [package]) => program(path(package)?, None),
            (["lib", "getExe'"], [package, bin]) => program(path(package)?, Some(bin.as_text()?)),
            _ => None,
        };
    }
    (path(it)? == ["config", "networking", "hostName"]).then_some(Reference::HostName)
}

/// `cfg.port`, or `config.PREFIX.SERVICE.backendPort`.
fn port(path: &[String], own: &str) -> Option<PortReference> {
    let (role, before) = path.split_last()?;
    let role = match role.as_str() {
        "port" => PortRole::Public,
        "backendPort" => PortRole::Backend,
        _ => return None,
    };
    let service = match before {
        [cfg] if cfg == "cfg" => own,
        [config, .., service] if config == "config" => service,
        _ => return None,
    };
    Some(PortReference { service: ServiceName::parse(service)?, role })
}

/// The module does not say where the program is elsewhere, so that is where it is unless somebody says otherwise.
fn program(path: Vec<String>, bin: Option<String>) -> Option<Reference> {
    let [pkgs, package @ ..] = &path[..] else { return None };
    if pkgs != "pkgs" || package.is_empty() {
        return None;
    }
    Some(Reference::Program(Program::of_package(package.to_vec(), bin)))
}

/// The names of a variable and of its attributes: `config`, `networking`, `hostName`.
pub(super) fn path(it: &Expr) -> Option<Vec<String>> {
    if let Kind::Select { base, names } = &it.0 {
        let mut path = path(base)?;
        path.extend(names.iter().map(Name::decoded));
        return Some(path);
    }
    if let Kind::Identifier(name) = &it.0 { Some(vec![name.as_ref().to_owned()]) } else { None }
}

impl Expr {
    /// The text of a string without `${…}`.
    pub fn as_text(&self) -> Option<String> {
        let Kind::Text(fragments) = &self.0 else { return None };
        match &fragments[..] {
            [] => Some(String::new()),
            [Fragment::Escaped(it)] => Some(unescape(it)),
            _ => None,
        }
    }
}

impl Name {
    /// The name itself, without quotes.
    pub(super) fn decoded(&self) -> String {
        match self {
            Name::Bare(name) => name.as_ref().to_owned(),
            Name::Quoted(escaped) => unescape(escaped),
        }
    }
}
