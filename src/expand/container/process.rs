//! The program of a container, and what is said to it.

use crate::directive as d;
use crate::expand::podman::podman;
use crate::expand::probe;
use crate::plan::container::run::{Log, Reload, Run};
use crate::plan::service::Service;
use crate::plan::text::{Text, Word};
use crate::syntax::json;
use crate::unit::{Unit, Value};

use super::texts;

/// Assigns what runs inside the container, and as whom.
pub(super) fn assign(unit: &mut Unit, service: &Service, run: &Run, command: &[Word]) {
    let Run {
        entrypoint,
        working_directory,
        account,
        supplementary_groups,
        takes_host_environment,
        http_proxy,
        timezone,
        init,
        notify,
        reload,
    } = run;
    if !entrypoint.is_empty() {
        // The only form that takes more than one word, and the first one as it stands.
        unit.assign(&d::container::ENTRYPOINT, Value::text(json::list(entrypoint)));
    }
    unit.assign_texts(&d::container::EXEC, command.to_vec());
    unit.assign_text(&d::container::WORKING_DIR, working_directory.as_deref());
    unit.assign_text(&d::container::USER, account.as_deref());
    unit.assign_texts(&d::container::GROUP_ADD, texts(supplementary_groups));
    // Assigned even when there is none, because a NixOS machine may add its own.
    unit.assign(&d::container::ENVIRONMENT, Value::Variables(service.environment.clone()));
    let files = &service.provision.environment_files;
    let files = files.iter().map(|it| it.path.as_str().into()).collect();
    unit.assign_texts(&d::container::ENVIRONMENT_FILE, files);
    unit.assign_set(&d::container::ENVIRONMENT_HOST, *takes_host_environment);
    unit.assign_some(&d::container::HTTP_PROXY, http_proxy.map(Value::Flag));
    unit.assign_text(&d::container::TIMEZONE, timezone.as_deref());
    unit.assign_set(&d::container::RUN_INIT, *init);
    let notify = notify.or_else(|| probe::notify_of_container(service));
    unit.assign_some(&d::container::NOTIFY, notify.map(|it| Value::Keyword(it.as_str())));
    if let Some(reload) = reload {
        let name = Text::from(service.name.as_str());
        let words: Vec<Text> = match reload {
            Reload::Command(command) => {
                [podman().into(), "exec".into(), name].into_iter().chain(command.clone()).collect()
            }
            Reload::Signal(signal) => {
                vec![
                    podman().into(),
                    "kill".into(),
                    format!("--signal={}", signal.as_str()).into(),
                    name,
                ]
            }
        };
        unit.assign(&d::service::EXEC_RELOAD, Value::command(words));
    }
}

/// Assigns where the output goes.
pub(super) fn assign_log(unit: &mut Unit, log: &Log) {
    let Log { driver, options } = log;
    unit.assign_some(&d::container::LOG_DRIVER, driver.map(|it| Value::Keyword(it.as_str())));
    let options = options.iter().map(|(name, value)| Text::literal(format!("{name}={value}")));
    unit.assign_texts(&d::container::LOG_OPT, options.collect());
}
