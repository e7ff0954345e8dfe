//! Processes that are killed under load, ten times each.

use std::time::Instant;

use crate::host::load;
use crate::host::machine::wait_until;
use crate::host::record::record_figure;
use crate::host::service::{Pattern, Service};

use super::{Subject, on_every_subject};

/// How often each of them is killed.
const KILLS: usize = 10;

on_every_subject!(only_what_was_in_flight_is_lost);

fn only_what_was_in_flight_is_lost(subject: Subject) {
    let setting = subject.setting();
    subject.each_pattern(|pattern| {
        let service = setting.service(&format!("{}-{pattern}", subject.kind));
        if service.is_container() && service.pattern == Pattern::Proxy {
            service.run();
            wait_until("the main process is not conmon, which outlives its container", || {
                service.is_watched()
            });
        }
        lose_only_what_was_in_flight(&service, subject.column, "daemon", || {
            service.kill_and_let_it_be_noticed();
        });
        if service.pattern == Pattern::Proxy {
            lose_only_what_was_in_flight(&service, subject.column, "proxy", || {
                service.kill_main_process(&service.entry());
            });
        }
        if service.is_container() {
            lose_only_what_was_in_flight(&service, subject.column, "conmon", || {
                service.kill_conmon_and_let_it_be_noticed();
            });
        }
    });
}

fn lose_only_what_was_in_flight(
    service: &Service<'_>,
    column: &str,
    what: &str,
    kill: impl Fn() + Sync + Send,
) {
    let socket = service.socket();
    let (load, kills) = load::during(service, || {
        let mut kills = Vec::new();
        for _ in 0..KILLS {
            wait_until("the service answers before it is killed", || service.is_up());
            let killed = Instant::now();
            kill();
            // The queue of a socket is systemd's and survives everybody; behind a proxy it takes until
            // systemd has learned of the death, and the kernel may go on forwarding to a dead container.
            let is_queued = service.pattern == Pattern::Fd && what == "daemon";
            if !is_queued {
                wait_until("the service answers after it was killed", || service.is_up());
            }
            kills.push((killed, Instant::now()));
            // The pause before a restart would grow to 30 s.
            service.setting.systemctl(&["reset-failed", &service.daemon()]);
        }
        wait_until("the service answers after it was killed", || service.is_up());
        kills
    });
    let pattern = match service.pattern {
        Pattern::Proxy => "proxy",
        Pattern::Fd | Pattern::Boot | Pattern::Manual | Pattern::Schedule => "fd",
    };
    let (lost, all) = (load.lost().count(), load.calls.len());
    for lost in load.lost() {
        let ended = lost.began + lost.request.time;
        let was_in_flight =
            kills.iter().any(|(killed, noticed)| lost.began <= *noticed && ended >= *killed);
        let why = format!("lost, though it began after the kill was noticed: {lost:?} {kills:?}");
        service.assert(was_in_flight, &why);
    }
    service.assert(service.socket() == socket, "the port was dead for a while");
    let row = format!("{what} killed {KILLS} times under load, `{pattern}`");
    record_figure(&row, column, &format!("{lost} of {all} lost"));
}
