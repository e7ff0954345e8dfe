//! A host that boots with many sleeping services.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::support::{run, scratch};

use super::generated::{self, Files};
use super::machine::Machine;

/// Two hundred services, of every kind that sleeps.
pub(crate) const SLEEPERS: &str = r#"
[hosts.booted]
systemd = 257
podman = "5.4"

[defaults]
replicas = 50

[services.process-fd]
exec.command = ["/usr/local/bin/daemon"]
activation = { on = "socket", handoff = "fd" }

[services.process-proxy]
exec.command = ["/usr/local/bin/daemon", "port=${backendPort}"]
activation = { on = "socket", handoff = "proxy" }

[services.container-fd]
container.image = "localhost/daemon:1"
activation = { on = "socket", handoff = "fd" }

[services.container-proxy]
container = { image = "localhost/daemon:1", ports = [{ container = 8080 }] }
activation = { on = "socket", handoff = "proxy" }
"#;

/// Waits for the network, so that its target is reached at all.
const USER_OF_THE_NETWORK: &str = "[Unit]\nWants=network-online.target\nAfter=network-online.target\n\
     [Service]\nType=oneshot\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n";

#[test]
fn sleeping_services_listen_before_others_start_and_none_of_them_runs() {
    let machine = boot(SLEEPERS);
    let first = states(&machine, &["needs-network.service"]).remove(0);
    assert_ne!(first.left_inactive, 0, "what waits for the network was not started");
    let sockets = states(&machine, &["process-*.socket", "container-*.socket"]);
    assert_eq!(sockets.len(), 200);
    for it in sockets {
        assert_eq!(it.state, "active", "{}", it.name);
        assert!(it.became_active < first.left_inactive, "{} listens late", it.name);
    }
    let services = states(&machine, &["--all", "process-*.service", "container-*.service"]);
    assert_eq!(services.len(), 300);
    for it in services {
        assert_eq!((it.state.as_str(), it.left_inactive), ("inactive", 0), "{} ran", it.name);
    }
}

/// Boots a host that has the services of a manifest from the beginning.
pub(crate) fn boot(manifest: &str) -> Machine {
    let directory = scratch();
    let generated = generated::generate(manifest, "quadlet");
    let Files::Plain(files) = generated.files else { unreachable!("it is a plain host") };
    let mut enabled = vec!["needs-network.service"];
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("etc/systemd/system/needs-network.service", USER_OF_THE_NETWORK);
    for (path, text) in &files {
        match path.split_once('/').unwrap() {
            ("systemd", name) => {
                write(&format!("etc/systemd/system/{name}"), text);
                enabled.extend(text.contains("[Install]").then_some(name));
            }
            ("quadlet", name) => write(&format!("etc/containers/systemd/{name}"), text),
            (directory, name) => write(&format!("etc/{directory}/{name}"), text),
        }
    }
    enable(directory.path(), &enabled);
    Machine::boot_with("trixie", "packages", Some(directory.path()))
}

fn enable(root: &Path, units: &[&str]) {
    let root = format!("--root={}", root.display());
    let output = run(Command::new("systemctl").args([root.as_str(), "enable"]).args(units));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}

/// What systemd knows of a unit.
struct State {
    name: String,
    state: String,
    /// When it became active and when it first was more than inactive, in microseconds, 0 for never.
    became_active: u64,
    left_inactive: u64,
}

/// The states of the units that are asked for.
fn states(machine: &Machine, units: &[&str]) -> Vec<State> {
    const PROPERTIES: &str =
        "--property=Id,ActiveState,ActiveEnterTimestampMonotonic,InactiveExitTimestampMonotonic";
    let shown = machine.enter(&[&["systemctl", "show", PROPERTIES], units].concat());
    let state = |text: &str| {
        let values: BTreeMap<_, _> = text.lines().filter_map(|it| it.split_once('=')).collect();
        State {
            name: values["Id"].to_owned(),
            state: values["ActiveState"].to_owned(),
            became_active: values["ActiveEnterTimestampMonotonic"].parse().unwrap(),
            left_inactive: values["InactiveExitTimestampMonotonic"].parse().unwrap(),
        }
    };
    shown.trim().split("\n\n").map(state).collect()
}
