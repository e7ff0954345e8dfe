//! A process of the host.

use crate::directive as d;
use crate::plan::process::{Account, Hooks, Lifetime, Process};
use crate::plan::service::Service;
use crate::plan::text::Word;
use crate::unit::{Command, Unit, Value};

use super::{Around, hardening, limits, provision, restart};

/// Assigns what the process is and what it may use.
pub(super) fn run(unit: &mut Unit, service: &Service, process: &Process, around: Around) {
    let Process { command, hooks, working_directory, log_file, account, hardening: _, umask, nice } =
        process;
    // `exec` and not `simple`: a program that does not exist is a failed start.
    unit.assign(&d::service::TYPE, Value::Keyword("exec"));
    run_as(unit, account);
    unit.assign_some(&d::service::UMASK, umask.map(Value::Mode));
    unit.assign_some(&d::service::NICE, nice.map(|it| Value::Signed(it.into())));
    provision::directories(unit, service);
    provision::credentials(unit, service);
    if let Some(directory) = working_directory {
        unit.assign(&d::service::WORKING_DIRECTORY, Value::text(directory.clone()));
    }
    // Assigned even when there is none, because a NixOS machine may add its own.
    unit.assign(&d::service::ENVIRONMENT, Value::Variables(service.environment.clone()));
    provision::environment_files(unit, service);
    if let Some(file) = log_file {
        // Both, because a host may have another default than that errors go where the rest goes.
        for directive in [&d::service::STANDARD_OUTPUT, &d::service::STANDARD_ERROR] {
            unit.assign(directive, Value::text(format!("append:{file}")));
        }
    }
    let Around { versions, after_start, after_stop } = around;
    let Hooks { pre_start, post_start, reload, stop, post_stop } = hooks;
    let mut assign = |directive, first: Vec<Command>, then: &[Vec<Word>]| {
        let commands: Vec<Command> =
            first.into_iter().chain(then.iter().cloned().map(Command::new)).collect();
        if !commands.is_empty() {
            unit.assign(directive, Value::Commands(commands));
        }
    };
    assign(&d::service::EXEC_START_PRE, provision::before_start(service, versions), pre_start);
    assign(&d::service::EXEC_START, Vec::new(), std::slice::from_ref(command));
    // What the user does after the start may need the service to answer.
    assign(&d::service::EXEC_START_POST, after_start, post_start);
    assign(&d::service::EXEC_RELOAD, Vec::new(), reload);
    assign(&d::service::EXEC_STOP, Vec::new(), stop);
    // Whoever waits for the proxy does not wait for the user's commands.
    assign(&d::service::EXEC_STOP_POST, after_stop, post_stop);
    restart::success(unit, service, None);
    restart::stop_process(unit, service);
    limits::of_process(unit, &service.limits);
    hardening::harden(unit, service, process, versions);
}

pub(super) fn run_as(unit: &mut Unit, account: &Account) {
    let Account { user, group, lifetime, supplementary_groups } = account;
    if *lifetime == Lifetime::Dynamic {
        unit.assign(&d::service::DYNAMIC_USER, Value::Flag(true));
    }
    unit.assign_text(&d::service::USER, user.as_ref().map(|it| it.as_str()));
    unit.assign_text(&d::service::GROUP, group.as_ref().map(|it| it.as_str()));
    if !supplementary_groups.is_empty() {
        let groups = supplementary_groups.iter().map(ToString::to_string).collect();
        unit.assign(&d::service::SUPPLEMENTARY_GROUPS, Value::Names(groups));
    }
}
