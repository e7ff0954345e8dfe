//! `unitsmith verify` on hosts that run.

use serde::Deserialize;

use crate::support::Output;

use super::machine::wait_until;
use super::service::{Pattern, Service};
use super::setting::{Setting, Source};
use super::typed::MISSING;

/// A row, as `--json` has it.
#[derive(Debug, Deserialize)]
struct Row {
    service: String,
    state: String,
    got: String,
    milliseconds: Option<f64>,
    verdict: String,
}

/// Verifies services that nobody else uses, and returns the rows and the exit status.
fn verified(setting: &Setting, names: &[&str], more: &[&str]) -> (Vec<Row>, Option<i32>) {
    let Output { stdout, stderr, code } = setting.verify(names, more);
    let rows = serde_json::from_str(&stdout);
    (rows.unwrap_or_else(|_| panic!("{stdout}{stderr}")), code)
}

/// Asserts that all is as expected, and that nothing is different afterwards.
fn assert_healthy(source: Source, names: &[&str]) {
    let setting = Setting::of(source);
    let services: Vec<Service<'_>> = names.iter().map(|it| setting.service(it)).collect();
    let state = |it: &Service<'_>| it.is_asleep();
    for it in services.iter().filter(|it| it.pattern != Pattern::Boot) {
        wait_until("nothing runs before it is verified", || it.is_asleep());
    }
    let before: Vec<bool> = services.iter().map(state).collect();
    let (rows, code) = verified(setting, names, &[]);
    for it in &rows {
        println!("{it:?}");
        assert_ne!(it.verdict, "different", "{it:?}");
    }
    assert_eq!(code, Some(0));
    for name in names {
        assert!(rows.iter().any(|it| it.service == *name), "nothing is said of `{name}`");
    }
    // The daemon takes 200 ms to start.
    for cold in rows.iter().filter(|it| it.state.starts_with("cold")) {
        assert!(cold.milliseconds.unwrap() >= 200.0, "{cold:?}");
    }
    let after: Vec<bool> = services.iter().map(state).collect();
    assert_eq!(before, after, "what slept must sleep, and what ran must run");
}

const PROCESSES: &[&str] =
    &["process-fd", "process-proxy", "process-boot", "process-manual", "process-schedule"];
const CONTAINERS: &[&str] = &[
    "container-fd",
    "container-proxy",
    "container-boot",
    "container-manual",
    "container-schedule",
];

#[test]
fn healthy_processes_and_quadlets_are_verified() {
    assert_healthy(Source::Quadlets, PROCESSES);
    assert_healthy(Source::Quadlets, CONTAINERS);
}

#[test]
fn healthy_services_that_run_podman_are_verified() {
    assert_healthy(Source::Services, CONTAINERS);
}

#[test]
fn what_nixos_has_is_verified() {
    assert_healthy(Source::Nixos, PROCESSES);
    assert_healthy(Source::Nixos, CONTAINERS);
}

#[test]
fn what_debian_12_has_is_verified() {
    assert_healthy(Source::Older, PROCESSES);
    assert_healthy(Source::Older, CONTAINERS);
}

#[test]
fn healthy_services_of_an_account_are_verified_without_root() {
    assert_healthy(Source::Account, &["process-fd", "process-proxy", "container-proxy"]);
}

#[test]
fn a_job_that_has_failed_is_found_out() {
    let setting = Setting::of(Source::Quadlets);
    for name in ["process-schedule", "container-schedule"] {
        let job = setting.service(name);
        job.control("broken");
        let run = setting.try_systemctl(&["start", &job.entry()]);
        job.assert(run.code != Some(0), "it does not fail though it is broken");
        let (rows, code) = verified(setting, &[name], &[]);
        job.heal("broken");
        assert_eq!(code, Some(1), "{rows:?}");
        let last = rows.iter().find(|it| it.state == "the last run").unwrap();
        assert_eq!(
            (last.verdict.as_str(), last.got.as_str()),
            ("different", "it ended with: exit-code")
        );
        setting.systemctl(&["start", &job.entry()]);
    }
}

/// A daemon that does not take its socket leaves every caller hanging.
#[test]
fn a_daemon_that_does_not_take_its_socket_is_found_out() {
    let setting = Setting::of(Source::Quadlets);
    for name in ["process-fd", "process-proxy"] {
        let service = setting.service(name);
        wait_until("nothing runs before it is verified", || service.is_asleep());
        let stuck = setting.machine.file(&format!("/srv/{name}/stuck"));
        std::fs::write(&stuck, "").unwrap();
        let (rows, code) = verified(setting, &[name], &["--limit", "3s"]);
        std::fs::remove_file(&stuck).unwrap();
        assert_eq!(code, Some(1), "{rows:?}");
        let cold = rows.iter().find(|it| it.state.starts_with("cold")).unwrap();
        assert_eq!((cold.verdict.as_str(), cold.got.as_str()), ("different", "no answer"));
        wait_until("it sleeps after it was verified", || service.is_asleep());
        service.run();
    }
}

#[test]
fn a_socket_that_is_down_and_a_unit_that_is_missing_are_found_out() {
    let setting = Setting::of(Source::Quadlets);
    let _service = setting.service("process-fd");
    setting.systemctl(&["stop", "process-fd.socket"]);
    let (rows, code) = verified(setting, &["process-fd", MISSING], &[]);
    setting.systemctl(&["start", "process-fd.socket"]);
    assert_eq!(code, Some(1));
    let different = rows.iter().filter(|it| it.verdict == "different");
    let different: Vec<[&str; 2]> = different.map(|it| [&*it.service, &*it.got]).collect();
    let unknown = "systemd does not know it: install it, and `systemctl daemon-reload`";
    let down = "process-fd.socket is inactive";
    assert_eq!(different, [["process-fd", down], [MISSING, unknown]]);
}
