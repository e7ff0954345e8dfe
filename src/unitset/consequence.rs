//! What must happen so that a change of a unit comes into force.

use super::{Difference, Kind, Meaning};

/// What must happen so that a change of a unit comes into force, beside `systemctl daemon-reload`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// Nothing: systemd looks at what changed only when it needs it, as at `Restart=` when a process has ended.
    Notes,
    /// A new unit waits until something starts it: its socket, its timer or a person.
    Waits,
    /// A new unit is started by what is enabled.
    Starts,
    /// It is restarted if it runs; connections to it end.
    Restarts,
    /// A socket is closed and opened again; who calls in between is refused.
    ListensAnew,
    /// What podman keeps must be made anew, for a change of its definition does not reach what exists.
    IsMadeAnew,
    /// It is stopped; nobody will answer in its place.
    Stops,
}

impl Consequence {
    /// What happens to the unit, in a word or two.
    pub fn as_str(self) -> &'static str {
        match self {
            Consequence::Notes => "goes on",
            Consequence::Waits => "waits",
            Consequence::Starts => "starts",
            Consequence::Restarts => "restarts",
            Consequence::ListensAnew => "listens anew",
            Consequence::IsMadeAnew => "must be made anew",
            Consequence::Stops => "stops",
        }
    }
}

/// Keys at which systemd looks when something happens and not when the unit starts,
/// so that `daemon-reload` is enough for them (systemd.unit(5), systemd.service(5)).
///
/// `Requires=` and the like are none: what a unit needs is started with the unit, and not when systemd reads of it.
const LOOKED_AT_LATER: &[(&str, &[&str])] = &[
    (
        "Unit",
        &[
            "After",
            "Before",
            "ConditionPathExists",
            "Description",
            "Documentation",
            "OnFailure",
            "PartOf",
            "StartLimitBurst",
            "StartLimitIntervalSec",
            "StopWhenUnneeded",
            "Upholds",
        ],
    ),
    (
        "Service",
        &[
            "ExecReload",
            "ExecStop",
            "ExecStopPost",
            "KillSignal",
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
    ("Socket", &["TriggerLimitIntervalSec", "TriggerLimitBurst"]),
];

/// Returns what must happen for a change; `meaning` is what the unit says now.
pub(super) fn of(
    name: &str,
    kind: Kind,
    meaning: &Meaning,
    differences: &[Difference],
) -> Consequence {
    let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    match kind {
        Kind::Added if meaning.has_section("Install") => Consequence::Starts,
        Kind::Added => Consequence::Waits,
        Kind::Removed => Consequence::Stops,
        Kind::Changed if differences.iter().all(is_looked_at_later) => Consequence::Notes,
        Kind::Changed => match suffix {
            "socket" => Consequence::ListensAnew,
            "network" | "volume" | "image" | "build" | "pod" => Consequence::IsMadeAnew,
            _ => Consequence::Restarts,
        },
    }
}

fn is_looked_at_later(difference: &Difference) -> bool {
    let keys = LOOKED_AT_LATER.iter().filter(|(section, _)| difference.section == *section);
    difference.section == "Install"
        || keys.flat_map(|(_, keys)| *keys).any(|it| difference.key == *it)
}

#[cfg(test)]
mod tests {
    use super::super::{UnitSet, compare};
    use super::Consequence::{
        self, IsMadeAnew, ListensAnew, Notes, Restarts, Starts, Stops, Waits,
    };

    fn check(name: &str, old: Option<&str>, new: Option<&str>, expected: Consequence) {
        let set = |text: Option<&str>| {
            UnitSet::read(text.map(|it| (name, it))).expect("it is a unit file")
        };
        let changes = compare(&set(old), &set(new));
        assert_eq!(changes[0].consequence, expected, "{name} {old:?} {new:?}");
    }

    #[test]
    fn a_change_restarts_only_what_must_be_restarted() {
        let unit = "[Unit]\nDescription=a\n[Service]\nRestart=no\nExecStart=/bin/a\n";
        let changed = |from: &str, to: &str| unit.replace(from, to);
        let of = |text: &str, expected| check("a.service", Some(unit), Some(text), expected);
        of(&changed("=no", "=on-failure"), Notes);
        of(&changed("n=a", "n=b"), Notes);
        of(&changed("/bin/a", "/bin/b"), Restarts);
        of(&changed("Description=a", "After=b"), Notes);
        of(&changed("Description=a", "Requires=b"), Restarts);
        of(&changed("ExecStart", "ExecStopPost=/bin/b\nExecStart"), Notes);
        of(&format!("{unit}[Install]\nWantedBy=multi-user.target\n"), Notes);
    }

    #[test]
    fn a_socket_is_closed_only_when_it_listens_elsewhere() {
        let unit = "[Unit]\nDescription=a\n[Socket]\nListenStream=80\n";
        check("a.socket", Some(unit), Some(&unit.replace("=a", "=b")), Notes);
        check("a.socket", Some(unit), Some(&unit.replace("80", "81")), ListensAnew);
    }

    #[test]
    fn what_comes_starts_when_it_is_enabled_and_what_goes_stops() {
        let unit = "[Service]\nExecStart=/bin/a\n";
        check("a.service", None, Some(unit), Waits);
        check("a.service", None, Some(&format!("{unit}[Install]\nWantedBy=a\n")), Starts);
        check("a.service", Some(unit), None, Stops);
        check("a.volume", Some("[Volume]\n"), Some("[Volume]\nDevice=/a\n"), IsMadeAnew);
        check(
            "a.container",
            Some("[Container]\nImage=a\n"),
            Some("[Container]\nImage=b\n"),
            Restarts,
        );
    }
}
