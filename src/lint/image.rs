//! Images, and how they come to the host.

use super::{Findings, Subject, family};
use crate::plan::container::Container;
use crate::plan::container::health::Check;
use crate::plan::container::image::{AutoUpdate, Pull};
use crate::plan::container::run::Notify;
use crate::plan::object::{ObjectKind, ObjectReference};

family! {
    ImageWithoutTag "US211" Service(image_without_tag),
    LatestTag "US212" Service(latest_tag),
    ShortImageName "US213" Service(short_image_name),
    PinnedUpdate "US214" Service(pinned_update),
    BlindUpdate "US215" Service(blind_update),
    PullAtBoot "US216" Service(pull_at_boot),
}

/// An image, taken apart.
struct Image<'a> {
    /// The registry and the path.
    name: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

fn parse(image: &str) -> Image<'_> {
    let (name, digest) = match image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image, None),
    };
    match name.rsplit_once(':') {
        // A colon before a slash is that of a port.
        Some((name, tag)) if !tag.contains('/') => Image { name, tag: Some(tag), digest },
        _ => Image { name, tag: None, digest },
    }
}

/// Whether starting the container may have to pull its image from a registry.
pub(super) fn is_pulled_at_start(container: &Container) -> bool {
    let has_own_unit =
        |it: &ObjectReference| matches!(it.kind, ObjectKind::Image | ObjectKind::Build);
    container.pull != Pull::Never
        && !container.image.starts_with("localhost/")
        && !container.objects.iter().any(has_own_unit)
}

/// The last part of the name of an image, `postgres`.
pub(super) fn base_name(image: &str) -> &str {
    let name = parse(image).name;
    name.rsplit_once('/').map_or(name, |(_, base)| base)
}

fn image_without_tag(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let image = parse(&container.image);
    if image.tag.is_none() && image.digest.is_none() {
        findings.add(
            it.at(["container", "image"]),
            format!("`{}` has no tag, which means `latest`", container.image),
            "name the version, so that a host that pulls tomorrow runs the same",
        );
    }
}

fn latest_tag(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let image = parse(&container.image);
    // What is never pulled changes only when somebody builds it.
    let is_pulled = container.pull != Pull::Never && !image.name.starts_with("localhost/");
    let moves = ["latest", "main", "master", "edge", "nightly", "dev"];
    if is_pulled && image.digest.is_none() && image.tag.is_some_and(|it| moves.contains(&it)) {
        findings.add(
            it.at(["container", "image"]),
            format!("`{}` is another image tomorrow", container.image),
            "name a version or a digest; a machine or a bot can raise it in a commit of its own",
        );
    }
}

fn short_image_name(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let first = container.image.split('/').next().unwrap_or_default();
    let has_registry =
        container.image.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    if !has_registry {
        findings.add(
            it.at(["container", "image"]),
            format!("`{}` does not say from which registry it comes", container.image),
            format!("write the whole name, like `docker.io/library/{}`", container.image),
        );
    }
}

fn pinned_update(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let is_pinned = parse(&container.image).digest.is_some();
    if is_pinned && container.fetch.auto_update == Some(AutoUpdate::Registry) {
        findings.add(
            it.at(["container", "autoUpdate"]),
            format!("`autoUpdate` never finds a newer image than `{}`", container.image),
            "take it out, or name a tag that moves in place of the digest",
        );
    }
}

fn blind_update(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let is_gated = match container.run.notify {
        Some(Notify::Healthy | Notify::Container) => true,
        None => false,
    };
    if container.fetch.auto_update.is_some() && !is_gated {
        let hint = match container.health.check {
            Check::Command(_) => {
                "add `notify = \"healthy\"`: a start that is never healthy fails, and is rolled back"
            }
            Check::OfImage | Check::Nothing => {
                "give it a `health.command` and `notify = \"healthy\"`: a start that is never healthy fails, and is rolled back"
            }
        };
        let name = &it.service.name;
        let message =
            format!("a broken image of `{name}` counts as started, and is not rolled back");
        findings.add(it.at(["container", "autoUpdate"]), message, hint);
    }
}

fn pull_at_boot(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let is_awake = it.listener().is_none();
    if is_awake && container.pull == Pull::Always && is_pulled_at_start(container) {
        findings.add(
            it.at(["container", "pull"]),
            format!("`{}` does not start while its registry does not answer", it.service.name),
            "leave `pull` out, and let `autoUpdate` fetch newer images",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_taken_apart() {
        for (image, name, tag, digest) in [
            ("nginx", "nginx", None, None),
            ("localhost:5000/a/b", "localhost:5000/a/b", None, None),
            ("localhost:5000/a/b:1", "localhost:5000/a/b", Some("1"), None),
            ("a.io/b:1@sha256:0", "a.io/b", Some("1"), Some("sha256:0")),
        ] {
            let parsed = parse(image);
            assert_eq!((parsed.name, parsed.tag, parsed.digest), (name, tag, digest), "{image}");
        }
        assert_eq!(base_name("docker.io/library/postgres:17"), "postgres");
    }
}
