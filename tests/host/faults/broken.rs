//! A daemon that fails at start for 20 s, while clients wait for it.

use std::time::{Duration, Instant};

use crate::host::client::{self, Answer};
use crate::host::record::record_figure;
use crate::host::service::Service;
use crate::host::setting::{Setting, Source};

use super::{Subject, on_every_subject};

/// The pause before the start that succeeds is up to 30 s.
const PATIENCE: Duration = Duration::from_secs(120);

on_every_subject!(clients_wait_until_the_daemon_heals);

fn clients_wait_until_the_daemon_heals(subject: Subject) {
    let setting = subject.setting();
    subject.each_pattern(|pattern| {
        let service = setting.service(&format!("{}-{pattern}", subject.kind));
        let starts = wait_for_the_healing(&service);
        let row = format!("fails at start for 20 s, `{pattern}`");
        record_figure(&row, subject.column, &format!("10 of 10, {starts} starts"));
    });
}

/// Which no pause of the service itself paces, because it has not failed.
#[test]
fn a_daemon_that_ends_well_without_listening_is_not_started_at_once() {
    let setting = Setting::of(Source::Quadlets);
    let service = setting.service("process-proxy");
    let port = service.port();
    service.stop();
    service.control("over");
    let before = service.starts();
    let (answer, starts) = std::thread::scope(|scope| {
        let call = || setting.machine.within(|| client::get(port, "/", PATIENCE)).answer;
        let client = scope.spawn(call);
        // The fault itself lasts so long.
        std::thread::sleep(Duration::from_secs(5));
        let starts = service.starts() - before;
        service.heal("over");
        (client.join().unwrap(), starts)
    });
    service.assert((2..10).contains(&starts), &format!("{starts} starts in 5 s"));
    service.assert(answer.is_ok(), &format!("the client got {answer:?}"));
}

/// On a host where nothing else happens.
#[test]
fn systemd_rests_while_a_daemon_fails() {
    let setting = Setting::new(Source::Quadlets);
    for pattern in ["fd", "proxy"] {
        let service = setting.service(&format!("process-{pattern}"));
        let (before, began) = (setting.machine.time_of_systemd(), Instant::now());
        wait_for_the_healing(&service);
        let spent = setting.machine.time_of_systemd() - before;
        let share = 100.0 * spent.as_secs_f64() / began.elapsed().as_secs_f64();
        service.assert(share < 5.0, &format!("systemd takes {share} % of a core"));
        let row = format!("systemd meanwhile, `{pattern}`");
        record_figure(&row, "process", &format!("{share:.1} % of a core"));
    }
}

/// Lets a service fail at start for a while, and returns how often it was started.
fn wait_for_the_healing(service: &Service<'_>) -> usize {
    let setting = service.setting;
    let port = service.port();
    service.stop();
    let socket = service.socket();
    service.control("broken");
    let before = service.starts();
    let (answers, starts): (Vec<Answer>, usize) = std::thread::scope(|scope| {
        let call = || setting.machine.within(|| client::get(port, "/", PATIENCE)).answer;
        let clients: Vec<_> = (0..10).map(|_| scope.spawn(call)).collect();
        // The fault itself lasts so long.
        std::thread::sleep(Duration::from_secs(20));
        let starts = service.starts() - before;
        service.heal("broken");
        (clients.into_iter().map(|it| it.join().unwrap()).collect(), starts)
    });
    service.assert(starts < 20, &format!("{starts} starts in 20 s"));
    let answered = answers.iter().filter(|it| it.is_ok()).count();
    service.assert(answered == 10, &format!("the clients got {answers:?}"));
    service.assert(service.socket() == socket, "the port was dead for a while");
    starts
}
