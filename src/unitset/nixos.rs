//! What NixOS modules say of units, in the words of unit files.
//!
//! They are the units of a machine that sets no option; a port of another service stays a reference.

use crate::plan::service::PortRole;
use crate::plan::text::{Program, Reference};
use crate::syntax::nix::read::{self, module::Module};
use crate::syntax::{nix, unit};

use super::{Meaning, UnitSet};

/// Returns the units of a module; `None` when it is no generated one.
pub fn read(text: &str) -> Option<UnitSet> {
    let module = read::module::module(text).ok()?;
    let fill = |reference: &Reference| fill(&module, reference);
    let units = module.units.iter().map(|it| {
        let text = unit::file("", it, &fill);
        Some((it.file_name(), Meaning::read(&text).ok()?))
    });
    units.collect::<Option<_>>().map(UnitSet)
}

/// Whether two files are the same expression, however they are laid out.
pub fn is_same_code(one: &str, other: &str) -> bool {
    match (read::expression(one), read::expression(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Err(_), _) | (_, Err(_)) => one == other,
    }
}

/// Returns what a reference is on a machine that sets no option.
fn fill(module: &Module, reference: &Reference) -> String {
    match reference {
        Reference::Port(port) => {
            let option = match port.role {
                PortRole::Public => "port",
                PortRole::Backend => "backendPort",
            };
            let is_own = module.options_path.last().is_some_and(|it| it == port.service.as_str());
            let default = module.defaults.get(option).filter(|_| is_own);
            let number = default.map(|it| nix::to_text("", it));
            let number = number.and_then(|it| it.split_whitespace().last().map(str::to_owned));
            number.unwrap_or_else(|| format!("${{services.{}.{option}}}", port.service))
        }
        Reference::Program(Program::Package { package, bin, path: _ }) => {
            let package = package.join(".");
            bin.as_ref().map_or_else(|| package.clone(), |bin| format!("{package}/bin/{bin}"))
        }
        Reference::Program(Program::Systemd(path)) => format!("/usr/{path}"),
        Reference::HostName => "${host.name}".to_owned(),
        Reference::Credential(name) => unit::credential(name),
        Reference::Directory(kind, name) => format!("{}/{name}", kind.parent()),
    }
}
