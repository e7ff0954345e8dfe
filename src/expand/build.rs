//! An image that podman builds before its containers start.

use crate::directive as d;
use crate::plan::build::Build;
use crate::unit::{Unit, Value};

use super::container::assign_retry;
use super::object::{pairs, texts};

/// Assigns what builds the image.
pub(super) fn create(unit: &mut Unit, build: &Build) {
    let Build {
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
    } = build;
    texts(unit, &d::build::IMAGE_TAG, [tag]);
    texts(unit, &d::build::SET_WORKING_DIRECTORY, [context]);
    texts(unit, &d::build::FILE, file);
    texts(unit, &d::build::TARGET, target);
    pairs(unit, &d::build::BUILD_ARG, arguments);
    pairs(unit, &d::build::LABEL, labels);
    texts(unit, &d::build::AUTH_FILE, auth_file);
    unit.assign_some(&d::build::TLS_VERIFY, tls_verify.map(Value::Flag));
    assign_retry(unit, retry, &d::build::RETRY, &d::build::RETRY_DELAY);
    texts(unit, &d::build::PODMAN_ARGS, podman_args);
    // Quadlet 5.4 says so for every object but this one, which would be built for each container anew.
    unit.assign(&d::service::REMAIN_AFTER_EXIT, Value::Flag(true));
}
