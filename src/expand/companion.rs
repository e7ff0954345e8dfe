//! Companions: services that start, run and stop with another one.
//!
//! A companion is bound to a unit of its owner: it is stopped when that unit stops, for whatever reason,
//! and unless something else starts it, wanted by it.

use crate::plan::Plan;
use crate::plan::activation::Activation;
use crate::plan::name::ServiceName;
use crate::plan::service::Service;

/// The unit of its owner that a companion is bound to.
///
/// A proxied owner sleeps when its proxy has nobody to serve. A companion that runs as long as its owner
/// is bound to the proxy, because whatever is bound to the backend keeps it awake
/// (`StopWhenUnneeded=`, systemd.unit(5)); one that sleeps itself is bound to the backend, because it is
/// awake only while somebody needs it, and then it needs the owner.
pub(super) fn owner_unit(plan: &Plan, companion: &Service, owner: &ServiceName) -> String {
    let sleeps = match companion.activation {
        Activation::Socket(_) | Activation::Schedule(_) => true,
        Activation::Boot | Activation::Once | Activation::Manual => false,
    };
    if sleeps && plan.services[owner].activation.is_proxied() {
        format!("{owner}-backend.service")
    } else {
        format!("{owner}.service")
    }
}
