//! What the code may know of itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{read, repository};

/// Which modules each module may name; the flow of the program is the order of the rows.
const MAY_USE: &[(&str, &[&str])] = &[
    ("problem", &[]),
    ("plan", &[]),
    ("ports", &[]),
    ("fileset", &[]),
    ("error", &[]),
    ("nearest", &[]),
    ("paint", &[]),
    ("progress", &[]),
    ("vocabulary", &[]),
    ("manifest", &["nearest", "problem"]),
    ("resolve", &["manifest", "nearest", "plan", "ports", "problem", "vocabulary"]),
    ("directive", &["plan", "vocabulary"]),
    ("unit", &["directive", "plan"]),
    ("expand", &["directive", "plan", "syntax", "unit"]),
    ("compose", &["expand", "plan"]),
    ("graph", &["plan"]),
    ("syntax", &["directive", "graph", "plan", "unit"]),
    ("emit", &["compose", "directive", "expand", "fileset", "plan", "ports", "syntax", "unit"]),
    ("gap", &["compose", "directive", "expand", "plan", "problem", "unit"]),
    ("explain", &["directive", "emit", "expand", "plan", "syntax", "unit"]),
    ("lint", &["manifest", "plan", "problem"]),
    ("compare", &["fileset"]),
    ("unitset", &["directive", "plan", "syntax"]),
    ("contrast", &["fileset", "unitset"]),
    ("git", &["error"]),
    ("apply", &["directive", "fileset", "syntax", "unit", "unitset"]),
    ("disk", &["apply", "compare", "error", "fileset"]),
    ("interrupt", &["error"]),
    ("kernel", &[]),
    ("trial", &["disk", "error", "expand", "interrupt", "kernel", "plan", "syntax"]),
    ("systemctl", &["apply", "error"]),
    ("verify", &["error", "kernel", "plan", "systemctl"]),
    ("cli", &["plan"]),
    (
        "commands",
        &[
            "apply",
            "cli",
            "compare",
            "contrast",
            "disk",
            "emit",
            "error",
            "expand",
            "explain",
            "fileset",
            "gap",
            "git",
            "graph",
            "interrupt",
            "kernel",
            "lint",
            "manifest",
            "nearest",
            "plan",
            "ports",
            "problem",
            "progress",
            "resolve",
            "syntax",
            "systemctl",
            "trial",
            "unitset",
            "verify",
        ],
    ),
];

/// The sources by their path below `src`.
fn sources() -> BTreeMap<String, String> {
    read(&repository().join("src")).into_iter().filter(|(path, _)| path.ends_with(".rs")).collect()
}

fn module(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

/// The text of a file up to the tests beside the code.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn no_module_knows_what_it_must_not() {
    let modules: BTreeSet<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    for (path, text) in sources() {
        let module = module(&path);
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let (_, may) = MAY_USE
            .iter()
            .find(|(it, _)| *it == module)
            .unwrap_or_else(|| panic!("`{module}` is not listed"));
        for other in text.split("crate::").skip(1) {
            let other: String =
                other.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            assert!(
                other == module
                    || may.contains(&other.as_str())
                    || !modules.contains(other.as_str()),
                "`{path}` must not know `{other}`"
            );
        }
    }
}

#[test]
fn the_map_of_the_library_names_every_module() {
    let text = &sources()["lib.rs"];
    let modules = text.lines().filter_map(|it| it.strip_prefix("pub mod ")?.strip_suffix(';'));
    for module in modules {
        assert!(text.contains(&format!("[`{module}`]")), "`{module}` is not on the map");
    }
}

#[test]
fn expand_knows_no_text_but_the_lists_that_are_values() {
    for (path, text) in sources().iter().filter(|(path, _)| module(path) == "expand") {
        let json = text.matches("syntax::json").count();
        assert_eq!(text.matches("syntax").count(), json, "`{path}` must not know `syntax`");
    }
}

#[test]
fn files_stay_short() {
    for directory in ["src", "nix", "tests"] {
        for (path, text) in read(&repository().join(directory)) {
            let is_code = [".rs", ".nix", ".sh"].iter().any(|it| path.ends_with(it));
            let lines = text.lines().count();
            assert!(!is_code || lines <= 500, "`{directory}/{path}` has {lines} lines");
        }
    }
}

#[test]
fn serde_is_known_to_what_reads_and_writes_json_alone() {
    for (path, text) in sources() {
        let allowed = path.starts_with("manifest")
            // What commands print for programs.
            || path.starts_with("commands/")
            || ["apply/inventory.rs", "ports/lock.rs", "systemctl.rs"].contains(&path.as_str());
        assert!(allowed || !text.contains("serde"), "`{path}` must not know serde");
    }
}

#[test]
fn quoted_text_is_made_in_syntax_alone() {
    for (path, text) in sources() {
        let is_free = path.starts_with("syntax") || path.starts_with("manifest");
        let code = without_tests(&text);
        for line in code.lines().filter(|_| !is_free) {
            let pastes = line.contains("\\\"{") || line.contains("push('\"')");
            assert!(!pastes, "`{path}` puts quotes around text: {line}");
        }
    }
}

#[test]
fn only_disk_touches_files_and_only_main_prints() {
    for (path, text) in sources() {
        let code = without_tests(&text);
        for (word, owners) in [
            // The kernel shows processes as files, which are on no disk.
            ("std::fs", &["disk", "kernel"][..]),
            ("rustix::fs", &["disk"]),
            ("File::", &["disk"]),
            ("std::process::Command", &["git", "systemctl", "trial"]),
            ("println!", &["main"]),
            ("std::io::std", &["main", "trial"]),
        ] {
            assert!(
                owners.contains(&module(&path)) || !code.contains(word),
                "`{path}` must not know `{word}`"
            );
        }
    }
}
