//! A port that somebody else has already.

use crate::host::machine::wait_until;
use crate::host::record::record;
use crate::host::setting::Source;

use super::{Subject, on_every_subject};

on_every_subject!(only_the_socket_whose_port_is_taken_fails);

fn only_the_socket_whose_port_is_taken_fails(subject: Subject) {
    let setting = subject.setting();
    let service = setting.service(&format!("{}-fd", subject.kind));
    let socket = format!("{}.socket", service.name);
    service.stop();
    setting.systemctl(&["stop", &socket]);
    let machine = &setting.machine;
    let thief = format!("thief-of-{}", service.name);
    let port = format!("port={}", service.port());
    let unit = format!("--unit={thief}");
    machine.enter(&["systemd-run", "--quiet", &unit, "/usr/local/bin/daemon", &port]);
    wait_until("the port is taken", || service.is_up());
    let started = setting.try_systemctl(&["start", &socket]);
    service.assert(started.code != Some(0), "the socket starts though its port is taken");
    let state = setting.property(&socket, "Result");
    service.assert(state == "resources", &format!("the result of the socket is {state}"));
    let journal = setting.journal(&service.name);
    service.assert(journal.contains("Address already in use"), "nobody says why");
    let verified = setting.verify(&[&service.name], &[]);
    // An account may not look at the processes of others.
    let holder = match setting.source {
        Source::Account | Source::AccountServices => "a process of the account 0".to_owned(),
        Source::Quadlets | Source::Services | Source::Nixos | Source::Older => {
            format!("of `{thief}.service`")
        }
    };
    let is_named =
        verified.stdout.contains("its port is held by") && verified.stdout.contains(&holder);
    service.assert(is_named, &format!("nobody says who has the port: {}", verified.stdout));
    let other = setting.service(&format!("{}-proxy", subject.kind));
    other.run();
    machine.enter(&["systemctl", "stop", &format!("{thief}.service")]);
    setting.systemctl(&["start", &socket]);
    service.run();
    record(
        "its port is taken",
        subject.column,
        "it fails, `verify` names the holder, others answer",
    );
}
