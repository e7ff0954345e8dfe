//! `[Container]`, of podman-systemd.unit(5).

use super::Nixos::{Capability, Container, ContainerList, Elsewhere};
use super::{Podman, podman};

table! {
    Container podman;

    IMAGE = "Image" QuadletRaw [podman(4, 4)] in Container(&["image"]), option Image, podman Podman::Image;
    CONTAINER_NAME = "ContainerName" QuadletRaw [podman(4, 4)] in Elsewhere, podman Podman::Option("--name");
    PULL = "Pull" QuadletRaw [podman(4, 6)] in Container(&["pull"]), podman Podman::Option("--pull");
    EXEC = "Exec" QuadletWords [podman(4, 4)] in ContainerList(&["cmd"]), podman Podman::Command;
    ENVIRONMENT = "Environment" QuadletWords [podman(4, 4)] in Container(&["environment"]), option Environment, podman Podman::Option("--env");
    ENVIRONMENT_FILE = "EnvironmentFile" QuadletWords [podman(4, 4)] in ContainerList(&["environmentFiles"]), podman Podman::Option("--env-file");
    PUBLISH_PORT = "PublishPort" QuadletRaw [podman(4, 4)] in ContainerList(&["ports"]), podman Podman::Option("--publish");
    VOLUME = "Volume" QuadletRaw [podman(4, 4)] in ContainerList(&["volumes"]), podman Podman::Option("--volume");
    DROP_CAPABILITY = "DropCapability" Names [podman(4, 4)] in Capability(false), podman Podman::Option("--cap-drop");
    ADD_CAPABILITY = "AddCapability" Names [podman(4, 4)] in Capability(true), podman Podman::Option("--cap-add");
    CGROUPS_MODE = "CgroupsMode" QuadletRaw [podman(5, 3)], podman Podman::Option("--cgroups");
    STOP_SIGNAL = "StopSignal" QuadletRaw [podman(5, 2)], podman Podman::Option("--stop-signal");
    STOP_TIMEOUT = "StopTimeout" QuadletRaw [podman(5, 0)], podman Podman::Option("--stop-timeout");
    ULIMIT = "Ulimit" QuadletRaw [podman(4, 7)], podman Podman::Option("--ulimit");
    PODMAN_ARGS = "PodmanArgs" QuadletWords [podman(4, 4)] in Elsewhere;
}
