//! A host with the services of the suite, installed as the README says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use serde::Deserialize;

use super::machine::Machine;
use crate::support::{self, Output, repository, run, scratch};

/// Where the units of a host come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Unit files, and containers as Quadlets.
    Quadlets,
    /// Unit files, and containers as services that run podman.
    Services,
}

/// A booted host with installed services.
pub(crate) struct Setting {
    pub(crate) machine: Machine,
    ports: BTreeMap<String, u16>,
    /// Who uses a service has it alone.
    alone: BTreeMap<String, Mutex<()>>,
}

/// What `unitsmith ports --json` says of a port.
#[derive(Deserialize)]
struct Port {
    key: String,
    port: u16,
}

impl Setting {
    /// Returns the one host of a kind, with the services of the suite installed.
    pub(crate) fn of(source: Source) -> &'static Setting {
        static QUADLETS: LazyLock<Setting> = LazyLock::new(|| Setting::new(Source::Quadlets));
        static SERVICES: LazyLock<Setting> = LazyLock::new(|| Setting::new(Source::Services));
        match source {
            Source::Quadlets => &QUADLETS,
            Source::Services => &SERVICES,
        }
    }

    fn new(source: Source) -> Setting {
        let manifest = repository().join("tests/host/unitsmith.toml");
        let target = match source {
            Source::Quadlets => "quadlet",
            Source::Services => "systemd",
        };
        let generated = scratch();
        let directory = generated.path().to_str().unwrap();
        let manifest = manifest.to_str().unwrap();
        unitsmith(&["gen", manifest, "-o", directory, "--target", target]);
        let machine = Machine::boot("trixie");
        let ports = unitsmith(&["ports", manifest, "--json"]);
        let ports: Vec<Port> = serde_json::from_str(&ports).unwrap();
        let ports: BTreeMap<_, _> = ports.into_iter().map(|it| (it.key, it.port)).collect();
        let alone = ports.keys().map(|it| (it.clone(), Mutex::new(()))).collect();
        let setting = Setting { machine, ports, alone };
        setting.prepare();
        setting.install(generated.path());
        setting
    }

    /// Gives the host what the services run and where they are controlled.
    fn prepare(&self) {
        let machine = &self.machine;
        machine.write("/usr/local/bin/daemon", std::fs::read(daemon()).unwrap());
        machine.enter(&["chmod", "755", "/usr/local/bin/daemon"]);
        for service in self.ports.keys().filter(|it| !it.contains('/')) {
            std::fs::create_dir_all(machine.file(&format!("/srv/{service}"))).unwrap();
        }
        let controllers =
            std::fs::read_to_string(machine.file("/sys/fs/cgroup/cgroup.controllers"));
        if !controllers.unwrap().contains("pids") {
            // podman asks for a limit on processes, which such a kernel refuses.
            machine.write("/etc/containers/containers.conf", "[containers]\npids_limit=0\n");
        }
        self.import_image("1");
    }

    /// Makes the image anew, with another version to tell it by; nothing comes from the network.
    pub(crate) fn import_image(&self, version: &str) {
        let script = "tar --directory /usr/local/bin --create daemon | podman import --quiet \
                      --change 'ENTRYPOINT [\"/daemon\"]' --change \"ENV VERSION=$1\" - localhost/daemon:1";
        self.machine.enter(&["bash", "-euo", "pipefail", "-c", script, "import", version]);
    }

    /// Installs generated files and enables what they enable, as the README says.
    fn install(&self, generated: &Path) {
        let mut enabled = vec!["systemctl".to_owned(), "enable".to_owned(), "--now".to_owned()];
        for (path, text) in support::read(generated) {
            let (directory, name) = path.split_once('/').unwrap();
            let place = match directory {
                "systemd" => "/etc/systemd/system",
                "quadlet" => "/etc/containers/systemd",
                "sysctl.d" => "/etc/sysctl.d",
                _ => panic!("nobody said where `{path}` goes"),
            };
            self.machine.write(&format!("{place}/{name}"), &text);
            if directory == "systemd" && text.contains("[Install]") {
                enabled.push(name.to_owned());
            }
        }
        self.systemctl(&["daemon-reload"]);
        self.machine.enter(&enabled.iter().map(String::as_str).collect::<Vec<_>>());
        // Quadlet enables its own, but they are started by the next boot only.
        self.systemctl(&["start", "multi-user.target"]);
    }

    /// The port under which users know a service.
    pub(crate) fn port(&self, service: &str) -> u16 {
        self.ports[service]
    }

    pub(super) fn alone(&self, service: &str) -> &Mutex<()> {
        &self.alone[service]
    }

    /// Runs a command as the one to whom the services belong; it must succeed.
    pub(crate) fn command(&self, command: &[&str]) -> String {
        self.machine.enter(command)
    }

    /// Runs systemctl, which must succeed.
    pub(crate) fn systemctl(&self, arguments: &[&str]) -> String {
        self.command(&[&["systemctl"], arguments].concat())
    }

    /// A property of a unit, as systemd prints it.
    pub(crate) fn property(&self, unit: &str, property: &str) -> String {
        let property = format!("--property={property}");
        let text = self.systemctl(&["show", "--value", &property, unit]);
        text.trim_end().to_owned()
    }

    /// How often the daemon of a service was started.
    pub(crate) fn starts(&self, service: &str) -> usize {
        let file = self.machine.file(&format!("/srv/{service}/starts"));
        std::fs::read_to_string(file).map_or(0, |it| it.lines().count())
    }

    /// The newest lines of the journal, for a message of failure.
    pub(crate) fn journal(&self, service: &str) -> String {
        let units = format!("{service}*");
        let Output { stdout, stderr, code: _ } = self.machine.try_enter(&[
            "journalctl",
            "--no-pager",
            "--lines=60",
            "--output=short-precise",
            "--unit",
            &units,
        ]);
        stdout + &stderr
    }
}

/// Runs the program itself, which must succeed.
fn unitsmith(arguments: &[&str]) -> String {
    let Output { stdout, stderr, code } =
        run(Command::new(env!("CARGO_BIN_EXE_unitsmith")).args(arguments));
    assert_eq!(code, Some(0), "unitsmith {arguments:?}:\n{stderr}");
    stdout
}

/// The daemon, built once for all hosts.
fn daemon() -> &'static Path {
    static DAEMON: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("daemon");
        let mut rustc = Command::new(std::env::var("RUSTC").unwrap_or("rustc".to_owned()));
        rustc.args(["--edition=2024", "-O", "-Cpanic=abort", "-Cstrip=symbols"]);
        rustc.args(["-Ctarget-feature=+crt-static", "-o"]).arg(&built);
        let Output { stderr, code, .. } = run(rustc.arg(repository().join("tests/host/daemon.rs")));
        assert_eq!(code, Some(0), "{stderr}");
        built
    });
    &DAEMON
}
