//! systemd and Quadlet take the generated units without a word.

use std::collections::BTreeMap;

use unitsmith::plan::name::GroupName;

use crate::support::{Output, in_root, quadlet, read, repository, systemd};

type Units = BTreeMap<String, String>;

/// The unit files and the Quadlets of each plain host of each case.
fn hosts() -> BTreeMap<String, (Units, Units)> {
    let mut hosts: BTreeMap<String, (Units, Units)> = BTreeMap::new();
    for (path, text) in read(&repository().join("tests/cases")) {
        let Some((directory, name)) = path.rsplit_once('/') else { continue };
        let Some((host, kind)) = directory.rsplit_once('/') else { continue };
        if !directory.contains("/generated") {
            continue;
        }
        match kind {
            "systemd" => {
                hosts.entry(host.to_owned()).or_default().0.insert(name.to_owned(), text);
            }
            "quadlet" => {
                hosts.entry(host.to_owned()).or_default().1.insert(name.to_owned(), text);
            }
            _ => {}
        }
    }
    assert!(!hosts.is_empty());
    hosts
}

#[test]
fn systemd_takes_the_units_of_every_case_with_those_that_quadlet_makes() {
    for (mut units, containers) in hosts().into_values() {
        units.extend(quadlet::generate(&containers));
        systemd::assert_verified(&units);
    }
}

/// What an honest check must find in a unit that is otherwise good.
fn complaint(name: &str, text: &str) -> String {
    let Output { stdout, stderr, code } =
        systemd::verify(&Units::from([(name.to_owned(), text.to_owned())]));
    assert_ne!(code, Some(0), "{text}");
    assert_eq!(stdout, "");
    stderr
}

#[test]
fn systemd_refuses_what_it_does_not_know() {
    let unknown = "[Service]\nExecStart=/bin/true\nExekStop=/bin/true\n";
    assert!(complaint("a.service", unknown).contains("Unknown key 'ExekStop'"));
    let specifier = "[Service]\nExecStart=/bin/true 100%Q\n";
    assert!(complaint("a.service", specifier).contains("Failed to resolve unit specifiers"));
    let escape = "[Service]\nExecStart=/bin/true\nEnvironment=\"A=\\q\"\n";
    assert!(complaint("a.service", escape).contains("Invalid syntax"));
    let socket = "[Socket]\nListenStream=127.0.0.1:99999\n";
    assert!(complaint("a.socket", socket).contains("Failed to parse address value"));
}

#[test]
fn quadlet_refuses_what_it_does_not_know() {
    for wrong in ["[Container]\nImage=localhost/a\nImaje=b\n", "[Container]\nExec=a\n"] {
        let containers = Units::from([("a.container".to_owned(), wrong.to_owned())]);
        let Output { stdout: _, stderr, code } = quadlet::dry_run(&containers);
        assert!(!stderr.is_empty() && code == Some(1), "{wrong}");
    }
}

#[test]
fn no_group_is_called_like_a_unit_of_systemd() {
    let list = ["bash", "-c", "ls /usr/lib/systemd/{system,user}/*.{target,slice}"];
    let Output { stdout, stderr, code } = in_root(&[], &list);
    assert_eq!(code, Some(0), "{stderr}");
    let names = stdout.lines().filter_map(|it| it.rsplit('/').next()?.split('.').next());
    let names: Vec<&str> = names.filter(|it| !it.ends_with('@')).collect();
    assert!(names.len() > 60);
    for it in names {
        assert_eq!(GroupName::parse(it), None, "`{it}`");
    }
}
