//! A service that becomes another kind of service.

use super::super::client::Answer;
use super::super::machine::wait_until;
use super::{Applied, Output};

/// The ways to run one service on one port.
const KINDS: [(&str, &str); 6] = [
    ("boot", "exec.command = [\"/usr/local/bin/daemon\", \"control=/tmp\", \"port=${port}\"]"),
    (
        "fd",
        "exec.command = [\"/usr/local/bin/daemon\", \"control=/tmp\", \"idle=60000\"]\n\
         activation = { on = \"socket\", handoff = \"fd\" }",
    ),
    (
        "proxy",
        "exec.command = [\"/usr/local/bin/daemon\", \"control=/tmp\", \"port=${backendPort}\"]\n\
         activation = { on = \"socket\", handoff = \"proxy\", startTimeout = \"10s\" }",
    ),
    (
        "container",
        "container = { image = \"localhost/daemon:1\", command = [\"any\", \"port=80\"], ports = [{ container = 80 }] }",
    ),
    (
        "container of a proxy",
        "container = { image = \"localhost/daemon:1\", command = [\"any\", \"port=80\"], ports = [{ container = 80 }] }\n\
         activation = { on = \"socket\", handoff = \"proxy\", startTimeout = \"10s\" }",
    ),
    (
        "container with a socket",
        "container.image = \"localhost/daemon:1\"\n\
         activation = { on = \"socket\", handoff = \"fd\" }",
    ),
];

fn manifest(kind: &str) -> String {
    let (_, service) = KINDS.iter().find(|(it, _)| *it == kind).unwrap();
    format!("[services.web]\nport = 7001\n{service}\n")
}

#[test]
fn a_service_may_become_any_other() {
    let host = Applied::boot();
    host.machine.write("/etc/containers/containers.conf", "[containers]\npids_limit=0\n");
    let import = "tar --directory /usr/local/bin --create daemon | podman import --quiet \
                  --change 'ENTRYPOINT [\"/daemon\"]' - localhost/daemon:1";
    host.machine.enter(&["bash", "-euo", "pipefail", "-c", import]);
    let kinds = [
        "boot",
        "fd",
        "container",
        "boot",
        "container of a proxy",
        "proxy",
        "container with a socket",
        "container of a proxy",
        "fd",
        "proxy",
        "container",
    ];
    for kind in kinds {
        host.apply(&manifest(kind));
        wait_until("it answers", || matches!(host.get(7001), Answer::Ok(_)));
        let containers = host.machine.enter(&["podman", "ps", "--all", "--quiet"]);
        let expected = usize::from(kind.starts_with("container"));
        assert_eq!(containers.lines().count(), expected, "{kind}");
        assert_eq!(host.apply(&manifest(kind)), "", "{kind}");
    }
}

#[test]
fn ports_may_change_places() {
    let host = Applied::boot();
    let manifest = |ports: [u16; 2]| {
        let service = |(name, port): (&str, u16)| {
            format!(
                "[services.{name}]\nport = {port}\nexec.command = [\"/usr/local/bin/daemon\", \"idle=60000\"]\n\
                 activation = {{ on = \"socket\", handoff = \"fd\" }}\n"
            )
        };
        ["one", "other"].into_iter().zip(ports).map(service).collect::<String>()
    };
    host.apply(&manifest([7001, 7002]));
    host.answers(7001);
    let other = host.invocation("other.service");
    host.apply(&manifest([7002, 7001]));
    assert_eq!(host.property("one.socket", "Listen"), "127.0.0.1:7002 (Stream)");
    host.answers(7001);
    host.answers(7002);
    assert_ne!(host.invocation("other.service"), other);
}

#[test]
fn a_service_that_cannot_start_goes_while_somebody_waits_for_it() {
    let host = Applied::boot();
    let web = "[services.web]\nport = 7001\nexec.command = [\"/usr/bin/sleep\", \"infinity\", \"${backendPort}\"]\n\
         activation = { on = \"socket\", handoff = \"proxy\", startTimeout = \"60s\" }\n";
    let keeper = "[services.keeper]\nexec.command = [\"/usr/bin/sleep\", \"infinity\"]\n";
    host.apply(&format!("{web}{keeper}"));
    let call = "exec 3<>/dev/tcp/127.0.0.1/7001; cat <&3";
    host.machine.enter(&["systemd-run", "--quiet", "--unit=client", "bash", "-c", call]);
    let state = |unit: &str| host.property(unit, "ActiveState");
    wait_until("it is woken", || state("web-backend.service") == "activating");
    let Output { stdout, stderr, code } = host.with(keeper, &["apply"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(!stderr.contains("failed"), "{stderr}");
    for unit in ["web.socket", "web.service", "web-backend.service"] {
        assert_eq!(host.property(unit, "LoadState"), "not-found", "{unit}");
        assert_eq!(state(unit), "inactive", "{unit}");
    }
}
