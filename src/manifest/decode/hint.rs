//! How a value of the wrong type would be written as one of the right type.

use crate::manifest::tree::{Node, Value};
use crate::problem::Trail;

/// Where a service has what process-compose and compose files say with another key.
pub(super) fn key_of_others(key: &str) -> Option<String> {
    let ours = match key {
        "readiness_probe" | "healthcheck" => "readiness",
        "liveness_probe" => "liveness",
        "availability" => "restart",
        "shutdown" => "stop",
        "log_location" => "exec.logFile",
        "disabled" => "activation.on = \"manual\"",
        "namespace" => "groups",
        _ => return None,
    };
    Some(format!("write `{ours}`"))
}

/// What process-compose and compose files say with another word, where ours is among the known ones.
pub(super) fn word_of_others(word: &str, known: &[&str]) -> Option<String> {
    let ours = match word {
        "healthy" | "service_healthy" | "process_healthy" | "process_log_ready" => "ready",
        "service_started" | "process_started" => "started",
        "service_completed_successfully" | "process_completed_successfully" => "completed",
        "unless-stopped" => "always",
        _ => return None,
    };
    known.contains(&ours).then(|| format!("write `{ours}`"))
}

/// How a scalar that is no string would be written as one.
pub(super) fn quoted(node: &Node, text: &str) -> Option<String> {
    match &node.value {
        Value::Integer(_)
        | Value::HugeInteger
        | Value::Float
        | Value::Boolean(_)
        | Value::Datetime => {
            Some(format!("put it in quotes: `{}`", as_json(&text[node.span.range()])))
        }
        Value::String(_) | Value::Table(_) | Value::List(_) | Value::Null | Value::Refused(_) => {
            None
        }
    }
}

/// How a string would be written as the scalar that it looks like.
pub(super) fn unquoted(
    node: &Node,
    text: &str,
    looks_like_it: impl FnOnce(&str) -> bool,
) -> Option<String> {
    let Value::String(string) = &node.value else { return None };
    let string = string.get(text);
    looks_like_it(string).then(|| format!("leave the quotes out: `{string}`"))
}

/// How a string would look as the list that is wanted.
pub(super) fn as_list(node: &Node, trail: &Trail<'_>, text: &str) -> Option<String> {
    let Value::String(string) = &node.value else { return None };
    let string = string.get(text);
    Some(match trail {
        Trail::Key(_, "command") | Trail::Index(..) => {
            format!("write it as a list: `{}`", as_command(string))
        }
        Trail::Key(_, "preStart" | "postStart" | "reload" | "stop" | "postStop") => {
            format!("write it as a list of commands: `[{}]`", as_command(string))
        }
        Trail::Root | Trail::Key(..) => format!("write it as a list: `[{}]`", as_json(string)),
    })
}

/// How what other programs have users write would look as the table that is wanted.
pub(super) fn as_table(node: &Node, trail: &Trail<'_>, text: &str) -> Option<String> {
    let key = match trail {
        Trail::Root => return None,
        Trail::Key(_, key) | Trail::Index(Trail::Key(_, key), _) => *key,
        Trail::Index(..) => return None,
    };
    let entries = match &node.value {
        Value::String(string) => of_string(key, string.get(text))?,
        Value::List(items) => of_list(key, node, items, text)?,
        Value::Integer(number) if key == "ports" => format!("container = {number}"),
        Value::Integer(number) if matches!(key, "http" | "tcp") => format!("port = {number}"),
        Value::Integer(_)
        | Value::HugeInteger
        | Value::Float
        | Value::Boolean(_)
        | Value::Datetime
        | Value::Null
        | Value::Refused(_)
        | Value::Table(_) => return None,
    };
    Some(format!("write it as a table: `{{ {entries} }}`"))
}

/// The entries of a table for which one string was written.
fn of_string(key: &str, string: &str) -> Option<String> {
    let only_key = match key {
        "ports" => return published_port(string),
        "volumes" => return volume(string),
        "exec" => return Some(format!("command = {}", as_command(string))),
        "activation" => "on",
        "container" => "image",
        "restart" => "policy",
        "http" => "path",
        "schedule" => return Some(format!("calendar = [{}]", as_json(string))),
        "stop" => "signal",
        _ => return None,
    };
    Some(format!("{only_key} = {}", as_json(string)))
}

/// The entries of a table for which a list was written.
fn of_list(key: &str, list: &Node, items: &[Node], text: &str) -> Option<String> {
    match key {
        "exec" => Some(format!("command = {}", &text[list.span.range()])),
        "environment" | "labels" | "annotations" => {
            let entries = items.iter().map(|item| {
                let Value::String(string) = &item.value else { return None };
                let (name, value) = string.get(text).split_once('=')?;
                Some(format!("{} = {}", key_of(name), as_json(value)))
            });
            Some(entries.collect::<Option<Vec<_>>>()?.join(", "))
        }
        _ => None,
    }
}

/// `[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]` of podman and compose.
fn published_port(string: &str) -> Option<String> {
    let (ports, protocol) = match string.rsplit_once('/') {
        Some((ports, protocol @ ("tcp" | "udp" | "sctp"))) => (ports, Some(protocol)),
        Some(_) => return None,
        None => (string, None),
    };
    let (rest, container) = ports.rsplit_once(':').unwrap_or(("", ports));
    let (address, host) = rest.rsplit_once(':').unwrap_or(("", rest));
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(container) || !(host.is_empty() || is_number(host)) {
        return None;
    }
    let mut entries = vec![format!("container = {container}")];
    if !host.is_empty() {
        entries.push(format!("host = {host}"));
    }
    if !address.is_empty() {
        let bare = address.trim_start_matches('[').trim_end_matches(']');
        entries.push(format!("address = {}", as_json(bare)));
    }
    if let Some(protocol) = protocol {
        entries.push(format!("protocol = {}", as_json(protocol)));
    }
    Some(entries.join(", "))
}

/// `SOURCE:TARGET[:ro]` of podman and compose.
fn volume(string: &str) -> Option<String> {
    let mut parts = string.split(':');
    let (source, target) = (parts.next()?, parts.next()?);
    let read_only = match (parts.next(), parts.next()) {
        (None, _) | (Some("rw"), None) => "",
        (Some("ro"), None) => ", readOnly = true",
        (Some(_), _) => return None,
    };
    Some(format!("source = {}, target = {}{read_only}", as_json(source), as_json(target)))
}

/// A command of a shell as the list of its words, in which only quotes mean what they mean in a shell.
fn as_command(string: &str) -> String {
    let words = shlex::split(string)
        .unwrap_or_else(|| string.split_whitespace().map(str::to_owned).collect());
    let words: Vec<String> = words.iter().map(|it| as_json(it)).collect();
    format!("[{}]", words.join(", "))
}

/// A key, in quotes where TOML needs them.
fn key_of(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !name.is_empty() && name.bytes().all(is_bare) { name.to_owned() } else { as_json(name) }
}

fn as_json(string: &str) -> String {
    serde_json::Value::from(string).to_string()
}
