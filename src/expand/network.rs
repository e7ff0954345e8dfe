//! A network of podman, made anew when it is another than before.

use std::collections::BTreeMap;

use md5::{Digest as _, Md5};

use crate::directive as d;
use crate::plan::name::ObjectName;
use crate::plan::network::Network;
use crate::unit::{Unit, Value};

use super::object::{pairs, texts};
use super::podman;

/// The label that tells of which definition a network was made.
const DEFINITION: &str = "unitsmith.definition";

/// Assigns what makes the network.
pub(super) fn create(unit: &mut Unit, name: &ObjectName, network: &Network) {
    let Network {
        driver,
        subnets,
        ipv6,
        internal,
        name_resolution,
        dns,
        ipam_driver,
        interface,
        options,
        labels,
        podman_args,
    } = network;
    texts(unit, &d::network::NETWORK_NAME, [name]);
    texts(unit, &d::network::DRIVER, driver);
    texts(unit, &d::network::SUBNET, subnets.iter().map(|it| it.subnet));
    texts(unit, &d::network::GATEWAY, subnets.iter().filter_map(|it| it.gateway));
    texts(unit, &d::network::IP_RANGE, subnets.iter().filter_map(|it| it.range));
    let flags = [
        (&d::network::IPV6, *ipv6),
        (&d::network::INTERNAL, *internal),
        (&d::network::DISABLE_DNS, !name_resolution),
    ];
    for (directive, _) in flags.into_iter().filter(|(_, is_set)| *is_set) {
        unit.assign(directive, Value::Flag(true));
    }
    texts(unit, &d::network::DNS, dns);
    texts(unit, &d::network::IPAM_DRIVER, ipam_driver);
    texts(unit, &d::network::INTERFACE_NAME, interface);
    pairs(unit, &d::network::OPTIONS, options);
    let digest = digest(unit, labels, podman_args);
    let mut labels = labels.clone();
    labels.insert(DEFINITION.to_owned(), digest.clone());
    pairs(unit, &d::network::LABEL, &labels);
    texts(unit, &d::network::PODMAN_ARGS, podman_args);
    unit.assign(
        &d::service::EXEC_START_PRE,
        Value::command(podman::remove_another_network(name, DEFINITION, &digest)),
    );
}

/// The digest of what podman is told of the network, the same on every target and host.
fn digest(unit: &Unit, labels: &BTreeMap<String, String>, podman_args: &[String]) -> String {
    let mut digest = Md5::new();
    let words = unit.assignments.iter().flat_map(podman::options).filter_map(|it| it.as_literal());
    let labels = labels.iter().map(|(name, value)| format!("{name}={value}"));
    for word in words.chain(labels).chain(podman_args.iter().cloned()) {
        digest.update(word);
        digest.update([0]);
    }
    digest.finalize().iter().map(|it| format!("{it:02x}")).collect()
}
