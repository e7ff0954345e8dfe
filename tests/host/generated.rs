//! What unitsmith makes of the manifest of the suite.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;
use unitsmith::fileset::FileSet;

use crate::support::nixos::{self, Evaluated, Machine, Module};
use crate::support::{self, Output, repository, run, scratch};

use super::setting::Source;

/// What the host of a manifest is called.
pub(super) const HOST: &str = "booted";

/// What a host is given.
pub(super) struct Generated {
    pub(super) files: Files,
    /// The ports by their keys: `NAME` and `NAME/backend`.
    pub(super) ports: BTreeMap<String, u16>,
}

pub(super) enum Files {
    /// Files by their paths, of which the first directory says where they belong.
    Plain(BTreeMap<String, String>),
    /// What a NixOS machine would have.
    Nixos(Evaluated),
}

/// What `unitsmith ports --json` says of a port.
#[derive(Deserialize)]
struct Port {
    key: String,
    port: u16,
}

/// Generates the manifest of the suite for one host, by the program itself.
pub(super) fn of_the_suite(source: Source) -> Generated {
    let target = match source {
        Source::Quadlets | Source::Account => "quadlet",
        Source::Services | Source::AccountServices | Source::Older => "systemd",
        Source::Nixos => "nixos",
    };
    generate(&manifest(source), target)
}

/// The manifest of the suite, with one host.
pub(super) fn manifest(source: Source) -> String {
    let text = std::fs::read_to_string(repository().join("tests/host/unitsmith.toml")).unwrap();
    let host = match source {
        Source::Quadlets | Source::Services => "systemd = 257\npodman = \"5.4\"",
        Source::Nixos => "nixos = \"25.11\"",
        Source::Older => "systemd = 252\npodman = \"4.3\"",
        Source::Account | Source::AccountServices => {
            "systemd = 257\npodman = \"5.4\"\nuser = \"alice\""
        }
    };
    format!("{text}\n[hosts.{HOST}]\n{host}\n")
}

/// Generates a manifest whose one host is called `booted`.
pub(super) fn generate(text: &str, target: &str) -> Generated {
    let directory = scratch();
    let manifest = directory.path().join("unitsmith.toml");
    std::fs::write(&manifest, text).unwrap();
    let manifest = manifest.to_str().unwrap();
    let output = directory.path().join("generated");
    unitsmith(&["gen", manifest, "-o", output.to_str().unwrap(), "--target", target]);
    let ports = unitsmith(&["ports", manifest, "--json"]);
    let ports: Vec<Port> = serde_json::from_str(&ports).unwrap();
    let written = support::read(&output);
    let files = if target == "nixos" {
        Files::Nixos(evaluate(written))
    } else {
        let below = |(path, text): (String, String)| {
            let path = path.strip_prefix("hosts/booted/").unwrap();
            (path.to_owned(), text)
        };
        Files::Plain(written.into_iter().map(below).collect())
    };
    let ports = ports.into_iter().map(|it| (it.key, it.port)).collect();
    Generated { files, ports }
}

/// Lets Nix say what the modules make of a machine.
fn evaluate(written: BTreeMap<String, String>) -> Evaluated {
    let mut files = FileSet::default();
    for (path, text) in written {
        files.insert(path, text);
    }
    let module = Module::File("nixos/hosts/booted.nix".to_owned());
    let machines = BTreeMap::from([("booted".to_owned(), Machine { files, module })]);
    nixos::evaluate(&machines, &[]).remove("booted").unwrap()
}

/// Runs the program itself, which must succeed.
fn unitsmith(arguments: &[&str]) -> String {
    let Output { stdout, stderr, code } =
        run(Command::new(env!("CARGO_BIN_EXE_unitsmith")).args(arguments));
    assert_eq!(code, Some(0), "unitsmith {arguments:?}:\n{stderr}");
    stdout
}
