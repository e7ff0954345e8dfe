//! A proxy in front of a service that binds its own port.
//!
//! `NAME.socket` and `NAME.service` face the user, `NAME-backend.service` is the service itself.

use crate::directive::{self as d, Versions};
use crate::plan::Plan;
use crate::plan::activation::Proxy;
use crate::plan::address::{LOOPBACK, bracketed};
use crate::plan::service::{PortRole, Service, Workload};
use crate::plan::text::{Program, Text};
use crate::unit::{Command, Kind, Privileges, Unit, Value};

use super::{
    Around, depend, describe, group, introduce, own_port, probe, restart, run, script,
    tell_systemd, workload_name, workload_unit,
};

mod wait;

pub(super) use self::wait::{behind_docker, look_behind_the_forwarder};

/// `systemd-socket-proxyd`, which stops when nobody is connected.
pub(super) fn facing_the_user(
    plan: &Plan,
    service: &Service,
    proxy: &Proxy,
    versions: Versions,
) -> Unit {
    let mut unit = Unit::new(service.name.as_str(), Kind::Service);
    describe(&mut unit, service, " (proxy)");
    let backend = format!("{}.service", workload_name(service));
    let socket = format!("{}.socket", service.name);
    let both = vec![socket.clone(), backend.clone()];
    let wait = Wait::of(versions);
    match wait {
        Wait::Backend => {
            unit.assign(&d::unit::REQUIRES, Value::Names(both.clone()));
            unit.assign(&d::unit::AFTER, Value::Names(both));
            unit.add_names(&d::unit::WANTS, probe::watcher_of_proxied(service));
            unit.assign(&d::unit::BINDS_TO, Value::Names(vec![backend]));
        }
        Wait::Proxy => {
            unit.assign(&d::unit::REQUIRES, Value::Names(vec![socket]));
            unit.assign(&d::unit::WANTS, Value::Names(vec![backend.clone()]));
            unit.add_names(&d::unit::WANTS, probe::watcher_of_proxied(service));
            unit.assign(&d::unit::AFTER, Value::Names(both));
            unit.assign(&d::unit::PART_OF, Value::Names(vec![backend]));
        }
    }
    group::stop_with_groups(&mut unit, service);
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    // The proxy of systemd 252 does not say when it is ready.
    let kind = if wait == Wait::Proxy { "exec" } else { "notify" };
    unit.assign(&d::service::TYPE, Value::Keyword(kind));
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
    if wait == Wait::Proxy {
        let until = wait::until_it_answers(service);
        unit.assign(&d::service::EXEC_START_PRE, Value::Commands(vec![until]));
    }
    unit.assign(&d::service::EXEC_START, Value::command(words));
    if wait == Wait::Proxy {
        let give_up = give_the_backend_up(service);
        unit.assign(&d::service::EXEC_STOP_POST, Value::Commands(vec![give_up]));
        limit_the_start(&mut unit, service, proxy);
    }
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
    let wait = Wait::of(versions);
    // What else shows that it is ready says more than its port.
    let is_waiting = wait == Wait::Backend && service.readiness.is_none();
    let after_start = match service.workload {
        Workload::Process(_) | Workload::Flake => {
            is_waiting.then(|| wait::until_the_main_process_answers(service))
        }
        Workload::Container(_) if is_waiting => Some(wait::until_the_container_answers(service)),
        Workload::Container(_) => Some(wait::end_with_the_container()),
    };
    let verb = match wait {
        Wait::Backend => "stop",
        Wait::Proxy => "try-restart",
    };
    // The proxy ends with its backend, so that the next connection waits for both.
    let after_stop = vec![tell_systemd(service, verb, format!("{}.service", service.name))];
    let around = Around { versions, after_start: after_start.into_iter().collect(), after_stop };
    run(&mut unit, plan, service, around);
    limit_the_start(&mut unit, service, proxy);
    restart::restart(&mut unit, service, versions);
    if wait == Wait::Backend {
        unit.assign(&d::service::RESTART_MODE, Value::Keyword("direct"));
        restart::back_off(&mut unit, service);
    }
    unit
}

/// Who waits until the service answers.
///
/// A proxy that requires its backend is stopped as soon as the backend has failed, and the client who still waits
/// starts both again at once: 316 starts in 8 s. `RestartMode=direct` of systemd 254 lets the backend fail without
/// that; before, the proxy only wants its backend, so that nothing but `RestartSec=` paces it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// The backend, whose start is over then.
    Backend,
    /// The proxy, where the backend may fail without it.
    Proxy,
}

impl Wait {
    fn of(versions: Versions) -> Wait {
        if d::service::RESTART_MODE.is_known_to(versions) { Wait::Backend } else { Wait::Proxy }
    }
}

/// Assigns how long a client waits before the start is given up and tried again.
fn limit_the_start(unit: &mut Unit, service: &Service, proxy: &Proxy) {
    let timeout = proxy.start_timeout.or(probe::start_timeout(service));
    let timeout = timeout.or(match service.workload {
        Workload::Process(_) | Workload::Flake => None,
        // A container has no limit of its own, and somebody is waiting.
        Workload::Container(_) => Some(probe::PATIENCE_WITH_PULLING),
    });
    unit.assign_some(&d::service::TIMEOUT_START_SEC, timeout.map(Value::Duration));
}

/// Starts a backend anew that did not answer in time: a proxy that is wanted again at once would find the same one,
/// and that would take back the job of a mere stop.
fn give_the_backend_up(service: &Service) -> Command {
    let backend = format!("{}.service", workload_name(service));
    let restart = tell_systemd(service, "try-restart", backend).words;
    let words = script("[[ $SERVICE_RESULT != timeout ]] || exec \"$@\"", "bash", restart);
    // Stopping a unit is not for the account of the proxy.
    Command::new(words).ignoring_failure().with(Privileges::Full)
}
