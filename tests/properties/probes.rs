//! What shows that a service is ready and that it works.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use unitsmith::plan::version::Version;

use super::manifests::{any_line, any_literal};
use crate::support::json::literal;

/// The tables of a service that are drawn, or those of them that fit it.
#[derive(Debug, Clone)]
pub(super) struct Probes {
    pub(super) readiness: Option<Value>,
    pub(super) liveness: Option<Value>,
}

/// The service that is probed.
pub(super) struct Probed {
    pub(super) is_job: bool,
    pub(super) has_socket: bool,
    pub(super) is_container: bool,
    pub(super) podman: Version,
}

pub(super) fn any_probes() -> impl Strategy<Value = Probes> {
    let printed = any_line().prop_map(|it| json!({ "log": literal(&it) }));
    let readiness = prop_oneof![
        4 => (any_answer(), any_times(), 1..4u32).prop_map(|(mut answer, times, successes)| {
            answer["successThreshold"] = successes.into();
            with(answer, &times)
        }),
        1 => (printed, any_times()).prop_map(|(printed, times)| with(printed, &times)),
        1 => Just(json!({ "notify": true, "timeout": "90s" })),
    ];
    let liveness = prop_oneof![
        4 => (any_answer(), any_times()).prop_map(|(answer, times)| with(answer, &times)),
        1 => Just(json!({ "notify": true, "timeout": "1min" })),
    ];
    let some = |it| prop::option::weighted(0.3, it);
    (some(readiness.boxed()), some(liveness.boxed()))
        .prop_map(|(readiness, liveness)| Probes { readiness, liveness })
}

/// What is tried; the port is said, because not every service has one of its own.
fn any_answer() -> impl Strategy<Value = Value> {
    let host = || select(&[None, Some("::1"), Some("db.example.org")][..]);
    let path = select(&["/", "/health?a=%20&b='$x'", "/\"\\{{x}}%d"][..]);
    let status = prop::option::of(select(&[204, 301][..]));
    let http = (path, host(), status).prop_map(|(path, host, status)| {
        json!({ "http": { "path": path, "port": 8081, "host": host, "status": status } })
    });
    let tcp = host().prop_map(|host| json!({ "tcp": { "port": 8082, "host": host } }));
    let word = any_literal().prop_map(|it| literal(&it));
    let command = prop::collection::vec(word, 0..=2).prop_map(|mut words| {
        words.insert(0, "/bin/check".to_owned());
        json!({ "exec": words })
    });
    prop_oneof![http, tcp, command]
}

/// Beginning, pause, limit of a try, and number of failures.
fn any_times() -> impl Strategy<Value = Value> {
    let time = || select(&[None, Some("500ms"), Some("2s"), Some("1min")][..]);
    (time(), time(), time(), prop::option::of(1..100u32)).prop_map(
        |(initial_delay, period, timeout, failures)| {
            json!({
                "initialDelay": initial_delay, "period": period, "timeout": timeout,
                "failureThreshold": failures,
            })
        },
    )
}

fn with(mut table: Value, times: &Value) -> Value {
    for (key, value) in times.as_object().unwrap() {
        table[key] = value.clone();
    }
    table
}

impl Probes {
    /// The tables that are no problem of a service.
    pub(super) fn fit(&self, probed: Probed) -> Probes {
        let Probed { is_job, has_socket, is_container, podman } = probed;
        // A socket answers whether its service runs or not.
        let has_sense = |it: &&Value| {
            !is_job && !(has_socket && (it["http"].is_object() || it["tcp"].is_object()))
        };
        let is_old = podman < Version::new(4, 7, 0);
        let is_command = |it: &Value| is_container && it["exec"].is_array();
        let readiness = self.readiness.as_ref().filter(has_sense);
        let readiness = readiness.filter(|it| !(is_command(it) && is_old)).cloned();
        let liveness = self.liveness.as_ref().filter(has_sense);
        let liveness = liveness.filter(|it| !(is_container && it["notify"] == true)).cloned();
        Probes { readiness, liveness }
    }

    /// Takes out of a container what the probes say.
    pub(super) fn make_room(&self, container: &mut Value) {
        let both = [&self.readiness, &self.liveness];
        let is_checked = both.into_iter().flatten().any(|it| it["exec"].is_array());
        if is_checked {
            container["health"] = json!({ "log": container["health"]["log"] });
        }
        if is_checked || self.readiness.is_some() {
            container["notify"] = Value::Null;
        }
    }
}
