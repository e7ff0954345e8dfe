//! When a service is started again.

use std::collections::BTreeSet;

use crate::manifest::model;
use crate::plan::activation::{Activation, Handoff};
use crate::plan::restart::{Restart, RestartPolicy};
use crate::problem::{Code, Problem, Trail};

use super::activation;

/// Resolves the restart; `path` is that of its table.
pub(super) fn resolve(
    written: Option<&model::restart::Restart>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Restart {
    let Some(model::restart::Restart { policy, delay }) = written else {
        return Restart { policy: RestartPolicy::OnFailure, delay: None };
    };
    let delay =
        delay.as_deref().and_then(|it| activation::duration(it, &path.key("delay"), problems));
    let policy = match policy {
        None | Some(model::restart::RestartPolicy::OnFailure) => RestartPolicy::OnFailure,
        Some(model::restart::RestartPolicy::No) => RestartPolicy::No,
        Some(model::restart::RestartPolicy::OnSuccess) => RestartPolicy::OnSuccess,
        Some(model::restart::RestartPolicy::OnAbnormal) => RestartPolicy::OnAbnormal,
        Some(model::restart::RestartPolicy::OnAbort) => RestartPolicy::OnAbort,
        Some(model::restart::RestartPolicy::Always) => RestartPolicy::Always,
    };
    Restart { policy, delay }
}

/// A service that sleeps by exiting must not be restarted for it, and one that somebody waits for
/// must be restarted after every crash: its socket starts it again at once and without a pause.
pub(super) fn refuse_loop(
    restart: &Restart,
    activation: &Activation,
    allow: &BTreeSet<Code>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    use RestartPolicy::{Always, No, OnAbnormal, OnAbort, OnFailure, OnSuccess};
    let policy = restart.policy.as_str();
    let message = match (activation.handoff(), restart.policy) {
        (None, _) | (Some(_), OnFailure) | (Some(Handoff::Proxy(_)), Always) => return,
        (Some(Handoff::Fd), Always | OnSuccess) => {
            format!("`{policy}` starts a service again that exits because nobody calls, for ever")
        }
        (Some(_), No | OnSuccess | OnAbnormal | OnAbort) => {
            format!(
                "with `{policy}` the socket starts a service that fails again and again without a pause"
            )
        }
    };
    if !allow.contains(&Code::RestartLoop) {
        problems.push(
            Problem::new(Code::RestartLoop, path.key("restart").key("policy").at_value(), message).hint(
                "`on-failure` restarts crashes with growing pauses and leaves the idle exit alone; \
                 the next connection starts the service",
            ),
        );
    }
}
