//! One fact of a manifest in the form of every target.

use expect_test::{Expect, expect};
use unitsmith::emit::Target;
use unitsmith::manifest::Format;

use crate::support::generate;

mod activation;
mod companions;
mod containers;
mod docker;
mod exposure;
mod groups;
mod hardening;
mod hooks;
mod hosts;
mod objects;
mod overrides;
mod pace;
mod pods;
mod probes;
mod process_compose;
mod processes;
mod provision;
mod raw;
mod schedules;
mod tunnels;
mod waiting;

/// Shows what the service `web` becomes: of every file the lines that assign one of `keys`.
fn check(service: &str, keys: &[&str], expected: Expect) {
    check_manifest(&format!("[services.web]\n{service}\n"), keys, expected);
}

fn check_manifest(manifest: &str, keys: &[&str], expected: Expect) {
    let targets =
        [("systemd", Target::Systemd), ("quadlet", Target::Quadlet), ("nixos", Target::Nixos)];
    let mut shown = String::new();
    for (name, target) in targets {
        for (path, text) in generate(manifest, Format::Toml, &[target]).iter() {
            // Units that both plain targets write are shown once.
            if target == Target::Quadlet && !path.contains("quadlet") {
                continue;
            }
            let file = path.rsplit('/').next().unwrap();
            for assignment in assignments(text, keys) {
                shown.push_str(&format!("{name:<8} {file:<20} {assignment}\n"));
            }
        }
    }
    expected.assert_eq(&shown);
}

/// Shows whole files of the hosts without Nix: those below directories of these names.
fn check_files(manifest: &str, directories: &[&str], expected: Expect) {
    let mut shown = String::new();
    for (path, text) in generate(manifest, Format::Toml, &[Target::Quadlet]).iter() {
        if path.split('/').any(|it| directories.contains(&it)) {
            shown.push_str(&format!("=== {path}\n{text}"));
        }
    }
    expected.assert_eq(&shown);
}

/// The assignments of the keys, each on one line.
fn assignments(text: &str, keys: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let start = line.trim_start();
        let is_wanted = keys.iter().any(|key| {
            let rest = start.strip_prefix(key);
            rest.is_some_and(|it| it.starts_with(['=', ' ', '.']) || key.ends_with(']'))
        });
        if !is_wanted {
            continue;
        }
        let mut assignment = start.to_owned();
        // A value of Nix goes on until the line that closes it.
        let indent = line.len() - start.len();
        while assignment.contains(" = ") && !assignment.ends_with(';') {
            let next = lines.next().unwrap();
            assignment.push(' ');
            assignment.push_str(next.trim_start());
            let is_closing = next.len() - next.trim_start().len() <= indent;
            if is_closing && next.ends_with(';') {
                break;
            }
            if !is_closing {
                // Semicolons inside the value do not end it.
                assignment.push(' ');
            }
        }
        found.push(assignment.replace("  ", " "));
    }
    found
}
