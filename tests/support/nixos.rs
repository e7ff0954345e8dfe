//! Nix evaluates modules to what a machine would have.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use unitsmith::fileset::FileSet;

use super::{Output, in_root, repository, scratch, write};

/// The name of every machine that is evaluated.
pub(crate) const HOST_NAME: &str = "shelf";

/// Modules of one machine.
pub(crate) struct Machine {
    pub(crate) files: FileSet,
    /// The module that is the machine: a path below `files`, or one of its own.
    pub(crate) module: Module,
}

/// Where the module of a machine comes from.
pub(crate) enum Module {
    /// A generated file.
    File(String),
    /// All services below a prefix enabled.
    Enabling { prefix: Vec<String>, services: Vec<String> },
}

/// What Nix says that a machine has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evaluated {
    /// The texts of units by their names.
    pub(crate) units: BTreeMap<String, String>,
    /// The links that enable units: `multi-user.target.wants/web.service`.
    pub(crate) links: Vec<String>,
    /// The scripts that units name, by their paths in the store.
    pub(crate) scripts: BTreeMap<String, String>,
    pub(crate) failed_assertions: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Evaluates machines, all in one run of Nix; `packages` are the names of `pkgs` that they use.
///
/// Each of them must evaluate, without a failed assertion and without a warning.
pub(crate) fn evaluate(
    machines: &BTreeMap<String, Machine>,
    packages: &[String],
) -> BTreeMap<String, Evaluated> {
    let directory = scratch();
    let mut cases = String::from("{\n");
    for (name, machine) in machines {
        let own = directory.path().join(name);
        std::fs::create_dir(&own).unwrap();
        write(&machine.files, &own);
        let file = match &machine.module {
            Module::File(path) => path.clone(),
            Module::Enabling { prefix, services } => {
                std::fs::write(own.join("machine.nix"), enabling(prefix, services)).unwrap();
                "machine.nix".to_owned()
            }
        };
        // A configuration with an allocator of ports gives it to all; it does nothing unasked.
        let named = format!("{{ networking.hostName = \"{HOST_NAME}\"; }}");
        writeln!(cases, "  \"{name}\" = [ ALLOCATOR {named} ./{name}/{file} ];").unwrap();
    }
    cases.push_str("}\n");
    let allocator = repository().join("nix/module.nix");
    let cases = cases.replace("ALLOCATOR", allocator.to_str().unwrap());
    std::fs::write(directory.path().join("cases.nix"), &cases).unwrap();
    let import = format!("import {}/cases.nix", directory.path().display());
    let output = instantiate(directory.path(), &["--arg", "cases", &import], packages);
    let documents: BTreeMap<String, serde_json::Value> = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|_| panic!("Nix cannot evaluate:\n{}", output.stderr));
    let evaluated = documents.into_iter().map(|(name, document)| {
        if document["ok"] != true {
            // Among others a failure has no message; alone it has.
            let alone = format!("({import}).\"{name}\"");
            let output = instantiate(directory.path(), &["--arg", "modules", &alone], packages);
            panic!("`{name}` does not evaluate:\n{}", output.stderr);
        }
        let evaluated: Evaluated = serde_json::from_value(document).unwrap();
        assert_eq!(evaluated.failed_assertions, [""; 0], "assertions of `{name}`");
        assert_eq!(evaluated.warnings, [""; 0], "warnings of `{name}`");
        (name, evaluated)
    });
    evaluated.collect()
}

fn instantiate(directory: &Path, arguments: &[&str], packages: &[String]) -> Output {
    let packages = packages.join(" ");
    let arguments = [arguments, &["--argstr", "packages", &packages]].concat();
    run_nix(Some(directory), "evaluate.nix", &arguments)
}

/// Evaluates a file of `tests/evaluation` strictly, to JSON.
///
/// `NIXPKGS_LIB` names a checkout of nixpkgs' own `lib`, which then takes the place of the stand-in.
pub(crate) fn run_nix(directory: Option<&Path>, file: &str, arguments: &[&str]) -> Output {
    let repository = repository();
    let file = repository.join("tests/evaluation").join(file);
    let lib = std::env::var("NIXPKGS_LIB").unwrap_or_default();
    let command = ["nix-instantiate", "--eval", "--strict", "--json", file.to_str().unwrap()];
    let command = [&command, arguments, &["--argstr", "nixpkgsLib", &lib]].concat();
    let mut shared = vec![repository.as_path()];
    shared.extend(directory);
    if !lib.is_empty() {
        shared.push(Path::new(&lib));
    }
    in_root(&shared, &command)
}

fn enabling(prefix: &[String], services: &[String]) -> String {
    let mut module = String::from("{\n  imports = [ ./nixos/default.nix ];\n");
    let prefix: String = prefix.iter().map(|it| format!("\"{it}\".")).collect();
    for service in services {
        writeln!(module, "  {prefix}\"{service}\".enable = true;").unwrap();
    }
    module + "}\n"
}
