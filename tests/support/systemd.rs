//! systemd reads units.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use unitsmith::syntax::unit::read;

use super::{Output, Suite, in_root, in_root_of, scratch, unit};

/// Lets systemd verify units, all of which it sees together, and returns what it says.
///
/// They are verified in a small tree of their own, which has the units of systemd itself and a file
/// for every program that they name: `verify` complains of programs that do not exist.
pub(crate) fn verify(units: &BTreeMap<String, String>) -> Output {
    let tree = scratch();
    let directory = tree.path().join("etc/systemd/system");
    std::fs::create_dir_all(&directory).unwrap();
    for (name, text) in units {
        std::fs::write(directory.join(name), text).unwrap();
        for program in programs(text) {
            place(&tree.path().join(program.trim_start_matches('/')));
        }
    }
    let tree = tree.path().to_str().unwrap();
    let script = "mkdir -p \"$1/usr/lib/systemd/system\" && \
                  mount --bind /usr/lib/systemd/system \"$1/usr/lib/systemd/system\" && \
                  cd \"$1/etc/systemd/system\" && tree=$1 && shift && \
                  exec systemd-analyze verify --man=no --recursive-errors=yes --root=\"$tree\" \"$@\"";
    let mut command = vec!["bash", "-c", script, "verify", tree];
    command.extend(units.keys().map(String::as_str));
    in_root(&[Path::new(tree)], &command)
}

/// Asserts that systemd has nothing to say about units.
pub(crate) fn assert_verified(units: &BTreeMap<String, String>) {
    if units.is_empty() {
        return;
    }
    assert_silent(units, &verify(units));
}

/// The same for the manager of a user, which has no tree of its own: programs are those of the root.
pub(crate) fn assert_verified_for_a_user(units: &BTreeMap<String, String>) {
    let home = scratch();
    let directory = home.path().join("systemd/user");
    std::fs::create_dir_all(&directory).unwrap();
    for (name, text) in units {
        std::fs::write(directory.join(name), text).unwrap();
    }
    let script = "cd \"$1/systemd/user\" && XDG_RUNTIME_DIR=/run XDG_CONFIG_HOME=$1 && \
                  export XDG_RUNTIME_DIR XDG_CONFIG_HOME && shift && \
                  exec systemd-analyze --user verify --man=no --recursive-errors=yes \"$@\"";
    let mut command = vec!["bash", "-c", script, "verify", home.path().to_str().unwrap()];
    command.extend(units.keys().map(String::as_str));
    assert_silent(units, &in_root(&[home.path()], &command));
}

fn assert_silent(units: &BTreeMap<String, String>, output: &Output) {
    let Output { stdout, stderr, code } = output;
    let is_silent = stdout.is_empty() && stderr.is_empty() && *code == Some(0);
    let named = units.iter().filter(|(name, _)| stderr.contains(name.as_str()));
    let named: String = named.map(|(name, text)| format!("=== {name}\n{text}\n")).collect();
    assert!(is_silent, "systemd says, and ends with {code:?}:\n{stdout}{stderr}{named}");
}

/// Asserts that the systemd of a suite has nothing to say about the units of each of many hosts.
pub(crate) fn assert_each_verified(suite: Suite, hosts: &[BTreeMap<String, String>]) {
    let trees = scratch();
    for (number, units) in hosts.iter().enumerate() {
        let tree = trees.path().join(number.to_string());
        let directory = tree.join("etc/systemd/system");
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::create_dir_all(tree.join("usr/lib/systemd/system")).unwrap();
        for (name, text) in units {
            std::fs::write(directory.join(name), text).unwrap();
            for program in programs(text) {
                place(&tree.join(program.trim_start_matches('/')));
            }
        }
    }
    let script = "cd \"$1\" && for tree in *; do \
                  mount --bind /usr/lib/systemd/system \"$1/$tree/usr/lib/systemd/system\" && \
                  cd \"$1/$tree/etc/systemd/system\" && \
                  { systemd-analyze verify --man=no --recursive-errors=yes --root=\"$1/$tree\" * || \
                  cat * >&2; }; done";
    let path = trees.path();
    let command = ["bash", "-c", script, "verify", path.to_str().unwrap()];
    let Output { stdout, stderr, code } = in_root_of(suite, &[path], &command);
    let is_silent = stdout.is_empty() && stderr.is_empty() && code == Some(0);
    assert!(is_silent, "systemd of {suite:?} says, and ends with {code:?}:\n{stdout}{stderr}");
}

/// The programs that the commands of a unit name.
fn programs(text: &str) -> Vec<String> {
    let unit = unit::parse(text);
    let commands = unit
        .get("Service")
        .into_iter()
        .flatten()
        .filter(|(key, _)| key.starts_with("Exec"))
        .flat_map(|(_, values)| values);
    let program = |command: &String| {
        let command = command.trim_start_matches(['-', '@', ':', '+', '!']);
        let words = read::words(command).unwrap_or_default();
        words.first().map(|it| it.replace("%%", "%").replace("$$", "$"))
    };
    commands.filter_map(program).collect()
}

fn place(file: &Path) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}
