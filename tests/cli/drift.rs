//! `check` of a tree that is out of date, in every form.

use super::*;

const FLEET: &str = r#"
[hosts.alcove]
nixos = "25.11"
[hosts.shelf]

[services.cf-torrent]
container = { image = "ghcr.io/lucasew/cf-torrent:1", pull = "never" }
restart.policy = "on-failure"
activation = { on = "socket", handoff = "fd" }

[services.job]
user = "job"
exec.command = ["/usr/bin/job"]
"#;

/// Makes the tree of the manifest as it was, and writes the manifest as it is.
fn drifted(new: &str) -> tempfile::TempDir {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", FLEET);
    shown(scratch.path(), "gen");
    write(scratch.path(), "unitsmith.toml", new);
    scratch
}

fn changed() -> String {
    FLEET
        .replace("cf-torrent:1", "cf-torrent:2")
        .replace("policy = \"on-failure\"", "delay = \"2s\"")
        .replace("/usr/bin/job", "/usr/bin/other")
}

#[test]
fn what_differs_is_told_by_service() {
    let scratch = drifted(&changed());
    check(
        scratch.path(),
        "check",
        expect![[r#"
        --- stdout
        --- a/hosts/shelf/quadlet/cf-torrent.container
        +++ b/hosts/shelf/quadlet/cf-torrent.container
        @@ -6,14 +6,14 @@
         StartLimitIntervalSec=0

         [Container]
        -Image=ghcr.io/lucasew/cf-torrent:1
        +Image=ghcr.io/lucasew/cf-torrent:2
         ContainerName=cf-torrent
         Pull=never

         [Service]
         SuccessExitStatus=143
         Restart=on-failure
        -RestartSec=500ms
        +RestartSec=2s
         RestartSteps=8
         RestartMaxDelaySec=30s
         TimeoutStartSec=0
        --- a/hosts/shelf/systemd/job.service
        +++ b/hosts/shelf/systemd/job.service
        @@ -6,7 +6,7 @@
         [Service]
         Type=exec
         User=job
        -ExecStart=/usr/bin/job
        +ExecStart=/usr/bin/other
         NoNewPrivileges=true
         PrivateTmp=true
         ProtectSystem=full
        --- a/nixos/cf-torrent.nix
        +++ b/nixos/cf-torrent.nix
        @@ -19,7 +19,7 @@

             image = lib.mkOption {
               type = lib.types.str;
        -      default = "ghcr.io/lucasew/cf-torrent:1";
        +      default = "ghcr.io/lucasew/cf-torrent:2";
               description = "Image of the container.";
             };

        @@ -68,7 +68,7 @@
               serviceConfig = {
                 SuccessExitStatus = 143;
                 Restart = lib.mkForce cfg.restart;
        -        RestartSec = "500ms";
        +        RestartSec = "2s";
                 RestartSteps = 8;
                 RestartMaxDelaySec = "30s";
               };
        --- a/nixos/job.nix
        +++ b/nixos/job.nix
        @@ -45,7 +45,7 @@
               serviceConfig = {
                 Type = "exec";
                 User = cfg.user;
        -        ExecStart = "/usr/bin/job";
        +        ExecStart = "/usr/bin/other";
                 NoNewPrivileges = true;
                 PrivateTmp = true;
                 ProtectSystem = "full";
        --- stderr
        `generated/hosts/shelf/quadlet/cf-torrent.container` is different
        `generated/hosts/shelf/systemd/job.service` is different
        `generated/nixos/cf-torrent.nix` is different
        `generated/nixos/job.nix` is different
        cf-torrent: Image ghcr.io/lucasew/cf-torrent:1 → ghcr.io/lucasew/cf-torrent:2 (nixos, quadlet); RestartSec 500ms → 2s (nixos, quadlet); port unchanged
        job: ExecStart /usr/bin/job → /usr/bin/other (nixos, systemd)
        to repair it: unitsmith gen
        --- exit 1
    "#]],
    );
}

#[test]
fn what_differs_is_told_on_the_lines_of_the_manifest() {
    let scratch = drifted(&changed());
    check(
        scratch.path(),
        "check --format github",
        expect![[r#"
        --- stdout
        ::error file=unitsmith.toml,line=6,title=unitsmith check::cf-torrent: Image ghcr.io/lucasew/cf-torrent:1 → ghcr.io/lucasew/cf-torrent:2 (nixos, quadlet); RestartSec 500ms → 2s (nixos, quadlet); port unchanged%0Ato repair it: unitsmith gen
        ::error file=unitsmith.toml,line=11,title=unitsmith check::job: ExecStart /usr/bin/job → /usr/bin/other (nixos, systemd)%0Ato repair it: unitsmith gen
        --- exit 1
    "#]],
    );
    // Problems are told in the same form.
    write(scratch.path(), "unitsmith.toml", "[services.web]\nexec.comand = []\n");
    check(
        scratch.path(),
        "check --format github",
        expect![[r#"
            --- stdout
            ::error file=unitsmith.toml,line=2,col=6,title=US002::`comand` is not a key of `services.web.exec`%0Adid you mean `command`? keys are: command, logFile, postStart, postStop, preStart, reload, stop, workingDirectory
            --- exit 1
        "#]],
    );
}

#[test]
fn what_differs_is_told_to_programs() {
    let scratch = drifted(&FLEET.replace("/usr/bin/job", "/usr/bin/other"));
    check(
        scratch.path(),
        "check --format json",
        expect![[r#"
        --- stdout
        {
          "errors": 0,
          "files": [
            {
              "is": "different",
              "path": "generated/hosts/shelf/systemd/job.service"
            },
            {
              "is": "different",
              "path": "generated/nixos/job.nix"
            }
          ],
          "hosts": [
            {
              "files": [],
              "listening": [],
              "losses": [],
              "name": "NixOS",
              "services": [
                {
                  "consequence": "restarts",
                  "name": "job",
                  "units": [
                    {
                      "consequence": "restarts",
                      "differences": [
                        {
                          "key": "ExecStart",
                          "new": [
                            "/usr/bin/other"
                          ],
                          "old": [
                            "/usr/bin/job"
                          ],
                          "section": "Service"
                        }
                      ],
                      "is": "changed",
                      "name": "job.service"
                    }
                  ]
                }
              ]
            },
            {
              "files": [],
              "listening": [],
              "losses": [],
              "name": "shelf",
              "services": [
                {
                  "consequence": "restarts",
                  "name": "job",
                  "units": [
                    {
                      "consequence": "restarts",
                      "differences": [
                        {
                          "key": "ExecStart",
                          "new": [
                            "/usr/bin/other"
                          ],
                          "old": [
                            "/usr/bin/job"
                          ],
                          "section": "Service"
                        }
                      ],
                      "is": "changed",
                      "name": "job.service"
                    }
                  ]
                }
              ]
            }
          ],
          "lock": {
            "current": true,
            "path": "unitsmith.lock"
          },
          "notes": 0,
          "problems": [],
          "repair": "unitsmith gen",
          "services": [
            {
              "name": "job",
              "summary": "ExecStart /usr/bin/job → /usr/bin/other (nixos, systemd)"
            }
          ],
          "version": 1,
          "warnings": 0
        }
        --- exit 1
    "#]],
    );
    write(scratch.path(), "unitsmith.toml", FLEET);
    check(
        scratch.path(),
        "check --format json",
        expect![[r#"
        --- stdout
        {
          "errors": 0,
          "files": [],
          "hosts": [],
          "lock": {
            "current": true,
            "path": "unitsmith.lock"
          },
          "notes": 0,
          "problems": [],
          "repair": null,
          "services": [],
          "version": 1,
          "warnings": 0
        }
        --- exit 0
    "#]],
    );
}

#[test]
fn what_is_in_the_way_and_a_stale_lock_are_named_with_the_repair() {
    let scratch = scratch();
    write(scratch.path(), "my files/unitsmith.toml", FLEET);
    shown(scratch.path(), "gen");
    let mut program = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    program.current_dir(scratch.path()).args(["gen", "my files/unitsmith.toml", "-o", "out put"]);
    assert_eq!(run(&mut program).code, Some(0));
    write(scratch.path(), "out put/hosts/shelf/systemd/job.service", "# of somebody else\n");
    write(scratch.path(), "my files/unitsmith.lock", "{ \"version\": 1, \"ports\": {} }\n");
    let mut program = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
    program.current_dir(scratch.path()).args(["check", "my files/unitsmith.toml", "-o", "out put"]);
    expect![[r#"
        `out put/hosts/shelf/systemd/job.service` is in the way, and not generated from this manifest
        `my files/unitsmith.lock` is out of date
        job: service is new (systemd)
        to repair it, move `out put/hosts/shelf/systemd/job.service` away and run: unitsmith gen 'my files/unitsmith.toml' -o 'out put'
    "#]].assert_eq(&run(&mut program).stderr);
}

#[test]
fn a_tree_that_a_formatter_laid_out_anew_is_the_same() {
    let formats: [(&str, Format); 3] = [
        ("nixfmt", |it| {
            let mut options = nixfmt_rs::Options::default();
            (options.width, options.indent) = (40, 4);
            nixfmt_rs::format_with(it, &options).unwrap()
        }),
        ("alejandra", |it| alejandra::format::in_memory("it".to_owned(), it.to_owned()).1),
        ("nixpkgs-fmt", nixpkgs_fmt::reformat_string),
    ];
    for case in ["homelab", "fleet", "photos", "media"] {
        for (name, format) in formats {
            let scratch = scratch();
            let from = crate::support::repository().join("tests/cases").join(case);
            for (path, text) in read(&from) {
                let text = if path.ends_with(".nix") { format(&text) } else { text };
                // A formatter of unit files, too, may have its way.
                let text = if path.ends_with(".service") { spaced(&text) } else { text };
                write(scratch.path(), &path, &text);
            }
            let said = shown(scratch.path(), "check --structural");
            assert!(said.ends_with("--- exit 0\n"), "{case} {name}:\n{said}");
            assert!(shown(scratch.path(), "check").ends_with("--- exit 1\n"), "{case} {name}");
            for (end, from, to) in [
                ("default.nix", "./", "./x"),
                (".nix", "cfg.enable", "cfg.enabled"),
                (".service", "ExecStart = ", "ExecStart = -"),
                (".container", "Image=", "Image=x"),
            ] {
                let files = read(&scratch.path().join("generated"));
                let holds = |it: &(&String, &String)| it.0.ends_with(end) && it.1.contains(from);
                // Not every case has both kinds of units.
                let Some((path, text)) = files.iter().find(holds) else { continue };
                let path = format!("generated/{path}");
                write(scratch.path(), &path, &text.replacen(from, to, 1));
                let said = shown(scratch.path(), "check --structural");
                assert!(said.contains(&format!("`{path}` is different")), "{name}:\n{said}");
                write(scratch.path(), &path, text);
            }
        }
    }
}

/// What a formatter makes of a file.
type Format = fn(&str) -> String;

/// A unit file with blanks around the signs that end its keys.
fn spaced(text: &str) -> String {
    text.lines().map(|it| format!("{}\n", it.replacen('=', " = ", 1))).collect()
}
