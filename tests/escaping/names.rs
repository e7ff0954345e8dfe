//! The strings of a manifest that are names and quantities: most of the corpus is none.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use unitsmith::emit::Target;
use unitsmith::manifest::Format;
use unitsmith::problem::Code;
use unitsmith::syntax::nasty::NASTY;

use super::{container_names, object_names};
use crate::support::nixos::{self, Machine, Module};
use crate::support::{generate, json, problems, unit};

/// A string that is a name or a quantity.
pub(super) struct Name {
    pub(super) key: &'static str,
    /// A manifest that has it.
    manifest: fn(&str) -> Value,
    /// Whether a text of the corpus is one.
    is_one: fn(&str) -> bool,
    /// The problem of a text that is none.
    code: Code,
}

pub(super) const fn name(
    key: &'static str,
    manifest: fn(&str) -> Value,
    is_one: fn(&str) -> bool,
    code: Code,
) -> Name {
    Name { key, manifest, is_one, code }
}

fn process(more: Value) -> Value {
    let mut service = json!({ "exec": { "command": ["/bin/true"] } });
    for (key, value) in more.as_object().unwrap() {
        service[key] = value.clone();
    }
    json!({ "services": { "it": service } })
}

pub(super) fn container(key: &str, value: Value) -> Value {
    let mut container = json!({ "image": "localhost/image" });
    container[key] = value;
    json!({ "services": { "it": { "container": container } } })
}

fn proxied(key: &str, text: &str) -> Value {
    let mut activation = json!({ "on": "socket", "handoff": "proxy" });
    activation[key] = text.into();
    process(json!({ "activation": activation, "backendPort": 2000 }))
}

fn schedule(key: &str, value: Value) -> Value {
    let mut schedule = json!({ "afterBoot": "1s" });
    schedule[key] = value;
    process(json!({ "schedule": schedule }))
}

fn host(key: &str, text: &str) -> Value {
    json!({ "hosts": { "it": { key: text } } })
}

fn template(name: &str, extended: &str) -> Value {
    json!({
        "templates": { name: { "exec": { "command": ["/bin/true"] } } },
        "services": { "it": { "extend": extended } }
    })
}

/// A word of podman.
pub(super) fn is_podman_word(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphanumeric())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_.:/@+-".contains(&it))
}

pub(super) fn is_resource(text: &str) -> bool {
    is_podman_word(text)
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_.-".contains(&it))
}

pub(super) fn is_label(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_lowercase())
}

fn is_account(text: &str) -> bool {
    is_word(text) && text.len() < 32
}

fn is_group(text: &str) -> bool {
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    is_number
        || (text.len() <= 31
            && is_label(text)
            && text.starts_with(|it: char| it.is_ascii_lowercase()))
}

fn is_file_name(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphanumeric())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it))
}

fn is_secret(text: &str) -> bool {
    text.len() <= 64 && is_file_name(text)
}

pub(super) fn never(_: &str) -> bool {
    false
}

/// A service that is shown, with one key more or in the place of the usual one.
fn shown(kind: &str, key: &str, value: Value) -> Value {
    let mut shown = json!({ "host": "it" });
    if kind == "nginx" {
        shown["tls"] = "off".into();
    }
    shown[key] = value;
    process(json!({ "port": 2000, "expose": { kind: shown } }))
}

fn certificate(certificate: &str, key: &str) -> Value {
    shown("nginx", "tls", json!({ "certificate": file(certificate), "key": file(key) }))
}

/// A path that ends with a text; what climbs is refused as every path that does.
fn file(text: &str) -> String {
    format!("/x{}", json::literal(&text.replace("..", "x")))
}

fn ts_proxy(key: &str, text: &str) -> Value {
    process(json!({ "port": 2000, "expose": { "tsProxy": { key: text } } }))
}

/// A manifest with a tunnel, and a service behind one.
fn behind_tunnel(tunnel: &str, shown: Value) -> Value {
    let mut manifest = process(json!({ "port": 2000 }));
    if !shown.is_null() {
        manifest["services"]["it"]["expose"] = json!({ "cloudflared": shown });
    }
    let tunnels = json!({ tunnel: { "credentialsFile": "/etc/home.json" } });
    manifest["cloudflared"] = json!({ "tunnels": tunnels });
    manifest
}

fn is_tunnel(text: &str) -> bool {
    let is_letter = |it: u8| it.is_ascii_alphanumeric() || b"_-".contains(&it);
    (1..=64).contains(&text.len()) && text.bytes().all(is_letter) && !text.starts_with('-')
}

fn is_domain(text: &str) -> bool {
    text.split('.').all(|it| {
        let is_letter = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
        (1..64).contains(&it.len()) && it.bytes().all(is_letter)
    })
}

/// What may follow the first slash of a path.
fn is_rest_of_url(text: &str) -> bool {
    let is_letter = |it: u8| it.is_ascii_alphanumeric() || b"._~-".contains(&it);
    let is_part = |it: &str| !["", ".", ".."].contains(&it) && it.bytes().all(is_letter);
    text.is_empty() || text.strip_suffix('/').unwrap_or(text).split('/').all(is_part)
}

fn is_plain_file(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_alphanumeric() || b"/._+-@".contains(&it))
}

fn is_attribute(text: &str) -> bool {
    let is_letter = |it: u8| it.is_ascii_alphanumeric() || b"_-".contains(&it);
    text.starts_with(|it: char| it.is_ascii_alphabetic()) && text.bytes().all(is_letter)
}

fn is_interface(text: &str) -> bool {
    let is_letter = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    !text.is_empty() && text.len() < 16 && text.bytes().all(is_letter) && !text.starts_with('.')
}

/// Every string that is not data.
#[rustfmt::skip] // One row a name.
pub(super) const NAMES: &[Name] = &[
    name("nixos.prefix", |it| json!({ "nixos": { "prefix": it } }), is_word, Code::ImpossibleName),
    name("hosts", |it| json!({ "hosts": { it: {} } }), is_label, Code::ImpossibleName),
    name("hosts.nixos", |it| host("nixos", it), never, Code::UnknownValue),
    name("hosts.podman", |it| host("podman", it), never, Code::UnknownValue),
    name("hosts.docker", |it| host("docker", it), never, Code::UnknownValue),
    name("hosts.processCompose", |it| host("processCompose", it), never, Code::UnknownValue),
    name("hosts.user", |it| host("user", it), is_account, Code::ImpossibleName),
    name("services", |it| json!({ "services": { it: { "exec": { "command": ["/bin/true"] } } } }),
        is_label, Code::ImpossibleName),
    name("templates", |it| template(it, it), |_| true, Code::UnknownName),
    name("services.extend", |it| template("it", it), never, Code::UnknownName),
    name("companions",
        |it| json!({
            "services": { "web": { "exec": { "command": ["/bin/true"] } } },
            "companions": { it: { "for": ["web"], "exec": { "command": ["/bin/true"] } } }
        }),
        |it| it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-'),
        Code::ImpossibleName),
    name("services.companionOf", |it| process(json!({ "companionOf": it })), never,
        Code::UnknownName),
    name("services.flakeService", |it| process(json!({ "flakeService": it })), is_attribute,
        Code::ImpossibleName),
    name("services.overrides", |it| process(json!({ "overrides": { it: {} } })), never,
        Code::UnknownName),
    name("services.hosts", |it| process(json!({ "hosts": [it] })), never, Code::UnknownName),
    name("services.allow", |it| process(json!({ "allow": [it] })), never, Code::UnknownValue),
    name("services.allow.code", |it| process(json!({ "allow": [{ "code": it }] })), never,
        Code::UnknownValue),
    name("services.allow.reason",
        |it| process(json!({ "allow": [{ "code": "US043", "reason": it }] })), |_| true,
        Code::UnknownValue),
    name("services.dependsOn", |it| process(json!({ "dependsOn": { it: "started" } })), never,
        Code::UnknownName),
    name("groups", |it| json!({ "groups": { it: {} } }), is_label, Code::ImpossibleName),
    name("services.groups", |it| process(json!({ "groups": [it] })), never, Code::UnknownName),
    name("services.environment", |it| process(json!({ "environment": { it: "" } })), is_word,
        Code::ImpossibleVariable),
    name("services.container.ports.address",
        |it| container("ports", json!([{ "container": 1, "host": 1, "address": it }])), never,
        Code::WrongType),
    name("services.container.networks.name",
        |it| container("networks", json!([{ "name": it, "external": true }])), is_resource, Code::ImpossibleName),
    name("services.container.networks", |it| container("networks", json!([it])), never, Code::UnknownName),
    name("services.activation.address", |it| proxied("address", it), never, Code::WrongType),
    name("services.activation.idleTimeout", |it| proxied("idleTimeout", it), never,
        Code::ImpossibleQuantity),
    name("services.activation.startTimeout", |it| proxied("startTimeout", it), never,
        Code::ImpossibleQuantity),
    name("services.expose.nginx.host", |it| shown("nginx", "host", it.into()), is_domain,
        Code::ImpossibleName),
    name("services.expose.nginx.path", |it| shown("nginx", "path", format!("/{it}").into()),
        is_rest_of_url, Code::ImpossibleCharacter),
    name("services.expose.nginx.tls.word", |it| shown("nginx", "tls", it.into()), never,
        Code::UnknownValue),
    name("services.expose.nginx.tls.certificate", |it| certificate(it, ""), is_plain_file,
        Code::ImpossibleCharacter),
    name("services.expose.nginx.tls.key", |it| certificate("", it), is_plain_file,
        Code::ImpossibleCharacter),
    name("services.expose.tsProxy.name", |it| ts_proxy("name", it), |it| !it.contains('.') && is_domain(it),
        Code::ImpossibleName),
    name("services.expose.tailscaleServe.path",
        |it| process(json!({ "port": 2000, "expose": { "tailscaleServe": { "https": 443, "path": format!("/{it}") } } })),
        is_rest_of_url, Code::ImpossibleCharacter),
    name("services.expose.cloudflared.tunnel",
        |it| behind_tunnel("home", json!({ "tunnel": it, "host": "it" })), never, Code::UnknownName),
    name("services.expose.cloudflared.host",
        |it| behind_tunnel("home", json!({ "tunnel": "home", "host": it })), is_domain, Code::ImpossibleName),
    name("services.expose.cloudflared.path",
        |it| behind_tunnel("home", json!({ "tunnel": "home", "host": "it", "path": format!("/{it}") })),
        is_rest_of_url, Code::ImpossibleCharacter),
    name("cloudflared.tunnels", |it| behind_tunnel(it, json!(null)), is_tunnel, Code::ImpossibleName),
    name("cloudflared.tunnels.credentialsFile",
        |it| json!({ "cloudflared": { "tunnels": { "home": { "credentialsFile": file(it) } } } }),
        is_plain_file, Code::ImpossibleCharacter),
    name("tsProxy.version", |it| json!({ "tsProxy": { "version": it } }), |it| it == "1.0",
        Code::UnknownValue),
    name("tsProxy.program", |it| json!({ "tsProxy": { "program": file(it) } }), is_plain_file,
        Code::ImpossibleCharacter),
    name("tsProxy.environmentFile", |it| json!({ "tsProxy": { "environmentFile": file(it) } }),
        is_plain_file, Code::ImpossibleCharacter),
    name("services.expose.caddy.host", |it| shown("caddy", "host", it.into()), is_domain,
        Code::ImpossibleName),
    name("services.expose.caddy.path", |it| shown("caddy", "path", format!("/{it}").into()),
        is_rest_of_url, Code::ImpossibleCharacter),
    name("services.expose.firewall.interfaces",
        |it| process(json!({ "port": 2000, "expose": { "firewall": { "interfaces": [it] } } })),
        is_interface, Code::ImpossibleName),
    name("services.limits.memoryHigh", |it| process(json!({ "limits": { "memoryHigh": it } })), never,
        Code::ImpossibleQuantity),
    name("services.limits.memoryMax", |it| process(json!({ "limits": { "memoryMax": it } })), never,
        Code::ImpossibleQuantity),
    name("services.limits.cpuQuota", |it| process(json!({ "limits": { "cpuQuota": it } })), |it| it == "100%",
        Code::ImpossibleQuantity),
    name("services.restart.maxDelay", |it| process(json!({ "restart": { "maxDelay": it } })), never,
        Code::ImpossibleQuantity),
    name("services.restart.window",
        |it| process(json!({ "restart": { "attempts": 1, "window": it } })), never,
        Code::ImpossibleQuantity),
    name("services.stop.signal", |it| process(json!({ "stop": { "signal": it } })), never,
        Code::UnknownValue),
    name("services.stop.timeout", |it| process(json!({ "stop": { "timeout": it } })), never,
        Code::ImpossibleQuantity),
    name("services.systemd.unit", |it| process(json!({ "systemd": { "unit": { it: 1 } } })), never,
        Code::UnknownKey),
    name("services.systemd.service", |it| process(json!({ "systemd": { "service": { it: 1 } } })),
        never, Code::UnknownKey),
    name("services.systemd.socket", |it| process(json!({ "systemd": { "socket": { it: 1 } },
        "activation": { "on": "socket", "handoff": "fd" } })), never, Code::UnknownKey),
    name("services.systemd.timer", |it| process(json!({ "systemd": { "timer": { it: 1 } },
        "schedule": { "afterBoot": "1s" } })), never, Code::UnknownKey),
    name("services.schedule.calendar", |it| schedule("calendar", [it].into()), never,
        Code::ImpossibleQuantity),
    name("services.schedule.afterBoot", |it| schedule("afterBoot", it.into()), never,
        Code::ImpossibleQuantity),
    name("services.schedule.every", |it| schedule("every", it.into()), never,
        Code::ImpossibleQuantity),
    name("services.schedule.afterEnd", |it| schedule("afterEnd", it.into()), never,
        Code::ImpossibleQuantity),
    name("services.schedule.randomizedDelay", |it| schedule("randomizedDelay", it.into()), never,
        Code::ImpossibleQuantity),
    name("services.schedule.accuracy", |it| schedule("accuracy", it.into()), never,
        Code::ImpossibleQuantity),
    name("services.schedule.timeout", |it| schedule("timeout", it.into()), never,
        Code::ImpossibleQuantity),
    name("services.supplementaryGroups", |it| process(json!({ "supplementaryGroups": [it] })), is_group,
        Code::ImpossibleName),
    name("services.hardening.profile", |it| process(json!({ "hardening": { "profile": it } })), never,
        Code::UnknownValue),
    name("services.hardening.except", |it| process(json!({ "hardening": { "except": [it] } })), never,
        Code::UnknownValue),
    name("services.umask", |it| process(json!({ "umask": it })), never, Code::ImpossibleQuantity),
    name("services.requiredEnvironment", |it| process(json!({ "requiredEnvironment": [it] })), is_word,
        Code::ImpossibleVariable),
    name("services.secrets", |it| process(json!({ "secrets": { it: "/a" } })), is_secret,
        Code::ImpossibleName),
    name("services.secrets.podman",
        |it| json!({ "services": { "it": { "container": { "image": "a" }, "secrets": { "a": { "podman": it } } } } }),
        is_secret, Code::ImpossibleName),
    name("services.directories.state", |it| process(json!({ "directories": { "state": it } })),
        is_file_name, Code::ImpossibleName),
    name("services.directories.cache", |it| process(json!({ "directories": { "cache": it } })),
        is_file_name, Code::ImpossibleName),
    name("services.directories.logs", |it| process(json!({ "directories": { "logs": it } })),
        is_file_name, Code::ImpossibleName),
    name("services.directories.runtime", |it| process(json!({ "directories": { "runtime": it } })),
        is_file_name, Code::ImpossibleName),
    name("services.directories.mode",
        |it| process(json!({ "directories": { "state": "a", "mode": it } })), never,
        Code::ImpossibleQuantity),
    name("services.dependsOn.condition", |it| json!({ "services": {
            "it": { "exec": { "command": ["/bin/true"] }, "dependsOn": { "other": { "condition": it } } },
            "other": { "exec": { "command": ["/bin/true"] } } } }), never, Code::UnknownValue),
    name("services.readiness.initialDelay", |it| process(json!({ "readiness": { "notify": true, "initialDelay": it } })),
        never, Code::ImpossibleQuantity),
    name("services.readiness.period", |it| process(json!({ "readiness": { "notify": true, "period": it } })), never,
        Code::ImpossibleQuantity),
    name("services.readiness.timeout", |it| process(json!({ "readiness": { "notify": true, "timeout": it } })), never,
        Code::ImpossibleQuantity),
    name("services.liveness.timeout", |it| process(json!({ "liveness": { "notify": true, "timeout": it } })), never,
        Code::ImpossibleQuantity),
    name("services.readiness.tcp.host", |it| process(json!({ "readiness": { "tcp": { "host": it, "port": 80 } } })),
        is_domain, Code::ImpossibleName),
    name("services.liveness.http.host", |it| process(json!({ "liveness": { "http": { "host": it, "port": 80 } } })),
        is_domain, Code::ImpossibleName),
    name("services.restart.delay", |it| process(json!({ "restart": { "delay": it } })), never,
        Code::ImpossibleQuantity),
];

#[test]
fn what_is_no_name_is_refused_as_none() {
    for name in NAMES.iter().chain(container_names::NAMES).chain(object_names::NAMES) {
        for text in NASTY {
            let manifest = (name.manifest)(text).to_string();
            let found: Vec<Code> =
                problems(&manifest, Format::Json).iter().map(|it| it.code).collect();
            let expected = if (name.is_one)(text) { vec![] } else { vec![name.code] };
            assert_eq!(found, expected, "`{}` = {text:?}", name.key);
        }
    }
}

/// Words that mean something to Nix are names of services, variables and options all the same.
#[test]
fn what_is_a_name_arrives_on_nixos() {
    let command = json!(["/bin/true"]);
    let words = || NASTY.iter().copied().filter(|it| is_word(it));
    let environment: BTreeMap<&str, &str> = words().map(|it| (it, it)).collect();
    let names: Vec<&str> = NASTY.iter().copied().filter(|it| is_label(it)).collect();
    let service = json!({ "exec": { "command": command }, "environment": environment });
    let services: BTreeMap<&str, &Value> = names.iter().map(|it| (*it, &service)).collect();
    let mut machines = BTreeMap::new();
    for prefix in words() {
        let manifest = json!({ "nixos": { "prefix": prefix }, "services": services }).to_string();
        let files = generate(&manifest, Format::Json, &[Target::Nixos]);
        let services = names.iter().map(|it| (*it).to_owned()).collect();
        let module = Module::Enabling { prefix: vec![prefix.to_owned()], services };
        machines.insert(prefix.to_owned(), Machine { files, module });
    }
    assert!(machines.len() >= 5 && names.len() >= 8);
    for machine in nixos::evaluate(&machines, &[]).values() {
        for name in &names {
            let unit = unit::parse(&machine.units[&format!("{name}.service")]);
            let variables = unit::variables(&unit);
            for (name, value) in &environment {
                assert_eq!(variables.get(*name).map(String::as_str), Some(*value), "`{name}`");
            }
        }
    }
}
