//! Services wait until others are ready, and are killed when they no longer work.
//!
//! The manifest is `waiting.toml`; each test has services of its own.

use std::sync::LazyLock;

use crate::support::repository;

use super::generated;
use super::machine::wait_until;
use super::setting::{Setting, Source};

/// The one host with the services that wait.
fn host() -> &'static Setting {
    static HOST: LazyLock<Setting> = LazyLock::new(|| {
        let text = std::fs::read_to_string(repository().join("tests/host/waiting.toml")).unwrap();
        let host = "[hosts.booted]\nsystemd = 257\npodman = \"5.4\"\n";
        let generated = generated::generate(&format!("{text}\n{host}"), "quadlet");
        Setting::with(Source::Quadlets, &generated)
    });
    &HOST
}

fn service(name: &str) -> String {
    format!("{name}.service")
}

fn state(name: &str) -> String {
    host().property(&service(name), "ActiveState")
}

/// What no other run of a service calls itself.
fn run(name: &str) -> String {
    host().property(&service(name), "InvocationID")
}

fn restarts(name: &str) -> u32 {
    host().property(&service(name), "NRestarts").parse().unwrap()
}

fn kill(name: &str, signal: &str) {
    host().systemctl(&["kill", "--kill-whom=main", signal, &service(name)]);
}

fn notes() -> String {
    std::fs::read_to_string(host().machine.file("/srv/order")).unwrap()
}

/// Waits until a service is in a state, and shows what it said when it never is.
fn wait_for(name: &str, wanted: &str) {
    let end = std::time::Instant::now() + super::machine::LIMIT;
    wait_until(&format!("`{name}` is {wanted}"), || {
        let is_late = std::time::Instant::now() + std::time::Duration::from_secs(1) > end;
        assert!(!is_late, "`{name}` is {}:\n{}", state(name), host().journal(name));
        state(name) == wanted
    });
}

#[test]
fn a_migration_runs_when_its_database_answers_and_once() {
    wait_for("api", "active");
    assert_eq!(notes(), "migrate\napi\n");
    assert_eq!(host().property("migrate.service", "SubState"), "exited");
    let (api, migrate) = (run("api"), run("migrate"));
    kill("db", "--signal=SIGKILL");
    wait_until("the database is back", || restarts("db") >= 1 && state("db") == "active");
    assert_eq!((run("api"), run("migrate")), (api, migrate));
    assert_eq!(notes(), "migrate\napi\n");
}

#[test]
fn what_follows_is_started_again() {
    wait_for("follower", "active");
    let before = run("follower");
    kill("leader", "--signal=SIGKILL");
    wait_until("the follower is back", || {
        run("follower") != before && state("follower") == "active"
    });
    assert_eq!(state("leader"), "active");
}

#[test]
fn what_is_never_ready_has_failed_and_so_has_what_needs_it() {
    let start = |name: &str| host().machine.try_enter(&["systemctl", "start", name]).code;
    assert_ne!(start("needs-never"), Some(0));
    assert_eq!(state("never"), "failed");
    assert_eq!(host().property("never.service", "Result"), "exit-code");
    assert!(host().journal("never").contains("never was not ready, 4 tries have failed"));
    assert_eq!(state("needs-never"), "inactive");
    assert_eq!(start("would-like-never"), Some(0));
    assert_eq!(state("would-like-never"), "active");
}

#[test]
fn what_needs_another_waits_through_its_failed_starts() {
    host().systemctl(&["start", "--no-block", "needs-late"]);
    wait_until("it has been tried twice", || restarts("late") >= 2);
    assert_eq!(state("needs-late"), "inactive");
    host().machine.write("/srv/late", "");
    wait_for("needs-late", "active");
    assert_eq!(state("late"), "active");
}

#[test]
fn a_line_says_that_a_service_is_ready() {
    host().systemctl(&["start", "printing"]);
    assert!(host().journal("printing").contains("it is \"ready\" $x"));
    assert_eq!(state("printing"), "active");
}

#[test]
fn what_does_not_answer_is_killed_and_started_again_after_its_pause() {
    wait_for("watched-liveness", "active");
    let watcher = run("watched-liveness");
    kill("watched", "--signal=SIGSTOP");
    wait_until("it is back", || restarts("watched") >= 1 && state("watched") == "active");
    assert_eq!(host().property("watched.service", "Result"), "success");
    wait_until("it is watched again", || {
        run("watched-liveness") != watcher && state("watched-liveness") == "active"
    });
    let journal = host().journal("watched");
    assert!(journal.contains("2 tries in a row have failed"), "{journal}");
    // Asked for by somebody else, the pause would have been left out.
    assert!(!journal.contains("immediately on client request"), "{journal}");
}

#[test]
fn a_command_is_run_as_the_account_of_its_service() {
    wait_for("account-liveness", "active");
    assert_eq!(restarts("account"), 0);
    // It may write nothing itself.
    let log = || std::fs::read_to_string(host().machine.file("/var/log/the account's 100%.log"));
    wait_until("it has said who it is", || log().is_ok_and(|it| it == "nobody\nno end"));
    host().machine.write("/srv/dead", "");
    wait_until("it was killed", || restarts("account") >= 1);
    std::fs::remove_file(host().machine.file("/srv/dead")).unwrap();
    wait_for("account", "active");
    wait_until("it has said so again", || log().is_ok_and(|it| it == "nobody\nno end".repeat(2)));
}

#[test]
fn what_is_started_again_alone_is_watched_again() {
    wait_for("needs-alone", "active");
    wait_for("alone-liveness", "active");
    let (needs, watcher) = (run("needs-alone"), run("alone-liveness"));
    host().machine.write("/srv/stuck", "");
    wait_until("it was killed", || restarts("alone") >= 1);
    std::fs::remove_file(host().machine.file("/srv/stuck")).unwrap();
    wait_until("it is watched again", || {
        run("alone-liveness") != watcher && state("alone-liveness") == "active"
    });
    assert_eq!(run("needs-alone"), needs);
}

#[test]
fn a_service_behind_a_proxy_falls_asleep_though_it_is_watched() {
    let service = host().service("probed-proxy");
    service.run();
    wait_for("probed-proxy-liveness", "active");
    wait_until("it sleeps", || service.is_asleep());
    assert_eq!(state("probed-proxy-liveness"), "inactive");
    service.run();
}

#[test]
fn podman_finds_out_whether_a_container_is_ready_and_works() {
    let file = |name: &str| format!("/srv/container-manual/{name}");
    host().machine.write(&file("alive"), "");
    host().systemctl(&["start", "--no-block", "needs-container"]);
    wait_until("it starts", || state("container-manual") == "activating");
    let container = host().service("container-manual");
    wait_until("it runs", || container.is_up());
    assert_eq!(
        (state("container-manual"), state("needs-container")),
        ("activating".into(), "inactive".into())
    );
    host().machine.write(&file("ready"), "");
    wait_for("needs-container", "active");
    let before = run("needs-container");
    std::fs::remove_file(host().machine.file(&file("alive"))).unwrap();
    wait_until("it was killed", || restarts("container-manual") >= 1);
    host().machine.write(&file("alive"), "");
    wait_until("all is back", || {
        run("needs-container") != before && state("needs-container") == "active"
    });
}

#[test]
fn a_proxy_waits_until_its_container_is_ready_and_one_that_works_no_more_is_killed() {
    let file = |name: &str| format!("/srv/container-proxy/{name}");
    host().machine.write(&file("alive"), "");
    let service = host().service("container-proxy");
    let backend = "container-proxy-backend";
    let first = std::thread::scope(|scope| {
        let client = scope.spawn(|| service.run());
        wait_until("its container runs", || service.starts() == 1);
        assert_eq!(state(backend), "activating");
        host().machine.write(&file("ready"), "");
        client.join().unwrap()
    });
    let before = run(backend);
    std::fs::remove_file(host().machine.file(&file("alive"))).unwrap();
    wait_until("it was killed", || run(backend) != before || restarts(backend) >= 1);
    host().machine.write(&file("alive"), "");
    assert_ne!(service.run(), first);
}
