//! Keys of a container that mean nothing, or harm, beside each other.

use crate::manifest::model::container::{Container, network};
use crate::plan::activation::{Activation, Handoff};
use crate::plan::container;
use crate::plan::container::run::Notify;
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::{pointless, refuse_pointless};

use super::image;

/// Whether the container has no network of its own, so that the loopback of the host is its own, too.
pub(in crate::resolve) fn shares_the_network_of_the_host(written: &Container) -> bool {
    is_alone(written, "host")
}

/// Whether the only network of the container is that of podman's word.
fn is_alone(written: &Container, word: &str) -> bool {
    match &written.networks[..] {
        [network::Network::Name(name)] => name == word,
        [network::Network::Attachment(it)] => !it.external && it.name == word,
        _ => false,
    }
}

/// Reports what can be seen before any of it is parsed; `path` is that of the container.
pub(super) fn combinations(
    written: &Container,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let has_none = is_alone(written, "none");
    let has_host = shares_the_network_of_the_host(written);
    let no_network = "the container has no network";
    let host_network = "the container is on the network of the host itself";
    let has_dns = written.dns != network::Dns::default();
    let sets_network = written.sysctls.keys().any(|it| it.starts_with("net."));
    let alone = [
        ("ports", !written.ports.is_empty() && has_none, no_network),
        ("ports", !written.ports.is_empty() && has_host, host_network),
        ("exposedPorts", !written.exposed_ports.is_empty() && has_none, no_network),
        ("exposedPorts", !written.exposed_ports.is_empty() && has_host, host_network),
        ("dns", has_dns && has_none, no_network),
        ("hosts", !written.hosts.is_empty() && has_none, no_network),
        ("sysctls", sets_network && has_host, "podman sets `net.` on a network of its own only"),
        (
            "capabilities",
            written.privileged && !written.capabilities.add.is_empty(),
            "a privileged container has them all",
        ),
        (
            "labels",
            written.auto_update.is_some()
                && written.labels.contains_key("io.containers.autoupdate"),
            "`autoUpdate` is that label",
        ),
    ];
    refuse_pointless(alone, path, problems);
    if written.auto_update.is_some() && !is_fully_qualified(&written.image) {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key("autoUpdate").at_key(),
                format!("podman updates no image whose name is short, as `{}` is", written.image),
            )
            .hint("write the registry, too, like `docker.io/library/nginx:1.29`"),
        );
    }
    if written.notify.is_some() && has_no_check(written) {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key("notify").at_key(),
                "the container would never be ready: there is no `health.command` that succeeds",
            )
            .hint("write `health.command`, or take `notify` out"),
        );
    }
    if written.notify.is_some() && matches!(activation, Some(Activation::Schedule(_))) {
        let why = "a job is done when its process ends, whatever it says before";
        problems.push(pointless(path, "notify", why));
    }
    let takes_socket = activation.and_then(Activation::handoff) == Some(&Handoff::Fd);
    if written.init && takes_socket {
        problems.push(
            Problem::new(
                Code::HandoffWithoutListener,
                path.key("init").at_key(),
                "podman hands the socket to its first process, which is not the service with `init`",
            )
            .hint("take `init` out, or let systemd forward: `handoff = \"proxy\"`"),
        );
    }
    if let Some(first) = written.podman_args.first().filter(|it| !it.starts_with('-')) {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.key("podmanArgs").index(0).at_value(),
                format!("podman would take `{}` for the image", first.escape_debug()),
            )
            .hint("an argument begins with `-`, like `--ipc=host`"),
        );
    }
}

/// Whether the container waits for a health check that nobody makes.
fn has_no_check(written: &Container) -> bool {
    use crate::manifest::model::container::run::Notify;
    match written.notify {
        Some(Notify::Healthy) => written.health.command.is_empty(),
        Some(Notify::Container) | None => false,
    }
}

/// Whether an image is named with its registry (containers/image, `docker/reference`).
fn is_fully_qualified(image: &str) -> bool {
    // Images and builds of the manifest are named by it.
    let is_own = image.ends_with(".image") || image.ends_with(".build");
    is_own
        || image
            .split_once('/')
            .is_some_and(|(registry, _)| registry == "localhost" || registry.contains(['.', ':']))
}

/// Reports what the podman of a host cannot do in any way; `path` is that of the container.
pub(in crate::resolve) fn refuse_old(
    container: &container::Container,
    host: &str,
    podman: Version,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let run = &container.run;
    let fetch = &container.fetch;
    let needs = [
        // RELEASE_NOTES.md of podman.
        ("notify", run.notify == Some(Notify::Healthy), Version::new(4, 7, 0)),
        ("retry", !fetch.retry.is_usual(), image::RETRY_SINCE),
        // podman 4.3 does not know the option (measured).
        ("health.startup", !container.health.startup.command.is_empty(), Version::new(4, 4, 0)),
        ("health.log", !container.health.log.is_usual(), Version::new(5, 3, 0)),
        ("security", container.security.label.is_nested, Version::new(4, 6, 0)),
    ];
    for (key, is_used, since) in needs {
        if is_used && podman < since {
            let key_path = match key.split_once('.') {
                Some((table, key)) => path.key(table).key(key).at_key(),
                None => path.key(key).at_key(),
            };
            problems.push(
                Problem::new(
                    Code::HostTooOld,
                    key_path,
                    format!("{host} has podman {podman}; `{key}` needs {since}"),
                )
                .hint("take it out, or leave that host out of the service's `hosts`"),
            );
        }
    }
}
