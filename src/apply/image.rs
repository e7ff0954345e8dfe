//! Which images must be there before a unit is restarted, so that a restart is not a download.

use std::collections::BTreeSet;

use crate::directive::{self, Podman, Quoting};
use crate::syntax::unit::read;

use super::file::{FileChange, FileStep};
use super::place::Place;
use super::tree::Tree;
use super::unit::values;

mod service;

/// An image that is pulled or built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// The image, or for one that is built the directory of its sources.
    pub image: String,
    /// What logs in to its registry before.
    pub login: Option<Vec<String>>,
    pub command: Vec<String>,
    pub when: When,
}

/// When an image is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Missing,
    Always,
    /// It is made here, so there is none elsewhere.
    Built,
}

impl Fetch {
    /// The command that ends well where the image is.
    pub fn exists(&self) -> Vec<String> {
        let engine = self.command.first().map_or("podman", String::as_str);
        [engine, "image", "inspect", "--format={{.Id}}", &self.image].map(str::to_owned).to_vec()
    }
}

/// Returns the images of the units that change.
pub fn fetches(wanted: &Tree, changes: &[FileStep]) -> Vec<Fetch> {
    if changes.is_empty() {
        return Vec::new();
    }
    let units = wanted.texts().filter(|(place, _)| place.directory.has_units());
    let units: Vec<(&Place, Of)> =
        units.filter_map(|(place, it)| Some((place, of(place, it)?))).collect();
    // What a unit of its own pulls or builds is not to be had otherwise.
    let made: BTreeSet<&str> = units.iter().flat_map(|(_, it)| it.made()).collect();
    let is_changed = |place: &Place| {
        changes
            .iter()
            .any(|it| it.place == *place && !matches!(it.change, FileChange::Remove { .. }))
    };
    let mut objects: Vec<Fetch> = Vec::new();
    let mut containers: Vec<Fetch> = Vec::new();
    for (place, unit) in &units {
        let (list, fetch) = match unit {
            Of::Object { fetch, tags: _ } => (&mut objects, fetch),
            Of::Container(fetch) if made.contains(fetch.image.as_str()) => continue,
            Of::Container(fetch) => (&mut containers, fetch),
        };
        if is_changed(place) && !list.contains(fetch) {
            list.push(fetch.clone());
        }
    }
    objects.into_iter().chain(containers).collect()
}

/// The unit that wants an image.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Of {
    /// One of `images` or `builds`.
    Object {
        fetch: Fetch,
        /// What an image is called that is built.
        tags: Vec<String>,
    },
    Container(Fetch),
}

impl Of {
    /// What the images are called that the unit makes.
    fn made(&self) -> impl Iterator<Item = &str> {
        let (fetch, tags) = match self {
            Of::Object { fetch, tags } => (Some(fetch), tags.as_slice()),
            Of::Container(_) => (None, [].as_slice()),
        };
        fetch.into_iter().map(|it| &it.image).chain(tags).map(String::as_str)
    }
}

fn of(place: &Place, text: &str) -> Option<Of> {
    match place.name.rsplit_once('.')?.1 {
        "container" => of_container(text).map(Of::Container),
        "image" => of_image(text).map(|fetch| Of::Object { fetch, tags: Vec::new() }),
        "build" => {
            let tags = values(text, "Build", "ImageTag");
            let tags = tags.iter().filter_map(|it| read::texts(Quoting::QuadletRaw, it));
            Some(Of::Object { fetch: of_build(text)?, tags: tags.flatten().collect() })
        }
        "service" => service::of(text),
        _ => None,
    }
}

fn of_container(text: &str) -> Option<Fetch> {
    let image = last(text, "Container", "Image")?;
    if [".image", ".build"].iter().any(|it| image.ends_with(it)) {
        return None;
    }
    let policy = last(text, "Container", "Pull");
    let arguments = values(text, "Container", "PodmanArgs");
    let arguments = arguments.iter().filter_map(|it| read::texts(Quoting::QuadletWords, it));
    pull("podman", image, policy.as_deref(), &arguments.flatten().collect::<Vec<_>>(), text)
}

/// Pulls the image of a container, as the arguments of the container say; `None` where it must be there.
fn pull(
    engine: &str,
    image: String,
    policy: Option<&str>,
    arguments: &[String],
    text: &str,
) -> Option<Fetch> {
    let when = match policy {
        Some("never") => return None,
        Some("always" | "newer") => When::Always,
        Some(_) | None => When::Missing,
    };
    if image.starts_with("localhost/") {
        return None;
    }
    let mut command = [engine, "pull", "--quiet"].map(str::to_owned).to_vec();
    command.extend(of_a_pull(arguments));
    command.push(image.clone());
    Some(Fetch { image, login: login(text), command, when })
}

/// The arguments of `podman run` that say from where an image comes and which it is (podman-pull(1)).
fn of_a_pull(arguments: &[String]) -> Vec<String> {
    const OPTIONS: &[&str] = &[
        "--arch",
        "--authfile",
        "--cert-dir",
        "--creds",
        "--decryption-key",
        "--os",
        "--platform",
        "--retry",
        "--retry-delay",
        "--tls-verify",
        "--variant",
    ];
    let mut told = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let option = argument.split_once('=').map_or(argument.as_str(), |(it, _)| it);
        if OPTIONS.contains(&option) {
            told.push(argument.clone());
            if option == argument && option != "--tls-verify" {
                told.extend(arguments.next().cloned());
            }
        }
    }
    told
}

/// What a unit runs before its container to log in to the registry.
fn login(text: &str) -> Option<Vec<String>> {
    let before = values(text, "Service", "ExecStartPre");
    let mut commands = before.iter().filter_map(|it| read::texts(Quoting::Command, it));
    commands.find(
        |it| matches!(&it[..], [_, _, script, ..] if script.starts_with("exec \"$0\" login ")),
    )
}

fn of_image(text: &str) -> Option<Fetch> {
    let image = last(text, "Image", "Image")?;
    let when = match last(text, "Image", "Policy").as_deref() {
        Some("missing") => When::Missing,
        Some(_) | None => When::Always,
    };
    let command = command(&["podman", "image", "pull", "--quiet"], text, "Image", &image);
    Some(Fetch { image, login: None, command, when })
}

fn of_build(text: &str) -> Option<Fetch> {
    let context = last(text, "Build", "SetWorkingDirectory")?;
    let command = command(&["podman", "build", "--quiet"], text, "Build", &context);
    Some(Fetch { image: context, login: None, command, when: When::Built })
}

/// The command that Quadlet makes of the keys of a section, by the rows of the directive table.
fn command(program: &[&str], text: &str, section: &str, subject: &str) -> Vec<String> {
    let mut words: Vec<String> = program.iter().map(|it| (*it).to_owned()).collect();
    for row in directive::all().filter(|it| it.section.as_str() == section) {
        for value in values(text, section, row.key) {
            let texts = read::texts(row.quoting, &value).unwrap_or_default();
            match row.podman {
                Podman::Option(option) => {
                    words.extend(texts.iter().map(|it| format!("{option}={it}")));
                }
                Podman::Prefix(prefix) => {
                    words.extend(texts.iter().map(|it| format!("{prefix}{it}")));
                }
                Podman::Flag(flag) => words.push(format!("{flag}={value}")),
                Podman::Words => words.extend(texts),
                Podman::Nothing
                | Podman::Image
                | Podman::Command
                | Podman::Choice(_, _)
                | Podman::Subject => {}
            }
        }
    }
    words.push(subject.to_owned());
    words
}

/// The last value of a key that Quadlet takes as it stands.
fn last(text: &str, section: &str, key: &str) -> Option<String> {
    let value = values(text, section, key).pop()?;
    read::texts(Quoting::QuadletRaw, &value)?.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows what is fetched for one Quadlet.
    fn check(path: &str, text: &str, expected: Option<(When, &str)>) {
        let place = Place::parse(path).expect("it is one");
        let found = of(&place, text).map(|it| match it {
            Of::Object { fetch, tags: _ } | Of::Container(fetch) => fetch,
        });
        let shown = found.map(|it| (it.when, it.command.join(" ")));
        assert_eq!(shown, expected.map(|(when, command)| (when, command.to_owned())), "{text}");
    }

    #[test]
    fn images_are_pulled_as_their_containers_say() {
        let container = |lines: &str, expected| {
            check("quadlet/a.container", &format!("[Container]\n{lines}"), expected);
        };
        let pull = "podman pull --quiet a.example/b:1";
        container("Image=a.example/b:1\n", Some((When::Missing, pull)));
        container("Image=a.example/b:1\nPull=always\n", Some((When::Always, pull)));
        container("Image=a.example/b:1\nPull=never\n", None);
        container("Image=localhost/b:1\n", None);
        let arguments = "PodmanArgs=--init --authfile /a --tls-verify=false --shm-size 1g\n";
        let told = "podman pull --quiet --authfile /a --tls-verify=false a.example/b:1";
        container(&format!("Image=a.example/b:1\n{arguments}"), Some((When::Missing, told)));
        container("Image=b.image\n", None);
        container("Image=b.build\n", None);
    }

    #[test]
    fn images_and_builds_of_their_own_are_made_with_what_they_say() {
        check(
            "quadlet/a.image",
            "[Image]\nImage=a.example/b:1\nTLSVerify=false\nAuthFile=/a b\nPodmanArgs=\"--x=y z\"\n",
            Some((
                When::Always,
                "podman image pull --quiet --authfile=/a b --tls-verify=false --x=y z a.example/b:1",
            )),
        );
        check(
            "quadlet/a.build",
            "[Build]\nImageTag=localhost/a:1\nSetWorkingDirectory=/src\nFile=/src/F\n",
            Some((When::Built, "podman build --quiet --tag=localhost/a:1 --file=/src/F /src")),
        );
    }
}
