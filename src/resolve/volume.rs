//! A volume of podman.

use crate::manifest::model;
use crate::plan::volume::{Device, Volume};
use crate::problem::{Code, Problem, Trail};

use super::{object, refuse_pointless};

/// Resolves a volume; `path` is that of its table.
pub(super) fn resolve(
    written: &model::volume::Volume,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Volume> {
    let model::volume::Volume {
        driver,
        device,
        kind,
        options,
        user,
        group,
        copy,
        image,
        labels,
        podman_args,
    } = written;
    let of_image = driver.as_deref() == Some("image");
    let keys = [
        ("type", kind.is_some() && device.is_none(), "only a `device` is mounted"),
        ("options", options.is_some() && device.is_none(), "only a `device` is mounted"),
        ("image", image.is_some() && !of_image, "only `driver = \"image\"` shows an image"),
        ("device", device.is_some() && of_image, "the volume shows an image"),
        ("user", user.is_some() && of_image, "the volume shows an image"),
        ("group", group.is_some() && of_image, "the volume shows an image"),
        ("copy", copy.is_some() && of_image, "the volume shows an image"),
    ];
    refuse_pointless(keys, path, problems);
    if of_image && image.is_none() {
        let message = "a volume with `driver = \"image\"` needs an `image`";
        problems.push(Problem::new(Code::MissingKey, path.at_key(), message).hint("add `image`"));
    }
    let kind = object::word(kind.as_ref(), &path.key("type"), problems);
    let options = object::line(options.as_ref(), &path.key("options"), problems);
    let device = object::line(device.as_ref(), &path.key("device"), problems);
    Some(Volume {
        driver: object::word(driver.as_ref(), &path.key("driver"), problems),
        device: device.map(|path| Device { path, kind, options }),
        user: number(*user, &path.key("user"), problems),
        group: number(*group, &path.key("group"), problems),
        copy: *copy,
        image: image
            .as_ref()
            .and_then(|it| super::container::image::reference(it, &path.key("image"), problems)),
        labels: object::pairs(labels, &path.key("labels"), problems),
        podman_args: object::arguments(podman_args, &path.key("podmanArgs"), problems),
    })
}

/// The number of an account; the last one stands for none (`(uid_t) -1`).
fn number(written: Option<i64>, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<u32> {
    let number = u32::try_from(written?).ok().filter(|it| *it < u32::MAX);
    if number.is_none() {
        problems.push(
            Problem::new(
                Code::WrongType,
                path.at_value(),
                "this cannot be the number of an account",
            )
            .hint("from 0 to 4294967294"),
        );
    }
    number
}
