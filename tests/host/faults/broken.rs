//! A daemon that fails at start for 20 s, while clients wait for it.

use std::time::Duration;

use crate::host::client::{self, Answer};
use crate::host::record::record_figure;

use super::{Subject, on_every_subject};

/// The pause before the start that succeeds is up to 30 s.
const PATIENCE: Duration = Duration::from_secs(120);

on_every_subject!(clients_wait_until_the_daemon_heals);

fn clients_wait_until_the_daemon_heals(subject: Subject) {
    let setting = subject.setting();
    subject.each_pattern(|pattern| {
        let service = setting.service(&format!("{}-{pattern}", subject.kind));
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
        let row = format!("fails at start for 20 s, `{pattern}`");
        record_figure(&row, subject.column, &format!("10 of 10, {starts} starts"));
    });
}
