//! What a container may say beyond its image, command, ports and volumes.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use unitsmith::plan::version::Version;

use super::manifests::{DURATIONS, any_line, any_literal, any_path};
use crate::support::json::literal;

/// What stands beside a container.
pub(super) struct Beside {
    pub(super) podman: Version,
    pub(super) has_socket: bool,
    pub(super) is_proxied: bool,
    pub(super) is_job: bool,
}

/// Keys of a container, some of which may be a problem beside others.
pub(super) fn any_keys() -> impl Strategy<Value = Value> {
    // In boxes, because the stack of a test would not hold them all.
    let head = (any_run().boxed(), any_network().boxed(), any_storage().boxed());
    let tail = (any_security().boxed(), any_rest().boxed(), any_health().boxed());
    (head, tail).prop_map(|((run, network, storage), (security, rest, health))| {
        let mut keys = Map::new();
        for part in [run, network, storage, security, rest, health] {
            keys.extend(part.as_object().unwrap().clone());
        }
        Value::from(keys)
    })
}

/// Adds the keys to a container, without those that would be a problem there.
pub(super) fn add(container: &mut Value, keys: &Value, beside: &Beside) {
    let mut keys = keys.as_object().unwrap().clone();
    let mut take = |key: &str| keys.remove(key).unwrap_or_default();
    let is_empty = |it: &Value| it.as_array().is_none_or(Vec::is_empty);
    let old = |major, minor| beside.podman < Version::new(major, minor, 0);
    let network = take("mode");
    let has_ports = !is_empty(&container["ports"]);
    let has_names = [take("hosts"), take("dns"), take("exposedPorts")];
    let notify = take("notify");
    let init = take("init");
    let retry = take("retry");
    let mut health = take("health");
    let mut security = take("security");
    if network.is_string() && !has_ports && !(beside.is_proxied && network == "none") {
        container["networks"] = json!([network]);
    } else {
        for (key, value) in ["hosts", "dns", "exposedPorts"].iter().zip(has_names) {
            container[*key] = value;
        }
        container["networks"] = take("networks");
    }
    let is_healthy = notify == "healthy";
    let is_checked = health["command"].is_array();
    let can_notify = !beside.is_job && (!is_healthy || (is_checked && !old(4, 7)));
    container["notify"] = if can_notify { notify } else { Value::Null };
    container["init"] = if beside.has_socket { Value::Null } else { init };
    container["retry"] = if old(5, 0) { Value::Null } else { retry };
    if old(5, 3) {
        health["log"] = Value::Null;
    }
    if old(4, 4) {
        health["startup"] = Value::Null;
    }
    if old(4, 6) {
        security["label"] = Value::Null;
    }
    container["health"] = health;
    container["security"] = security;
    if take("privileged") == true && is_empty(&container["capabilities"]["add"]) {
        container["privileged"] = true.into();
    }
    for (key, value) in keys {
        container[key] = value;
    }
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.4, values)
}

fn text() -> impl Strategy<Value = String> {
    any_literal().prop_map(|it| literal(&it))
}

/// A path that may stand in a list of values with colons, commas and quotes.
fn plain_path() -> impl Strategy<Value = String> {
    any_path().prop_map(|it| literal(&it.replace([':', ',', '"'], "x")))
}

fn any_run() -> impl Strategy<Value = Value> {
    let words = || prop::collection::vec(text(), 0..=3);
    let account = maybe(select(&[("1000", None), ("web", Some("media"))][..]));
    let reload = prop_oneof![
        prop::collection::vec(text(), 1..=3).prop_map(|it| json!(it)),
        Just(json!({ "signal": "SIGHUP" })),
    ];
    let groups = select(vec![json!([]), json!(["keep-groups"]), json!(["video", "44"])]);
    let flags = (any::<bool>(), any::<bool>(), maybe(any::<bool>()));
    let notify = maybe(select(&["container", "healthy"][..]));
    let timezone = maybe(select(&["local", "Europe/Berlin"][..]));
    (words(), maybe(any_path()), account, maybe(reload), groups, flags, notify, timezone).prop_map(
        |(entrypoint, directory, account, reload, groups, flags, notify, timezone)| {
            let (user, group) = account.unzip();
            json!({
                "entrypoint": entrypoint,
                "workingDirectory": directory.as_deref().map(literal),
                "user": user,
                "group": group.flatten(),
                "reload": reload,
                "supplementaryGroups": groups,
                "init": flags.0,
                "environmentHost": flags.1,
                "httpProxy": flags.2,
                "notify": notify,
                "timezone": timezone,
            })
        },
    )
}

fn any_network() -> impl Strategy<Value = Value> {
    let networks = [
        json!({ "name": "back.end", "external": true }),
        json!({ "name": "front", "external": true, "aliases": ["a", "b.c"], "ip": "10.89.0.2", "ip6": "fd00::2" }),
        json!({ "name": "x_y", "external": true }),
    ];
    let hosts = [json!({}), json!({ "db": "10.89.0.3", "gate": "host-gateway", "six": "::1" })];
    let dns = [
        json!({}),
        json!({ "servers": ["9.9.9.9", "::1"], "search": ["."], "options": ["ndots:1"] }),
    ];
    let mode = prop::option::weighted(0.3, select(&["none", "host"][..]));
    let exposed = subsequence(vec!["80", "53/udp", "8000-8010"], 0..=3);
    let hostname = maybe(select(&["web", "web.home.arpa"][..]));
    let networks = subsequence(networks.to_vec(), 0..=3);
    (mode, networks, select(hosts.to_vec()), select(dns.to_vec()), exposed, hostname).prop_map(
        |(mode, networks, hosts, dns, exposed, hostname)| {
            json!({
                "mode": mode, "networks": networks, "hosts": hosts, "dns": dns,
                "exposedPorts": exposed, "hostname": hostname,
            })
        },
    )
}

fn any_storage() -> impl Strategy<Value = Value> {
    let mount = prop_oneof![
        (plain_path(), plain_path(), any::<bool>()).prop_map(|(source, target, read_only)| json!({
            "type": "bind", "source": source, "target": target, "readOnly": read_only,
            "relabel": "shared", "chown": read_only, "propagation": "rslave",
        })),
        (plain_path(), plain_path()).prop_map(|(target, subpath)| json!({
            "type": "volume", "source": "data", "target": target, "subpath": subpath,
        })),
        plain_path().prop_map(|target| json!({
            "type": "image", "source": "localhost/x", "target": target, "readOnly": false,
        })),
        plain_path().prop_map(|target| json!({
            "type": "tmpfs", "target": target, "size": "64M", "mode": "1777",
        })),
        plain_path()
            .prop_map(|target| json!({ "type": "devpts", "target": target, "mode": "600" })),
        plain_path().prop_map(|target| json!({ "type": "ramfs", "target": target })),
    ];
    let tmpfs = prop_oneof![
        plain_path().prop_map(Value::from),
        plain_path()
            .prop_map(|it| json!({ "target": it, "size": "1M", "mode": "700", "exec": true })),
    ];
    let device = prop_oneof![
        plain_path().prop_map(Value::from),
        Just(json!("nvidia.com/gpu=all")),
        (plain_path(), plain_path()).prop_map(|(host, inside)| json!({
            "host": host, "container": inside, "permissions": "rw",
        })),
    ];
    let some = |it| prop::collection::vec(it, 0..=2);
    let read_only = maybe(maybe(any::<bool>()));
    let shm_size = maybe(Just("256M"));
    let lists = (prop::collection::vec(mount, 0..=2), some(tmpfs.boxed()), some(device.boxed()));
    (lists, read_only, shm_size).prop_map(|((mounts, tmpfs, devices), read_only, shm_size)| {
        json!({
            "mounts": mounts, "tmpfs": tmpfs, "devices": devices, "shmSize": shm_size,
            "readOnly": read_only.is_some(), "readOnlyTmpfs": read_only.flatten(),
        })
    })
}

fn any_security() -> impl Strategy<Value = Value> {
    let label = select(vec![
        json!({}),
        json!({ "disable": true }),
        json!({ "nested": true, "type": "spc_t", "fileType": "usr_t", "level": "s0:c1,c2" }),
    ]);
    let profile = maybe(prop_oneof![Just("unconfined".to_owned()), plain_path()]);
    let paths = || prop::collection::vec(plain_path(), 0..=2);
    let accounts = select(vec![
        json!({}),
        json!({ "userNamespace": "keep-id:uid=200,gid=210" }),
        json!({ "uidMap": ["0:1000:10", "+u10:@65001"], "gidMap": ["0:1000:10"] }),
        json!({ "subUidMap": "web", "subGidMap": "web" }),
    ]);
    let flags = (any::<bool>(), prop::bool::weighted(0.2), any::<bool>());
    (label, profile, paths(), paths(), accounts, flags).prop_map(
        |(label, profile, mask, unmask, mut accounts, flags)| {
            let (no_new_privileges, is_privileged, is_confined) = flags;
            accounts["noNewPrivileges"] = no_new_privileges.into();
            accounts["privileged"] = is_privileged.into();
            accounts["security"] = json!({
                "label": label, "seccompProfile": profile, "mask": mask, "unmask": unmask,
                "appArmor": is_confined.then_some("web-profile"),
            });
            accounts
        },
    )
}

fn any_rest() -> impl Strategy<Value = Value> {
    // A key ends at the first `=`.
    let key = || any_line().prop_map(|it| literal(&it.replace('=', "x")));
    let pairs = || prop::collection::btree_map(key(), text(), 0..=2);
    let driver = maybe(select(&["journald", "k8s-file", "json-file", "none", "passthrough"][..]));
    let options = prop::collection::btree_map(select(&["tag", "path"][..]), text(), 0..=2);
    let sysctl = any_line().prop_map(|it| literal(&it.replace([',', '"'], "x")));
    let ulimits = select(vec![
        json!({}),
        json!({ "memlock": -1, "core": { "soft": 0, "hard": 10 }, "stack": { "soft": 1, "hard": -1 } }),
    ]);
    let login = maybe(Just(
        json!({ "registry": "localhost:5000/x", "username": "a@b", "passwordFile": "/etc/x_y" }),
    ));
    let argument = any_literal().prop_map(|it| literal(&format!("--umask={it}")));
    let tail = (
        maybe(select(&[-1, 100][..])),
        maybe(select(&["registry", "local"][..])),
        login,
        maybe(Just(json!({ "attempts": 0, "delay": "1h30min" }))),
        prop::collection::vec(argument, 0..=2),
    );
    (pairs(), pairs(), driver, options, maybe(sysctl), ulimits, tail).prop_map(
        |(labels, annotations, driver, options, sysctl, ulimits, tail)| {
            let (pids_limit, auto_update, login, retry, podman_args) = tail;
            json!({
                "labels": labels, "annotations": annotations, "ulimits": ulimits,
                "log": { "driver": driver, "options": options },
                "sysctls": sysctl.map(|it| json!({ "net.core.it": it })),
                "pidsLimit": pids_limit, "autoUpdate": auto_update, "login": login,
                "retry": retry, "podmanArgs": podman_args,
            })
        },
    )
}

fn any_health() -> impl Strategy<Value = Value> {
    let times = || (maybe(select(&DURATIONS[1..])), maybe(select(&DURATIONS[1..])));
    let words = prop::collection::vec(text(), 2..=3);
    let startup = maybe(times()).prop_map(|it| {
        it.map(|(interval, timeout)| json!({
            "command": ["/check"], "interval": interval, "timeout": timeout, "retries": 0, "success": 2,
        }))
    });
    let log = maybe(plain_path())
        .prop_map(|it| it.map(|it| json!({ "destination": it, "maxCount": 0, "maxSize": 9 })));
    let on_failure = maybe(select(&["none", "kill", "stop"][..]));
    let command = (words, on_failure, startup).prop_map(|(command, on_failure, startup)| {
        json!({
            "command": command, "onFailure": on_failure, "startup": startup,
        })
    });
    let check =
        prop_oneof![2 => Just(json!({})), 2 => command, 1 => Just(json!({ "disable": true }))];
    (check, times(), maybe(1..10u32), log).prop_map(
        |(mut health, (interval, timeout), retries, log)| {
            if health["disable"].is_null() {
                health["interval"] = json!(interval);
                health["timeout"] = json!(timeout);
                health["startPeriod"] = json!(interval);
                health["retries"] = json!(retries);
            }
            health["log"] = json!(log);
            json!({ "health": health })
        },
    )
}
