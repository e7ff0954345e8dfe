//! `[Build]`, of podman-systemd.unit(5).

use super::{Podman, podman};

table! {
    Build podman;

    IMAGE_TAG = "ImageTag" QuadletRaw [podman(5, 2)], podman Podman::Option("--tag");
    SET_WORKING_DIRECTORY = "SetWorkingDirectory" QuadletRaw [podman(5, 2)], podman Podman::Subject;
    FILE = "File" QuadletRaw [podman(5, 2)], podman Podman::Option("--file");
    TARGET = "Target" QuadletRaw [podman(5, 2)], podman Podman::Option("--target");
    BUILD_ARG = "BuildArg" QuadletWords [podman(5, 7)], podman Podman::Option("--build-arg");
    LABEL = "Label" QuadletWords [podman(5, 2)], podman Podman::Option("--label");
    AUTH_FILE = "AuthFile" QuadletRaw [podman(5, 2)], podman Podman::Option("--authfile");
    TLS_VERIFY = "TLSVerify" Plain [podman(5, 2)], podman Podman::Flag("--tls-verify");
    RETRY = "Retry" QuadletRaw [podman(5, 5)], podman Podman::Option("--retry");
    RETRY_DELAY = "RetryDelay" QuadletRaw [podman(5, 5)], podman Podman::Option("--retry-delay");
    PODMAN_ARGS = "PodmanArgs" QuadletWords [podman(5, 2)], podman Podman::Words;
}

/// The keys of Quadlet that no manifest can say, and why.
#[cfg(test)]
pub(super) const LEFT_OUT: &[(&str, &str)] = &[
    ("Annotation", "an argument says it"),
    ("Arch", "an image for another machine does not run on this one"),
    ("ContainersConfModule", "a host says it once, in containers.conf(5)"),
    ("DNS", "an argument says it"),
    ("DNSOption", "an argument says it"),
    ("DNSSearch", "an argument says it"),
    ("Environment", "the file says it, with `ENV`"),
    ("ForceRM", "podman does so of its own accord"),
    ("GlobalArgs", "options of podman itself are the host's"),
    ("GroupAdd", "an argument says it"),
    ("IgnoreFile", "an argument says it"),
    ("Network", "an argument says it"),
    ("Pull", "an argument says it, in the words of the host's podman"),
    ("Secret", "an argument says it"),
    ("ServiceName", "the unit has the same name on every target"),
    ("Variant", "an image for another machine does not run on this one"),
    ("Volume", "an argument says it"),
];
