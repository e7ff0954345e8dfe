//! The strings of a container that are names and quantities.

use serde_json::{Value, json};
use unitsmith::problem::Code;

use super::names::{Name, container, name, never};

/// Whether a text is made of small letters, digits and `more`, and does not begin with what only may follow.
fn is_made_of(text: &str, first: &str, more: &str) -> bool {
    let is =
        |it: char, more: &str| it.is_ascii_lowercase() || it.is_ascii_digit() || more.contains(it);
    let mut letters = text.chars();
    letters.next().is_some_and(|it| is(it, first)) && letters.all(|it| is(it, more))
}

pub(super) fn is_dotted(text: &str) -> bool {
    is_made_of(text, "", "._-")
}

fn is_path(text: &str) -> bool {
    is_made_of(text, "", "._-/")
}

fn is_zone(text: &str) -> bool {
    is_made_of(text, "", "_+/-")
}

fn is_label(text: &str) -> bool {
    is_made_of(text, "", "_.:,-")
}

fn is_option(text: &str) -> bool {
    is_made_of(text, "", ":_-")
}

fn is_word(text: &str) -> bool {
    is_made_of(text, "", "_-")
}

fn is_registry(text: &str) -> bool {
    is_made_of(text, "", "._:/-")
}

fn is_domain(text: &str) -> bool {
    text == "." || is_dotted(text)
}

fn is_port(text: &str) -> bool {
    text == "1"
}

fn mapped(key: &str, value: Value) -> Value {
    let mut value = json!({ key: value });
    value["target"] = "/x".into();
    value["type"] = "tmpfs".into();
    container("mounts", json!([value]))
}

fn login(key: &str, text: &str) -> Value {
    let mut login = json!({ "registry": "ghcr.io", "username": "it", "passwordFile": "/x" });
    login[key] = text.into();
    container("login", login)
}

fn network(key: &str, value: Value) -> Value {
    let mut network = json!({ "name": "it", "external": true });
    network[key] = value;
    container("networks", json!([network]))
}

fn health(key: &str, text: &str) -> Value {
    container("health", json!({ key: text }))
}

fn startup(key: &str, text: &str) -> Value {
    let startup = json!({ "command": ["/x"], key: text });
    container("health", json!({ "command": ["/x"], "startup": startup }))
}

#[rustfmt::skip] // One row a name.
pub(super) const NAMES: &[Name] = &[
    name("container.retry.delay", |it| container("retry", json!({ "delay": it })), never, Code::ImpossibleQuantity),
    name("container.login.registry", |it| login("registry", it), is_registry, Code::ImpossibleName),
    name("container.login.username", |it| login("username", it), |it| is_made_of(it, "_", "._@+-"), Code::ImpossibleName),
    name("container.user", |it| container("user", it.into()), is_dotted, Code::ImpossibleName),
    name("container.group", |it| {
        json!({ "services": { "it": { "container": { "image": "localhost/image", "user": "it", "group": it } } } })
    }, is_dotted, Code::ImpossibleName),
    name("container.supplementaryGroups", |it| container("supplementaryGroups", json!([it])), is_dotted, Code::ImpossibleName),
    name("container.timezone", |it| container("timezone", it.into()), is_zone, Code::ImpossibleName),
    name("container.reload.signal", |it| container("reload", json!({ "signal": it })), never, Code::UnknownValue),
    name("container.networks.aliases", |it| network("aliases", json!([it])), is_dotted, Code::ImpossibleName),
    name("container.networks.ip", |it| network("ip", it.into()), never, Code::WrongType),
    name("container.networks.ip6", |it| network("ip6", it.into()), never, Code::WrongType),
    name("container.exposedPorts", |it| container("exposedPorts", json!([it])), is_port, Code::ImpossibleName),
    name("container.hostname", |it| container("hostname", it.into()), is_dotted, Code::ImpossibleName),
    name("container.hosts", |it| container("hosts", json!({ it: "192.0.2.1" })), is_dotted, Code::ImpossibleName),
    name("container.hosts", |it| container("hosts", json!({ "it": it })), never, Code::WrongType),
    name("container.dns.servers", |it| container("dns", json!({ "servers": [it] })), never, Code::WrongType),
    name("container.dns.search", |it| container("dns", json!({ "search": [it] })), is_domain, Code::ImpossibleName),
    name("container.dns.options", |it| container("dns", json!({ "options": [it] })), is_option, Code::ImpossibleName),
    name("container.mounts.size", |it| mapped("size", it.into()), never, Code::ImpossibleQuantity),
    name("container.mounts.mode", |it| mapped("mode", it.into()), never, Code::ImpossibleName),
    name("container.tmpfs.size", |it| container("tmpfs", json!([{ "target": "/x", "size": it }])), never, Code::ImpossibleQuantity),
    name("container.tmpfs.mode", |it| container("tmpfs", json!([{ "target": "/x", "mode": it }])), never, Code::ImpossibleName),
    name("container.devices.permissions", |it| container("devices", json!([{ "host": "/x", "permissions": it }])), never,
        Code::ImpossibleName),
    name("container.shmSize", |it| container("shmSize", it.into()), never, Code::ImpossibleQuantity),
    name("container.security.label.type", |it| container("security", json!({ "label": { "type": it } })), is_label,
        Code::ImpossibleName),
    name("container.security.label.fileType", |it| container("security", json!({ "label": { "fileType": it } })), is_label,
        Code::ImpossibleName),
    name("container.security.label.level", |it| container("security", json!({ "label": { "level": it } })), is_label,
        Code::ImpossibleName),
    name("container.security.appArmor", |it| container("security", json!({ "appArmor": it })), is_dotted, Code::ImpossibleName),
    name("container.userNamespace", |it| container("userNamespace", it.into()), never, Code::ImpossibleName),
    name("container.uidMap", |it| container("uidMap", json!([it])), never, Code::ImpossibleName),
    name("container.gidMap", |it| container("gidMap", json!([it])), never, Code::ImpossibleName),
    name("container.subUidMap", |it| container("subUidMap", it.into()), is_dotted, Code::ImpossibleName),
    name("container.subGidMap", |it| container("subGidMap", it.into()), is_dotted, Code::ImpossibleName),
    name("container.ulimits", |it| container("ulimits", json!({ it: 1 })), never, Code::UnknownValue),
    name("container.sysctls", |it| container("sysctls", json!({ it: "1" })), is_path, Code::ImpossibleName),
    name("container.log.options", |it| container("log", json!({ "options": { it: "1" } })), is_word, Code::ImpossibleName),
    name("container.health.interval", |it| health("interval", it), never, Code::ImpossibleQuantity),
    name("container.health.timeout", |it| health("timeout", it), never, Code::ImpossibleQuantity),
    name("container.health.startPeriod", |it| health("startPeriod", it), never, Code::ImpossibleQuantity),
    name("container.health.startup.interval", |it| startup("interval", it), never, Code::ImpossibleQuantity),
    name("container.health.startup.timeout", |it| startup("timeout", it), never, Code::ImpossibleQuantity),
];
