//! What podman is told, whoever tells it.

use std::collections::BTreeMap;
use std::process::Command;

use super::{run, scratch};

/// `podman run` taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// Options by their long names, values sorted: the order of options means nothing.
    pub(crate) options: BTreeMap<String, Vec<String>>,
    pub(crate) image: String,
    /// The command after the image.
    pub(crate) command: Vec<String>,
}

/// Options that have another spelling.
const SPELLINGS: &[(&str, &str)] = &[
    ("-d", "--detach"),
    ("-e", "--env"),
    ("-l", "--label"),
    ("-p", "--publish"),
    ("-u", "--user"),
    ("-v", "--volume"),
    ("-w", "--workdir"),
];

/// Options without a value, or with `true` or `false` after a `=`.
const FLAGS: &[&str] = &[
    "--detach",
    "--env-host",
    "--http-proxy",
    "--init",
    "--privileged",
    "--read-only",
    "--read-only-tmpfs",
    "--replace",
    "--rm",
];

/// Options with a value.
const OPTIONS: &[&str] = &[
    "--add-host",
    "--annotation",
    "--cap-add",
    "--cap-drop",
    "--cgroups",
    "--cidfile",
    "--device",
    "--dns",
    "--dns-option",
    "--dns-search",
    "--entrypoint",
    "--env",
    "--env-file",
    "--expose",
    "--gidmap",
    "--group-add",
    "--health-cmd",
    "--health-interval",
    "--health-log-destination",
    "--health-max-log-count",
    "--health-max-log-size",
    "--health-on-failure",
    "--health-retries",
    "--health-start-period",
    "--health-startup-cmd",
    "--health-startup-interval",
    "--health-startup-retries",
    "--health-startup-success",
    "--health-startup-timeout",
    "--health-timeout",
    "--hostname",
    "--ipc",
    "--label",
    "--log-driver",
    "--log-opt",
    "--mount",
    "--name",
    "--network",
    "--pids-limit",
    "--pod",
    "--publish",
    "--pull",
    "--retry",
    "--retry-delay",
    "--sdnotify",
    "--secret",
    "--security-opt",
    "--shm-size",
    "--stop-signal",
    "--stop-timeout",
    "--subgidname",
    "--subuidname",
    "--sysctl",
    "--tmpfs",
    "--tz",
    "--uidmap",
    "--ulimit",
    "--umask",
    "--user",
    "--userns",
    "--volume",
    "--workdir",
];

impl Run {
    /// Takes a command line apart.
    pub(crate) fn parse(words: &[String]) -> Run {
        let mut words = words.iter().map(String::as_str);
        let program = words.next().unwrap();
        assert!(program.ends_with("podman"), "`{program}` is not podman");
        assert_eq!(words.next(), Some("run"));
        let mut options: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let image = loop {
            let word = words.next().expect("an image ends the options");
            if !word.starts_with('-') {
                break word.to_owned();
            }
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            if word == "--detach=false" {
                // The last one counts (measured on podman 5.4), and oci-containers writes `-d` first.
                options.remove("--detach");
                continue;
            }
            let long = SPELLINGS.iter().find(|(short, _)| *short == name);
            let name = long.map_or(name, |(_, long)| *long);
            let value = if FLAGS.contains(&name) {
                value.unwrap_or_default()
            } else if OPTIONS.contains(&name) {
                value.or_else(|| words.next()).expect("an option has its value")
            } else {
                panic!("`{word}` is an option that nobody should write")
            };
            // Quadlet spells capabilities in small letters, and podman takes both.
            let is_capability = name.starts_with("--cap-");
            let value = if is_capability { value.to_uppercase() } else { value.to_owned() };
            options.entry(name.to_owned()).or_default().push(value);
        };
        for (name, values) in &mut options {
            if name == "--cgroups" {
                // It is said once; podman takes the last, as of every option that is not a list.
                values.drain(..values.len() - 1);
            }
            values.sort();
        }
        Run { options, image, command: words.map(str::to_owned).collect() }
    }

    /// The values of an option.
    pub(crate) fn values(&self, option: &str) -> &[String] {
        self.options.get(option).map_or(&[], Vec::as_slice)
    }

    /// The variables that the container is given.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let split = |it: &String| {
            let (name, value) = it.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        self.values("--env").iter().map(split).collect()
    }
}

/// Returns the words of the command that each script ends with, as a real shell gives them to `exec`.
///
/// `exec` is a function that prints, and there is no other program to be found.
pub(crate) fn exec_of_scripts(scripts: &[&str]) -> Vec<Vec<String>> {
    let directory = scratch();
    let mut all = String::from("PATH=/nowhere\nexec() { printf '%s\\0' \"$#\" \"$@\"; }\n");
    for script in scripts {
        all.push_str("(\n");
        all.push_str(script);
        all.push_str("\n)\n");
    }
    let file = directory.path().join("scripts");
    std::fs::write(&file, all).unwrap();
    let output = run(Command::new("bash").args(["--norc", "--noprofile"]).arg(&file));
    assert_eq!((output.stderr.as_str(), output.code), ("", Some(0)));
    let mut words = output.stdout.split_terminator('\0').map(str::to_owned);
    let mut commands = Vec::new();
    while let Some(count) = words.next() {
        let count = count.parse().unwrap();
        commands.push(words.by_ref().take(count).collect());
    }
    assert_eq!(commands.len(), scripts.len());
    commands
}
