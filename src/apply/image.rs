//! Which images must be there before a unit is restarted, so that a restart is not a download.

use crate::directive::{self, Podman};
use crate::syntax::unit::read;

use super::file::{FileChange, FileStep};
use super::tree::Content;

/// An image that is pulled or built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// The image, or for one that is built the directory of its sources.
    pub image: String,
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

/// Returns the images of the Quadlets that change.
pub fn fetches(changes: &[FileStep]) -> Vec<Fetch> {
    let quadlets = changes.iter().filter(|it| it.place.directory.has_quadlets());
    let mut fetches: Vec<Fetch> = Vec::new();
    for FileStep { place, change } in quadlets {
        let (FileChange::Add(Content::Text(text))
        | FileChange::Replace { old: _, new: Content::Text(text) }) = change
        else {
            continue;
        };
        let fetch = match place.name.rsplit_once('.').map(|(_, it)| it) {
            Some("container") => of_container(text),
            Some("image") => of_image(text),
            Some("build") => of_build(text),
            Some(_) | None => None,
        };
        fetches.extend(fetch);
    }
    fetches.dedup();
    fetches
}

fn of_container(text: &str) -> Option<Fetch> {
    let image = last(text, "Container", "Image")?;
    let is_elsewhere = [".image", ".build"].iter().any(|it| image.ends_with(it));
    let when = match last(text, "Container", "Pull").as_deref() {
        Some("never") => return None,
        Some("always" | "newer") => When::Always,
        Some(_) | None => When::Missing,
    };
    let command = ["podman", "pull", "--quiet", &image].map(str::to_owned).to_vec();
    (!is_elsewhere && !image.starts_with("localhost/")).then_some(Fetch { image, command, when })
}

fn of_image(text: &str) -> Option<Fetch> {
    let image = last(text, "Image", "Image")?;
    let when = match last(text, "Image", "Policy").as_deref() {
        Some("missing") => When::Missing,
        Some(_) | None => When::Always,
    };
    let command = command(&["podman", "pull", "--quiet"], text, "Image", &image);
    Some(Fetch { image, command, when })
}

fn of_build(text: &str) -> Option<Fetch> {
    let context = last(text, "Build", "SetWorkingDirectory")?;
    let command = command(&["podman", "build", "--quiet"], text, "Build", &context);
    Some(Fetch { image: context, command, when: When::Built })
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
    read::texts(directive::Quoting::QuadletRaw, &value)?.pop()
}

fn values(text: &str, section: &str, key: &str) -> Vec<String> {
    let meaning = crate::unitset::Meaning::read(text);
    meaning.map(|it| it.get(section, key).to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::place::Place;
    use super::*;

    /// Shows what is fetched for one Quadlet.
    fn check(path: &str, text: &str, expected: Option<(When, &str)>) {
        let place = Place::parse(path).expect("it is one");
        let change = FileChange::Add(Content::Text(text.to_owned()));
        let fetches = fetches(&[FileStep { place, change }]);
        let shown = fetches.first().map(|it| (it.when, it.command.join(" ")));
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
                "podman pull --quiet --authfile=/a b --tls-verify=false --x=y z a.example/b:1",
            )),
        );
        check(
            "quadlet/a.build",
            "[Build]\nImageTag=localhost/a:1\nSetWorkingDirectory=/src\nFile=/src/F\n",
            Some((When::Built, "podman build --quiet --tag=localhost/a:1 --file=/src/F /src")),
        );
    }
}
