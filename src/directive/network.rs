//! `[Network]`, of podman-systemd.unit(5).

use super::{Podman, podman};

table! {
    Network podman;

    NETWORK_NAME = "NetworkName" QuadletRaw [podman(4, 7)], podman Podman::Subject;
    DRIVER = "Driver" QuadletRaw [podman(4, 4)], podman Podman::Option("--driver");
    SUBNET = "Subnet" QuadletRaw [podman(4, 4)], podman Podman::Option("--subnet");
    GATEWAY = "Gateway" QuadletRaw [podman(4, 4)], podman Podman::Option("--gateway");
    IP_RANGE = "IPRange" QuadletRaw [podman(4, 4)], podman Podman::Option("--ip-range");
    IPV6 = "IPv6" Plain [podman(4, 4)], podman Podman::Flag("--ipv6");
    INTERNAL = "Internal" Plain [podman(4, 4)], podman Podman::Flag("--internal");
    DISABLE_DNS = "DisableDNS" Plain [podman(4, 4)], podman Podman::Flag("--disable-dns");
    DNS = "DNS" QuadletRaw [podman(4, 7)], podman Podman::Option("--dns");
    IPAM_DRIVER = "IPAMDriver" QuadletRaw [podman(4, 4)], podman Podman::Option("--ipam-driver");
    INTERFACE_NAME = "InterfaceName" QuadletRaw [podman(5, 6)], podman Podman::Option("--interface-name");
    OPTIONS = "Options" QuadletWords [podman(4, 4)], podman Podman::Option("--opt");
    LABEL = "Label" QuadletWords [podman(4, 4)], podman Podman::Option("--label");
    PODMAN_ARGS = "PodmanArgs" QuadletWords [podman(4, 6)], podman Podman::Words;
}

/// The keys of Quadlet that no manifest can say, and why.
#[cfg(test)]
pub(super) const LEFT_OUT: &[(&str, &str)] = &[
    ("ContainersConfModule", "a host says it once, in containers.conf(5)"),
    ("GlobalArgs", "options of podman itself are the host's"),
    ("NetworkDeleteOnStop", "a network that nobody uses costs nothing"),
    ("ServiceName", "the unit has the same name on every target"),
];
