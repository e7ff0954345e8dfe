//! What processes are kept from.

use super::*;

const KEYS: &[&str] = &[
    "NoNewPrivileges",
    "PrivateTmp",
    "PrivateDevices",
    "ProtectSystem",
    "ProtectHome",
    "ProtectKernelTunables",
    "ProtectKernelModules",
    "ProtectKernelLogs",
    "ProtectControlGroups",
    "ProtectHostname",
    "ProtectClock",
    "ProtectProc",
    "ProcSubset",
    "LockPersonality",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "RestrictNamespaces",
    "RestrictAddressFamilies",
    "SystemCallFilter",
    "SystemCallArchitectures",
    "MemoryDenyWriteExecute",
    "CapabilityBoundingSet",
    "AmbientCapabilities",
    "UMask",
    "ReadWritePaths",
];

#[test]
fn a_process_has_the_baseline_unless_it_says_otherwise() {
    check(
        r#"exec.command = ["/usr/bin/web"]"#,
        KEYS,
        expect![[r#"
        systemd  web.service          NoNewPrivileges=true
        systemd  web.service          PrivateTmp=true
        systemd  web.service          ProtectSystem=full
        systemd  web.service          ProtectHome=read-only
        systemd  web.service          ProtectKernelTunables=true
        systemd  web.service          ProtectKernelModules=true
        systemd  web.service          ProtectKernelLogs=true
        systemd  web.service          ProtectControlGroups=true
        systemd  web.service          ProtectHostname=true
        systemd  web.service          LockPersonality=true
        systemd  web.service          RestrictRealtime=true
        systemd  web.service          RestrictSUIDSGID=true
        nixos    web.nix              NoNewPrivileges = true;
        nixos    web.nix              PrivateTmp = true;
        nixos    web.nix              ProtectSystem = "full";
        nixos    web.nix              ProtectHome = "read-only";
        nixos    web.nix              ProtectKernelTunables = true;
        nixos    web.nix              ProtectKernelModules = true;
        nixos    web.nix              ProtectKernelLogs = true;
        nixos    web.nix              ProtectControlGroups = true;
        nixos    web.nix              ProtectHostname = true;
        nixos    web.nix              LockPersonality = true;
        nixos    web.nix              RestrictRealtime = true;
        nixos    web.nix              RestrictSUIDSGID = true;
    "#]],
    );
    check(
        r#"exec.command = ["/usr/bin/web"]
        hardening = "none""#,
        KEYS,
        expect![[""]],
    );
}

#[test]
fn strict_takes_all_but_its_exceptions() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        user = "web"
        port = 80
        hardening = { profile = "strict", except = ["MemoryDenyWriteExecute", "PrivateDevices"], writablePaths = ["/srv/100%"] }"#,
        KEYS,
        expect![[r#"
            systemd  web.service          NoNewPrivileges=true
            systemd  web.service          PrivateTmp=true
            systemd  web.service          ProtectSystem=strict
            systemd  web.service          ProtectHome=true
            systemd  web.service          ProtectKernelTunables=true
            systemd  web.service          ProtectKernelModules=true
            systemd  web.service          ProtectKernelLogs=true
            systemd  web.service          ProtectControlGroups=true
            systemd  web.service          ProtectHostname=true
            systemd  web.service          LockPersonality=true
            systemd  web.service          RestrictRealtime=true
            systemd  web.service          RestrictSUIDSGID=true
            systemd  web.service          ProtectClock=true
            systemd  web.service          ProtectProc=invisible
            systemd  web.service          ProcSubset=pid
            systemd  web.service          RestrictNamespaces=true
            systemd  web.service          RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
            systemd  web.service          SystemCallFilter=@system-service @pkey
            systemd  web.service          SystemCallArchitectures=native
            systemd  web.service          CapabilityBoundingSet=CAP_NET_BIND_SERVICE
            systemd  web.service          UMask=0077
            systemd  web.service          AmbientCapabilities=CAP_NET_BIND_SERVICE
            systemd  web.service          ReadWritePaths=/srv/100%%
            nixos    web.nix              NoNewPrivileges = true;
            nixos    web.nix              PrivateTmp = true;
            nixos    web.nix              ProtectSystem = "strict";
            nixos    web.nix              ProtectHome = true;
            nixos    web.nix              ProtectKernelTunables = true;
            nixos    web.nix              ProtectKernelModules = true;
            nixos    web.nix              ProtectKernelLogs = true;
            nixos    web.nix              ProtectControlGroups = true;
            nixos    web.nix              ProtectHostname = true;
            nixos    web.nix              LockPersonality = true;
            nixos    web.nix              RestrictRealtime = true;
            nixos    web.nix              RestrictSUIDSGID = true;
            nixos    web.nix              ProtectClock = true;
            nixos    web.nix              ProtectProc = "invisible";
            nixos    web.nix              ProcSubset = "pid";
            nixos    web.nix              RestrictNamespaces = true;
            nixos    web.nix              RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6 AF_NETLINK";
            nixos    web.nix              SystemCallFilter = "@system-service @pkey";
            nixos    web.nix              SystemCallArchitectures = "native";
            nixos    web.nix              CapabilityBoundingSet = "CAP_NET_BIND_SERVICE";
            nixos    web.nix              UMask = "0077";
            nixos    web.nix              AmbientCapabilities = "CAP_NET_BIND_SERVICE";
            nixos    web.nix              ReadWritePaths = "/srv/100%%";
        "#]],
    );
}

#[test]
fn what_the_manifest_names_is_seen() {
    const HOME: &[&str] = &["ProtectHome", "PrivateTmp", "ReadWritePaths"];
    check(
        r#"exec.command = ["/home/alice/bin/web"]"#,
        HOME,
        expect![[r#"
        systemd  web.service          PrivateTmp=true
        nixos    web.nix              PrivateTmp = true;
    "#]],
    );
    check(
        r#"exec.command = ["/usr/bin/web"]
        environment.SOCKET = "/tmp/web.sock""#,
        HOME,
        expect![[r#"
            systemd  web.service          ProtectHome=read-only
            nixos    web.nix              ProtectHome = "read-only";
        "#]],
    );
    check(
        r#"exec.command = ["/usr/bin/web"]
        hardening = { profile = "strict", writablePaths = ["/home/alice/Sync"] }"#,
        HOME,
        expect![[r#"
            systemd  web.service          PrivateTmp=true
            systemd  web.service          ProtectHome=read-only
            systemd  web.service          ReadWritePaths=/home/alice/Sync
            nixos    web.nix              PrivateTmp = true;
            nixos    web.nix              ProtectHome = "read-only";
            nixos    web.nix              ReadWritePaths = "/home/alice/Sync";
        "#]],
    );
}

#[test]
fn older_systemd_and_managers_of_accounts_take_the_measures_they_know() {
    check_manifest(
        r#"
        [hosts.old]
        systemd = 241
        [hosts.own]
        user = "alice"

        [services.web]
        exec.command = ["/usr/bin/web"]
        hardening = "strict"
        "#,
        KEYS,
        expect![[r#"
            systemd  web.service          NoNewPrivileges=true
            systemd  web.service          PrivateTmp=true
            systemd  web.service          ProtectSystem=strict
            systemd  web.service          ProtectHome=true
            systemd  web.service          ProtectKernelTunables=true
            systemd  web.service          ProtectKernelModules=true
            systemd  web.service          ProtectControlGroups=true
            systemd  web.service          LockPersonality=true
            systemd  web.service          RestrictRealtime=true
            systemd  web.service          PrivateDevices=true
            systemd  web.service          RestrictNamespaces=true
            systemd  web.service          RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
            systemd  web.service          SystemCallFilter=@system-service @pkey
            systemd  web.service          SystemCallArchitectures=native
            systemd  web.service          MemoryDenyWriteExecute=true
            systemd  web.service          CapabilityBoundingSet=
            systemd  web.service          UMask=0077
            systemd  web.service          NoNewPrivileges=true
            systemd  web.service          LockPersonality=true
            systemd  web.service          RestrictRealtime=true
            systemd  web.service          RestrictSUIDSGID=true
            systemd  web.service          RestrictNamespaces=true
            systemd  web.service          RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
            systemd  web.service          SystemCallFilter=@system-service @pkey
            systemd  web.service          SystemCallArchitectures=native
            systemd  web.service          MemoryDenyWriteExecute=true
            systemd  web.service          UMask=0077
        "#]],
    );
}
