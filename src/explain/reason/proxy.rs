//! Why a directive is there, of a proxy and of the service behind it.

use crate::directive as d;
use crate::plan::text::Program;
use crate::unit::{Command, Value};

use super::{Line, Reason, is_backend, is_proxy, names, where_it};

/// The reasons; of several for one directive, the first that holds.
pub(super) const REASONS: &[Reason] = &[
    where_it(
        |line| is_proxy(line) && !names_its_backend(line),
        &d::unit::REQUIRES,
        without_socket!("the proxy"),
    ),
    where_it(
        |line| is_proxy(line) && line.assignment.value == Value::Keyword("exec"),
        &d::service::TYPE,
        "The proxy of this systemd does not say when it is ready; it is started when the service answers.",
    ),
    where_it(
        |line| is_proxy(line) && names_its_backend(line),
        &d::unit::WANTS,
        "The backend is started with the proxy. Before systemd 254 the proxy does not require it: a backend that \
         fails at start would stop the proxy, and for each waiting client both would be started again at once.",
    ),
    where_it(
        |line| is_proxy(line) && names_its_backend(line),
        &d::unit::PART_OF,
        "The proxy is stopped and started again with its backend; it would go on accepting connections that lead \
         nowhere. Before systemd 254 that takes some tenths of a second, and who calls a killed service \
         meanwhile is dropped.",
    ),
    where_it(
        is_proxy,
        &d::service::EXEC_START_PRE,
        "Waits until the port answers, looking every 2 ms; without it the first request of each start is reset. \
         From systemd 254 on the backend does that itself.",
    ),
    where_it(
        is_proxy,
        &d::service::EXEC_STOP_POST,
        "A backend that did not answer in time is started anew: the proxy, woken again at once, would find the \
         same one.",
    ),
    where_it(
        is_proxy,
        &d::service::TIMEOUT_START_SEC,
        "`activation.startTimeout`: a service that does not answer for longer is started anew, and clients wait on.",
    ),
    where_it(
        |line| is_backend(line) && ends_with_its_container(line) && !waits_for_its_port(line),
        &d::service::EXEC_START_POST,
        "The main process becomes one that ends with the container, because conmon first waits until podman has \
         cleaned up, and the proxy would face a dead container.",
    ),
    where_it(
        |line| is_backend(line) && ends_with_its_container(line),
        &d::service::EXEC_START_POST,
        "The main process becomes one that ends with the container, because conmon first waits until podman has \
         cleaned up, and the proxy would face a dead container. The proxy is held back until the port answers.",
    ),
    where_it(
        is_backend,
        &d::service::EXEC_START_POST,
        "Holds the proxy back until the port answers, looking every 2 ms; without it the first \
         request of each start is reset. It gives up at once when the service is gone.",
    ),
    where_it(
        is_backend,
        &d::service::EXEC_STOP_POST,
        "The proxy ends with its backend, so that connections wait in the socket for the next \
         start; without it 37 of 120 requests after a crash were refused, with it one.",
    ),
];

/// Whether a command tells systemd of another main process.
fn ends_with_its_container(line: Line<'_>) -> bool {
    let notify = Program::Systemd("bin/systemd-notify").into();
    commands(line).any(|it| it.words.contains(&notify))
}

fn names_its_backend(line: Line<'_>) -> bool {
    line.service.is_some_and(|it| names(line, &format!("{}-backend.service", it.name)))
}

/// Whether a command looks for somebody who listens.
fn waits_for_its_port(line: Line<'_>) -> bool {
    let words = commands(line).flat_map(|it| &it.words);
    words.flat_map(|it| it.literals()).any(|it| it.contains("/tcp"))
}

fn commands(line: Line<'_>) -> impl Iterator<Item = &Command> {
    let Value::Commands(commands) = &line.assignment.value else { return [].iter() };
    commands.iter()
}
