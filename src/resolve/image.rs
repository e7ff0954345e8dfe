//! Images that have a unit of their own, and the image of a container.

use std::collections::BTreeSet;

use crate::manifest::model;
use crate::plan::build::Build;
use crate::plan::container::image::{Pull, Retry};
use crate::plan::image::{Image, ImagePull};
use crate::plan::object::{ObjectKind, ObjectReference};
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};

use super::container::image::{RETRY_SINCE, reference as resolve_image, resolve_retry};
use super::object::{self, Scope};

/// Resolves an image; `path` is that of its table.
pub(super) fn resolve(
    written: &model::image::Image,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Image> {
    let model::image::Image {
        image,
        pull,
        arch,
        os,
        variant,
        auth_file,
        cert_dir,
        tls_verify,
        retry,
        podman_args,
    } = written;
    let image = resolve_image(image, &path.key("image"), problems);
    Some(Image {
        pull: match pull {
            None | Some(model::image::ImagePull::Always) => ImagePull::Always,
            Some(model::image::ImagePull::Missing) => ImagePull::Missing,
        },
        arch: object::word(arch.as_ref(), &path.key("arch"), problems),
        os: object::word(os.as_ref(), &path.key("os"), problems),
        variant: object::word(variant.as_ref(), &path.key("variant"), problems),
        auth_file: object::path(auth_file.as_ref(), &path.key("authFile"), problems),
        cert_dir: object::path(cert_dir.as_ref(), &path.key("certDir"), problems),
        tls_verify: *tls_verify,
        retry: resolve_retry(retry, &path.key("retry"), problems),
        podman_args: object::arguments(podman_args, &path.key("podmanArgs"), problems),
        image: image?,
    })
}

/// Resolves a build; `path` is that of its table.
pub(super) fn resolve_build(
    written: &model::build::Build,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Build> {
    let model::build::Build {
        tag,
        context,
        file,
        target,
        arguments,
        labels,
        auth_file,
        tls_verify,
        retry,
        podman_args,
    } = written;
    let tag = resolve_image(tag, &path.key("tag"), problems);
    let context = object::path(Some(context), &path.key("context"), problems);
    let file = object::line(file.as_ref(), &path.key("file"), problems);
    let below = |file: String| match &context {
        Some(context) if !file.starts_with('/') => {
            format!("{}/{file}", context.trim_end_matches('/'))
        }
        Some(_) | None => file,
    };
    Some(Build {
        file: file.map(below),
        target: object::word(target.as_ref(), &path.key("target"), problems),
        arguments: object::pairs(arguments, &path.key("arguments"), problems),
        labels: object::pairs(labels, &path.key("labels"), problems),
        auth_file: object::path(auth_file.as_ref(), &path.key("authFile"), problems),
        tls_verify: *tls_verify,
        retry: resolve_retry(retry, &path.key("retry"), problems),
        podman_args: object::arguments(podman_args, &path.key("podmanArgs"), problems),
        tag: tag?,
        context: context?,
    })
}

/// The keys that came later than podman 4.0, and when.
pub(super) fn newer(retry: &Retry) -> Vec<(&'static str, Version)> {
    (!retry.is_usual()).then_some(("retry", RETRY_SINCE)).into_iter().collect()
}

/// Resolves the image of a container, be it one with a unit of its own; `path` is that of the container.
pub(super) fn of_container(
    (written, pull): (&str, Pull),
    path: &Trail<'_>,
    scope: &Scope<'_>,
    needs: &mut BTreeSet<ObjectReference>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let place = path.key("image");
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
    };
    let own = |suffix: &str| written.strip_suffix(suffix).filter(|it| is_name(it));
    let (kind, name) = match (own(".image"), own(".build")) {
        (Some(name), _) => (ObjectKind::Image, name),
        (None, Some(name)) => (ObjectKind::Build, name),
        (None, None) => return resolve_image(written, &place, problems),
    };
    let object = scope.find((kind, name), &place, problems)?;
    let image = scope.image(&object)?.to_owned();
    if kind == ObjectKind::Build && [Pull::Always, Pull::Newer].contains(&pull) {
        let message = format!("the image `{image}` is built on the host, where nobody can pull it");
        problems.push(
            Problem::new(Code::Pointless, path.key("pull").at_key(), message).hint("take it out"),
        );
    }
    needs.insert(object);
    Some(image)
}
