//! The strings of a container that are data, beyond its image, command and volumes.

use serde_json::{Value, json};
use unitsmith::directive::Quoting;
use unitsmith::emit::Target;
use unitsmith::problem::Code;

use super::Arrived;
use super::fields::{
    Field, Workload, absolute_path, anything, field, file_name, image, line, refuse, volume,
};
use crate::support::unit;

/// What a container of the tests has for the fields to be put into.
pub(super) fn base() -> Value {
    json!({
        "image": "localhost/image",
        "command": ["0", "1"],
        "volumes": [
            { "source": "/a", "target": "/right" },
            { "source": "/left", "target": "/b" },
            { "source": "left", "target": "/named" },
        ],
        "entrypoint": ["0", "1"],
        "mounts": [
            { "type": "bind", "source": "/a", "target": "/bound" },
            { "type": "bind", "source": "/source", "target": "/b" },
            { "type": "volume", "source": "volume", "target": "/part", "subpath": "/s" },
            { "type": "volume", "source": "volume", "target": "/of-volume" },
            { "type": "image", "source": "localhost/image", "target": "/of-image" },
        ],
        "tmpfs": ["/plain", { "target": "/sized", "size": "1M" }],
        "devices": ["/plain", { "host": "/host", "permissions": "r" }, { "host": "/two", "container": "/c" }],
        "health": { "command": ["0", "1"] },
        "login": { "registry": "localhost", "username": "it", "passwordFile": "/password" },
        "security": {},
    })
}

/// podman splits a mount at commas, and reads quotes.
fn mount(target: Target, text: &str) -> Option<Code> {
    absolute_path(target, text).or(refuse(Code::ImpossibleCharacter, text.contains([',', '"'])))
}

fn volume_name(_: Target, text: &str) -> Option<Code> {
    let is_name = |it: &str| file_name(Target::Nixos, it).is_none() && !it.contains('+');
    let is_bad_start = text.starts_with(['_', '.', '-']);
    refuse(Code::ImpossibleName, !is_name(text) || is_bad_start)
}

/// podman reads settings of the kernel as it reads mounts.
fn sysctl(target: Target, text: &str) -> Option<Code> {
    line(target, text).or(refuse(Code::ImpossibleCharacter, text.contains([',', '"'])))
}

/// podman splits a health check of one word.
fn lonely_word(target: Target, text: &str) -> Option<Code> {
    let is_split =
        text.is_empty() || text.contains(|it: char| it.is_whitespace() || it.is_control());
    // The podman without Quadlet does not know it yet.
    let is_old = target == Target::Systemd;
    anything(target, text)
        .or(refuse(Code::ImpossibleCharacter, is_split))
        .or(refuse(Code::HostTooOld, is_old))
}

/// A key ends at the first `=`.
fn key(target: Target, text: &str) -> Option<Code> {
    anything(target, text).or(refuse(Code::ImpossibleName, text.is_empty() || text.contains('=')))
}

/// NixOS does not quote it.
fn password_file(target: Target, text: &str) -> Option<Code> {
    let is_plain = text.chars().all(|it| it.is_ascii_alphanumeric() || "/._+@-".contains(it));
    absolute_path(target, text).or(refuse(Code::ImpossibleCharacter, !is_plain))
}

fn values<'a>(arrived: &'a Arrived, option: &str) -> &'a [String] {
    arrived.run.as_ref().map_or(&[], |it| it.values(option))
}

/// The value of an option that is given once.
fn only(arrived: &Arrived, option: &str) -> Option<String> {
    let [value] = values(arrived, option) else { return None };
    Some(value.clone())
}

/// A word of a list in JSON.
fn listed(arrived: &Arrived, option: &str, index: usize) -> Option<String> {
    let words: Vec<String> = serde_json::from_str(&only(arrived, option)?).ok()?;
    words.get(index).cloned()
}

/// What comes after the beginning of one of an option's values.
fn after(arrived: &Arrived, option: &str, start: &str) -> Option<String> {
    values(arrived, option).iter().find_map(|it| it.strip_prefix(start)).map(str::to_owned)
}

/// What comes before the end of one of an option's values.
fn before(arrived: &Arrived, option: &str, end: &str) -> Option<String> {
    values(arrived, option).iter().find_map(|it| it.strip_suffix(end)).map(str::to_owned)
}

/// A key of the mount that has something else.
fn of_mount(arrived: &Arrived, key: &str, other: &str) -> Option<String> {
    let mounts = values(arrived, "--mount").iter();
    let mut mounts = mounts.map(|it| it.split(',').collect::<Vec<_>>());
    let mount = mounts.find(|it| it.contains(&other))?;
    let start = format!("{key}=");
    mount.iter().find_map(|it| it.strip_prefix(start.as_str())).map(str::to_owned)
}

/// The only value of an option with a separator in it, or without one.
fn device(arrived: &Arrived, is_it: fn(&[&str]) -> bool, part: usize) -> Option<String> {
    let devices = values(arrived, "--device").iter();
    let mut devices = devices.map(|it| it.split(':').collect::<Vec<_>>());
    devices.find(|it| is_it(it)).map(|it| it[part].to_owned())
}

/// The last word of a command of the unit.
fn last_word(arrived: &Arrived, key: &str) -> Option<String> {
    let command = unit::values(&arrived.unit, "Service", key).first()?;
    unit::read_texts(Quoting::Command, command).pop()
}

/// On NixOS a script logs in.
fn is_file_or_script(text: &str, found: &str) -> bool {
    text == found || found.starts_with("/nix/store/")
}

#[rustfmt::skip] // One row a field.
pub(super) const FIELDS: &[Field] = &[
    field("container.entrypoint", Workload::Container, |it, text| it["container"]["entrypoint"][0] = text.into(),
        |it| listed(it, "--entrypoint", 0), anything, 120),
    field("container.entrypoint", Workload::Container, |it, text| it["container"]["entrypoint"][1] = text.into(),
        |it| listed(it, "--entrypoint", 1), anything, 120),
    field("container.workingDirectory", Workload::Container, |it, text| it["container"]["workingDirectory"] = text.into(),
        |it| only(it, "--workdir"), absolute_path, 80).after("/"),
    field("container.reload", Workload::Container, |it, text| it["container"]["reload"] = json!(["it", text]),
        |it| last_word(it, "ExecReload"), anything, 120),
    field("container.mounts.source", Workload::Container, |it, text| it["container"]["mounts"][0]["source"] = text.into(),
        |it| of_mount(it, "source", "destination=/bound"), mount, 80).after("/"),
    field("container.mounts.target", Workload::Container, |it, text| it["container"]["mounts"][1]["target"] = text.into(),
        |it| of_mount(it, "destination", "source=/source"), mount, 80).after("/"),
    field("container.mounts.subpath", Workload::Container, |it, text| it["container"]["mounts"][2]["subpath"] = text.into(),
        |it| of_mount(it, "subpath", "destination=/part"), mount, 80).after("/"),
    field("container.mounts.source", Workload::Container, |it, text| it["container"]["mounts"][3]["source"] = text.into(),
        |it| of_mount(it, "source", "destination=/of-volume"), volume_name, 5),
    field("container.mounts.source", Workload::Container, |it, text| it["container"]["mounts"][4]["source"] = text.into(),
        |it| of_mount(it, "source", "destination=/of-image"), image, 5).after("localhost/"),
    field("container.tmpfs", Workload::Container, |it, text| it["container"]["tmpfs"][0] = text.into(),
        |it| values(it, "--tmpfs").iter().find(|it| !it.ends_with(":size=1m")).cloned(), volume, 80).after("/"),
    field("container.tmpfs.target", Workload::Container, |it, text| it["container"]["tmpfs"][1]["target"] = text.into(),
        |it| before(it, "--tmpfs", ":size=1m"), volume, 80).after("/"),
    field("container.devices", Workload::Container, |it, text| it["container"]["devices"][0] = text.into(),
        |it| device(it, |it| it.len() == 1, 0), volume, 80).after("/"),
    field("container.devices.host", Workload::Container, |it, text| it["container"]["devices"][1]["host"] = text.into(),
        |it| device(it, |it| it.len() == 3, 0), volume, 80).after("/"),
    field("container.devices.container", Workload::Container, |it, text| it["container"]["devices"][2]["container"] = text.into(),
        |it| device(it, |it| it.len() == 2, 1), volume, 80).after("/"),
    field("container.security.seccompProfile", Workload::Container,
        |it, text| it["container"]["security"]["seccompProfile"] = text.into(),
        |it| after(it, "--security-opt", "seccomp="), absolute_path, 80).after("/"),
    field("container.security.mask", Workload::Container, |it, text| it["container"]["security"]["mask"] = [text].into(),
        |it| after(it, "--security-opt", "mask="), volume, 80).after("/"),
    field("container.security.unmask", Workload::Container, |it, text| it["container"]["security"]["unmask"] = [text].into(),
        |it| after(it, "--security-opt", "unmask="), volume, 80).after("/"),
    field("container.sysctls", Workload::Container, |it, text| it["container"]["sysctls"]["kernel.it"] = text.into(),
        |it| after(it, "--sysctl", "kernel.it="), sysctl, 80),
    field("container.labels", Workload::Container, |it, text| it["container"]["labels"]["it"] = text.into(),
        |it| after(it, "--label", "it="), anything, 120),
    field("container.labels", Workload::Container, |it, text| it["container"]["labels"][text] = "of-key".into(),
        |it| before(it, "--label", "=of-key"), key, 100),
    field("container.annotations", Workload::Container, |it, text| it["container"]["annotations"]["it"] = text.into(),
        |it| after(it, "--annotation", "it="), anything, 120),
    field("container.annotations", Workload::Container, |it, text| it["container"]["annotations"][text] = "of-key".into(),
        |it| before(it, "--annotation", "=of-key"), key, 100),
    field("container.log.options", Workload::Container, |it, text| it["container"]["log"]["options"]["tag"] = text.into(),
        |it| after(it, "--log-opt", "tag="), anything, 120),
    field("container.health.command", Workload::Container, |it, text| it["container"]["health"]["command"][0] = text.into(),
        |it| listed(it, "--health-cmd", 0), anything, 120),
    field("container.health.command", Workload::Container, |it, text| it["container"]["health"]["command"][1] = text.into(),
        |it| listed(it, "--health-cmd", 1), anything, 120),
    field("container.health.startup.command", Workload::Container,
        |it, text| it["container"]["health"]["startup"]["command"] = [text].into(),
        |it| after(it, "--health-startup-cmd", "CMD "), lonely_word, 80),
    field("container.health.log.destination", Workload::Container,
        |it, text| it["container"]["health"]["log"]["destination"] = text.into(),
        |it| only(it, "--health-log-destination"), log_destination, 80).after("/"),
    field("container.podmanArgs", Workload::Container, |it, text| it["container"]["podmanArgs"] = [text].into(),
        |it| Some(format!("--umask={}", only(it, "--umask")?)), anything, 120).after("--umask="),
    field("container.login.passwordFile", Workload::Container, |it, text| it["container"]["login"]["passwordFile"] = text.into(),
        |it| last_word(it, "ExecStartPre"), password_file, 10).after("/").compared_by(is_file_or_script),
];

/// The podman without Quadlet has no log of health checks yet.
fn log_destination(target: Target, text: &str) -> Option<Code> {
    let is_old = target == Target::Systemd && absolute_path(target, text).is_none();
    absolute_path(target, text).or(refuse(Code::HostTooOld, is_old))
}
