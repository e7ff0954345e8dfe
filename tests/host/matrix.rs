//! Every state in which a request may find a service, for every pattern.

use super::client::Answer;
use super::machine::wait_until;
use super::record::record;
use super::service::Pattern;
use super::setting::{Setting, Source};

#[test]
fn quadlets_answer_in_every_state() {
    let setting = Setting::of(Source::Quadlets);
    sleeping(setting, "Quadlet", "container");
    standing(setting, "Quadlet", "container");
}

#[test]
fn processes_answer_in_every_state() {
    let setting = Setting::of(Source::Quadlets);
    sleeping(setting, "process", "process");
    standing(setting, "process", "process");
}

#[test]
fn services_that_run_podman_answer_in_every_state() {
    let setting = Setting::of(Source::Services);
    sleeping(setting, "podman service", "container");
    standing(setting, "podman service", "container");
}

#[test]
fn what_nixos_has_answers_in_every_state() {
    let setting = Setting::of(Source::Nixos);
    for (column, kind) in [("NixOS process", "process"), ("NixOS container", "container")] {
        sleeping(setting, column, kind);
        standing(setting, column, kind);
    }
}

#[test]
fn what_an_account_has_answers_in_every_state() {
    let setting = Setting::of(Source::Account);
    for (column, kind) in [("account's process", "process"), ("rootless Quadlet", "container")] {
        sleeping(setting, column, kind);
        standing(setting, column, kind);
    }
}

#[test]
fn services_of_an_account_that_run_podman_answer_in_every_state() {
    let setting = Setting::of(Source::AccountServices);
    sleeping(setting, "rootless podman service", "container");
    standing(setting, "rootless podman service", "container");
}

#[test]
fn what_debian_12_has_answers_in_every_state() {
    let setting = Setting::of(Source::Older);
    for (column, kind) in [("Debian 12 process", "process"), ("Debian 12 container", "container")] {
        sleeping(setting, column, kind);
        standing(setting, column, kind);
    }
}

/// No unit of the system has asked for the target of the network, and there is no network.
#[test]
fn a_request_of_an_account_does_not_wait_for_the_network() {
    let setting = Setting::new(Source::Account);
    let target = ["systemctl", "is-active", "network-online.target"];
    assert_eq!(setting.machine.try_enter(&target).stdout, "inactive\n");
    for name in ["container-fd", "container-proxy"] {
        setting.service(name).run();
    }
}

/// Services that somebody's request wakes.
fn sleeping(setting: &Setting, column: &str, kind: &str) {
    for pattern in ["fd", "proxy"] {
        let service = setting.service(&format!("{kind}-{pattern}"));
        let socket = service.socket();
        let answered = |state: &str| {
            let request = service.get();
            let row = format!("{state}, `{pattern}`");
            println!("{row}: {column}: {:?}", request.time);
            let Answer::Ok(run) = request.answer else {
                service.fail(&format!("{state}: {:?}", request.answer))
            };
            record(&row, column, "answered");
            run
        };
        wait_until("nothing runs for a service that nobody calls", || service.is_asleep());
        let first = answered("nothing runs");
        service
            .assert(answered("it runs") == first, "the daemon did not live until the next request");
        service.stop();
        let second = answered("stopped by hand");
        service.assert(second != first, "the daemon was not stopped");
        service.kill_and_let_it_be_noticed();
        let third = answered("killed");
        service.assert(third != second, "the daemon was not killed");
        wait_until("nothing runs for a service that is idle", || service.is_asleep());
        service.assert(answered("after the idle exit") != third, "the daemon did not exit");
        service.assert(service.socket() == socket, "the port was dead for a while");
    }
}

/// Services that run whether or not anybody calls.
fn standing(setting: &Setting, column: &str, kind: &str) {
    let boot = setting.service(&format!("{kind}-boot"));
    assert_eq!(boot.pattern, Pattern::Boot);
    wait_until("a service of the boot answers", || boot.is_up());
    let first = boot.run();
    boot.kill();
    wait_until("a service of the boot comes back", || boot.is_up());
    boot.assert(boot.run() != first, "the daemon was not killed");
    boot.stop();
    boot.assert(boot.get().answer == Answer::Refused, "it runs though it was stopped");
    setting.systemctl(&["start", &boot.entry()]);
    record("killed, `boot`", column, "restarted");

    let manual = setting.service(&format!("{kind}-manual"));
    manual.assert(manual.is_asleep(), "it runs though nobody started it");
    setting.systemctl(&["start", &manual.entry()]);
    wait_until("a service that was started by hand answers", || manual.is_up());
    manual.stop();
    manual.assert(manual.is_asleep(), "it runs though it was stopped");
    record("started by hand, `manual`", column, "answered");

    let job = setting.service(&format!("{kind}-schedule"));
    job.assert(job.is_asleep(), "it runs before its time");
    let before = job.starts();
    let timer = format!("{}.timer", job.name);
    setting.edit(&timer, "[Timer]\nOnActiveSec=100ms\nAccuracySec=1ms\n");
    setting.systemctl(&["restart", &timer]);
    wait_until("the timer has run the job", || job.starts() > before);
    wait_until("the job has ended", || job.is_asleep());
    record("its time comes, `schedule`", column, "run to its end");
}
