//! Why a directive is there, of a proxy and of the service behind it.

use crate::directive as d;
use crate::plan::text::Program;
use crate::unit::Value;

use super::{Line, Reason, is_backend, where_it};

/// The reasons; of several for one directive, the first that holds.
pub(super) const REASONS: &[Reason] = &[
    where_it(
        |line| is_backend(line) && ends_with_its_container(line),
        &d::service::EXEC_START_POST,
        "The main process becomes one that ends with the container, because conmon first waits until podman has \
         cleaned up, and the proxy would face a dead container. The proxy is held back until the port answers.",
    ),
    where_it(
        is_backend,
        &d::service::EXEC_START_POST,
        "Holds the proxy back until the port answers, looking every 10 ms; without it the first \
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
    let Value::Commands(commands) = &line.assignment.value else { return false };
    let notify = Program::Systemd("bin/systemd-notify").into();
    commands.iter().any(|it| it.words.contains(&notify))
}
