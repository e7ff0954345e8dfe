//! Which arguments of podman docker takes as they are.

use crate::directive::{Directive, Podman};
use crate::plan::text::{Segment, Text};
use crate::plan::version::Version;
use crate::unit::{Assignment, Value};

use super::Gap;
use crate::expand::podman;

/// What docker of that version takes of a value, and what it does not.
pub(super) fn keep(
    directive: &'static Directive,
    value: Value,
    version: Version,
) -> (Option<Value>, Vec<Gap>) {
    match directive.podman {
        // Neither is an option; they stand after all of them.
        Podman::Image | Podman::Command | Podman::Subject => return (Some(value), Vec::new()),
        Podman::Nothing => return (None, vec![format!("{}=", directive.key)]),
        Podman::Option(_)
        | Podman::Prefix(_)
        | Podman::Flag(_)
        | Podman::Choice(..)
        | Podman::Words => {}
    }
    let missing = |value: &Value| -> Vec<Gap> {
        let options = podman::options(&Assignment { directive, value: value.clone() });
        let wrong = options.iter().map(beginning).filter(|it| !takes(it, version));
        wrong.map(|it| shown(&it)).collect()
    };
    let gaps = missing(&value);
    if gaps.is_empty() {
        return (Some(value), gaps);
    }
    let Value::Texts(texts) = value else { return (None, gaps) };
    let kept = texts.into_iter().filter(|it| missing(&Value::text(it.clone())).is_empty());
    let kept: Vec<Text> = kept.collect();
    ((!kept.is_empty()).then_some(Value::Texts(kept)), gaps)
}

/// An argument up to its first reference.
fn beginning(argument: &Text) -> String {
    let literals = argument.0.iter().map_while(|it| match it {
        Segment::Literal(text) => Some(text.as_str()),
        Segment::Reference(_) => None,
    });
    literals.collect()
}

/// An argument as a problem names it: long values are not what matters.
fn shown(argument: &str) -> String {
    let words = argument.split(|it: char| it.is_whitespace() || it.is_control());
    words.take(1).flat_map(|it| it.chars().take(60)).collect()
}

/// Whether docker of that version takes an argument of podman and means the same by it.
fn takes(argument: &str, version: Version) -> bool {
    let (option, value) = argument.split_once('=').unwrap_or((argument, ""));
    let is_known = OPTIONS.iter().any(|(name, since)| *name == option && *since <= version);
    let has_key =
        |keys: &[&str]| keys.iter().any(|it| value == *it || value.starts_with(&format!("{it}=")));
    is_known
        && match option {
            // docker-run(1) has fewer words for the value than podman-run(1).
            "--pull" => ["always", "missing", "never"].contains(&value),
            "--userns" => value == "host",
            // podman's own notation for aliases and addresses.
            "--network" => !value.contains(':') || value.starts_with("container:"),
            "--log-driver" => !["k8s-file", "passthrough", "passthrough-tty"].contains(&value),
            "--group-add" => value != "keep-groups",
            "--security-opt" => {
                has_key(&["no-new-privileges", "seccomp", "apparmor"])
                    || ["label=disable", "label=type:", "label=level:"]
                        .iter()
                        .any(|it| value.starts_with(it))
            }
            // podman alone reads a list in JSON here, and acts upon the label.
            "--health-cmd" | "--entrypoint" => !value.starts_with('['),
            "--label" => !value.starts_with("io.containers.autoupdate="),
            // Options of podman alone, which come after the last colon.
            "--volume" => {
                const OF_PODMAN: &[&str] =
                    &["U", "O", "idmap", "copy", "nodev", "noexec", "nosuid"];
                let options = value.rsplit(':').next().unwrap_or_default();
                !options.split(',').any(|it| OF_PODMAN.contains(&it) || it.starts_with("idmap="))
            }
            _ => true,
        }
}

const V20_10: Version = Version::new(20, 10, 0);
const V28_2: Version = Version::new(28, 2, 0);

/// The options of `docker run` with the first version of which it is known here that it has them
/// (`tests/data/docker-run-options.tsv`, recorded from the two clients).
const OPTIONS: &[(&str, Version)] = &[
    ("--add-host", V20_10),
    ("--annotation", V28_2),
    ("--attach", V20_10),
    ("--blkio-weight", V20_10),
    ("--blkio-weight-device", V20_10),
    ("--cap-add", V20_10),
    ("--cap-drop", V20_10),
    ("--cgroup-parent", V20_10),
    ("--cgroupns", V20_10),
    ("--cidfile", V20_10),
    ("--cpu-count", V28_2),
    ("--cpu-percent", V28_2),
    ("--cpu-period", V20_10),
    ("--cpu-quota", V20_10),
    ("--cpu-rt-period", V20_10),
    ("--cpu-rt-runtime", V20_10),
    ("--cpu-shares", V20_10),
    ("--cpus", V20_10),
    ("--cpuset-cpus", V20_10),
    ("--cpuset-mems", V20_10),
    ("--detach", V20_10),
    ("--detach-keys", V20_10),
    ("--device", V20_10),
    ("--device-cgroup-rule", V20_10),
    ("--device-read-bps", V20_10),
    ("--device-read-iops", V20_10),
    ("--device-write-bps", V20_10),
    ("--device-write-iops", V20_10),
    ("--disable-content-trust", V20_10),
    ("--dns", V20_10),
    ("--dns-option", V20_10),
    ("--dns-search", V20_10),
    ("--domainname", V20_10),
    ("--entrypoint", V20_10),
    ("--env", V20_10),
    ("--env-file", V20_10),
    ("--expose", V20_10),
    ("--gpus", V20_10),
    ("--group-add", V20_10),
    ("--health-cmd", V20_10),
    ("--health-interval", V20_10),
    ("--health-retries", V20_10),
    ("--health-start-interval", V28_2),
    ("--health-start-period", V20_10),
    ("--health-timeout", V20_10),
    ("--help", V20_10),
    ("--hostname", V20_10),
    ("--init", V20_10),
    ("--interactive", V20_10),
    ("--io-maxbandwidth", V28_2),
    ("--io-maxiops", V28_2),
    ("--ip", V20_10),
    ("--ip6", V20_10),
    ("--ipc", V20_10),
    ("--isolation", V20_10),
    ("--kernel-memory", V20_10),
    ("--label", V20_10),
    ("--label-file", V20_10),
    ("--link", V20_10),
    ("--link-local-ip", V20_10),
    ("--log-driver", V20_10),
    ("--log-opt", V20_10),
    ("--mac-address", V20_10),
    ("--memory", V20_10),
    ("--memory-reservation", V20_10),
    ("--memory-swap", V20_10),
    ("--memory-swappiness", V20_10),
    ("--mount", V20_10),
    ("--name", V20_10),
    ("--network", V20_10),
    ("--network-alias", V20_10),
    ("--no-healthcheck", V20_10),
    ("--oom-kill-disable", V20_10),
    ("--oom-score-adj", V20_10),
    ("--pid", V20_10),
    ("--pids-limit", V20_10),
    ("--platform", V20_10),
    ("--privileged", V20_10),
    ("--publish", V20_10),
    ("--publish-all", V20_10),
    ("--pull", V20_10),
    ("--quiet", V28_2),
    ("--read-only", V20_10),
    ("--restart", V20_10),
    ("--rm", V20_10),
    ("--runtime", V20_10),
    ("--security-opt", V20_10),
    ("--shm-size", V20_10),
    ("--sig-proxy", V20_10),
    ("--stop-signal", V20_10),
    ("--stop-timeout", V20_10),
    ("--storage-opt", V20_10),
    ("--sysctl", V20_10),
    ("--tmpfs", V20_10),
    ("--tty", V20_10),
    ("--ulimit", V20_10),
    ("--use-api-socket", V28_2),
    ("--user", V20_10),
    ("--userns", V20_10),
    ("--uts", V20_10),
    ("--volume", V20_10),
    ("--volume-driver", V20_10),
    ("--volumes-from", V20_10),
    ("--workdir", V20_10),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_has_every_option_since_the_version_of_its_row() {
        let recorded = include_str!("../../../tests/data/docker-run-options.tsv");
        let rows: Vec<Vec<&str>> =
            recorded.lines().skip(1).map(|it| it.split('\t').collect()).collect();
        assert!(rows.len() > 90 && rows.len() == OPTIONS.len());
        for (row, (option, since)) in rows.iter().zip(OPTIONS) {
            let expected = if row[1] == "y" { V20_10 } else { V28_2 };
            assert_eq!((row[0], row[2], expected), (*option, "y", *since));
        }
    }

    #[test]
    fn what_only_podman_means_is_not_taken() {
        let newest = Version::new(28, 2, 0);
        for it in [
            "--pull=newer",
            "--userns=keep-id",
            "--network=a:ip=10.0.0.1",
            "--secret=a",
            "--tz=local",
            "--security-opt=mask=/proc",
            "--health-on-failure=kill",
            "--cgroups=split",
            "--volume=a:/b:U",
            "--entrypoint=[\"a\"]",
            "--label=io.containers.autoupdate=registry",
            "--sdnotify=healthy",
        ] {
            assert!(!takes(it, newest), "{it}");
        }
        for it in [
            "--pull=always",
            "--network=a",
            "--volume=a:/b:ro",
            "--label=a=b",
            "--init",
            "--security-opt=no-new-privileges",
            "--annotation=a=b",
        ] {
            assert!(takes(it, newest), "{it}");
        }
        assert!(!takes("--annotation=a=b", Version::new(20, 10, 0)));
    }
}
