//! `[Container]`, of podman-systemd.unit(5), and the arguments of podman-run(1) that it has no key for.

use super::Nixos::{Capability, Container, ContainerList, Elsewhere};
use super::Since::Never;
use super::{Podman, podman};

table! {
    Container podman;

    IMAGE = "Image" QuadletRaw [podman(4, 4)] in Container(&["image"]), option Image, podman Podman::Image;
    CONTAINER_NAME = "ContainerName" QuadletRaw [podman(4, 4)] in Elsewhere, podman Podman::Option("--name");
    PULL = "Pull" QuadletRaw [podman(4, 6)] in Container(&["pull"]), podman Podman::Option("--pull");
    RETRY = "Retry" QuadletRaw [podman(5, 5)], podman Podman::Option("--retry");
    RETRY_DELAY = "RetryDelay" QuadletRaw [podman(5, 5)], podman Podman::Option("--retry-delay");
    AUTO_UPDATE = "AutoUpdate" QuadletRaw [podman(4, 6)] in Container(&["labels", "io.containers.autoupdate"]), podman Podman::Option("--label=io.containers.autoupdate");
    LOGIN_REGISTRY = "--login-registry" Plain [Never] in Container(&["login", "registry"]);
    LOGIN_USERNAME = "--login-username" Plain [Never] in Container(&["login", "username"]);
    LOGIN_PASSWORD_FILE = "--login-password-file" Plain [Never] in Container(&["login", "passwordFile"]);

    ENTRYPOINT = "Entrypoint" QuadletRaw [podman(5, 0)] in Container(&["entrypoint"]), podman Podman::Option("--entrypoint");
    EXEC = "Exec" QuadletWords [podman(4, 4)] in ContainerList(&["cmd"]), podman Podman::Command;
    WORKING_DIR = "WorkingDir" QuadletRaw [podman(4, 6)] in Container(&["workdir"]), podman Podman::Option("--workdir");
    USER = "User" QuadletRaw [podman(4, 4)] in Container(&["user"]), podman Podman::Option("--user");
    GROUP_ADD = "GroupAdd" QuadletRaw [podman(5, 1)], podman Podman::Option("--group-add");
    ENVIRONMENT = "Environment" QuadletWords [podman(4, 4)] in Container(&["environment"]), option Environment, podman Podman::Option("--env");
    ENVIRONMENT_FILE = "EnvironmentFile" QuadletWords [podman(4, 4)] in ContainerList(&["environmentFiles"]), podman Podman::Option("--env-file");
    ENVIRONMENT_HOST = "EnvironmentHost" Plain [podman(4, 4)], podman Podman::Flag("--env-host");
    HTTP_PROXY = "HttpProxy" Plain [podman(5, 7)], podman Podman::Flag("--http-proxy");
    TIMEZONE = "Timezone" QuadletRaw [podman(4, 4)], podman Podman::Option("--tz");
    RUN_INIT = "RunInit" Plain [podman(4, 4)], podman Podman::Flag("--init");
    NOTIFY = "Notify" QuadletNotify [podman(4, 4)] in Container(&["podman", "sdnotify"]), podman Podman::Option("--sdnotify");
    SECRET = "Secret" QuadletWords [podman(4, 5)], podman Podman::Option("--secret");
    STOP_SIGNAL = "StopSignal" QuadletRaw [podman(5, 2)], podman Podman::Option("--stop-signal");
    STOP_TIMEOUT = "StopTimeout" QuadletRaw [podman(5, 0)], podman Podman::Option("--stop-timeout");

    POD = "--pod" Plain [Never], podman Podman::Option("--pod");
    NETWORK = "Network" QuadletRaw [podman(4, 4)] in ContainerList(&["networks"]), podman Podman::Option("--network");
    PUBLISH_PORT = "PublishPort" QuadletRaw [podman(4, 4)] in ContainerList(&["ports"]), podman Podman::Option("--publish");
    EXPOSE_HOST_PORT = "ExposeHostPort" QuadletRaw [podman(4, 4)], podman Podman::Option("--expose");
    HOST_NAME = "HostName" QuadletRaw [podman(4, 6)] in Container(&["hostname"]), podman Podman::Option("--hostname");
    ADD_HOST = "AddHost" QuadletRaw [podman(5, 3)], podman Podman::Option("--add-host");
    DNS = "DNS" QuadletRaw [podman(4, 7)], podman Podman::Option("--dns");
    DNS_SEARCH = "DNSSearch" QuadletRaw [podman(4, 7)], podman Podman::Option("--dns-search");
    DNS_OPTION = "DNSOption" QuadletRaw [podman(4, 7)], podman Podman::Option("--dns-option");

    VOLUME = "Volume" QuadletRaw [podman(4, 4)] in ContainerList(&["volumes"]), podman Podman::Option("--volume");
    MOUNT = "Mount" QuadletWords [podman(4, 5)], podman Podman::Option("--mount");
    TMPFS = "Tmpfs" QuadletRaw [podman(4, 5)], podman Podman::Option("--tmpfs");
    ADD_DEVICE = "AddDevice" QuadletItems [podman(4, 4)] in ContainerList(&["devices"]), podman Podman::Option("--device");
    READ_ONLY = "ReadOnly" Plain [podman(4, 4)], podman Podman::Flag("--read-only");
    READ_ONLY_TMPFS = "ReadOnlyTmpfs" Plain [podman(4, 8)], podman Podman::Flag("--read-only-tmpfs");
    SHM_SIZE = "ShmSize" QuadletRaw [podman(4, 7)], podman Podman::Option("--shm-size");

    DROP_CAPABILITY = "DropCapability" QuadletItems [podman(4, 4)] in Capability(false), podman Podman::Option("--cap-drop");
    ADD_CAPABILITY = "AddCapability" QuadletItems [podman(4, 4)] in Capability(true), podman Podman::Option("--cap-add");
    PRIVILEGED = "--privileged" Plain [Never] in Container(&["privileged"]), podman Podman::Flag("--privileged");
    NO_NEW_PRIVILEGES = "NoNewPrivileges" Plain [podman(4, 4)], podman Podman::Flag("--security-opt=no-new-privileges");
    SECURITY_LABEL_DISABLE = "SecurityLabelDisable" Plain [podman(4, 5)], podman Podman::Flag("--security-opt=label=disable");
    SECURITY_LABEL_NESTED = "SecurityLabelNested" Plain [podman(4, 6)], podman Podman::Flag("--security-opt=label=nested");
    SECURITY_LABEL_TYPE = "SecurityLabelType" QuadletRaw [podman(4, 5)], podman Podman::Prefix("--security-opt=label=type:");
    SECURITY_LABEL_FILE_TYPE = "SecurityLabelFileType" QuadletRaw [podman(4, 5)], podman Podman::Prefix("--security-opt=label=filetype:");
    SECURITY_LABEL_LEVEL = "SecurityLabelLevel" QuadletRaw [podman(4, 5)], podman Podman::Prefix("--security-opt=label=level:");
    SECCOMP_PROFILE = "SeccompProfile" QuadletRaw [podman(4, 4)], podman Podman::Option("--security-opt=seccomp");
    APP_ARMOR = "AppArmor" QuadletRaw [podman(5, 8)], podman Podman::Option("--security-opt=apparmor");
    MASK = "Mask" QuadletWords [podman(4, 6)], podman Podman::Option("--security-opt=mask");
    UNMASK = "Unmask" QuadletWords [podman(4, 6)], podman Podman::Option("--security-opt=unmask");
    USER_NS = "UserNS" QuadletRaw [podman(4, 5)], podman Podman::Option("--userns");
    UID_MAP = "UIDMap" QuadletItems [podman(4, 8)], podman Podman::Option("--uidmap");
    GID_MAP = "GIDMap" QuadletItems [podman(4, 8)], podman Podman::Option("--gidmap");
    SUB_UID_MAP = "SubUIDMap" QuadletRaw [podman(4, 8)], podman Podman::Option("--subuidname");
    SUB_GID_MAP = "SubGIDMap" QuadletRaw [podman(4, 8)], podman Podman::Option("--subgidname");

    CGROUPS_MODE = "CgroupsMode" QuadletRaw [podman(5, 3)], podman Podman::Option("--cgroups");
    PIDS_LIMIT = "PidsLimit" QuadletRaw [podman(4, 7)], podman Podman::Option("--pids-limit");
    ULIMIT = "Ulimit" QuadletRaw [podman(4, 7)], podman Podman::Option("--ulimit");
    SYSCTL = "Sysctl" QuadletItems [podman(4, 6)], podman Podman::Option("--sysctl");

    LABEL = "Label" QuadletWords [podman(4, 4)] in Container(&["labels"]), podman Podman::Option("--label");
    ANNOTATION = "Annotation" QuadletWords [podman(4, 4)], podman Podman::Option("--annotation");
    LOG_DRIVER = "LogDriver" QuadletRaw [podman(4, 5)] in Container(&["log-driver"]), podman Podman::Option("--log-driver");
    LOG_OPT = "LogOpt" QuadletItems [podman(5, 2)], podman Podman::Option("--log-opt");

    HEALTH_CMD = "HealthCmd" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-cmd");
    HEALTH_INTERVAL = "HealthInterval" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-interval");
    HEALTH_TIMEOUT = "HealthTimeout" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-timeout");
    HEALTH_RETRIES = "HealthRetries" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-retries");
    HEALTH_START_PERIOD = "HealthStartPeriod" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-start-period");
    HEALTH_ON_FAILURE = "HealthOnFailure" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-on-failure");
    HEALTH_STARTUP_CMD = "HealthStartupCmd" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-startup-cmd");
    HEALTH_STARTUP_INTERVAL = "HealthStartupInterval" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-startup-interval");
    HEALTH_STARTUP_TIMEOUT = "HealthStartupTimeout" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-startup-timeout");
    HEALTH_STARTUP_RETRIES = "HealthStartupRetries" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-startup-retries");
    HEALTH_STARTUP_SUCCESS = "HealthStartupSuccess" QuadletRaw [podman(4, 5)], podman Podman::Option("--health-startup-success");
    HEALTH_LOG_DESTINATION = "HealthLogDestination" QuadletRaw [podman(5, 3)], podman Podman::Option("--health-log-destination");
    HEALTH_MAX_LOG_COUNT = "HealthMaxLogCount" QuadletRaw [podman(5, 3)], podman Podman::Option("--health-max-log-count");
    HEALTH_MAX_LOG_SIZE = "HealthMaxLogSize" QuadletRaw [podman(5, 3)], podman Podman::Option("--health-max-log-size");

    PODMAN_ARGS = "PodmanArgs" QuadletWords [podman(4, 4)], podman Podman::Words;
}

/// Keys that have no row, each with its reason.
#[cfg(test)]
pub(super) const LEFT_OUT: &[(&str, &str)] = &[
    ("ContainersConfModule", "a configuration of the host, which the other targets do not read"),
    ("GlobalArgs", "they are for podman itself and not for the container"),
    ("Group", "`User=` takes it after a colon, and NixOS has no other way"),
    ("IP", "`Network=` says it for each network"),
    ("IP6", "`Network=` says it for each network"),
    ("Memory", "the limits of a service are those of its unit"),
    ("NetworkAlias", "`Network=` says it for each network"),
    ("Pod", "an argument says it, and the unit of the pod leaves the container asleep"),
    ("ReloadCmd", "`ExecReload=` says it for every version"),
    ("ReloadSignal", "`ExecReload=` says it for every version"),
    ("RemapGid", "deprecated for `UserNS=`"),
    ("RemapUid", "deprecated for `UserNS=`"),
    ("RemapUidSize", "deprecated for `UserNS=`"),
    ("RemapUsers", "deprecated for `UserNS=`"),
    ("Rootfs", "a directory of the host in place of an image, which NixOS cannot run"),
    ("ServiceName", "the file has the name of the service"),
    ("StartWithPod", "only of `Pod=`"),
    ("VolatileTmp", "deprecated for `Tmpfs=`"),
];
