//! Networks and the like, and containers that use them.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::{any_line, any_literal, literal, without_nulls};

/// Objects as they are drawn, each kind by names, and what each container in turn uses.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    networks: Map<String, Value>,
    volumes: Map<String, Value>,
    images: Map<String, Value>,
    builds: Map<String, Value>,
    pods: Map<String, Value>,
    uses: Vec<Uses>,
}

#[derive(Debug, Clone)]
struct Uses {
    networks: Vec<Value>,
    volumes: Vec<&'static str>,
    /// `NAME.image` or `NAME.build`.
    image: Option<&'static str>,
    pod: Option<&'static str>,
}

const NETWORKS: &[&str] = &["backend", "0net", "rec"];
const VOLUMES: &[&str] = &["data", "x_y", "let"];
const IMAGES: &[&str] = &["base", "in"];
const BUILDS: &[&str] = &["app", "0app"];
const PODS: &[&str] = &["with", "0pod"];
/// What a container in a pod cannot have, because the pod has it.
const OF_ITS_POD: &[&str] = &[
    "networks",
    "hostname",
    "hosts",
    "dns",
    "shmSize",
    "userNamespace",
    "uidMap",
    "gidMap",
    "subUidMap",
    "subGidMap",
];
const OWN_IMAGES: &[&str] = &["base.image", "in.image", "app.build", "0app.build"];
const WORDS: &[&str] = &["x", "a.b/c", "1"];

pub(super) fn any_objects() -> impl Strategy<Value = Drawn> {
    let networks =
        prop::collection::vec(any_network(), NETWORKS.len()).prop_map(|it| named(NETWORKS, it));
    let volumes =
        prop::collection::vec(any_volume(), VOLUMES.len()).prop_map(|it| named(VOLUMES, it));
    let images = prop::collection::vec(any_image(), IMAGES.len()).prop_map(|it| named(IMAGES, it));
    let builds = prop::collection::vec(any_build(), BUILDS.len()).prop_map(|it| named(BUILDS, it));
    let pods = prop::collection::vec(any_pod(), PODS.len()).prop_map(|it| named(PODS, it));
    (networks, volumes, images, builds, pods, prop::collection::vec(any_uses(), 5)).prop_map(
        |(networks, volumes, images, builds, pods, uses)| Drawn {
            networks,
            volumes,
            images,
            builds,
            pods,
            uses,
        },
    )
}

fn named(names: &[&str], objects: Vec<Value>) -> Map<String, Value> {
    names.iter().map(|it| (*it).to_owned()).zip(objects).collect()
}

fn any_uses() -> impl Strategy<Value = Uses> {
    let own =
        || subsequence(NETWORKS, 1..=2).prop_map(|it| it.into_iter().map(Value::from).collect());
    let networks = prop_oneof![
        3 => Just(Vec::new()),
        3 => own(),
        1 => own().prop_map(|mut it: Vec<Value>| {
            it.push(json!({ "name": "foreign.net", "external": true }));
            it
        }),
        1 => Just(vec!["bridge".into()]),
    ];
    let pod = prop::option::of(select(PODS));
    (networks, subsequence(VOLUMES, 0..=2), prop::option::of(select(OWN_IMAGES)), pod)
        .prop_map(|(networks, volumes, image, pod)| Uses { networks, volumes, image, pod })
}

fn any_network() -> impl Strategy<Value = Value> {
    let word = || prop::option::of(select(WORDS));
    let subnets = select(vec![
        json!([]),
        json!([{ "subnet": "10.5.0.0/24" }]),
        json!([{ "subnet": "10.5.0.0/24", "gateway": "10.5.0.9", "range": "10.5.0.128/25" }, { "subnet": "fd00::/64" }]),
    ]);
    let dns = select(vec![
        json!({}),
        json!({ "dns": ["192.0.2.1", "::1"] }),
        json!({ "nameResolution": true }),
        json!({ "nameResolution": false }),
    ]);
    let interface = prop::option::of(select(&["br0", "br-back.1"][..]));
    let head = (word(), subnets, any::<bool>(), any::<bool>(), dns, interface);
    (head, word(), any_pairs(), any_pairs(), any_arguments()).prop_map(
        |((driver, subnets, ipv6, internal, dns, interface), ipam, options, labels, arguments)| {
            let mut network = json!({
                "driver": driver, "subnets": subnets, "ipv6": ipv6, "internal": internal, "interface": interface,
                "ipamDriver": ipam, "options": options, "labels": labels, "podmanArgs": arguments,
            });
            for (key, value) in dns.as_object().unwrap() {
                network[key] = value.clone();
            }
            without_nulls(network)
        },
    )
}

fn any_volume() -> impl Strategy<Value = Value> {
    let word = || prop::option::of(select(WORDS));
    let line = || prop::option::of(any_line().prop_map(|it| literal(&format!("x{it}x"))));
    let number = || prop::option::of(0..4_000_000_000u32);
    let device =
        (word(), line(), word(), line(), number(), number(), prop::option::of(any::<bool>()))
            .prop_map(|(driver, device, kind, options, user, group, copy)| {
                let options = options.filter(|_| device.is_some());
                let kind = kind.filter(|_| device.is_some());
                json!({ "driver": driver, "device": device, "type": kind, "options": options,
                "user": user, "group": group, "copy": copy })
            });
    let image = Just(json!({ "driver": "image", "image": "localhost/image:1" }));
    let head = prop_oneof![4 => device, 1 => image];
    (head, any_pairs(), any_arguments()).prop_map(|(mut volume, labels, arguments)| {
        volume["labels"] = labels;
        volume["podmanArgs"] = arguments;
        without_nulls(volume)
    })
}

/// A path that Quadlet can read.
fn any_path() -> impl Strategy<Value = Option<String>> {
    prop::option::of(any_line().prop_map(|it| literal(&format!("/x{}x", it.replace("..", "")))))
}

fn any_image() -> impl Strategy<Value = Value> {
    let word = || prop::option::of(select(WORDS));
    let pull = select(&[None, Some("always"), Some("missing")][..]);
    let verifies = prop::option::of(any::<bool>());
    let head = (pull, word(), word(), word());
    (head, any_path(), any_path(), verifies, any_retry(), any_arguments()).prop_map(
        |((pull, arch, os, variant), auth_file, cert_dir, verifies, retry, arguments)| {
            without_nulls(json!({
                "image": "docker.io/library/image:1", "pull": pull, "arch": arch, "os": os, "variant": variant,
                "authFile": auth_file, "certDir": cert_dir, "tlsVerify": verifies, "retry": retry,
                "podmanArgs": arguments,
            }))
        },
    )
}

fn any_build() -> impl Strategy<Value = Value> {
    let context = any_path().prop_map(|it| it.unwrap_or("/srv/it".to_owned()));
    let file = prop_oneof![Just(None), Just(Some("sub/Containerfile".to_owned())), any_path()];
    let head = (context, file, prop::option::of(select(WORDS)), any_path());
    let verifies = prop::option::of(any::<bool>());
    (head, any_pairs(), any_pairs(), verifies, any_retry(), any_arguments()).prop_map(
        |((context, file, target, auth_file), variables, labels, verifies, retry, arguments)| {
            without_nulls(json!({
                "tag": "localhost/app:1", "context": context, "file": file, "target": target,
                "arguments": variables, "labels": labels, "authFile": auth_file, "tlsVerify": verifies,
                "retry": retry, "podmanArgs": arguments,
            }))
        },
    )
}

fn any_pod() -> impl Strategy<Value = Value> {
    let networks = select(vec![
        json!([]),
        json!(["bridge"]),
        json!(["backend", { "name": "foreign.net", "external": true, "aliases": ["db"] }]),
        json!([{ "name": "rec", "ip": "10.5.0.7" }]),
    ]);
    let hosts = select(vec![json!({}), json!({ "nas": "10.0.0.2", "me": "host-gateway" })]);
    let dns = select(vec![json!({}), json!({ "servers": ["10.0.0.1"], "options": ["ndots:1"] })]);
    let word = || prop::option::of(select(&["x", "a-b.c"][..]));
    let namespace = prop::option::of(select(&["auto", "keep-id:uid=200,gid=210"][..]));
    let size = prop::option::of(select(&["64M"][..]));
    (networks, word(), hosts, dns, namespace, size, any_pairs(), any_arguments()).prop_map(
        |(networks, hostname, hosts, dns, user_namespace, shm_size, labels, arguments)| {
            without_nulls(json!({
                "networks": networks, "hostname": hostname, "hosts": hosts, "dns": dns,
                "userNamespace": user_namespace, "shmSize": shm_size, "labels": labels,
                "podmanArgs": arguments,
            }))
        },
    )
}

fn any_retry() -> impl Strategy<Value = Option<Value>> {
    let delay = prop::option::of(select(&["500ms", "1min30s"][..]));
    let retry = (prop::option::of(0..9), delay).prop_map(|(attempts, delay)| {
        without_nulls(json!({ "attempts": attempts, "delay": delay }))
    });
    prop::option::of(retry)
}

/// Names with any text.
fn any_pairs() -> impl Strategy<Value = Value> {
    let names = subsequence(&["a", "B-c", "org.example/x"], 0..=2);
    (names, prop::collection::vec(any_literal(), 2)).prop_map(|(names, values)| {
        let pairs = names.into_iter().zip(values);
        pairs
            .map(|(name, value)| (name.to_owned(), literal(&words(&value)).into()))
            .collect::<Map<_, _>>()
            .into()
    })
}

fn any_arguments() -> impl Strategy<Value = Value> {
    let argument = any_literal().prop_map(|it| literal(&format!("--label=more={}", words(&it))));
    prop::collection::vec(argument, 0..=1).prop_map(Value::from)
}

/// Adds to a manifest the objects that its containers use, and only those.
pub(super) fn add(manifest: &mut Value, drawn: &Drawn) {
    let Drawn { networks, volumes, images, builds, pods, uses } = drawn;
    let mut used_networks = Map::new();
    let mut used_volumes = Map::new();
    let mut used_images = Map::new();
    let mut used_builds = Map::new();
    let mut used_pods = Map::new();
    let mut publishing_pods = Vec::new();
    let services = manifest["services"].as_object_mut().unwrap();
    let containers = services.values_mut().filter_map(|it| it.get_mut("container"));
    for (container, uses) in containers.zip(uses) {
        // A container that joins none, or that of the host, joins no other.
        let is_alone = container["networks"].get(0).is_some_and(Value::is_string);
        let publishes = container["ports"].as_array().is_some_and(|it| !it.is_empty());
        // Two that listen on one port of a pod are a problem.
        let clashes = |it: &&str| publishes && publishing_pods.contains(it);
        let pod = uses.pod.filter(|it| !is_alone && !clashes(it));
        if let Some(pod) = pod {
            publishing_pods.extend(publishes.then_some(pod));
            let container = container.as_object_mut().unwrap();
            container.retain(|key, _| !OF_ITS_POD.contains(&key.as_str()));
            container.insert("pod".to_owned(), pod.into());
            used_pods.insert(pod.to_owned(), pods[pod].clone());
            for name in pods[pod]["networks"].as_array().unwrap() {
                let name = name.as_str().or(name["name"].as_str()).unwrap();
                used_networks.extend(networks.get(name).map(|it| (name.to_owned(), it.clone())));
            }
        }
        let networks_of_it =
            if is_alone || pod.is_some() { &[][..] } else { uses.networks.as_slice() };
        for name in networks_of_it.iter().filter_map(|it| it.as_str()) {
            used_networks.extend(networks.get(name).map(|it| (name.to_owned(), it.clone())));
        }
        if let Some(all) = container["networks"].as_array_mut() {
            all.extend(networks_of_it.iter().cloned());
        } else {
            container["networks"] = networks_of_it.into();
        }
        if let Some((name, kind)) = uses.image.and_then(|it| it.split_once('.')) {
            container["image"] = format!("{name}.{kind}").into();
            if kind == "image" {
                used_images.insert(name.to_owned(), images[name].clone());
            } else {
                used_builds.insert(name.to_owned(), builds[name].clone());
                let is_remote = ["always", "newer"].map(Value::from).contains(&container["pull"]);
                if is_remote {
                    container.as_object_mut().unwrap().remove("pull");
                }
            }
        }
        let mounts = container["volumes"].as_array_mut().unwrap();
        for name in &uses.volumes {
            used_volumes.insert((*name).to_owned(), volumes[*name].clone());
            mounts.push(json!({ "source": name, "target": format!("/objects/{name}") }));
        }
        // A volume of that name may be mounted without being one of the drawn uses.
        for name in mounts.iter().filter_map(|it| it["source"].as_str()) {
            used_volumes.extend(volumes.get(name).map(|it| (name.to_owned(), it.clone())));
        }
    }
    let is_old = ["4.3", "4.4"].map(Value::from).contains(&manifest["hosts"]["shelf"]["podman"]);
    for network in used_networks.values_mut().filter(|_| is_old) {
        let network = network.as_object_mut().unwrap();
        network.remove("interface");
        network.remove("dns");
    }
    let podman = manifest["hosts"]["shelf"]["podman"].as_str().unwrap_or_default();
    if podman.starts_with('4') {
        for image in used_images.values_mut().chain(used_builds.values_mut()) {
            image.as_object_mut().unwrap().remove("retry");
        }
    }
    manifest["images"] = used_images.into();
    manifest["builds"] = used_builds.into();
    manifest["pods"] = used_pods.into();
    manifest["networks"] = used_networks.into();
    manifest["volumes"] = used_volumes.into();
}

/// A text without what Quadlet cannot write.
fn words(text: &str) -> String {
    text.replace('\u{80}', "")
}
