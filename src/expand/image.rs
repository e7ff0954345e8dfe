//! An image that podman pulls before its containers start.

use crate::directive as d;
use crate::plan::image::{Image, ImagePull};
use crate::unit::{Unit, Value};

use super::container::assign_retry;
use super::object::texts;

/// Assigns what pulls the image.
pub(super) fn create(unit: &mut Unit, image: &Image) {
    let Image {
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
    } = image;
    texts(unit, &d::image::IMAGE, [image]);
    match pull {
        ImagePull::Always => {}
        ImagePull::Missing => unit.assign(&d::image::POLICY, Value::Keyword("missing")),
    }
    texts(unit, &d::image::ARCH, arch);
    texts(unit, &d::image::OS, os);
    texts(unit, &d::image::VARIANT, variant);
    texts(unit, &d::image::AUTH_FILE, auth_file);
    texts(unit, &d::image::CERT_DIR, cert_dir);
    unit.assign_some(&d::image::TLS_VERIFY, tls_verify.map(Value::Flag));
    assign_retry(unit, retry, &d::image::RETRY, &d::image::RETRY_DELAY);
    texts(unit, &d::image::PODMAN_ARGS, podman_args);
}
