//! Networks, volumes, images and the like for a host without their Quadlets: services that run podman once.

use crate::directive::{self as d, Podman, Versions};
use crate::expand::script;
use crate::plan::name::ObjectName;
use crate::plan::text::Text;
use crate::plan::version::Version;
use crate::unit::{Assignment, Kind, Unit, Value};

use super::{options, order_after_the_network, podman, split};

/// `podman network create --ignore` and the same of volumes (release notes of podman).
const IGNORE_SINCE: Version = Version::new(4, 4, 0);

/// Turns an object into the service that Quadlet would make of it.
pub(super) fn lower(unit: Unit, versions: Versions) -> Unit {
    let noun = unit.kind.suffix();
    let mut lowered = Unit::new(format!("{}-{noun}", unit.name), Kind::Service);
    let (object, head, tail) = split(unit.assignments);
    lowered.assignments = head;
    order_after_the_network(&mut lowered);
    lowered.assign(&d::service::TYPE, Value::Keyword("oneshot"));
    lowered.assign(&d::service::REMAIN_AFTER_EXIT, Value::Flag(true));
    tail.into_iter().for_each(|it| lowered.set(it.directive, it.value));
    let words = match unit.kind {
        Kind::Image => pull(&object),
        Kind::Build => tell(&["build"], &object),
        Kind::Network
        | Kind::Volume
        | Kind::Pod
        | Kind::Container
        | Kind::Service
        | Kind::Socket
        | Kind::Timer
        | Kind::Target
        | Kind::Slice => create(noun, &object, versions),
    };
    lowered.assign(&d::service::EXEC_START, Value::command(words));
    lowered.assignments.sort_by_key(|it| it.directive.section);
    lowered
}

fn create(noun: &'static str, object: &[Assignment], versions: Versions) -> Vec<Text> {
    let subject = subject(object);
    let mut words: Vec<Text> = vec![podman().into(), noun.into(), "create".into()];
    if versions.podman >= IGNORE_SINCE {
        words.push("--ignore".into());
    }
    words.extend(object.iter().flat_map(options));
    words.push(subject.clone());
    if versions.podman >= IGNORE_SINCE {
        return words;
    }
    script("\"$1\" \"$2\" exists \"$0\" || exec \"$@\"", subject, words)
}

/// A command of podman with all that is said of an object.
fn tell(command: &[&'static str], object: &[Assignment]) -> Vec<Text> {
    let mut words: Vec<Text> = vec![podman().into()];
    words.extend(command.iter().map(|it| Text::from(*it)));
    words.extend(object.iter().flat_map(options));
    words.push(subject(object));
    words
}

/// Every version can tell whether an image is there; `podman image pull --policy` came with 5.6 only.
fn pull(object: &[Assignment]) -> Vec<Text> {
    let words = tell(&["image", "pull"], object);
    if !object.iter().any(|it| it.directive == &d::image::POLICY) {
        return words;
    }
    script("\"$1\" image exists \"$0\" || exec \"$@\"", subject(object), words)
}

/// What a command of podman is about.
pub(super) fn subject(object: &[Assignment]) -> Text {
    let subject = object.iter().find(|it| it.directive.podman == Podman::Subject);
    subject.and_then(|it| it.value.texts().first()).cloned().expect("every object has a name")
}

/// Removes a network that was made of another definition than the one whose digest its label should have.
///
/// podman itself refuses it, and says so, while containers that do not belong to the manifest use the network.
pub(in crate::expand) fn remove_another_network(
    name: &ObjectName,
    label: &str,
    digest: &str,
) -> Vec<Text> {
    let remove = "\"$0\" network exists \"$1\" || exit 0; \
                  found=$(\"$0\" network inspect --format \"$3\" \"$1\") || exit; \
                  [[ $found == \"$2\" ]] || exec \"$0\" network rm \"$1\"";
    let format = format!("{{{{index .Labels `{label}`}}}}");
    script(remove, podman(), [name.as_str().into(), digest.into(), format.into()])
}
