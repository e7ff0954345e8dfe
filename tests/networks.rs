//! A network is made anew when its definition is another, by the real podman.

use unitsmith::directive::Quoting;
use unitsmith::emit::Target;
use unitsmith::manifest::Format;

use crate::support::{generate, in_root, scratch, unit};

/// What podman needs of a machine, in a mount namespace of the command's own.
const MACHINE: &str = "set -eu
mount -t tmpfs tmpfs /sys
mkdir -p /sys/fs/cgroup /dev/shm /tmp/empty
mount -t cgroup2 cgroup2 /sys/fs/cgroup
printf '[network]\nnetwork_config_dir = \"/tmp/networks\"\n' >/tmp/containers.conf
printf '[storage]\ndriver = \"vfs\"\ngraphroot = \"/tmp/storage\"\nrunroot = \"/run/storage\"\n' >/tmp/storage.conf
export CONTAINERS_CONF_OVERRIDE=/tmp/containers.conf CONTAINERS_STORAGE_CONF=/tmp/storage.conf
id() { podman network inspect --format '{{.ID}} {{(index .Subnets 0).Subnet}}' backend; }
";

/// The commands that make a network, as systemd runs them one after the other.
fn make(podman: &str, subnet: &str) -> String {
    let manifest = format!(
        r#"
        [hosts.shelf]
        podman = "{podman}"
        [networks.backend]
        subnets = [{{ subnet = "{subnet}" }}]
        [services.web.container]
        image = "localhost/web:1"
        networks = ["backend"]
        "#
    );
    let files = generate(&manifest, Format::Toml, &[Target::Systemd]);
    let text = files.get("hosts/shelf/systemd/backend-network.service").unwrap();
    let unit = unit::parse(text);
    let commands = ["ExecStartPre", "ExecStart"].map(|key| {
        let [command] = unit::values(&unit, "Service", key) else { panic!("{text}") };
        let words = unit::read_texts(Quoting::Command, command);
        let words = words.iter().map(|it| format!("'{}'", it.replace('\'', r"'\''")));
        words.collect::<Vec<_>>().join(" ")
    });
    commands.join(" && ")
}

/// Runs a script on a machine of its own and returns what it says.
fn run(script: &str) -> String {
    let directory = scratch();
    let file = directory.path().join("script");
    std::fs::write(&file, format!("{MACHINE}{script}")).unwrap();
    let output = in_root(&[directory.path()], &["bash", file.to_str().unwrap()]);
    assert_eq!(output.code, Some(0), "{script}\n{}{}", output.stdout, output.stderr);
    output.stdout
}

#[test]
fn a_network_is_made_anew_when_it_is_another_and_only_then() {
    for podman in ["4.3", "5.4"] {
        let (one, other) = (make(podman, "10.5.0.0/24"), make(podman, "10.6.0.0/24"));
        let said = run(&format!(
            "{{ {one}; }} >/dev/null; id; {{ {one}; }} >/dev/null; id; {{ {other}; }} >/dev/null; id\n"
        ));
        let [first, again, another] = said.lines().collect::<Vec<_>>()[..] else {
            panic!("{said}")
        };
        assert_eq!(first, again, "{podman}");
        assert!(first.ends_with(" 10.5.0.0/24") && another.ends_with(" 10.6.0.0/24"), "{said}");
        assert_ne!(first.split(' ').next(), another.split(' ').next(), "{podman}");
    }
}

#[test]
fn a_network_that_others_use_is_left_to_them_with_the_words_of_podman() {
    let (one, other) = (make("5.4", "10.5.0.0/24"), make("5.4", "10.6.0.0/24"));
    let said = run(&format!(
        "{{ {one}; }} >/dev/null
        podman create --name=foreign --network=backend --rootfs /tmp/empty /none >/dev/null
        if {{ {other}; }} 2>&1; then echo made; fi; id\n"
    ));
    assert!(said.contains("\"backend\" has associated containers"), "{said}");
    assert!(!said.contains("made") && said.trim_end().ends_with(" 10.5.0.0/24"), "{said}");
}
