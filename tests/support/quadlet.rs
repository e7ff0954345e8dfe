//! Quadlet makes services of containers.

use std::collections::BTreeMap;

use super::{Output, in_root, scratch};

const GENERATOR: &str = "/usr/lib/systemd/system-generators/podman-system-generator";

/// Returns the services that Quadlet makes of containers, by their names.
///
/// It must take every one of them without a complaint.
pub(crate) fn generate(containers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    taken(containers, dry_run(containers))
}

/// Returns the services that it makes of them for the manager of a user.
pub(crate) fn generate_for_a_user(
    containers: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    taken(containers, run(containers, &["-dryrun", "-user"]))
}

fn taken(containers: &BTreeMap<String, String>, output: Output) -> BTreeMap<String, String> {
    let Output { stdout, stderr, code } = output;
    let named = containers.iter().filter(|(name, _)| stderr.contains(name.as_str()));
    let named: String = named.map(|(name, text)| format!("=== {name}\n{text}\n")).collect();
    let is_silent = stderr.is_empty() && code == Some(0);
    assert!(is_silent, "Quadlet says, and ends with {code:?}:\n{stderr}{named}");
    let mut services: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in stdout.lines() {
        let name = line.strip_prefix("---").and_then(|it| it.strip_suffix(".service---"));
        if let Some(name) = name {
            current = Some(services.entry(format!("{name}.service")).or_default());
        } else if let Some(text) = &mut current {
            text.push_str(line);
            text.push('\n');
        }
    }
    assert_eq!(services.len(), containers.len(), "Quadlet left something out:\n{stdout}");
    services
}

/// Runs the generator and returns what it says, but for the list of the files that it reads.
pub(crate) fn dry_run(containers: &BTreeMap<String, String>) -> Output {
    run(containers, &["-dryrun"])
}

fn run(containers: &BTreeMap<String, String>, arguments: &[&str]) -> Output {
    if containers.is_empty() {
        return Output { stdout: String::new(), stderr: String::new(), code: Some(0) };
    }
    let directory = scratch();
    for (name, text) in containers {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let places = format!("QUADLET_UNIT_DIRS={}", directory.path().display());
    let command = [&["env", &places, GENERATOR], arguments].concat();
    let output = in_root(&[directory.path()], &command);
    let says = output.stderr.lines().filter(|it| !it.contains(": Loading source unit file "));
    let stderr = says.map(|it| format!("{it}\n")).collect();
    Output { stderr, ..output }
}
