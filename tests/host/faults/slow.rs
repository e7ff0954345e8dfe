//! A daemon that does not listen within `startTimeout`.

use std::time::Duration;

use crate::host::client;
use crate::host::record::record;

use super::{Subject, on_every_subject};

/// Longer than the `startTimeout` of any service of the suite.
const STUCK: Duration = Duration::from_secs(12);

on_every_subject!(clients_of_a_stuck_daemon_are_answered_when_it_listens);

fn clients_of_a_stuck_daemon_are_answered_when_it_listens(subject: Subject) {
    let setting = subject.setting();
    let service = setting.service(&format!("{}-proxy", subject.kind));
    let port = service.port();
    service.stop();
    let socket = service.socket();
    let before = service.starts();
    service.control("stuck");
    let patience = Duration::from_secs(120);
    let answer = std::thread::scope(|scope| {
        let call = || setting.machine.within(|| client::get(port, "/", patience)).answer;
        let client = scope.spawn(call);
        // The fault itself lasts so long.
        std::thread::sleep(STUCK);
        service.heal("stuck");
        client.join().unwrap()
    });
    let starts = service.starts() - before;
    println!("stuck, {}: {starts} starts", subject.column);
    service.assert(starts > 1, "nobody gave up on the daemon that was stuck");
    service.assert(answer.is_ok(), &format!("the client got {answer:?}"));
    service.assert(service.socket() == socket, "the port was dead for a while");
    record("slower than `startTimeout`, `proxy`", subject.column, "started again, answered");
}
