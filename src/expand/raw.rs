//! Directives that the manifest passes on as they stand, after all that unitsmith assigns.

use crate::directive::{self as d, Directive, Quoting};
use crate::plan::raw::Section;
use crate::plan::service::Service;
use crate::unit::{Assignment, Kind, Unit, Value};

/// Directives of which systemd reads every line (systemd.unit(5), systemd.exec(5), systemd.timer(5)),
/// beside those that begin as one of `LISTS_BY_BEGINNING`.
const LISTS: &[&str] = &[
    "AmbientCapabilities",
    "BindPaths",
    "BindReadOnlyPaths",
    "CapabilityBoundingSet",
    "DeviceAllow",
    "Documentation",
    "Environment",
    "EnvironmentFile",
    "InaccessiblePaths",
    "OnBootSec",
    "OnCalendar",
    "OnUnitActiveSec",
    "OnUnitInactiveSec",
    "PassEnvironment",
    "ReadOnlyPaths",
    "ReadWritePaths",
    "RequiresMountsFor",
    "RestrictAddressFamilies",
    "StateDirectory",
    "CacheDirectory",
    "LogsDirectory",
    "RuntimeDirectory",
    "SuccessExitStatus",
    "SupplementaryGroups",
    "SystemCallFilter",
    "TemporaryFileSystem",
    "UnsetEnvironment",
];

const LISTS_BY_BEGINNING: &[&str] =
    &["Exec", "Listen", "LoadCredential", "SetCredential", "Condition"];

/// Adds the directives of the manifest to the units of a service, of which the last one runs it.
pub(super) fn pass_on(units: &mut [Unit], service: &Service) {
    for raw in &service.systemd {
        let unit = match raw.section {
            Section::Unit | Section::Service => units.last_mut(),
            Section::Socket => units.iter_mut().find(|it| it.kind == Kind::Socket),
            Section::Timer => units.iter_mut().find(|it| it.kind == Kind::Timer),
        };
        let unit = unit.expect("`resolve` refuses directives of units that a service has not");
        let row = d::raw::row(raw.section.as_str(), &raw.key);
        merge(unit, row.expect("`resolve` knows the directives"), &raw.lines);
        // The directives of one section stay together.
        unit.assignments.sort_by_key(|it| it.directive.section);
    }
}

/// Adds lines to a directive that is a list, and puts them in the place of any other value.
pub(super) fn merge(unit: &mut Unit, row: &'static Directive, lines: &[String]) {
    let position = unit.assignments.iter().position(|it| it.directive == row);
    let is_reset = lines.first().is_some_and(String::is_empty);
    let lines = lines.to_vec();
    let Some(position) = position else {
        let directive = d::all().find(|it| *it == row && it.quoting == Quoting::Names);
        return unit.assignments.push(match directive {
            Some(directive) => Assignment { directive, value: Value::Names(names(&lines)) },
            None => Assignment { directive: row, value: raw_value(None, lines) },
        });
    };
    let Assignment { directive, value } = unit.assignments.remove(position);
    let mut insert = |at: usize, directive: &'static Directive, value: Value| {
        unit.assignments.insert(at, Assignment { directive, value });
    };
    if let (Value::Names(old), Quoting::Names) = (&value, directive.quoting) {
        let mut old = old.clone();
        if is_reset {
            old.clear();
        }
        old.extend(names(&lines));
        // A unit without names needs no line that says so.
        if !old.is_empty() {
            insert(position, directive, Value::Names(old));
        }
    } else if is_reset || !is_list(row.key) {
        insert(position, row, raw_value(None, lines));
    } else if directive.quoting == Quoting::Variables {
        // NixOS has an option for the variables, and takes further lines beside it.
        insert(position, directive, value);
        insert(position + 1, row, raw_value(None, lines));
    } else {
        insert(position, directive, raw_value(Some(Box::new(value)), lines));
    }
}

fn raw_value(before: Option<Box<Value>>, lines: Vec<String>) -> Value {
    Value::Raw { before, lines }
}

/// The names of every line after the last empty one.
fn names(lines: &[String]) -> Vec<String> {
    let start = lines.iter().rposition(String::is_empty).map_or(0, |it| it + 1);
    lines[start..].iter().flat_map(|it| it.split_whitespace()).map(str::to_owned).collect()
}

fn is_list(key: &str) -> bool {
    LISTS.contains(&key) || LISTS_BY_BEGINNING.iter().any(|it| key.starts_with(it))
}
