//! A process of the host.

use crate::directive as d;
use crate::plan::{Process, Service};
use crate::unit::{Unit, Value};

/// Assigns what the process is and what it may use.
pub(super) fn run(unit: &mut Unit, service: &Service, process: &Process) {
    let Process { command, working_directory, user, group } = process;
    // `exec` and not `simple`: a program that does not exist is a failed start.
    unit.assign(&d::TYPE, Value::Keyword("exec"));
    if let Some(user) = user {
        unit.assign(&d::USER, Value::text(user.as_str()));
    }
    if let Some(group) = group {
        unit.assign(&d::GROUP, Value::text(group.as_str()));
    }
    if let Some(directory) = working_directory {
        unit.assign(&d::WORKING_DIRECTORY, Value::text(directory.as_str()));
    }
    // Assigned even when there is none, because a NixOS machine may add its own.
    unit.assign(&d::ENVIRONMENT, Value::Variables(service.environment.clone()));
    if !service.environment_files.is_empty() {
        let files = service.environment_files.iter().map(|it| it.as_str().into()).collect();
        unit.assign(&d::ENVIRONMENT_FILE, Value::Texts(files));
    }
    unit.assign(&d::EXEC_START, Value::command(command.clone()));
    if let Some(limit) = service.open_files {
        unit.assign(&d::LIMIT_NOFILE, Value::Number(limit));
    }
}
