//! Text as typed segments: what the user wrote, and what only the target can fill in.
//!
//! A reference stays a reference until a target prints it, so that a NixOS module
//! gets the option and a unit file the number.

use super::name::{SecretName, ServiceName};
use super::provision::DirectoryKind;
use super::service::PortRole;

/// A text of literal and reference segments; literals are data on every target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Segment>);

/// One word of a command.
pub type Word = Text;

/// A piece of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Literal(String),
    Reference(Reference),
}

/// Something that each target spells in its own way.
///
/// What it stands for never needs quoting: digits, a path of plain characters, or the name of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    Port(PortReference),
    Program(Program),
    /// The name of the host that the service runs on.
    HostName,
    /// The path of a secret that systemd hands to the service.
    Credential(SecretName),
    /// The path of a directory of the service's own.
    Directory(DirectoryKind, String),
}

/// A port of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortReference {
    pub service: ServiceName,
    pub role: PortRole,
}

impl PortReference {
    /// The key from which the port is computed and under which the lock keeps it.
    pub fn key(&self) -> String {
        match self.role {
            PortRole::Public => self.service.to_string(),
            PortRole::Backend => format!("{}/backend", self.service),
        }
    }
}

/// A program that each kind of host has in another place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// A program of a package.
    Package {
        /// The attribute path below `pkgs`.
        package: Vec<String>,
        /// The program's file name; the package's main program when `None`.
        bin: Option<String>,
        /// Where it is on a host without Nix.
        path: String,
    },
    /// A program that systemd brings along, by its path below the package or `/usr`.
    Systemd(&'static str),
}

impl Program {
    /// The programs that systemd brings along and units here run.
    pub const OF_SYSTEMD: &[&str] = &[
        "bin/journalctl",
        "bin/systemctl",
        "bin/systemd-notify",
        "lib/systemd/systemd-socket-proxyd",
    ];

    /// Returns a program of a package, which hosts without Nix have where nearly all programs are.
    pub fn of_package(package: Vec<String>, bin: Option<String>) -> Program {
        let name = bin.as_ref().or(package.last()).map_or("", String::as_str);
        let path = format!("/usr/bin/{name}");
        let program = Program::Package { package, bin, path };
        // It is in both directories of every host, and scripts name the shorter one.
        if program.is_bash() { Program::bash() } else { program }
    }

    /// Returns bash, which every host has in the same place.
    pub fn bash() -> Program {
        Program::Package {
            package: vec!["bash".to_owned()],
            bin: None,
            path: "/bin/bash".to_owned(),
        }
    }

    fn is_bash(&self) -> bool {
        matches!(self, Program::Package { package, bin: None, path: _ } if *package == ["bash"])
    }

    /// The file on a host without Nix.
    pub fn plain_path(&self) -> String {
        match self {
            Program::Package { package: _, bin: _, path } => path.clone(),
            Program::Systemd(path) => format!("/usr/{path}"),
        }
    }
}

impl Text {
    /// A text without references.
    pub fn literal(text: impl Into<String>) -> Text {
        Text(vec![Segment::Literal(text.into())])
    }

    /// A text that is one reference.
    pub fn reference(reference: Reference) -> Text {
        Text(vec![Segment::Reference(reference)])
    }

    /// The text with another appended.
    pub fn then(mut self, other: Text) -> Text {
        self.0.extend(other.0);
        self
    }

    /// The references of the text, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::Reference(reference) => Some(reference),
        })
    }

    /// The literals of the text, in order.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Literal(text) => Some(text.as_str()),
            Segment::Reference(_) => None,
        })
    }

    /// The text itself when it has no references.
    pub fn as_literal(&self) -> Option<String> {
        self.0
            .iter()
            .map(|segment| match segment {
                Segment::Literal(text) => Some(text.as_str()),
                Segment::Reference(_) => None,
            })
            .collect()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::literal(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::literal(text)
    }
}

impl From<Program> for Text {
    fn from(program: Program) -> Text {
        Text::reference(Reference::Program(program))
    }
}
