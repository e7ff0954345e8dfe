//! Containers for a host whose podman reads Quadlet files.

use crate::directive::{self as d, Directive, Quoting, Versions};
use crate::plan::text::Text;
use crate::plan::version::Version;
use crate::unit::{Assignment, Kind, Unit, Value};

use super::podman;

/// Makes a container fit the host's podman: what its Quadlet has no key for, or could not carry in one,
/// becomes an argument of podman.
///
/// Other units are returned as they are.
pub fn fit(unit: Unit, versions: Versions) -> Unit {
    if unit.kind != Kind::Container {
        return unit;
    }
    let mut known = Vec::new();
    let mut arguments: Vec<Text> = Vec::new();
    let mut last: Vec<Text> = Vec::new();
    for assignment in unit.assignments {
        let (written, unwritten) = take_apart(assignment, versions);
        arguments.extend(unwritten.iter().flat_map(podman::options));
        match written {
            Some(it) if it.directive == &d::container::PODMAN_ARGS => {
                last.extend(podman::options(&it));
            }
            written => known.extend(written),
        }
    }
    let mut fitted = Unit { assignments: known, ..unit };
    // What the user says to podman comes last, so that it has the last word.
    arguments.extend(last);
    fitted.assign_texts(&d::container::PODMAN_ARGS, arguments);
    podman::let_it_pull(&mut fitted);
    // The keys of one section stay together in the file.
    fitted.assignments.sort_by_key(|it| it.directive.section);
    fitted
}

/// Splits an assignment into what Quadlet can be told with the key and what it cannot.
fn take_apart(
    assignment: Assignment,
    versions: Versions,
) -> (Option<Assignment>, Option<Assignment>) {
    let Assignment { directive, value } = assignment;
    let is_new = directive == &d::container::NOTIFY && value == HEALTHY;
    if !directive.is_known_to(versions) || (is_new && versions.podman < READS_HEALTHY) {
        return (None, Some(Assignment { directive, value }));
    }
    let Value::Texts(texts) = value else { return (Some(Assignment { directive, value }), None) };
    let (broken, whole): (Vec<Text>, Vec<Text>) =
        texts.into_iter().partition(|it| is_broken(directive, it));
    let some = |texts: Vec<Text>| {
        (!texts.is_empty()).then_some(Assignment { directive, value: Value::Texts(texts) })
    };
    (some(whole), some(broken))
}

/// `Notify=` was a mere boolean before.
const HEALTHY: Value = Value::Keyword("healthy");
const READS_HEALTHY: Version = Version::new(5, 0, 0);

/// Whether Quadlet would change a text in the value of a key.
fn is_broken(directive: &Directive, text: &Text) -> bool {
    let literals: Vec<&str> = text.literals().collect();
    let has = |wrong: fn(char) -> bool| literals.iter().any(|it| it.contains(wrong));
    match directive.quoting {
        // It stands on a line that is trimmed and loses the quotes at its ends.
        Quoting::QuadletRaw => {
            let is_end = |it: char| it.is_whitespace() || it == '"' || it == '\\';
            let is_trimmed = literals.first().is_some_and(|it| it.starts_with(is_end))
                || literals.last().is_some_and(|it| it.ends_with(is_end));
            let is_volume = directive == &d::container::VOLUME;
            is_trimmed || has(char::is_control) || (is_volume && has_broken_source(text))
        }
        Quoting::QuadletItems => has(|it| it.is_control() || it == '"' || it == '\\'),
        Quoting::Plain
        | Quoting::Names
        | Quoting::Line
        | Quoting::Command
        | Quoting::Variables
        | Quoting::QuadletWords
        | Quoting::QuadletNotify => false,
    }
}

/// Whether Quadlet cannot write the source of a volume: it copies the source into `RequiresMountsFor=`
/// as it stands, where systemd splits at blanks and reads quotes and escapes.
fn has_broken_source(volume: &Text) -> bool {
    let volume = volume.as_literal().unwrap_or_default();
    let source = volume.split(':').next().unwrap_or_default();
    source.contains([' ', '"', '\'', '\\', '$'])
}
