//! When a service runs, and how a connection reaches it.

use std::net::IpAddr;

use crate::manifest::model;
use crate::manifest::model::activation::On;
use crate::plan::activation::{Activation, Handoff, Listener, Proxy};
use crate::plan::address::{LOOPBACK, connectable};
use crate::plan::quantity::Duration;
use crate::plan::schedule::Schedule;
use crate::problem::{Code, Problem, Trail};

use super::{address, quantity, refuse_pointless};

/// How long a proxied service stays up without a connection when the manifest does not say.
const DEFAULT_IDLE_TIMEOUT: Duration = Duration::milliseconds(10 * 60 * 1000);

/// Resolves the activation of a service; a service without one starts at boot, or when its schedule says.
///
/// `schedule` is `None` when the service has none, and holds `None` when its own has a problem.
pub(super) fn resolve(
    written: Option<&model::activation::Activation>,
    schedule: Option<Option<Schedule>>,
    path: &Trail<'_>,
    is_damaged: &dyn Fn(&Trail<'_>) -> bool,
    problems: &mut Vec<Problem>,
) -> Option<Activation> {
    let Some(model::activation::Activation { on, handoff, address, idle_timeout, start_timeout }) =
        written
    else {
        return match schedule {
            None => Some(Activation::Boot),
            Some(schedule) => schedule.map(Activation::Schedule),
        };
    };
    let before = problems.len();
    let mut duration = |written: &Option<String>, key: &str| {
        written.as_deref().and_then(|it| quantity::positive_duration(it, &path.key(key), problems))
    };
    let idle_timeout = duration(idle_timeout, "idleTimeout");
    let start_timeout = duration(start_timeout, "startTimeout");
    let address = address
        .as_deref()
        .and_then(|it| address::parse(it, &address::LISTENED_ON, &path.key("address"), problems));
    if *on != On::Schedule && schedule.is_some() {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key("on").at_value(),
                "a service with a `schedule` is started by it and by nothing else",
            )
            .hint("take `activation` or `schedule` out"),
        );
        return None;
    }
    let is_proxied = *on == On::Socket && *handoff == Some(model::activation::Handoff::Proxy);
    let of_others = [
        (
            "idleTimeout",
            idle_timeout.is_some() && !is_proxied,
            "only a proxy sees that a service is idle",
        ),
        (
            "startTimeout",
            start_timeout.is_some() && !is_proxied,
            "only a proxy waits for its service to answer",
        ),
        (
            "address",
            address.is_some() && *on != On::Socket,
            "only a socket listens for its service",
        ),
    ];
    refuse_pointless(of_others, path, problems);
    let handoff = handoff.map(|it| match it {
        model::activation::Handoff::Fd => Handoff::Fd,
        model::activation::Handoff::Proxy => Handoff::Proxy(Proxy {
            idle_timeout: idle_timeout.unwrap_or(DEFAULT_IDLE_TIMEOUT),
            start_timeout,
        }),
    });
    if *on == On::Socket && handoff.is_none() && is_damaged(path) {
        // A handoff that could not be read has been reported.
        return None;
    }
    let address = address.unwrap_or(LOOPBACK);
    let listener = handoff.map(|handoff| Listener { address, handoff });
    match started_by(*on, listener, schedule, path) {
        Ok(activation) => activation.filter(|_| problems.len() == before),
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// Returns what starts a service, or `None` when that is a schedule with a problem.
fn started_by(
    on: On,
    listener: Option<Listener>,
    schedule: Option<Option<Schedule>>,
    path: &Trail<'_>,
) -> Result<Option<Activation>, Problem> {
    match (on, listener) {
        (On::Boot | On::Once | On::Manual | On::Schedule, Some(_)) => Err(Problem::new(
            Code::HandoffWithoutListener,
            path.key("handoff").at_key(),
            "there is a `handoff` but no socket that could hand anything over",
        )
        .hint("write `on = \"socket\"`, or take `handoff` out")),
        (On::Boot, None) => Ok(Some(Activation::Boot)),
        (On::Once, None) => Ok(Some(Activation::Once)),
        (On::Manual, None) => Ok(Some(Activation::Manual)),
        (On::Socket, Some(listener)) => Ok(Some(Activation::Socket(listener))),
        (On::Schedule, None) => {
            let message = "`activation` by a schedule needs a `schedule`";
            let missing = Problem::new(Code::MissingKey, path.at_key(), message)
                .hint("add `schedule.calendar = [\"daily\"]` to the service");
            Ok(schedule.ok_or(missing)?.map(Activation::Schedule))
        }
        (On::Socket, None) => {
            let message = "`activation` by a socket needs a `handoff`";
            Err(Problem::new(Code::MissingKey, path.at_key(), message).hint(
                "`\"fd\"` when the service takes its listening socket from systemd (LISTEN_FDS), \
                 `\"proxy\"` when it binds a port of its own",
            ))
        }
    }
}

/// Returns the address under which its own host reaches a service, as far as it can be read.
///
/// That is where its socket listens or its container is published; all else listens on loopback.
/// References need it before the service itself is resolved; a wrong address is that service's problem.
pub(super) fn reachable(service: &model::service::Service) -> IpAddr {
    let of_socket = service.activation.as_ref().filter(|it| it.on == On::Socket);
    let of_container =
        service.container.iter().flat_map(|it| &it.ports).find(|it| it.host.is_none());
    let written = match (of_socket, of_container) {
        (Some(activation), _) => activation.address.as_deref(),
        (None, Some(port)) => port.address.as_deref(),
        (None, None) => None,
    };
    let address: IpAddr = written.and_then(|it| it.parse().ok()).unwrap_or(LOOPBACK);
    connectable(address)
}
