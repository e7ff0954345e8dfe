//! Hosts of every age are told what they know, and nothing newer.
//!
//! The manifests are the examples of all fields, so that a new field is held to it without being named here.

use std::collections::{BTreeMap, BTreeSet};

use unitsmith::emit::{Target, emit};
use unitsmith::manifest::Format;
use unitsmith::plan::version::Version;
use unitsmith::syntax::unit::read;

use crate::support::{Output, Suite, in_root_of, plan, quadlet, systemd, unit};

/// Versions of systemd and podman: Debian 12 with its own and with a later podman, Debian 13, and a newer one.
const HOSTS: &[(u16, &str)] = &[(252, "4.3"), (252, "4.9"), (257, "5.4"), (257, "5.8")];

/// Units by their files' names, and Quadlets.
type Files = BTreeMap<String, String>;

/// What the examples become on a host, as far as it can do what they say.
fn files(systemd: u16, podman: &str) -> Vec<(Files, Files)> {
    let mut all = Vec::new();
    let mut refused = 0;
    for manifest in crate::fields::manifests() {
        let mut manifest: toml::Table = manifest.parse().unwrap();
        // Those that have hosts are about hosts, and arguments of podman are the user's own words.
        if manifest.contains_key("hosts") || manifest.to_string().contains("podmanArgs") {
            continue;
        }
        let mut host = toml::Table::new();
        host.insert("systemd".to_owned(), i64::from(systemd).into());
        host.insert("podman".to_owned(), podman.into());
        manifest.insert(
            "hosts".to_owned(),
            toml::Table::from_iter([("shelf".to_owned(), host.into())]).into(),
        );
        let Ok(plan) = plan(&manifest.to_string(), Format::Toml) else {
            refused += 1;
            continue;
        };
        let mut units = Files::new();
        let mut containers = Files::new();
        for (path, text) in emit(&plan, &BTreeSet::from([Target::Quadlet])).iter() {
            let name = path.rsplit('/').next().unwrap().to_owned();
            if path.contains("/systemd/") {
                units.insert(name, text.to_owned());
            } else if path.contains("/quadlet/") {
                containers.insert(name, text.to_owned());
            }
        }
        all.push((units, containers));
    }
    assert!(all.len() > 4 * refused, "{refused} of {} are refused", all.len() + refused);
    all
}

/// The keys that a version knows by the tables of what is known of it.
fn is_known(section: &str, key: &str, systemd: u16, podman: Version) -> bool {
    let row = |table: &'static str| {
        let row = table.lines().find(|it| it.starts_with(&format!("{section}\t{key}\t")));
        row.map(|it| it.split('\t').collect::<Vec<_>>())
    };
    let of_quadlet = row(include_str!("data/quadlet-keys.tsv"));
    if let Some(row) = of_quadlet {
        return Version::parse(row[2]).unwrap() <= podman;
    }
    let of_systemd = row(unitsmith::vocabulary::TABLE);
    let column = if systemd == 252 { 4 } else { 5 };
    of_systemd.is_some_and(|it| it[column] == "y")
}

#[test]
fn a_host_is_told_no_key_that_its_versions_do_not_know() {
    for &(systemd, podman) in HOSTS {
        let podman = Version::parse(podman).unwrap();
        let mut keys = BTreeSet::new();
        for (units, containers) in files(systemd, &podman.to_string()) {
            assert!(containers.is_empty() || podman >= Version::new(4, 4, 0));
            for (name, text) in units.iter().chain(&containers) {
                for section in read::sections(text).unwrap() {
                    for (key, _) in section.entries {
                        let is_known = is_known(section.name, key, systemd, podman);
                        assert!(is_known, "`{key}=` for {systemd} and {podman} in {name}:\n{text}");
                        keys.insert((section.name.to_owned(), key.to_owned()));
                    }
                }
            }
        }
        assert!(keys.len() > 40, "{keys:?}");
    }
}

#[test]
fn the_systemd_and_the_quadlet_of_debian_13_take_every_field() {
    let (mut all, containers): (Vec<Files>, Vec<Files>) = files(257, "5.4").into_iter().unzip();
    // One run for all of them, whose names the number of the example keeps apart.
    let numbered = containers.into_iter().enumerate().flat_map(|(number, files)| {
        files.into_iter().map(move |(name, text)| (format!("{number}_{name}"), text))
    });
    for (name, text) in quadlet::generate(&numbered.collect()) {
        let (number, name) = name.split_once('_').unwrap();
        all[number.parse::<usize>().unwrap()].insert(name.to_owned(), text);
    }
    systemd::assert_each_verified(Suite::Trixie, &all);
}

#[test]
fn the_systemd_of_debian_12_takes_every_field() {
    let units = files(252, "4.3").into_iter().map(|(units, _)| units);
    systemd::assert_each_verified(Suite::Bookworm, &units.collect::<Vec<_>>());
}

#[test]
fn the_podman_of_debian_12_knows_every_option() {
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for (units, _) in files(252, "4.3") {
        for text in units.values() {
            let parsed = unit::parse(text);
            let commands = parsed.get("Service").into_iter().flatten();
            let commands = commands.filter(|(key, _)| key.starts_with("Exec")).flat_map(|it| it.1);
            for command in commands {
                told.extend(podman_options(
                    &read::words(command.trim_start_matches(['-', '+'])).unwrap(),
                ));
            }
        }
    }
    assert!(told.len() > 15, "{told:?}");
    let verbs: BTreeSet<&str> = told.iter().map(|(verb, _)| verb.as_str()).collect();
    for verb in verbs {
        let command =
            [&["podman"], verb.split(' ').collect::<Vec<_>>().as_slice(), &["--help"]].concat();
        let Output { stdout, stderr: _, code } = in_root_of(Suite::Bookworm, &[], &command);
        assert_eq!(code, Some(0), "podman {verb} --help");
        let words: BTreeSet<&str> = stdout.split([' ', ',', '\n']).collect();
        for (_, option) in told.iter().filter(|it| it.0 == verb) {
            assert!(
                words.contains(option.as_str()),
                "podman {verb} does not know {option}:\n{stdout}"
            );
        }
    }
}

/// The options of a command of podman with the command that they are of.
fn podman_options(words: &[String]) -> Vec<(String, String)> {
    let Some(at) = words.iter().position(|it| it == "/usr/bin/podman") else { return Vec::new() };
    let words = &words[at + 1..];
    let is_option = |it: &&String| it.starts_with('-');
    let verb: Vec<&str> =
        words.iter().take_while(|it| !is_option(it)).take(2).map(String::as_str).collect();
    // `podman stop NAME` has no noun before its verb.
    let nouns = ["network", "volume", "image", "pod", "secret", "container"];
    let verb = if nouns.contains(&verb[0]) { verb.join(" ") } else { verb[0].to_owned() };
    let options = words.iter().skip(verb.split(' ').count()).take_while(is_option);
    options.map(|it| (verb.clone(), it.split('=').next().unwrap().to_owned())).collect()
}

/// There only the backend can tell whether it is ready, and before `RestartMode=` it cannot be waited for.
#[test]
fn a_proxy_whose_backend_tells_that_it_is_ready_needs_a_newer_systemd() {
    let refused = |host: &str, service: &str| {
        let manifest = format!(
            "[hosts.attic]\n{host}\n[services.web]\n{service}\n\
             activation = {{ on = \"socket\", handoff = \"proxy\" }}\n"
        );
        let problems = plan(&manifest, Format::Toml).err();
        problems.map(|it| it.lines().next().unwrap().to_owned())
    };
    let process = "exec.command = [\"/usr/bin/web\", \"${backendPort}\"]";
    let ready = format!("{process}\nreadiness.http.path = \"/\"");
    let container = "container = { image = \"localhost/web:1\", ports = [{ container = 80 }] }";
    let podman = "systemd = 252\npodman = \"4.3\"";
    let account = "systemd = 252\npodman = \"4.3\"\nuser = \"alice\"";
    let docker = "systemd = 252\ndocker = \"28.2\"";
    for (host, service) in [(podman, process), (podman, container), (account, process)] {
        assert_eq!(refused(host, service), None, "{host} {service}");
    }
    let problem = "error[US042]: `attic` has systemd 252; a proxy that loses no request needs 254";
    for (host, service) in [(podman, ready.as_str()), (account, container), (docker, container)] {
        assert_eq!(refused(host, service).as_deref(), Some(problem), "{host} {service}");
    }
}
