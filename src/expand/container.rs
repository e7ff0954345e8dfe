//! A container, in the words of Quadlet.

use std::collections::BTreeSet;

use crate::directive as d;
use crate::plan::address::bracketed;
use crate::plan::container::{Access, Container, HostPort, Protocol, PublishedPort, Pull, Volume};
use crate::plan::name::CapabilityName;
use crate::plan::service::Service;
use crate::plan::text::Text;
use crate::unit::{Unit, Value};

use super::{Around, limits, own_port, provision, restart};

/// Assigns what the container is and what it may use.
pub(super) fn run(unit: &mut Unit, service: &Service, container: &Container, around: Around) {
    let Container {
        image,
        pull,
        command,
        ports,
        volumes,
        networks,
        objects: _, // `depend` lets the container wait for them.
        add_capabilities,
        drop_capabilities,
    } = container;
    unit.assign(&d::container::IMAGE, Value::text(image.as_str()));
    unit.assign(&d::container::CONTAINER_NAME, Value::text(service.name.as_str()));
    if *pull != Pull::Missing {
        unit.assign(&d::container::PULL, Value::Keyword(pull.as_str()));
    }
    if !command.is_empty() {
        unit.assign(&d::container::EXEC, Value::Texts(command.clone()));
    }
    // Assigned even when there is none, because a NixOS machine may add its own.
    unit.assign(&d::container::ENVIRONMENT, Value::Variables(service.environment.clone()));
    let files = &service.provision.environment_files;
    if !files.is_empty() {
        let files = files.iter().map(|it| it.path.as_str().into()).collect();
        unit.assign(&d::container::ENVIRONMENT_FILE, Value::Texts(files));
    }
    provision::secrets_of_container(unit, service);
    if !ports.is_empty() {
        unit.assign(
            &d::container::PUBLISH_PORT,
            Value::Texts(ports.iter().map(|it| published(service, it)).collect()),
        );
    }
    if !volumes.is_empty() {
        unit.assign(&d::container::VOLUME, Value::Texts(volumes.iter().map(mounted).collect()));
    }
    if !networks.is_empty() {
        let networks = networks.iter().map(|it| it.as_str().into()).collect();
        unit.assign(&d::container::NETWORK, Value::Texts(networks));
    }
    if !drop_capabilities.is_empty() {
        unit.assign(&d::container::DROP_CAPABILITY, names(drop_capabilities));
    }
    if !add_capabilities.is_empty() {
        unit.assign(&d::container::ADD_CAPABILITY, names(add_capabilities));
    }
    let ulimits = limits::of_container(&service.limits);
    if !ulimits.is_empty() {
        unit.assign(&d::container::ULIMIT, Value::Texts(ulimits));
    }
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

/// `ADDRESS:HOST:CONTAINER/PROTOCOL`, of podman-run(1) `--publish`.
fn published(service: &Service, port: &PublishedPort) -> Text {
    let PublishedPort { address, host, container, protocol } = port;
    let suffix = match protocol {
        Protocol::Tcp => "",
        Protocol::Udp => "/udp",
    };
    let host = match host {
        HostPort::Fixed(number) => Text::literal(number.to_string()),
        HostPort::Own(role) => own_port(service, *role),
    };
    Text::literal(format!("{}:", bracketed(*address)))
        .then(host)
        .then(Text::literal(format!(":{container}{suffix}")))
}

/// `SOURCE:TARGET:OPTIONS`, of podman-run(1) `--volume`.
fn mounted(volume: &Volume) -> Text {
    let Volume { source, target, access } = volume;
    let options = match access {
        Access::ReadOnly => ":ro",
        Access::ReadWrite => "",
    };
    source.clone().then(Text::literal(format!(":{target}{options}")))
}

fn names(capabilities: &BTreeSet<CapabilityName>) -> Value {
    Value::Names(capabilities.iter().map(ToString::to_string).collect())
}
