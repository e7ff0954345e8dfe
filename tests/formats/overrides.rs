//! Services that are different on a host.

use super::*;

#[test]
fn a_host_runs_what_its_override_says() {
    check_manifest(
        r#"
[hosts.plain]
[hosts.special]
[hosts.alcove]
nixos = "25.11"
[hosts.nook]
nixos = "25.11"
[services.web]
exec.command = ["/usr/bin/web", "--port=${port}"]
environment = { A = "same", B = "same" }
[services.web.overrides.special]
environment = { B = "special", C = "${services.web.port}" }
exec.workingDirectory = "/srv"
[services.web.overrides.nook]
exec.command = ["/usr/bin/web", "--port=${port}", "--nook"]
user = "nook"
"#,
        &[
            "ExecStart",
            "WorkingDirectory",
            "Environment",
            "A",
            "B",
            "C",
            "User",
            "disabledModules",
            "imports",
            "unitsmith",
        ],
        expect![[r#"
            systemd  web.service          Environment=A=same
            systemd  web.service          Environment=B=same
            systemd  web.service          ExecStart=/usr/bin/web --port=9575
            systemd  web.service          WorkingDirectory=/srv
            systemd  web.service          Environment=A=same
            systemd  web.service          Environment=B=special
            systemd  web.service          Environment=C=9575
            systemd  web.service          ExecStart=/usr/bin/web --port=9575
            nixos    default.nix          imports = [ ./web.nix ];
            nixos    alcove.nix           imports = [ ../default.nix ];
            nixos    alcove.nix           unitsmith.web.enable = true;
            nixos    nook.nix             disabledModules = [ ../web.nix ];
            nixos    nook.nix             imports = [ ../default.nix ./nook/web.nix ];
            nixos    nook.nix             unitsmith.web.enable = true;
            nixos    web.nix              A = "same";
            nixos    web.nix              B = "same";
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              ExecStart = "/usr/bin/web --port=${toString cfg.port} --nook";
            nixos    web.nix              A = "same";
            nixos    web.nix              B = "same";
            nixos    web.nix              ExecStart = "/usr/bin/web --port=${toString cfg.port}";
        "#]],
    );
}
