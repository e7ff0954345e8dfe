//! A pod: what its containers share.
//!
//! Its unit wants none of its containers, so that a sleeping one stays asleep; each of them requires the unit.

use crate::directive as d;
use crate::plan::name::ObjectName;
use crate::plan::pod::Pod;
use crate::plan::quantity::Duration;
use crate::plan::service::{Service, Workload};
use crate::plan::text::Text;
use crate::unit::{Unit, Value};

use super::container::network;
use super::object::{pairs, texts};

/// Assigns what makes the pod; `services` are those of the host.
pub(super) fn create<'a>(
    unit: &mut Unit,
    name: &ObjectName,
    pod: &Pod,
    services: impl Iterator<Item = &'a Service>,
) {
    let Pod { networking, needs: _, user_namespace, shm_size, labels, podman_args } = pod;
    // Whoever calls one of its containers waits for it, so it must not be given up.
    unit.assign(&d::unit::START_LIMIT_INTERVAL_SEC, Value::Number(0));
    texts(unit, &d::pod::POD_NAME, [name]);
    let published: Vec<Text> = services.flat_map(|it| published_by_member(it, name)).collect();
    network::assign(unit, &network::OF_POD, networking, published);
    texts(unit, &d::pod::USER_NS, user_namespace);
    texts(unit, &d::pod::SHM_SIZE, shm_size.map(|it| it.podman()));
    // It outlives its containers, which come and go; Quadlet would stop it with the last one.
    unit.assign(&d::pod::EXIT_POLICY, Value::Keyword("continue"));
    pairs(unit, &d::pod::LABEL, labels);
    texts(unit, &d::pod::PODMAN_ARGS, podman_args);
    unit.assign(&d::service::RESTART_SEC, Value::Duration(Duration::milliseconds(1000)));
}

fn published_by_member(service: &Service, pod: &ObjectName) -> Vec<Text> {
    match &service.workload {
        Workload::Container(container) if container.pod.as_ref() == Some(pod) => {
            network::published(service, &container.ports)
        }
        Workload::Container(_) | Workload::Process(_) | Workload::Flake => Vec::new(),
    }
}
