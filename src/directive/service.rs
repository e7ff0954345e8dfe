//! `[Service]`, of systemd.service(5), systemd.exec(5), systemd.kill(5) and systemd.resource-control(5).

use super::Nixos::Unit;
use super::Since::{Always, Systemd};

table! {
    Service "serviceConfig";

    TYPE = "Type" Plain [Always];
    NOTIFY_ACCESS = "NotifyAccess" Plain [Always];
    USER = "User" Line [Always], option User;
    GROUP = "Group" Line [Always];
    DYNAMIC_USER = "DynamicUser" Plain [Systemd(232)];
    SUPPLEMENTARY_GROUPS = "SupplementaryGroups" Names [Always];
    UMASK = "UMask" Plain [Always];
    NICE = "Nice" Plain [Always];
    STATE_DIRECTORY = "StateDirectory" Line [Always];
    STATE_DIRECTORY_MODE = "StateDirectoryMode" Plain [Systemd(234)];
    CACHE_DIRECTORY = "CacheDirectory" Line [Always];
    CACHE_DIRECTORY_MODE = "CacheDirectoryMode" Plain [Systemd(234)];
    LOGS_DIRECTORY = "LogsDirectory" Line [Always];
    LOGS_DIRECTORY_MODE = "LogsDirectoryMode" Plain [Systemd(234)];
    RUNTIME_DIRECTORY = "RuntimeDirectory" Line [Always];
    RUNTIME_DIRECTORY_MODE = "RuntimeDirectoryMode" Plain [Systemd(234)];
    LOAD_CREDENTIAL = "LoadCredential" Line [Systemd(247)];
    LOAD_CREDENTIAL_ENCRYPTED = "LoadCredentialEncrypted" Line [Systemd(247)];
    WORKING_DIRECTORY = "WorkingDirectory" Line [Always];
    ENVIRONMENT = "Environment" Variables [Always] in Unit(&["environment"]), option Environment;
    ENVIRONMENT_FILE = "EnvironmentFile" Line [Always];
    REMAIN_AFTER_EXIT = "RemainAfterExit" Plain [Always];
    EXEC_START_PRE = "ExecStartPre" Command [Always];
    EXEC_START = "ExecStart" Command [Always];
    EXEC_START_POST = "ExecStartPost" Command [Always];
    EXEC_RELOAD = "ExecReload" Command [Always];
    EXEC_STOP = "ExecStop" Command [Always];
    EXEC_STOP_POST = "ExecStopPost" Command [Always];
    TIMEOUT_START_SEC = "TimeoutStartSec" Plain [Always];
    TIMEOUT_STOP_SEC = "TimeoutStopSec" Plain [Always];
    RESTART = "Restart" Plain [Always], option Restart;
    RESTART_MODE = "RestartMode" Plain [Systemd(254)];
    RESTART_SEC = "RestartSec" Plain [Always];
    RESTART_STEPS = "RestartSteps" Plain [Systemd(254)];
    RESTART_MAX_DELAY_SEC = "RestartMaxDelaySec" Plain [Systemd(254)];
    SUCCESS_EXIT_STATUS = "SuccessExitStatus" Plain [Always];
    LIMIT_NOFILE = "LimitNOFILE" Plain [Always];
    LIMIT_NPROC = "LimitNPROC" Plain [Always];
    MEMORY_HIGH = "MemoryHigh" Plain [Systemd(231)];
    MEMORY_MAX = "MemoryMax" Plain [Systemd(231)];
    CPU_QUOTA = "CPUQuota" Plain [Always];
    CPU_WEIGHT = "CPUWeight" Plain [Systemd(232)];
    TASKS_MAX = "TasksMax" Plain [Always];
    IO_WEIGHT = "IOWeight" Plain [Systemd(230)];
    SLICE = "Slice" Plain [Always];
    OOM_POLICY = "OOMPolicy" Plain [Systemd(243)];
    KILL_SIGNAL = "KillSignal" Plain [Always];
    KILL_MODE = "KillMode" Plain [Always];
    DELEGATE = "Delegate" Plain [Always];
}
