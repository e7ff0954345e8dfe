//! Groups without problems.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const NAMES: &[&str] = &["media", "old-media", "a_b"];

/// Groups, of which one has limits: a service is in one slice.
pub(super) fn any_groups() -> impl Strategy<Value = Value> {
    let start = || prop::option::of(select(&["boot", "manual"][..]));
    let description = || prop::option::of(select(&["100% media", "a \\ \"b\""][..]));
    let group = || (start(), description());
    let size = prop::option::of(select(&["512K", "1G"][..]));
    let count = || prop::option::of(1..=10_000u32);
    let quota = prop::option::of(select(&["1%", "150%"][..]));
    let limits = (size, quota, count(), count(), count());
    (group(), group(), group(), limits).prop_map(|(media, old, other, limits)| {
        let (size, quota, cpu, io, tasks) = limits;
        let limits = json!({
            "memoryMax": size, "cpuQuota": quota, "cpuWeight": cpu, "ioWeight": io, "tasks": tasks,
        });
        json!({
            "media": { "start": media.0, "description": media.1 },
            "old-media": { "start": old.0, "description": old.1, "limits": limits },
            "a_b": { "start": other.0, "description": other.1 },
        })
    })
}

/// The groups of one service.
pub(super) fn any_membership() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![2 => Just(Vec::new()), 1 => subsequence(NAMES, 1..=3).prop_shuffle()]
}
