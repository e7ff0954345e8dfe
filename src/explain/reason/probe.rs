//! Why directives are there that find out whether a service is ready and works, and for those that wait for it.

use crate::directive as d;
use crate::plan::probe::Readiness;

use super::{Line, Reason, Role, because, is_backend, where_it};

/// Whether it watches a service.
fn is_beside(line: Line<'_>) -> bool {
    line.role == Role::Beside && line.service.is_some()
}

/// Whether it is the service itself, of which something is tried until it is ready.
fn is_tried(line: Line<'_>) -> bool {
    let readiness = line.service.and_then(|it| it.readiness.as_ref());
    line.role == Role::Workload && matches!(readiness, Some(Readiness::Tried(..)))
}

/// Whether it is the service itself, and what it says or is tried decides how long a start takes.
fn has_readiness(line: Line<'_>) -> bool {
    line.role == Role::Workload && line.service.is_some_and(|it| it.readiness.is_some())
}

/// Whether it is the service itself, which a unit beside it watches.
fn is_watched(line: Line<'_>) -> bool {
    line.role == Role::Workload && line.service.is_some_and(|it| it.liveness.is_some())
}

/// The reasons; of several for one directive, the first that holds.
pub(super) const REASONS: &[Reason] = &[
    where_it(
        is_beside,
        &d::unit::BINDS_TO,
        "It watches as long as the service is there; bound to a backend it would keep that awake.",
    ),
    where_it(
        |line| is_tried(line) && is_watched(line),
        &d::service::EXEC_START_POST,
        "`readiness`: holds back what waits for the service until a try succeeds, and fails the start when \
         too many have failed. Then what watches `liveness` is started, which would find nothing before.",
    ),
    where_it(
        is_tried,
        &d::service::EXEC_START_POST,
        "`readiness`: holds back what waits for the service until a try succeeds, and fails the start when \
         too many have failed. It gives up at once when the service is gone.",
    ),
    where_it(
        |line| is_watched(line) && !is_backend(line),
        &d::service::EXEC_START_POST,
        "`liveness`: starts what watches it, at each start anew.",
    ),
    where_it(
        is_beside,
        &d::service::EXEC_STOP_POST,
        "`liveness`: when too many tries in a row have failed, the service is killed, and `restart` says what \
         comes then.",
    ),
    where_it(
        has_readiness,
        &d::service::TIMEOUT_START_SEC,
        "Longer than all tries of `readiness` together, so that it is they that end a start.",
    ),
    because(
        &d::container::HEALTH_CMD,
        "What podman asks the container, for `readiness` or `liveness` or because `health` says so.",
    ),
    because(
        &d::container::HEALTH_ON_FAILURE,
        "A container that has failed too often is killed, and `restart` says what comes then.",
    ),
    because(
        &d::service::WATCHDOG_SEC,
        "`liveness`: a service that is silent for longer is killed, and `restart` says what comes then.",
    ),
    where_it(
        |line| !is_backend(line),
        &d::service::RESTART_MODE,
        "What needs it goes on when it is started again, and what waits for it waits on: it does not go through \
         the dead state, in which systemd would start those again, too.",
    ),
];
