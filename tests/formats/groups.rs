//! Services that are started, stopped and limited together.

use super::*;

const GROUP: &[&str] = &[
    "PartOf",
    "WantedBy",
    "Slice",
    "MemoryMax",
    "CPUQuota",
    "TasksMax",
    "partOf",
    "wantedBy",
    "autoStart",
    "Delegate",
    "extraOptions",
    "sliceConfig",
    "systemd.targets.media",
    "systemd.targets.old-media",
    "systemd.slices.\"old\\\\x2dmedia\"",
];

#[test]
fn a_group_starts_at_boot_what_would_start_there() {
    check_manifest(
        r#"[groups.media]
        [services.boot]
        exec.command = ["/usr/bin/a"]
        groups = ["media"]
        [services.manual]
        exec.command = ["/usr/bin/a"]
        activation.on = "manual"
        groups = ["media"]
        [services.job]
        exec.command = ["/usr/bin/a"]
        schedule.calendar = ["daily"]
        groups = ["media"]
        [services.image]
        container.image = "localhost/a"
        groups = ["media"]"#,
        GROUP,
        expect![[r#"
            systemd  boot.service         PartOf=media.target
            systemd  boot.service         WantedBy=media.target
            systemd  image.service        PartOf=media.target
            systemd  image.service        Delegate=true
            systemd  image.service        WantedBy=media.target
            systemd  job.service          PartOf=media.target
            systemd  job.timer            PartOf=media.target
            systemd  job.timer            WantedBy=timers.target media.target
            systemd  manual.service       PartOf=media.target
            systemd  media.target         WantedBy=multi-user.target
            quadlet  image.container      PartOf=media.target
            quadlet  image.container      WantedBy=media.target
            nixos    boot.nix             wantedBy = [ "media.target" ];
            nixos    boot.nix             partOf = [ "media.target" ];
            nixos    media.nix            systemd.targets.media.wantedBy = [ "multi-user.target" ];
            nixos    image.nix            autoStart = false;
            nixos    image.nix            wantedBy = [ "media.target" ];
            nixos    image.nix            partOf = [ "media.target" ];
            nixos    job.nix              wantedBy = [ "timers.target" "media.target" ];
            nixos    job.nix              partOf = [ "media.target" ];
            nixos    job.nix              partOf = [ "media.target" ];
            nixos    manual.nix           partOf = [ "media.target" ];
        "#]],
    );
}

#[test]
fn sockets_of_a_group_are_part_of_its_target() {
    check_manifest(
        r#"[groups.media]
        [services.fd]
        exec.command = ["/usr/bin/a"]
        activation = { on = "socket", handoff = "fd" }
        groups = ["media"]
        [services.proxied]
        exec.command = ["/usr/bin/a", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }
        groups = ["media"]"#,
        GROUP,
        expect![[r#"
            systemd  fd.service           PartOf=media.target
            systemd  fd.socket            PartOf=media.target
            systemd  fd.socket            WantedBy=sockets.target media.target
            systemd  media.target         WantedBy=multi-user.target
            systemd  proxied.service      PartOf=media.target
            systemd  proxied.socket       PartOf=media.target
            systemd  proxied.socket       WantedBy=sockets.target media.target
            nixos    fd.nix               wantedBy = [ "sockets.target" "media.target" ];
            nixos    fd.nix               partOf = [ "media.target" ];
            nixos    fd.nix               partOf = [ "media.target" ];
            nixos    media.nix            systemd.targets.media.wantedBy = [ "multi-user.target" ];
            nixos    proxied.nix          wantedBy = [ "sockets.target" "media.target" ];
            nixos    proxied.nix          partOf = [ "media.target" ];
            nixos    proxied.nix          partOf = [ "media.target" ];
        "#]],
    );
}

#[test]
fn nothing_of_a_manual_group_starts_by_itself() {
    check_manifest(
        r#"[groups.media]
        start = "manual"
        [services.boot]
        exec.command = ["/usr/bin/a"]
        groups = ["media"]
        [services.fd]
        exec.command = ["/usr/bin/a"]
        activation = { on = "socket", handoff = "fd" }
        groups = ["media"]
        [services.job]
        exec.command = ["/usr/bin/a"]
        schedule.calendar = ["daily"]
        groups = ["media"]"#,
        GROUP,
        expect![[r#"
            systemd  boot.service         PartOf=media.target
            systemd  boot.service         WantedBy=media.target
            systemd  fd.service           PartOf=media.target
            systemd  fd.socket            PartOf=media.target
            systemd  fd.socket            WantedBy=media.target
            systemd  job.service          PartOf=media.target
            systemd  job.timer            PartOf=media.target
            systemd  job.timer            WantedBy=media.target
            nixos    boot.nix             wantedBy = [ "media.target" ];
            nixos    boot.nix             partOf = [ "media.target" ];
            nixos    fd.nix               wantedBy = [ "media.target" ];
            nixos    fd.nix               partOf = [ "media.target" ];
            nixos    fd.nix               partOf = [ "media.target" ];
            nixos    media.nix            systemd.targets.media = { };
            nixos    job.nix              wantedBy = [ "media.target" ];
            nixos    job.nix              partOf = [ "media.target" ];
            nixos    job.nix              partOf = [ "media.target" ];
        "#]],
    );
}

#[test]
fn the_limits_of_a_group_are_those_of_a_slice() {
    check_manifest(
        r#"[groups.old-media]
        description = "Media"
        limits = { memoryMax = "4G", cpuQuota = "150%", tasks = 500 }
        [services.process]
        exec.command = ["/usr/bin/a", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }
        groups = ["old-media"]
        [services.image]
        container.image = "localhost/a"
        groups = ["old-media"]"#,
        GROUP,
        expect![[r#"
            systemd  image.service        PartOf=old-media.target
            systemd  image.service        Delegate=true
            systemd  image.service        Slice=old\x2dmedia.slice
            systemd  image.service        WantedBy=old-media.target
            systemd  old-media.target     WantedBy=multi-user.target
            systemd  old\x2dmedia.slice   MemoryMax=4G
            systemd  old\x2dmedia.slice   CPUQuota=150%
            systemd  old\x2dmedia.slice   TasksMax=500
            systemd  process-backend.service Slice=old\x2dmedia.slice
            systemd  process.service      PartOf=old-media.target
            systemd  process.service      Slice=old\x2dmedia.slice
            systemd  process.socket       PartOf=old-media.target
            systemd  process.socket       WantedBy=sockets.target old-media.target
            quadlet  image.container      PartOf=old-media.target
            quadlet  image.container      Slice=old\x2dmedia.slice
            quadlet  image.container      WantedBy=old-media.target
            nixos    old-media.nix        systemd.targets.old-media = { description = "Media"; wantedBy = [ "multi-user.target" ]; };
            nixos    old-media.nix        systemd.slices."old\\x2dmedia" = { description = "Media (slice)"; sliceConfig = { MemoryMax = "4G"; CPUQuota = "150%"; TasksMax = 500; }; };
            nixos    image.nix            autoStart = false;
            nixos    image.nix            extraOptions = [ "--cgroups=split" ];
            nixos    image.nix            wantedBy = [ "old-media.target" ];
            nixos    image.nix            partOf = [ "old-media.target" ];
            nixos    image.nix            Slice = "old\\x2dmedia.slice";
            nixos    image.nix            Delegate = lib.mkForce true;
            nixos    process.nix          wantedBy = [ "sockets.target" "old-media.target" ];
            nixos    process.nix          partOf = [ "old-media.target" ];
            nixos    process.nix          partOf = [ "old-media.target" ];
            nixos    process.nix          Slice = "old\\x2dmedia.slice";
            nixos    process.nix          Slice = "old\\x2dmedia.slice";
        "#]],
    );
}

#[test]
fn a_service_may_be_in_several_groups() {
    check_manifest(
        r#"[groups.media]
        start = "manual"
        [groups.old-media]
        [services.fd]
        exec.command = ["/usr/bin/a"]
        activation = { on = "socket", handoff = "fd" }
        groups = ["media", "old-media"]"#,
        GROUP,
        expect![[r#"
            systemd  fd.service           PartOf=media.target old-media.target
            systemd  fd.socket            PartOf=media.target old-media.target
            systemd  fd.socket            WantedBy=sockets.target media.target old-media.target
            systemd  old-media.target     WantedBy=multi-user.target
            nixos    fd.nix               wantedBy = [ "sockets.target" "media.target" "old-media.target" ];
            nixos    fd.nix               partOf = [ "media.target" "old-media.target" ];
            nixos    fd.nix               partOf = [ "media.target" "old-media.target" ];
            nixos    media.nix            systemd.targets.media = { };
            nixos    old-media.nix        systemd.targets.old-media.wantedBy = [ "multi-user.target" ];
        "#]],
    );
}
