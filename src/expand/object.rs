//! The objects of podman, in the words of Quadlet.

use std::collections::{BTreeMap, BTreeSet};

use crate::directive::{self as d, Directive};
use crate::plan::Plan;
use crate::plan::name::ServiceName;
use crate::plan::object::{ObjectKind, ObjectReference};
use crate::plan::text::Text;
use crate::unit::{Kind, Unit, Value};

use super::{Shared, SharedKind, build, image, network, pod, volume};

/// Returns the objects that some service uses; `services` are those that are there.
pub(super) fn shared(
    plan: &Plan,
    services: &BTreeSet<ServiceName>,
) -> impl Iterator<Item = Shared> {
    let users = plan.objects.users(plan.forms());
    plan.objects.all().filter_map(move |object| {
        let users = users.get(&object)?.clone();
        let (kind, name) = (SharedKind::Object(object.kind), object.name.to_string());
        let units = vec![unit(plan, &object, services)];
        Some(Shared { kind, name, users, units })
    })
}

fn unit(plan: &Plan, object: &ObjectReference, services: &BTreeSet<ServiceName>) -> Unit {
    let ObjectReference { kind, name } = object;
    let mut unit = Unit::new(name.as_str(), unit_kind(*kind));
    let needs = plan.objects.needs_of(object);
    let needs: Vec<String> = needs.iter().map(service).collect();
    if !needs.is_empty() {
        unit.assign(&d::unit::REQUIRES, Value::Names(needs.clone()));
        unit.assign(&d::unit::AFTER, Value::Names(needs));
    }
    match kind {
        ObjectKind::Network => network::create(&mut unit, name, &plan.objects.networks[name]),
        ObjectKind::Volume => volume::create(&mut unit, name, &plan.objects.volumes[name]),
        ObjectKind::Image => image::create(&mut unit, &plan.objects.images[name]),
        ObjectKind::Build => build::create(&mut unit, &plan.objects.builds[name]),
        ObjectKind::Pod => {
            let services = plan.services.values().filter(|it| services.contains(&it.name));
            pod::create(&mut unit, name, &plan.objects.pods[name], services);
        }
    }
    unit
}

fn unit_kind(kind: ObjectKind) -> Kind {
    match kind {
        ObjectKind::Network => Kind::Network,
        ObjectKind::Volume => Kind::Volume,
        ObjectKind::Image => Kind::Image,
        ObjectKind::Build => Kind::Build,
        ObjectKind::Pod => Kind::Pod,
    }
}

/// The service that makes an object; Quadlet calls it so.
pub(super) fn service(object: &ObjectReference) -> String {
    format!("{}.service", object.unit())
}

/// Assigns texts that are there.
pub(super) fn texts<T: ToString>(
    unit: &mut Unit,
    directive: &'static Directive,
    values: impl IntoIterator<Item = T>,
) {
    let texts: Vec<Text> = values.into_iter().map(|it| Text::literal(it.to_string())).collect();
    if !texts.is_empty() {
        unit.assign(directive, Value::Texts(texts));
    }
}

/// Assigns `NAME=VALUE` for each pair.
pub(super) fn pairs(
    unit: &mut Unit,
    directive: &'static Directive,
    pairs: &BTreeMap<String, String>,
) {
    texts(unit, directive, pairs.iter().map(|(name, value)| format!("{name}={value}")));
}
