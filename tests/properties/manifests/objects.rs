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
    uses: Vec<Uses>,
}

#[derive(Debug, Clone)]
struct Uses {
    networks: Vec<Value>,
    volumes: Vec<&'static str>,
    /// `NAME.image` or `NAME.build`.
    image: Option<&'static str>,
}

const NETWORKS: &[&str] = &["backend", "0net", "rec"];
const VOLUMES: &[&str] = &["data", "x_y", "let"];
const IMAGES: &[&str] = &["base", "in"];
const BUILDS: &[&str] = &["app", "0app"];
const OWN_IMAGES: &[&str] = &["base.image", "in.image", "app.build", "0app.build"];
const WORDS: &[&str] = &["x", "a.b/c", "1"];

pub(super) fn any_objects() -> impl Strategy<Value = Drawn> {
    let networks =
        prop::collection::vec(any_network(), NETWORKS.len()).prop_map(|it| named(NETWORKS, it));
    let volumes =
        prop::collection::vec(any_volume(), VOLUMES.len()).prop_map(|it| named(VOLUMES, it));
    let images = prop::collection::vec(any_image(), IMAGES.len()).prop_map(|it| named(IMAGES, it));
    let builds = prop::collection::vec(any_build(), BUILDS.len()).prop_map(|it| named(BUILDS, it));
    (networks, volumes, images, builds, prop::collection::vec(any_uses(), 5)).prop_map(
        |(networks, volumes, images, builds, uses)| Drawn {
            networks,
            volumes,
            images,
            builds,
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
    (networks, subsequence(VOLUMES, 0..=2), prop::option::of(select(OWN_IMAGES)))
        .prop_map(|(networks, volumes, image)| Uses { networks, volumes, image })
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
    let Drawn { networks, volumes, images, builds, uses } = drawn;
    let mut used_networks = Map::new();
    let mut used_volumes = Map::new();
    let mut used_images = Map::new();
    let mut used_builds = Map::new();
    let services = manifest["services"].as_object_mut().unwrap();
    let containers = services.values_mut().filter_map(|it| it.get_mut("container"));
    for (container, uses) in containers.zip(uses) {
        // A container that joins none, or that of the host, joins no other.
        let is_alone = container["networks"].get(0).is_some_and(Value::is_string);
        let networks_of_it = if is_alone { &[][..] } else { uses.networks.as_slice() };
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
    manifest["networks"] = used_networks.into();
    manifest["volumes"] = used_volumes.into();
}

/// A text without what Quadlet cannot write.
fn words(text: &str) -> String {
    text.replace('\u{80}', "")
}
