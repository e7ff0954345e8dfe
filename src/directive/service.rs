//! `[Service]`, of systemd.service(5), systemd.exec(5), systemd.kill(5) and systemd.resource-control(5).

use super::Nixos::Unit;
use super::Since::{Always, Systemd};

table! {
    Service "serviceConfig";

    TYPE = "Type" Plain [Always];
    NOTIFY_ACCESS = "NotifyAccess" Plain [Always];
    USER = "User" Line [Always], option User;
    GROUP = "Group" Line [Always];
    WORKING_DIRECTORY = "WorkingDirectory" Line [Always];
    ENVIRONMENT = "Environment" Variables [Always] in Unit(&["environment"]), option Environment;
    ENVIRONMENT_FILE = "EnvironmentFile" Line [Always];
    EXEC_START = "ExecStart" Command [Always];
    EXEC_START_POST = "ExecStartPost" Command [Always];
    EXEC_STOP = "ExecStop" Command [Always];
    EXEC_STOP_POST = "ExecStopPost" Command [Always];
    TIMEOUT_START_SEC = "TimeoutStartSec" Plain [Always];
    RESTART = "Restart" Plain [Always], option Restart;
    RESTART_MODE = "RestartMode" Plain [Systemd(254)];
    RESTART_SEC = "RestartSec" Plain [Always];
    RESTART_STEPS = "RestartSteps" Plain [Systemd(254)];
    RESTART_MAX_DELAY_SEC = "RestartMaxDelaySec" Plain [Systemd(254)];
    SUCCESS_EXIT_STATUS = "SuccessExitStatus" Plain [Always];
    LIMIT_NOFILE = "LimitNOFILE" Plain [Always];
    KILL_MODE = "KillMode" Plain [Always];
    DELEGATE = "Delegate" Plain [Always];
}
