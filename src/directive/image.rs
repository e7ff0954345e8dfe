//! `[Image]`, of podman-systemd.unit(5).

use super::{Podman, podman};

table! {
    Image podman;

    IMAGE = "Image" QuadletRaw [podman(4, 8)], podman Podman::Subject;
    ARCH = "Arch" QuadletRaw [podman(4, 8)], podman Podman::Option("--arch");
    OS = "OS" QuadletRaw [podman(4, 8)], podman Podman::Option("--os");
    VARIANT = "Variant" QuadletRaw [podman(4, 8)], podman Podman::Option("--variant");
    AUTH_FILE = "AuthFile" QuadletRaw [podman(4, 8)], podman Podman::Option("--authfile");
    CERT_DIR = "CertDir" QuadletRaw [podman(4, 8)], podman Podman::Option("--cert-dir");
    TLS_VERIFY = "TLSVerify" Plain [podman(4, 8)], podman Podman::Flag("--tls-verify");
    RETRY = "Retry" QuadletRaw [podman(5, 5)], podman Podman::Option("--retry");
    RETRY_DELAY = "RetryDelay" QuadletRaw [podman(5, 5)], podman Podman::Option("--retry-delay");
    POLICY = "Policy" QuadletRaw [podman(5, 6)];
    PODMAN_ARGS = "PodmanArgs" QuadletWords [podman(4, 8)], podman Podman::Words;
}

/// The keys of Quadlet that no manifest can say, and why.
#[cfg(test)]
pub(super) const LEFT_OUT: &[(&str, &str)] = &[
    ("AllTags", "a container runs one of them"),
    ("ContainersConfModule", "a host says it once, in containers.conf(5)"),
    (
        "Creds",
        "it would put a password into a unit, which everybody can read; `AuthFile=` does not",
    ),
    ("DecryptionKey", "an argument says it"),
    ("GlobalArgs", "options of podman itself are the host's"),
    ("ImageTag", "containers name the image itself"),
    ("ServiceName", "the unit has the same name on every target"),
];
