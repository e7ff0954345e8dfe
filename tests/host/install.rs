//! How a host gets its services: as the README says, or as NixOS would have them.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::daemon;
use crate::support::nixos::Evaluated;

use super::generated::{Files, Generated};
use super::machine::Machine;
use super::setting::{Account, Setting, Source};

/// Makes the account whose services run without root.
pub(super) fn add_account(machine: &Machine) -> Account {
    const NAME: &str = "alice";
    machine.enter(&["useradd", "--create-home", NAME]);
    let number = machine.enter(&["id", "--user", NAME]).trim_end().to_owned();
    // The host's next boot would do that.
    machine.enter(&["systemctl", "start", &format!("user@{number}.service")]);
    Account { name: NAME, number }
}

/// Gives a host what the services run and where they are controlled.
pub(super) fn prepare(setting: &Setting) {
    let machine = &setting.machine;
    machine.install("/usr/local/bin/daemon", daemon::built());
    for service in setting.services() {
        let directory = format!("/srv/{service}");
        std::fs::create_dir_all(machine.file(&directory)).unwrap();
        if let Some(account) = &setting.account {
            machine.enter(&["chown", account.name, &directory]);
        }
    }
    let mut containers = "[containers]\n".to_owned();
    let controllers = std::fs::read_to_string(machine.file("/sys/fs/cgroup/cgroup.controllers"));
    if !controllers.unwrap().contains("pids") {
        // podman asks for a limit on processes, which such a kernel refuses.
        containers.push_str("pids_limit=0\n");
    }
    if setting.source == Source::Older {
        // Debian 12 raises limits, which a machine of CI may not do.
        let limits =
            "echo \"'nofile=$(ulimit -Hn):$(ulimit -Hn)', 'nproc=$(ulimit -Hu):$(ulimit -Hu)'\"";
        let limits = machine.enter(&["bash", "-c", limits]);
        containers.push_str(&format!("default_ulimits=[{limits}]\n[engine]\nruntime=\"runc\"\n"));
    }
    machine.write("/etc/containers/containers.conf", containers);
    import_image(setting, "1");
}

/// Makes the image anew, with another version to tell it by; nothing comes from the network.
pub(super) fn import_image(setting: &Setting, version: &str) {
    let script = "tar --directory /usr/local/bin --create daemon | podman import --quiet \
                  --change 'ENTRYPOINT [\"/daemon\"]' --change \"ENV VERSION=$1\" - localhost/daemon:1";
    setting.command(&["bash", "-euo", "pipefail", "-c", script, "import", version]);
}

/// Installs what was generated and enables what it enables.
pub(super) fn install(setting: &Setting, generated: &Generated) {
    match &generated.files {
        Files::Plain(files) => install_plain(setting, files),
        Files::Nixos(evaluated) => install_as_nixos_would(setting, evaluated),
    }
}

fn install_plain(setting: &Setting, files: &BTreeMap<String, String>) {
    let machine = &setting.machine;
    let mut enabled = vec!["enable"];
    for (path, text) in files {
        let (directory, name) = path.split_once('/').unwrap();
        let place = match directory {
            "systemd" => "/etc/systemd/system",
            "quadlet" => "/etc/containers/systemd",
            "systemd-user" => "/home/alice/.config/systemd/user",
            "quadlet-user" => "/home/alice/.config/containers/systemd",
            "sysctl.d" | "sysusers.d" | "tmpfiles.d" => &format!("/etc/{directory}"),
            _ => panic!("nobody said where `{path}` goes"),
        };
        machine.write(&format!("{place}/{name}"), text);
        if directory.starts_with("systemd") && text.contains("[Install]") {
            enabled.push(name);
        }
    }
    if setting.account.is_some() {
        machine.enter(&["chown", "--recursive", "alice:", "/home/alice/.config"]);
    }
    setting.systemctl(&["daemon-reload"]);
    if enabled.len() > 1 {
        setting.systemctl(&enabled);
    }
    // As the next boot would; what starts at boot may wait for the network.
    setting.systemctl(&["start", "sockets.target", "timers.target"]);
    let boot = if setting.account.is_some() { "default.target" } else { "multi-user.target" };
    setting.systemctl(&["start", "--no-block", boot]);
}

/// Puts units where NixOS has them, and the programs of Debian where they say that Nix has them.
fn install_as_nixos_would(setting: &Setting, evaluated: &Evaluated) {
    let machine = &setting.machine;
    let texts = evaluated.units.values().chain(evaluated.scripts.values());
    let packages: BTreeSet<&str> = texts.flat_map(|it| store_paths(it)).collect();
    for (path, text) in &evaluated.scripts {
        machine.write(path, text);
        machine.enter(&["chmod", "755", path]);
    }
    for path in packages {
        if !machine.file(path).exists() {
            machine.enter(&["mkdir", "--parents", "/nix/store"]);
            machine.enter(&["ln", "--symbolic", "/usr", path]);
        }
    }
    for (name, text) in &evaluated.units {
        machine.write(&format!("/etc/systemd/system/{name}"), text);
    }
    for link in &evaluated.links {
        let link = format!("/etc/systemd/system/{link}");
        let unit = link.rsplit('/').next().unwrap();
        machine.enter(&["mkdir", "--parents", link.rsplit_once('/').unwrap().0]);
        machine.enter(&["ln", "--symbolic", &format!("../{unit}"), &link]);
    }
    setting.systemctl(&["daemon-reload"]);
    setting.systemctl(&["start", "sockets.target", "timers.target", "multi-user.target"]);
}

/// The paths directly below the store that a text names.
fn store_paths(text: &str) -> impl Iterator<Item = &str> {
    const STORE: &str = "/nix/store/";
    text.match_indices(STORE).map(|(start, _)| {
        let name = &text[start + STORE.len()..];
        let end = name.find(|it: char| !it.is_alphanumeric() && !"+-._?=".contains(it));
        &text[start..start + STORE.len() + end.unwrap_or(name.len())]
    })
}
