//! A port that somebody else has already.

use std::net::TcpListener;

use crate::host::record::record;

use super::{Subject, on_every_subject};

on_every_subject!(only_the_socket_whose_port_is_taken_fails);

fn only_the_socket_whose_port_is_taken_fails(subject: Subject) {
    let setting = subject.setting();
    let service = setting.service(&format!("{}-fd", subject.kind));
    let socket = format!("{}.socket", service.name);
    service.stop();
    setting.systemctl(&["stop", &socket]);
    let port = service.port();
    let thief = setting.machine.within(|| TcpListener::bind(("127.0.0.1", port)).unwrap());
    let started = setting.try_systemctl(&["start", &socket]);
    service.assert(started.code != Some(0), "the socket starts though its port is taken");
    let state = setting.property(&socket, "Result");
    service.assert(state == "resources", &format!("the result of the socket is {state}"));
    let journal = setting.journal(&service.name);
    service.assert(journal.contains("Address already in use"), "nobody says why");
    let other = setting.service(&format!("{}-proxy", subject.kind));
    other.run();
    drop(thief);
    setting.systemctl(&["start", &socket]);
    service.run();
    record("its port is taken", subject.column, "it fails and says so, others answer");
}
