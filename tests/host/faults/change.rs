//! What an administrator does while clients call.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::host::install;
use crate::host::load;
use crate::host::machine::wait_until;
use crate::host::record::record_figure;
use crate::host::service::Service;

use super::{Subject, on_every_subject};

on_every_subject!(administrators_may_work_under_load);

fn administrators_may_work_under_load(subject: Subject) {
    let setting = subject.setting();
    subject.each_pattern(|pattern| {
        let service = setting.service(&format!("{}-{pattern}", subject.kind));
        let socket = service.socket();
        let reload = || {
            for _ in 0..5 {
                setting.systemctl(&["daemon-reload"]);
            }
        };
        lose_nothing_after(&service, subject.column, "systemctl daemon-reload", pattern, reload);
        let restart = || drop(setting.systemctl(&["restart", &service.daemon()]));
        lose_nothing_after(&service, subject.column, "restarted", pattern, restart);
        if service.is_container() {
            lose_nothing_after(&service, subject.column, "its image upgraded", pattern, || {
                upgrade(&service, pattern);
            });
        }
        service.assert(service.socket() == socket, "the port was dead for a while");
        let restart = || drop(setting.systemctl(&["restart", &format!("{}.socket", service.name)]));
        lose_nothing_after(&service, subject.column, "its socket restarted", pattern, restart);
    });
}

/// Makes another version of the image and starts the container anew, which must be of that version.
fn upgrade(service: &Service<'_>, version: &str) {
    // Both patterns have the same image.
    static IMAGE: Mutex<()> = Mutex::new(());
    let _alone = IMAGE.lock().unwrap_or_else(PoisonError::into_inner);
    install::import_image(service.setting, version);
    service.setting.systemctl(&["restart", &service.daemon()]);
    let run = service.run();
    service.assert(run.ends_with(&format!(" {version}")), &format!("{run} is not of {version}"));
}

/// Whoever calls when the work is done is answered; who called before may have lost an answer.
fn lose_nothing_after(
    service: &Service<'_>,
    column: &str,
    what: &str,
    pattern: &str,
    work: impl FnOnce() + Send,
) {
    let (load, done) = load::during(service, || {
        wait_until("the service answers", || service.is_up());
        work();
        let done = Instant::now();
        for _ in 0..5 {
            service.run();
        }
        done
    });
    let lost = load.lost().count();
    for call in load.lost() {
        println!("  {call:?}");
        service.assert(call.began < done, &format!("{what}: lost afterwards: {call:?}"));
    }
    let figure = format!("{lost} of {} lost", load.calls.len());
    record_figure(&format!("{what} under load, `{pattern}`"), column, &figure);
}
