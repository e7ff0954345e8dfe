//! Every line has a reason, and every reason is a sentence.

use super::*;
use crate::plan::hardening::Measure;

/// What a page says of hardening stands in one sentence for all measures.
fn is_a_measure(directive: &Directive) -> bool {
    Measure::ALL.iter().any(|it| it.as_str() == directive.key)
}

#[test]
fn every_directive_of_systemd_has_a_reason_or_needs_none() {
    for it in d::all().filter(|it| !it.section.is_of_quadlet()) {
        let has_reason = all().any(|reason| reason.directive == it);
        let says_so_itself = SPEAKING.contains(&it) || is_a_measure(it);
        assert!(
            has_reason != says_so_itself,
            "`{}=` of [{}] must have a reason here or be among those that speak for themselves",
            it.key,
            it.section.as_str()
        );
    }
}

#[test]
fn reasons_are_sentences() {
    for Reason { why, directive, .. } in all() {
        assert!(why.ends_with('.') && !why.contains("  "), "`{}=`: {why}", directive.key);
    }
}
