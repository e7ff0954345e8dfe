//! A process of the host.

use crate::directive as d;
use crate::plan::process::Process;
use crate::plan::service::Service;
use crate::unit::{Unit, Value};

use super::{limits, restart};

/// Assigns what the process is and what it may use.
pub(super) fn run(unit: &mut Unit, service: &Service, process: &Process) {
    let Process { command, working_directory, user, group } = process;
    // `exec` and not `simple`: a program that does not exist is a failed start.
    unit.assign(&d::service::TYPE, Value::Keyword("exec"));
    if let Some(user) = user {
        unit.assign(&d::service::USER, Value::text(user.as_str()));
    }
    if let Some(group) = group {
        unit.assign(&d::service::GROUP, Value::text(group.as_str()));
    }
    if let Some(directory) = working_directory {
        unit.assign(&d::service::WORKING_DIRECTORY, Value::text(directory.as_str()));
    }
    // Assigned even when there is none, because a NixOS machine may add its own.
    unit.assign(&d::service::ENVIRONMENT, Value::Variables(service.environment.clone()));
    if !service.environment_files.is_empty() {
        let files = service.environment_files.iter().map(|it| it.as_str().into()).collect();
        unit.assign(&d::service::ENVIRONMENT_FILE, Value::Texts(files));
    }
    unit.assign(&d::service::EXEC_START, Value::command(command.clone()));
    restart::success(unit, service, None);
    restart::stop_process(unit, service);
    limits::of_process(unit, &service.limits);
}
