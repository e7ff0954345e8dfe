//! A volume of podman. It is never made anew, for it holds data.

use crate::directive as d;
use crate::plan::name::ObjectName;
use crate::plan::volume::{Device, Volume};
use crate::unit::{Unit, Value};

use super::object::{pairs, texts};

/// Assigns what makes the volume.
pub(super) fn create(unit: &mut Unit, name: &ObjectName, volume: &Volume) {
    let Volume { driver, device, user, group, copy, image, labels, podman_args } = volume;
    texts(unit, &d::volume::VOLUME_NAME, [name]);
    texts(unit, &d::volume::DRIVER, driver);
    texts(unit, &d::volume::IMAGE, image);
    unit.assign_some(&d::volume::COPY, copy.map(Value::Flag));
    let user = user.map(|it| format!("uid={it}"));
    let group = group.map(|it| format!("gid={it}"));
    let options = device.as_ref().and_then(|it| it.options.clone());
    let options: Vec<String> = user.into_iter().chain(group).chain(options).collect();
    let options = (!options.is_empty()).then(|| options.join(","));
    let mut arguments = podman_args.clone();
    match device {
        Some(Device { path, kind, options: _ }) => {
            texts(unit, &d::volume::DEVICE, [path]);
            texts(unit, &d::volume::TYPE, kind);
            texts(unit, &d::volume::OPTIONS, options);
        }
        // Quadlet takes `Options=` beside a device only.
        None => arguments.splice(0..0, options.map(|it| format!("--opt=o={it}"))).for_each(drop),
    }
    pairs(unit, &d::volume::LABEL, labels);
    texts(unit, &d::volume::PODMAN_ARGS, arguments);
}
