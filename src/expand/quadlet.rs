//! Containers for a host whose podman reads Quadlet files.

use crate::directive::{self as d, Directive, Quoting, Versions};
use crate::plan::has_quadlet;
use crate::plan::text::Text;
use crate::plan::version::Version;
use crate::unit::{Assignment, Kind, Unit, Value};

use super::podman;

/// Whether a podman of that version makes of a unit what is meant.
///
/// From podman-systemd.unit(5) of each version; networks and volumes have had names of their own since 4.7.
pub fn reads(unit: &Unit, podman: Version) -> bool {
    match unit.kind {
        Kind::Service | Kind::Socket | Kind::Timer | Kind::Target | Kind::Slice => true,
        Kind::Container => has_quadlet(podman),
        Kind::Network | Kind::Volume => podman >= Version::new(4, 7, 0),
        // `podman image pull` itself had no policy before.
        Kind::Image if unit.get(&d::image::POLICY).is_some() => podman >= Version::new(5, 6, 0),
        Kind::Image => podman >= Version::new(4, 8, 0),
        Kind::Build => podman >= Version::new(5, 2, 0),
        Kind::Pod => podman >= Version::new(5, 0, 0),
    }
}

/// Makes a container or another object fit the host's podman: what its Quadlet has no key for, or could not
/// carry in one, becomes an argument of podman.
///
/// Other units are returned as they are.
pub fn fit(unit: Unit, versions: Versions) -> Unit {
    let Some(podman_args) = podman_args(unit.kind) else { return unit };
    let mut fitted = Unit::new(unit.name, unit.kind);
    let mut known = Vec::new();
    let mut arguments: Vec<Text> = Vec::new();
    let mut last: Vec<Text> = Vec::new();
    let login = unit.assignments.clone();
    for assignment in unit.assignments {
        let (written, unwritten) = take_apart(assignment, versions);
        arguments.extend(unwritten.iter().flat_map(podman::options));
        match written {
            Some(it) if it.directive == podman_args => last.extend(podman::options(&it)),
            written => known.extend(written),
        }
    }
    fitted.assignments = known;
    // What the user says to podman comes last, so that it has the last word.
    arguments.extend(last);
    fitted.assign_texts(podman_args, arguments);
    if fitted.kind == Kind::Container {
        podman::let_it_pull(&mut fitted);
        podman::log_in(&login, &mut fitted);
    }
    // The keys of one section stay together in the file.
    fitted.assignments.sort_by_key(|it| it.directive.section);
    fitted
}

/// The key of a kind's section that takes arguments of podman.
fn podman_args(kind: Kind) -> Option<&'static Directive> {
    match kind {
        Kind::Service | Kind::Socket | Kind::Timer | Kind::Target | Kind::Slice => None,
        Kind::Container => Some(&d::container::PODMAN_ARGS),
        Kind::Network => Some(&d::network::PODMAN_ARGS),
        Kind::Volume => Some(&d::volume::PODMAN_ARGS),
        Kind::Image => Some(&d::image::PODMAN_ARGS),
        Kind::Build => Some(&d::build::PODMAN_ARGS),
        Kind::Pod => Some(&d::pod::PODMAN_ARGS),
    }
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
            // A reference in a source needs no quoting, and the first colon is after it.
            let source: String = text.literals().collect();
            let source = source.split(':').next();
            let is_broken_volume = is_volume && source.is_some_and(is_broken_source);
            is_trimmed || has(char::is_control) || is_broken_volume
        }
        Quoting::QuadletWords => {
            directive == &d::container::MOUNT && literals.iter().any(|it| is_broken_source(it))
        }
        Quoting::QuadletItems => has(|it| it.is_control() || it == '"' || it == '\\'),
        Quoting::Plain
        | Quoting::Names
        | Quoting::Line
        | Quoting::Command
        | Quoting::Variables
        | Quoting::QuadletNotify => false,
    }
}

/// Whether Quadlet cannot write the source of a volume or mount: it copies the source into `RequiresMountsFor=`
/// as it stands, where systemd splits at blanks and reads quotes and escapes.
fn is_broken_source(source: &str) -> bool {
    source.contains([' ', '"', '\'', '\\', '$'])
}
