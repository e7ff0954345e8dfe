//! What an example becomes under process-compose.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unitsmith::emit::{Target, emit};
use unitsmith::gap;
use unitsmith::manifest::Format;
use unitsmith::plan::version::Version;
use unitsmith::plan::{Form, Plan};
use unitsmith::problem::Step;

use super::{Example, table::named};
use crate::support::{plan, process_compose};

/// A version with keys that the oldest one has not.
const LATER: Version = Version::new(1, 122, 0);

/// Returns the keys of a process that a field assigns, and the code of the problem that it is.
pub(super) fn cell(path: &str, examples: &[Example]) -> String {
    let changed = |form| {
        let keys = examples.iter().flat_map(|it| changed_keys(it, form));
        keys.collect::<BTreeSet<String>>()
    };
    let (old, new) = (changed(Form::FILE), changed(Form::File(LATER)));
    let mut shown: Vec<String> = old.iter().map(|it| format!("`{it}`")).collect();
    shown.extend(new.difference(&old).map(|it| format!("`{it}` of {LATER}")));
    let codes = examples.iter().flat_map(|it| codes(path, &it.manifest));
    shown.extend(codes.collect::<BTreeSet<String>>());
    shown.join(" ")
}

/// The plan of a manifest for one host without a name, in the place of those that it says.
fn plan_of(manifest: &str, form: Form) -> Plan {
    let mut plan = plan(manifest, Format::Toml).unwrap();
    plan.compose_hosts.clear();
    plan.imply_process_compose(form);
    plan
}

/// The codes of problems with the key of a service that a field is below, or for which alone it is there.
fn codes(path: &str, manifest: &str) -> Vec<String> {
    let key = path.split(['.', '[']).next().unwrap();
    let key = match key {
        "networks" | "volumes" | "images" | "builds" | "pods" => "container",
        "tsProxy" | "cloudflared" => "expose",
        _ => key,
    };
    let problems = gap::find_of_process_compose(&plan_of(manifest, Form::FILE), Form::FILE);
    let problems = problems.iter().filter(|it| it.place.path.0[2] == Step::Key(key.to_owned()));
    problems.map(|it| it.code.as_str().to_owned()).collect()
}

fn changed_keys(example: &Example, form: Form) -> BTreeSet<String> {
    let [with, without] = [&example.manifest, &example.without].map(|it| {
        let files = emit(&plan_of(it, form), &[Target::ProcessCompose].into());
        process_compose::processes(files.get("process-compose/process-compose.yaml").unwrap())
    });
    let mut changed = BTreeSet::new();
    for (name, pair) in pairs(&with, &without) {
        match pair {
            (Some(with), Some(without)) => changed.extend(differing(with, without)),
            (Some(_), None) | (None, Some(_)) | (None, None) => {
                changed.insert(named(&name));
            }
        }
    }
    changed
}

/// The keys that differ, with those in them where both have some.
fn differing(with: &Value, without: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (key, pair) in pairs(with, without) {
        if let (Some(Value::Object(_)), Some(Value::Object(_))) = pair {
            let inner = differing(pair.0.unwrap(), pair.1.unwrap());
            keys.extend(inner.iter().map(|it| format!("{key}.{it}")));
        } else if pair.0 != pair.1 {
            keys.insert(key);
        }
    }
    keys
}

type Pair<'a> = (Option<&'a Value>, Option<&'a Value>);

/// What two tables have below each key that either has.
fn pairs<'a>(with: &'a Value, without: &'a Value) -> BTreeMap<String, Pair<'a>> {
    let keys = [with, without].into_iter().flat_map(|it| it.as_object().unwrap().keys());
    keys.map(|key| (key.clone(), (with.get(key), without.get(key)))).collect()
}
