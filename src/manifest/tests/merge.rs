//! Services that come from several places.

mod companions;
mod layers;
mod overrides;
mod problems;
mod problems_of_services;
mod replicas;

use std::collections::BTreeMap;

use crate::manifest::Format::{Json, Toml};
use crate::manifest::model::service::Service;
use crate::manifest::tests::parse_well;

/// Checks that a manifest has the services of one that is written out, in both notations.
#[track_caller]
fn check_services(merged: &str, written_out: &str) {
    let expected = services(written_out);
    assert_eq!(services(merged), expected);
    let value: serde_json::Value = ::toml::from_str(merged).expect("it was parsed before");
    let json = parse_well(Json, &value.to_string());
    assert_eq!(without_extend(json.services), expected, "in JSON");
}

#[track_caller]
fn services(text: &str) -> BTreeMap<String, Service> {
    without_extend(parse_well(Toml, text).services)
}

/// Whom a service extends makes no difference any more.
fn without_extend(services: BTreeMap<String, Service>) -> BTreeMap<String, Service> {
    let without = |(name, service)| (name, Service { extend: None, ..service });
    services.into_iter().map(without).collect()
}
