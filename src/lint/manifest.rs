//! What of the manifest itself does nothing.

use std::collections::BTreeSet;

use super::{Findings, family};
use crate::manifest::model::Manifest;
use crate::plan::Plan;
use crate::plan::name::GroupName;
use crate::problem::{Code, Severity, Trail};

family! {
    AllowWithoutReason "US271" Manifest(allow_without_reason),
    AllowWithoutUse "US272" Allowed,
    UnusedGroup "US273" Plan(unused_group),
}

fn allow_without_reason(written: &Manifest, findings: &mut Findings) {
    let services = Trail::Root.key("services");
    for (name, service) in &written.services {
        for (index, allow) in service.allow.iter().enumerate() {
            if allow.reason().is_none() {
                let code = allow.code();
                findings.add(
                    services.key(name).key("allow").index(index).at_value(),
                    format!("nobody will know why `{name}` may do what {code} is about"),
                    format!("write `{{ code = {code:?}, reason = \u{22}…\u{22} }}`"),
                );
            }
        }
    }
}

/// Reports what is accepted and found nowhere; `used` are the codes of which something was accepted.
///
/// What many services accept together, by a template, need not be found in each of them.
pub(super) fn allowed_without_use(
    written: &Manifest,
    used: &BTreeSet<Code>,
    findings: &mut Findings,
) {
    let services = Trail::Root.key("services");
    let is_rule = |it: &&Code| it.severity() != Severity::Error && !used.contains(it);
    for (name, service) in &written.services {
        for (index, allow) in service.allow.iter().enumerate() {
            let code = Code::ALL.iter().filter(is_rule).find(|it| it.as_str() == allow.code());
            if let Some(code) = code.filter(|it| **it != Code::AllowWithoutUse) {
                findings.add(
                    services.key(name).key("allow").index(index).key("code").at_value(),
                    format!("`{name}` accepts {}, and nothing of the kind is there", code.as_str()),
                    "take it out, so that it does not hide what comes later",
                );
            }
        }
    }
}

fn unused_group(plan: &Plan, findings: &mut Findings) {
    let groups: BTreeSet<&GroupName> = plan.forms().flat_map(|it| &it.groups).collect();
    for name in plan.groups.keys().filter(|it| !groups.contains(it)) {
        findings.add(
            Trail::Root.key("groups").key(name.as_str()).at_key(),
            format!("`{name}` is a group of no service"),
            "take it out, or name it in the `groups` of a service",
        );
    }
}
