//! `[Pod]`, of podman-systemd.unit(5).

use super::{Podman, podman};

table! {
    Pod podman;

    POD_NAME = "PodName" QuadletRaw [podman(5, 0)], podman Podman::Subject;
    NETWORK = "Network" QuadletRaw [podman(5, 0)], podman Podman::Option("--network");
    PUBLISH_PORT = "PublishPort" QuadletRaw [podman(5, 0)], podman Podman::Option("--publish");
    HOST_NAME = "HostName" QuadletRaw [podman(5, 5)], podman Podman::Option("--hostname");
    ADD_HOST = "AddHost" QuadletRaw [podman(5, 3)], podman Podman::Option("--add-host");
    DNS = "DNS" QuadletRaw [podman(5, 3)], podman Podman::Option("--dns");
    DNS_SEARCH = "DNSSearch" QuadletRaw [podman(5, 3)], podman Podman::Option("--dns-search");
    DNS_OPTION = "DNSOption" QuadletRaw [podman(5, 3)], podman Podman::Option("--dns-option");
    USER_NS = "UserNS" QuadletRaw [podman(5, 3)], podman Podman::Option("--userns");
    SHM_SIZE = "ShmSize" QuadletRaw [podman(5, 4)], podman Podman::Option("--shm-size");
    EXIT_POLICY = "ExitPolicy" QuadletRaw [podman(5, 6)], podman Podman::Option("--exit-policy");
    LABEL = "Label" QuadletWords [podman(5, 6)], podman Podman::Option("--label");
    PODMAN_ARGS = "PodmanArgs" QuadletWords [podman(5, 0)], podman Podman::Words;
}

/// The keys of Quadlet that no manifest can say, and why.
#[cfg(test)]
pub(super) const LEFT_OUT: &[(&str, &str)] = &[
    ("ContainersConfModule", "a host says it once, in containers.conf(5)"),
    ("GIDMap", "an argument says it"),
    ("GlobalArgs", "options of podman itself are the host's"),
    ("IP", "`Network=` says it for each network"),
    ("IP6", "`Network=` says it for each network"),
    ("NetworkAlias", "`Network=` says it for each network"),
    ("RemapGid", "deprecated for `UserNS=`"),
    ("RemapUid", "deprecated for `UserNS=`"),
    ("RemapUidSize", "deprecated for `UserNS=`"),
    ("RemapUsers", "deprecated for `UserNS=`"),
    ("ServiceName", "the unit has the same name on every target"),
    ("StopTimeout", "its containers have stopped before it, each in its own time"),
    ("SubGIDMap", "an argument says it"),
    ("SubUIDMap", "an argument says it"),
    ("UIDMap", "an argument says it"),
    ("Volume", "each container says which volumes it has"),
];
