//! A container, in the words of Quadlet.

use std::collections::BTreeSet;

use crate::directive::{self as d, Directive};
use crate::plan::container::image::{Fetch, Login, Pull, Retry};
use crate::plan::container::{Container, Limits};
use crate::plan::name::{CapabilityName, ObjectName};
use crate::plan::service::Service;
use crate::plan::text::Text;
use crate::unit::{Unit, Value};

use super::{Around, probe, provision, restart};

mod health;
pub(super) mod network;
mod process;
mod security;
mod storage;

/// Assigns what the container is and what it may use.
pub(super) fn run(unit: &mut Unit, service: &Service, container: &Container, around: Around) {
    let Container {
        image,
        pull,
        fetch,
        command,
        objects: _, // `depend` lets the container wait for them.
        run,
        pod,
        networking,
        ports,
        volumes,
        storage,
        add_capabilities,
        drop_capabilities,
        security,
        limits,
        labels,
        annotations,
        log,
        health,
        podman_args,
    } = container;
    unit.assign(&d::container::IMAGE, Value::text(image.as_str()));
    unit.assign(&d::container::CONTAINER_NAME, Value::text(service.name.as_str()));
    if *pull != Pull::Missing {
        unit.assign(&d::container::PULL, Value::Keyword(pull.as_str()));
    }
    assign_fetch(unit, fetch);
    process::assign(unit, service, run, command);
    provision::secrets_of_container(unit, service);
    unit.assign_text(&d::container::POD, pod.as_ref().map(ObjectName::as_str));
    let published = match pod {
        None => network::published(service, ports),
        // Its network is the pod's, which publishes them.
        Some(_) => Vec::new(),
    };
    network::assign(unit, &network::OF_CONTAINER, networking, published);
    storage::assign(unit, volumes, storage);
    if !drop_capabilities.is_empty() {
        unit.assign(&d::container::DROP_CAPABILITY, names(drop_capabilities));
    }
    if !add_capabilities.is_empty() {
        unit.assign(&d::container::ADD_CAPABILITY, names(add_capabilities));
    }
    security::assign(unit, security);
    assign_limits(unit, service, limits);
    unit.assign_pairs(&d::container::LABEL, labels);
    unit.assign_pairs(&d::container::ANNOTATION, annotations);
    process::assign_log(unit, log);
    health::assign(unit, &probe::health(service, health));
    unit.assign_texts(&d::container::PODMAN_ARGS, podman_args.clone());
    restart::stop_container(unit, service);
    provision::directories(unit, service);
    provision::credentials(unit, service);
    let Around { versions, after_start, mut after_stop } = around;
    after_stop.extend(provision::after_stop(service));
    for (directive, commands) in [
        (&d::service::EXEC_START_PRE, provision::before_start(service, versions)),
        (&d::service::EXEC_START_POST, after_start),
        (&d::service::EXEC_STOP_POST, after_stop),
    ] {
        if !commands.is_empty() {
            unit.assign(directive, Value::Commands(commands));
        }
    }
    // A container that was asked to stop ends with 128 + SIGTERM, which is no failure.
    restart::success(unit, service, Some(143));
}

fn assign_fetch(unit: &mut Unit, fetch: &Fetch) {
    let Fetch { retry, auto_update, login } = fetch;
    assign_retry(unit, retry, &d::container::RETRY, &d::container::RETRY_DELAY);
    unit.assign_some(&d::container::AUTO_UPDATE, auto_update.map(|it| Value::Keyword(it.as_str())));
    if let Some(Login { registry, username, password_file }) = login {
        unit.assign(&d::container::LOGIN_REGISTRY, Value::text(registry.as_str()));
        unit.assign(&d::container::LOGIN_USERNAME, Value::text(username.as_str()));
        unit.assign(&d::container::LOGIN_PASSWORD_FILE, Value::text(password_file.as_str()));
    }
}

/// Assigns what podman does when it cannot pull an image, with the keys of a section.
pub(super) fn assign_retry(
    unit: &mut Unit,
    retry: &Retry,
    attempts_key: &'static Directive,
    delay_key: &'static Directive,
) {
    let Retry { attempts, delay } = retry;
    unit.assign_some(attempts_key, attempts.map(Value::Number));
    unit.assign_text(delay_key, delay.map(|it| it.podman()));
}

fn assign_limits(unit: &mut Unit, service: &Service, limits: &Limits) {
    let Limits { pids, ulimits, sysctls } = limits;
    unit.assign_text(&d::container::PIDS_LIMIT, pids.map(|it| it.to_string()));
    let further =
        ulimits.iter().map(|(name, (soft, hard))| Text::literal(format!("{name}={soft}:{hard}")));
    let mut ulimits = super::limits::of_container(&service.limits);
    ulimits.extend(further);
    unit.assign_texts(&d::container::ULIMIT, ulimits);
    let sysctls = sysctls.iter().map(|(name, value)| Text::literal(format!("{name}={value}")));
    unit.assign_texts(&d::container::SYSCTL, sysctls.collect());
}

fn names(capabilities: &BTreeSet<CapabilityName>) -> Value {
    Value::Names(capabilities.iter().map(ToString::to_string).collect())
}

/// Each of them as a text.
fn texts(words: &[String]) -> Vec<Text> {
    words.iter().map(|it| it.as_str().into()).collect()
}
