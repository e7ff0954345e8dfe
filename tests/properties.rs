//! What holds for every manifest, shown on generated ones.
//!
//! The seed is fixed, so that a run finds what the last one found; `PROPTEST_CASES` asks for more.

use std::collections::{BTreeMap, BTreeSet};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::Value;
use unitsmith::directive::{self, Quoting};
use unitsmith::emit::{Target, emit};
use unitsmith::fileset::FileSet;
use unitsmith::manifest::Format;
use unitsmith::plan::{Form, Plan};
use unitsmith::syntax::unit::read;

use crate::equivalence::assert_equivalent;
use crate::modules::assert_read_back;
use crate::support::{json, notation, plan, process_compose, repository};

mod containers;
mod expose;
mod groups;
mod manifests;
mod pace;
mod probes;
mod provision;
mod schedules;

use self::manifests::{any_manifest, any_order};

/// Runs a property on generated manifests.
fn check(cases: u32, property: fn(&Value) -> Result<(), TestCaseError>) {
    let cases =
        if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { cases };
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    if let Err(failure) = runner.run(&any_manifest(), |manifest| property(&manifest)) {
        panic!("{failure}");
    }
}

fn resolved(manifest: &Value) -> Plan {
    plan(&manifest.to_string(), Format::Json).unwrap_or_else(|problems| panic!("{problems}"))
}

fn files(plan: &Plan) -> FileSet {
    emit(plan, &Target::WITH_SYSTEMD.iter().copied().collect::<BTreeSet<_>>())
}

#[test]
fn every_module_is_a_fixed_point_of_nixfmt() {
    check(96, |manifest| {
        for (path, text) in files(&resolved(manifest)).iter().filter(|it| it.0.ends_with(".nix")) {
            let errors = rnix::Root::parse(text).errors().to_vec();
            assert!(errors.is_empty(), "{path}: {errors:?}\n{text}");
            let formatted = nixfmt_rs::format(text).unwrap_or_else(|it| panic!("{it:?}\n{text}"));
            assert_eq!(formatted, text, "{path}");
        }
        Ok(())
    });
}

#[test]
fn process_compose_takes_every_file_and_nixfmt_every_module_for_it() {
    check(24, |manifest| {
        let mut plan = resolved(manifest);
        plan.compose_hosts.clear();
        plan.imply_process_compose(Form::FILE);
        plan.imply_process_compose(Form::Flake);
        let targets = [Target::ProcessCompose, Target::ProcessComposeFlake];
        let files = emit(&plan, &targets.into());
        process_compose::assert_valid(files.get("process-compose/process-compose.yaml").unwrap());
        let module = files.get("process-compose-flake/default.nix").unwrap();
        assert_eq!(nixfmt_rs::format(module).unwrap(), module);
        Ok(())
    });
}

#[test]
fn every_unit_file_is_read_back_and_printed_the_same() {
    check(96, |manifest| {
        let plan = resolved(manifest);
        for targets in [Target::Systemd, Target::Quadlet] {
            let files = emit(&plan, &BTreeSet::from([targets]));
            for (path, text) in files.iter().filter(|it| is_unit(it.0)) {
                assert_eq!(printed(text), text, "{path}");
            }
        }
        Ok(())
    });
}

#[test]
fn every_module_is_read_back_into_its_units() {
    check(96, |manifest| {
        assert_read_back(&resolved(manifest));
        Ok(())
    });
}

fn is_unit(path: &str) -> bool {
    let directory = path.rsplit('/').nth(1).unwrap_or_default();
    ["systemd", "quadlet"].contains(&directory)
}

/// A unit file printed anew from what was read of it, every value by its class.
fn printed(text: &str) -> String {
    let (header, _) = text.split_once('\n').unwrap();
    let mut printed = format!("{header}\n");
    for section in read::sections(text).unwrap() {
        printed.push_str(&format!("\n[{}]\n", section.name));
        for (key, value) in section.entries {
            let row =
                directive::all().find(|it| it.section.as_str() == section.name && it.key == key);
            let quoting: Quoting = row.unwrap_or_else(|| panic!("`{key}=`")).quoting;
            // A word that begins with the path of secrets; data would have the `%` twice.
            let filled = value.replace(" %d/", " /run/credentials/");
            assert!(read::texts(quoting, &filled).is_some(), "`{key}={value}` is not {quoting:?}");
            printed.push_str(&format!("{key}={value}\n"));
        }
    }
    printed
}

#[test]
fn the_order_of_keys_changes_no_byte() {
    check(64, |manifest| {
        let expected = files(&resolved(manifest));
        for seed in 0..3 {
            let text = json::text(manifest, &mut any_order(seed));
            let shuffled = plan(&text, Format::Json).unwrap();
            assert!(files(&shuffled) == expected, "{text}");
        }
        Ok(())
    });
}

#[test]
fn every_notation_says_the_same() {
    check(32, |manifest| {
        let plans = notation::texts(manifest).map(|(format, text)| {
            // The first line names the manifest, which is another one in each notation.
            let mut plan = plan(&text, format).unwrap_or_else(|it| panic!("{it}{text}"));
            plan.manifest.clear();
            files(&plan)
        });
        assert!(plans.iter().all(|it| *it == plans[0]), "{manifest:#}");
        Ok(())
    });
}

#[test]
fn twenty_orders_of_the_homelab_give_the_same_bytes() {
    let manifest = repository().join("tests/cases/homelab/unitsmith.toml");
    let text = std::fs::read_to_string(manifest).unwrap();
    let homelab: Value = toml::from_str(&text).unwrap();
    let expected = files(&resolved(&homelab));
    let mut texts = BTreeSet::new();
    for seed in 0..20 {
        let text = json::text(&homelab, &mut any_order(seed));
        assert!(files(&plan(&text, Format::Json).unwrap()) == expected, "{text}");
        texts.insert(text);
    }
    assert!(texts.len() > 15, "the orders are different ones");
}

#[test]
fn every_reader_takes_every_manifest_and_all_targets_are_the_same() {
    check(24, |manifest| {
        assert_equivalent(&BTreeMap::from([("it".to_owned(), resolved(manifest))]));
        Ok(())
    });
}
