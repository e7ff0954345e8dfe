//! Nix takes the generated modules, and the Nix that is asked says what NixOS would.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use unitsmith::fileset::FileSet;

use crate::support::nixos::{self, Machine, Module};
use crate::support::{read, repository};

/// What `prove.nix` finds.
#[derive(Deserialize)]
struct Proof {
    checks: BTreeMap<String, serde_json::Value>,
    differences: Vec<String>,
}

#[test]
fn the_evaluator_says_what_nixos_says() {
    let output = nixos::run_nix(None, "prove.nix", &["--read-write-mode"]);
    let proof: Proof =
        serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr));
    assert_eq!(proof.differences, [""; 0]);
    // An empty proof would be taken for a good one.
    let checks: u64 = proof.checks.values().filter_map(serde_json::Value::as_u64).sum();
    assert!(checks >= 180, "only {checks} checks: {:?}", proof.checks);
}

#[test]
fn every_machine_of_every_case_evaluates_without_a_warning() {
    let mut machines = BTreeMap::new();
    let mut packages = BTreeSet::new();
    for entry in std::fs::read_dir(repository().join("tests/cases")).unwrap() {
        let case = entry.unwrap().path();
        let mut files = FileSet::default();
        for (path, text) in read(&case.join("generated")) {
            packages.extend(packages_of(&text));
            files.insert(path, text);
        }
        for (path, _) in files.iter() {
            let Some(host) = path.strip_prefix("nixos/hosts/") else { continue };
            // What is below a host are services that are different there.
            if host.contains('/') {
                continue;
            }
            let name = format!("{}-{host}", case.file_name().unwrap().to_str().unwrap());
            let module = Module::File(path.to_owned());
            machines.insert(name, Machine { files: files.clone(), module });
        }
    }
    assert!(!machines.is_empty());
    let evaluated = nixos::evaluate(&machines, &Vec::from_iter(packages));
    for (name, machine) in evaluated {
        assert!(!machine.units.is_empty(), "`{name}` has no units");
    }
}

/// The packages that a module names.
fn packages_of(module: &str) -> impl Iterator<Item = String> {
    module.split("pkgs.").skip(1).map(|rest| {
        let is_name = |it: char| it.is_ascii_alphanumeric() || "_-.'".contains(it);
        rest.split(|it| !is_name(it)).next().unwrap().to_owned()
    })
}
