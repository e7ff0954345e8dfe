//! What `apply` fetches before units start is what the units would, whatever runs the containers.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use unitsmith::apply::file;
use unitsmith::apply::image::{Fetch, fetches};
use unitsmith::apply::place::Manager;
use unitsmith::apply::tree::Tree;
use unitsmith::emit::Target;
use unitsmith::fileset;
use unitsmith::manifest::Format;

use crate::fields;
use crate::support::generate;

/// What is fetched for a host that has nothing yet.
fn fetched(manifest: &str, target: Target) -> Vec<Fetch> {
    let files = generate(manifest, Format::Toml, &[target]);
    let plain = files.iter().filter(|(path, _)| !path.starts_with("hosts/"));
    let header = fileset::header("unitsmith.toml");
    let tree = Tree::new(&header, plain, &Manager::System).unwrap();
    fetches(&tree, &file::steps(&tree, &BTreeSet::new(), &BTreeMap::new()).changes)
}

fn check(manifest: &str, expected: Expect) {
    let mut shown = String::new();
    for target in [Target::Systemd, Target::Quadlet] {
        for Fetch { image: _, login, command, when } in fetched(manifest, target) {
            for words in login.iter().chain([&command]) {
                shown.push_str(&format!("{target:?} {when:?} {}\n", words.join(" ")));
            }
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn the_registry_is_asked_as_the_manifest_says() {
    check(
        r#"
        [services.web]
        container.image = "registry.lan:5000/web:1"
        container.login = { registry = "registry.lan:5000", username = "alice", passwordFile = "/etc/web" }
        container.pull = "always"

        [services.db.container]
        image = "store.image"

        [services.own.container]
        image = "made.build"

        [images.store]
        image = "registry.lan:5000/store:1"
        tlsVerify = false

        [builds.made]
        context = "/srv/made"
        tag = "made:1"
        "#,
        expect![[r#"
            Systemd Built /usr/bin/podman build --tag=made:1 /srv/made
            Systemd Always /usr/bin/podman image pull --tls-verify=false registry.lan:5000/store:1
            Systemd Always /bin/bash -c exec "$0" login --username "$1" --password-stdin "$2" <"$3" /usr/bin/podman alice registry.lan:5000 /etc/web
            Systemd Always /usr/bin/podman pull --quiet registry.lan:5000/web:1
            Quadlet Built podman build --quiet --tag=made:1 /srv/made
            Quadlet Always podman image pull --quiet --tls-verify=false registry.lan:5000/store:1
            Quadlet Always /bin/bash -c exec "$0" login --username "$1" --password-stdin "$2" <"$3" /usr/bin/podman alice registry.lan:5000 /etc/web
            Quadlet Always podman pull --quiet registry.lan:5000/web:1
        "#]],
    );
}

#[test]
fn both_targets_fetch_the_same_images() {
    for manifest in fields::manifests() {
        let images = |target| -> BTreeSet<String> {
            fetched(&manifest, target).into_iter().map(|it| it.image).collect()
        };
        assert_eq!(images(Target::Systemd), images(Target::Quadlet), "{manifest}");
    }
}
