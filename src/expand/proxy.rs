//! A proxy in front of a service that binds its own port.
//!
//! `NAME.socket` and `NAME.service` face the user, `NAME-backend.service` is the service itself.

use crate::directive::{self as d, Versions};
use crate::plan::Plan;
use crate::plan::activation::Proxy;
use crate::plan::address::{LOOPBACK, bracketed};
use crate::plan::service::{PortRole, Service, Workload};
use crate::plan::text::{Program, Segment, Text};
use crate::unit::{Command, Failure, Kind, Privileges, Unit, Value};

use super::{
    Around, depend, describe, group, introduce, own_port, probe, restart, run, tell_systemd,
    workload_name, workload_unit,
};

/// `systemd-socket-proxyd`, which stops when nobody is connected.
pub(super) fn facing_the_user(plan: &Plan, service: &Service, proxy: &Proxy) -> Unit {
    let mut unit = Unit::new(service.name.as_str(), Kind::Service);
    describe(&mut unit, service, " (proxy)");
    let backend = format!("{}.service", workload_name(service));
    let both = vec![format!("{}.socket", service.name), backend.clone()];
    unit.assign(&d::unit::REQUIRES, Value::Names(both.clone()));
    unit.assign(&d::unit::AFTER, Value::Names(both));
    unit.add_names(&d::unit::WANTS, probe::watcher_of_proxied(service));
    unit.assign(&d::unit::BINDS_TO, Value::Names(vec![backend]));
    group::stop_with_groups(&mut unit, service);
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    unit.assign(&d::service::TYPE, Value::Keyword("notify"));
    let words = vec![
        Program::Systemd("lib/systemd/systemd-socket-proxyd").into(),
        // A blank inside the span would make two words of one.
        Text::literal(format!(
            "--exit-idle-time={}",
            proxy.idle_timeout.systemd().replace(' ', "")
        )),
        Text::literal(format!("{}:", bracketed(LOOPBACK)))
            .then(own_port(service, PortRole::Backend)),
    ];
    unit.assign(&d::service::EXEC_START, Value::command(words));
    // It accepts whoever calls, and needs nothing of the host.
    unit.assign(&d::service::DYNAMIC_USER, Value::Flag(true));
    group::limit(&mut unit, plan, service);
    unit
}

/// The service itself, up as long as the proxy needs it.
pub(super) fn backend(plan: &Plan, service: &Service, proxy: &Proxy, versions: Versions) -> Unit {
    let mut unit = workload_unit(service, &workload_name(service));
    introduce(&mut unit, service);
    depend(&mut unit, Vec::new(), Vec::new(), plan, service);
    unit.assign(&d::unit::STOP_WHEN_UNNEEDED, Value::Flag(true));
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    let around = Around {
        versions,
        // What else shows that it is ready says more than its port.
        after_start: match &service.readiness {
            None => vec![wait_for_the_port(service)],
            Some(_) => Vec::new(),
        },
        // The proxy ends with its backend, so that the next connection waits for both.
        after_stop: vec![tell_systemd(service, "stop", format!("{}.service", service.name))],
    };
    run(&mut unit, plan, service, around);
    let timeout = proxy.start_timeout.or(probe::start_timeout(service));
    let timeout = timeout.or(match service.workload {
        Workload::Process(_) => None,
        // A container has no limit of its own, and somebody is waiting.
        Workload::Container(_) => Some(probe::PATIENCE_WITH_PULLING),
    });
    unit.assign_some(&d::service::TIMEOUT_START_SEC, timeout.map(Value::Duration));
    restart::restart(&mut unit, service);
    unit.assign(&d::service::RESTART_MODE, Value::Keyword("direct"));
    restart::back_off(&mut unit, service);
    unit
}

/// Waits in bash alone, polling every 10 ms, and gives up at once when the service is gone.
///
/// The manifest contributes nothing but the number of the port.
fn wait_for_the_port(service: &Service) -> Command {
    let script = Text::literal(format!("until {{ exec 3<>/dev/tcp/{LOOPBACK}/"))
        .then(own_port(service, PortRole::Backend))
        .then(Text::literal(CONNECTED));
    Command {
        words: vec![Program::bash().into(), "-c".into(), script],
        failure: Failure::Counts,
        privileges: Privileges::Unit,
    }
}

/// The end of the wait where a connection is proof enough.
const CONNECTED: &str =
    "; } 2>/dev/null; do kill -0 $MAINPID 2>/dev/null || exit 1; read -rt 0.01 <> <(:) || :; done";

/// The end of the wait behind what accepts connections before anything listens, and then drops them:
/// `read` ends with 1 where one is dropped, with 0 where the service speaks first, and with more than 128
/// where it waits for its client (bash(1)).
const CONNECTED_AND_KEPT: &str = "; } 2>/dev/null && { read -rt 0.05 -N 1 <&3; [ $? != 1 ]; } 2>/dev/null; \
     do kill -0 $MAINPID 2>/dev/null || exit 1; read -rt 0.01 <> <(:) || :; done";

/// Lets the backend of a proxy wait until a connection is kept: docker's proxy and the forwarders of rootless
/// podman accept one as soon as the port is published.
pub(super) fn distrust_the_forwarder(unit: &mut Unit) {
    let waits =
        unit.assignments.iter_mut().filter(|it| it.directive == &d::service::EXEC_START_POST);
    for assignment in waits {
        let Value::Commands(commands) = &mut assignment.value else { continue };
        for word in commands.iter_mut().flat_map(|it| &mut it.words) {
            if let Some(Segment::Literal(end)) = word.0.last_mut()
                && end == CONNECTED
            {
                *end = CONNECTED_AND_KEPT.to_owned();
            }
        }
    }
}
