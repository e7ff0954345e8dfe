//! What a change of a unit means to what runs.
//!
//! Units are compared as systemd reads them: comments, blanks and the order of keys mean nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::unit::read;

/// What must happen so that a running unit is as its changed file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The files say the same.
    Nothing,
    /// It is enough that systemd reads the file again.
    Reread,
    /// Only what is started anew is as the file says.
    Restart,
}

/// What systemd looks up when it needs it, and not when the unit starts.
///
/// The names are those of `switch-to-configuration` of nixpkgs (`unit_section_ignores`), the order of units,
/// and what decides how a process ends and what comes then.
const REREAD: &[(&str, &[&str])] = &[
    (
        "Unit",
        &[
            "After",
            "Before",
            "CollectMode",
            "Description",
            "Documentation",
            "OnFailure",
            "OnFailureJobMode",
            "RefuseManualStart",
            "RefuseManualStop",
            "SourcePath",
            "StartLimitBurst",
            "StartLimitIntervalSec",
            "StopWhenUnneeded",
        ],
    ),
    (
        "Service",
        &[
            "ExecReload",
            "ExecStop",
            "ExecStopPost",
            "Restart",
            "RestartMaxDelaySec",
            "RestartMode",
            "RestartSec",
            "RestartSteps",
            "SuccessExitStatus",
            "TimeoutStartSec",
            "TimeoutStopSec",
        ],
    ),
];

/// Compares two texts of one unit.
pub fn effect(old: &str, new: &str) -> Effect {
    if old == new {
        return Effect::Nothing;
    }
    let (Some(old), Some(new)) = (directives(old), directives(new)) else {
        // What cannot be read cannot be compared.
        return Effect::Restart;
    };
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let changed = keys.into_iter().filter(|it| old.get(*it) != new.get(*it));
    changed.map(|(section, key)| effect_of(section, key)).max().unwrap_or(Effect::Nothing)
}

fn effect_of(section: &str, key: &str) -> Effect {
    let is_reread = REREAD.iter().any(|(it, keys)| *it == section && keys.contains(&key));
    // Links enable a unit, whether it runs or not.
    if section == "Install" || is_reread { Effect::Reread } else { Effect::Restart }
}

/// The values of each key, in their order, by section and key.
fn directives(text: &str) -> Option<BTreeMap<(&str, &str), Vec<&str>>> {
    let mut directives: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for section in read::sections(text).ok()? {
        for (key, value) in section.entries {
            directives.entry((section.name, key)).or_default().push(value);
        }
    }
    Some(directives)
}

/// The values of a key of a unit.
pub fn values<'a>(text: &'a str, section: &str, key: &str) -> Vec<&'a str> {
    let sections = read::sections(text).unwrap_or_default();
    let entries = sections.into_iter().filter(|it| it.name == section).flat_map(|it| it.entries);
    entries.filter(|(it, _)| *it == key).map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "# one\n[Unit]\nDescription=web\nAfter=a.service\n[Service]\nType=exec\nExecStart=/bin/web\n";

    #[test]
    fn what_a_reader_does_not_see_is_no_change() {
        let new = "# two\n\n[Service]\nExecStart = /bin/web\nType=exec\n[Unit]\nAfter=a.service\nDescription=web\n";
        assert_eq!(effect(OLD, new), Effect::Nothing);
    }

    #[test]
    fn what_systemd_looks_up_later_needs_no_restart() {
        for new in [
            OLD.replace("=web", "=site"),
            OLD.replace("a.service", "b.service"),
            format!("{OLD}Restart=always\n"),
            format!("{OLD}[Install]\nWantedBy=multi-user.target\n"),
        ] {
            assert_eq!(effect(OLD, &new), Effect::Reread, "{new}");
        }
    }

    #[test]
    fn what_a_process_is_started_with_needs_a_restart() {
        for new in [
            OLD.replace("/bin/web", "/bin/site"),
            format!("{OLD}Environment=A=1\n"),
            OLD.replace("Type=exec\n", ""),
            OLD.replace("After=", "Requires="),
            format!("{OLD}no line of a unit\n"),
        ] {
            assert_eq!(effect(OLD, &new), Effect::Restart, "{new}");
        }
    }

    #[test]
    fn the_order_of_values_of_one_key_counts() {
        let one = "[Service]\nExecStartPre=a\nExecStartPre=b\n";
        let other = "[Service]\nExecStartPre=b\nExecStartPre=a\n";
        assert_eq!(effect(one, other), Effect::Restart);
    }
}
