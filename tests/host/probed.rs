//! Services of an account that are tried until they are ready, and watched while they run.

use std::sync::LazyLock;

use super::generated;
use super::install;
use super::machine::{LIMIT, wait_until};
use super::setting::{Setting, Source};

/// They start by hand, so that they are nothing to the other services of the host.
const MANIFEST: &str = r#"
[hosts.booted]
systemd = 257
podman = "5.4"
user = "alice"

[defaults]
activation.on = "manual"
restart.delay = "3s"

[services.asked]
exec.command = ["/usr/local/bin/daemon", "control=/srv/probed", "start=700", "port=${port}"]
exec.logFile = "/srv/probed/log"
readiness = { http = { path = "/health" }, timeout = "30s", period = "100ms" }
liveness = { http = { path = "/health" }, period = "200ms", timeout = "5s", failureThreshold = 2 }

[services.needs-asked]
exec.command = ["/bin/bash", "-c", 'exec 3<>"/dev/tcp/127.0.0.1/$1" && exec sleep infinity', "it", "${services.asked.port}"]
dependsOn.asked = "ready"

[services.loud]
exec.command = ["/bin/bash", "-c", "sleep 0.5; echo it is ready; exec sleep infinity"]
readiness = { log = "is ready", timeout = "30s", period = "100ms" }

[services.commanded]
environment.WHO = "alice"
exec.command = ["/bin/sleep", "infinity"]
liveness = { exec = ["/bin/bash", "-c", '[[ $(id -un) == "$WHO" && ! -e /srv/probed/dead ]]'], timeout = "30s", period = "200ms", failureThreshold = 2 }

[services.asked-container]
readiness = { exec = ["/daemon", "is=/control/ready"], timeout = "30s", period = "200ms" }
[services.asked-container.container]
image = "localhost/daemon:1"
pull = "never"
command = ["control=/control", "any", "port=8080"]
ports = [{ container = 8080 }]
volumes = [{ source = "/srv/probed", target = "/control" }]
"#;

/// The host of the account that the suite has anyway, with these services.
fn host() -> &'static Setting {
    static HOST: LazyLock<&Setting> = LazyLock::new(|| {
        let host = Setting::of(Source::Account);
        host.machine.enter(&["install", "--directory", "--owner=alice", "/srv/probed"]);
        install::install(host, &generated::generate(MANIFEST, "quadlet"));
        host
    });
    &HOST
}

fn is(name: &str, wanted: &str) -> bool {
    host().property(&format!("{name}.service"), "ActiveState") == wanted
}

fn restarts(name: &str) -> u32 {
    host().property(&format!("{name}.service"), "NRestarts").parse().unwrap()
}

/// Waits, and shows what the service said when it is in vain.
fn wait_for(name: &str, what: &str, is_there: impl Fn() -> bool) {
    let end = std::time::Instant::now() + LIMIT;
    wait_until(&format!("`{name}` {what}"), || {
        let is_late = std::time::Instant::now() + std::time::Duration::from_secs(1) > end;
        assert!(!is_late, "`{name}`:\n{}", host().journal(name));
        is_there()
    });
}

#[test]
fn what_needs_a_service_of_an_account_waits_until_that_answers() {
    host().systemctl(&["start", "needs-asked"]);
    assert!(is("asked", "active"));
    host().systemctl(&["kill", "--kill-whom=main", "--signal=SIGSTOP", "asked.service"]);
    wait_for("asked", "is back", || restarts("asked") >= 1 && is("asked", "active"));
    assert!(is("needs-asked", "active"));
}

#[test]
fn a_line_says_that_a_service_of_an_account_is_ready() {
    host().systemctl(&["start", "loud"]);
    assert!(host().journal("loud").contains("it is ready"), "{}", host().journal("loud"));
}

#[test]
fn a_command_watches_a_service_as_its_account() {
    host().systemctl(&["start", "commanded"]);
    wait_for("commanded", "is watched", || is("commanded-liveness", "active"));
    assert_eq!(restarts("commanded"), 0);
    host().machine.write("/srv/probed/dead", "");
    wait_for("commanded", "was killed", || restarts("commanded") >= 1);
    std::fs::remove_file(host().machine.file("/srv/probed/dead")).unwrap();
    wait_for("commanded", "is back", || is("commanded", "active"));
}

#[test]
fn a_container_of_an_account_says_by_itself_that_it_is_ready() {
    host().systemctl(&["start", "--no-block", "asked-container"]);
    wait_for("asked-container", "starts", || is("asked-container", "activating"));
    host().machine.write("/srv/probed/ready", "");
    wait_for("asked-container", "is ready", || is("asked-container", "active"));
}
