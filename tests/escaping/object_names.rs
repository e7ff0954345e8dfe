//! The strings of networks, volumes and the like that are names and quantities.

use serde_json::{Value, json};
use unitsmith::problem::Code;

use super::container_names::is_dotted;
use super::names::{Name, container, is_label, is_podman_word, is_resource, name, never};

/// A network or the like, and a container that uses it.
fn object(kind: &str, name: &str, object: Value) -> Value {
    let mut container = json!({ "image": "localhost/image" });
    match kind {
        "networks" => container["networks"] = json!([name]),
        "volumes" => container["volumes"] = json!([{ "source": name, "target": "/it" }]),
        "pods" => container["pod"] = name.into(),
        "images" => container["image"] = format!("{name}.image").into(),
        _ => container["image"] = format!("{name}.build").into(),
    }
    json!({ kind: { name: object }, "services": { "it": { "container": container } } })
}

fn is_bridge(text: &str) -> bool {
    is_podman_word(text) && text.len() <= 15 && !text.contains(['/', ':'])
}

fn is_pair(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_')
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_./-".contains(&it))
}

#[rustfmt::skip] // One row a name.
pub(super) const NAMES: &[Name] = &[
    name("networks.driver", |it| object("networks", "o", json!({ "driver": it })), is_podman_word,
        Code::ImpossibleName),
    name("networks.ipamDriver", |it| object("networks", "o", json!({ "ipamDriver": it })), is_podman_word,
        Code::ImpossibleName),
    name("networks.interface", |it| object("networks", "o", json!({ "interface": it })), is_bridge,
        Code::ImpossibleName),
    name("networks.options", |it| object("networks", "o", json!({ "options": { it: "" } })), is_pair,
        Code::ImpossibleName),
    name("networks.dns", |it| object("networks", "o", json!({ "dns": [it] })), never, Code::WrongType),
    name("networks.subnets.subnet", |it| object("networks", "o", json!({ "subnets": [{ "subnet": it }] })), never,
        Code::WrongType),
    name("networks.subnets.gateway",
        |it| object("networks", "o", json!({ "subnets": [{ "subnet": "10.0.0.0/8", "gateway": it }] })), never,
        Code::WrongType),
    name("networks.subnets.range",
        |it| object("networks", "o", json!({ "subnets": [{ "subnet": "10.0.0.0/8", "range": it }] })), never,
        Code::WrongType),
    name("volumes.driver", |it| object("volumes", "o", json!({ "driver": it })), is_podman_word,
        Code::ImpossibleName),
    name("volumes.type", |it| object("volumes", "o", json!({ "device": "x", "type": it })), is_podman_word,
        Code::ImpossibleName),
    name("volumes.kind", |it| object("volumes", "o", json!({ "device": "x", "type": it })), is_podman_word,
        Code::ImpossibleName),
    name("volumes", |it| object("volumes", it, json!({})), is_label, Code::ImpossibleName),
    name("images.arch", |it| object("images", "o", json!({ "image": "it", "arch": it })), is_podman_word,
        Code::ImpossibleName),
    name("images.os", |it| object("images", "o", json!({ "image": "it", "os": it })), is_podman_word,
        Code::ImpossibleName),
    name("images.variant", |it| object("images", "o", json!({ "image": "it", "variant": it })), is_podman_word,
        Code::ImpossibleName),
    name("images.retry.delay",
        |it| object("images", "o", json!({ "image": "it", "retry": { "delay": it } })), never,
        Code::ImpossibleQuantity),
    name("builds.retry.delay",
        |it| object("builds", "o", json!({ "tag": "it", "context": "/it", "retry": { "delay": it } })), never,
        Code::ImpossibleQuantity),
    name("builds.target",
        |it| object("builds", "o", json!({ "tag": "it", "context": "/it", "target": it })), is_podman_word,
        Code::ImpossibleName),
    name("builds.arguments",
        |it| object("builds", "o", json!({ "tag": "it", "context": "/it", "arguments": { it: "" } })), is_pair,
        Code::ImpossibleName),
    name("pods", |it| object("pods", it, json!({})), is_label, Code::ImpossibleName),
    name("services.container.pod", |it| container("pod", it.into()), never, Code::UnknownName),
    name("pods.networks", |it| object("pods", "o", json!({ "networks": [it] })), never, Code::UnknownName),
    name("pods.networks.name",
        |it| object("pods", "o", json!({ "networks": [{ "name": it, "external": true }] })), is_resource, Code::ImpossibleName),
    name("pods.networks.aliases", |it| object("pods", "o", json!({ "networks": [{ "name": "bridge", "aliases": [it] }] })),
        is_dotted, Code::ImpossibleName),
    name("pods.networks.ip", |it| object("pods", "o", json!({ "networks": [{ "name": "bridge", "ip": it }] })),
        never, Code::WrongType),
    name("pods.networks.ip6", |it| object("pods", "o", json!({ "networks": [{ "name": "bridge", "ip6": it }] })),
        never, Code::WrongType),
    name("pods.hostname", |it| object("pods", "o", json!({ "hostname": it })), is_dotted, Code::ImpossibleName),
    name("pods.hosts", |it| object("pods", "o", json!({ "hosts": { it: "host-gateway" } })), is_dotted, Code::ImpossibleName),
    name("pods.hosts.address", |it| object("pods", "o", json!({ "hosts": { "a": it } })), never, Code::WrongType),
    name("pods.dns.servers", |it| object("pods", "o", json!({ "dns": { "servers": [it] } })), never, Code::WrongType),
    name("pods.userNamespace", |it| object("pods", "o", json!({ "userNamespace": it })), never, Code::ImpossibleName),
    name("pods.shmSize", |it| object("pods", "o", json!({ "shmSize": it })), never, Code::ImpossibleQuantity),
];
