//! `diff` of manifests, trees and revisions.

use super::*;

const OLD: &str = r#"
[hosts.alcove]
nixos = "25.11"
[hosts.shelf]

[volumes.data]

[services.db]
user = "db"
exec.command = ["/usr/bin/db"]
directories.state = "db"

[services.gone]
user = "gone"
exec.command = ["/usr/bin/gone"]

[services.web]
user = "web"
exec.command = ["/usr/bin/web", "${backendPort}"]
activation = { on = "socket", handoff = "proxy" }

[services.wiki.container]
image = "docker.io/library/wiki:1"
volumes = [{ source = "data", target = "/data" }]
"#;

fn new() -> String {
    OLD.replace("state = \"db\"", "state = \"database\"")
        .replace("/usr/bin/web", "/usr/bin/site")
        .replace("services.gone", "services.come")
        .replace("user = \"web\"", "user = \"web\"\nport = 8080")
        .replace("volumes.data", "volumes.pages")
        .replace("source = \"data\"", "source = \"pages\"")
}

#[test]
fn what_a_change_does_is_told_by_host() {
    let scratch = scratch();
    write(scratch.path(), "old.toml", OLD);
    write(scratch.path(), "new.toml", &new());
    check(
        scratch.path(),
        "diff old.toml new.toml",
        expect![[r#"
            --- stdout
            NixOS (stops: 2, listens anew: 1, restarts: 2, starts: 1, waits: 1)
              come starts
                come.service: service is new
              data-volume stops
                data-volume.service: service is gone
              db restarts
                db.service: StateDirectory db → database
              gone stops
                gone.service: service is gone
              pages-volume waits
                pages-volume.service: service is new
              web listens anew
                web-backend.service: ExecStart /usr/bin/web … → /usr/bin/site …
                web.socket: ListenStream 127.0.0.1:9575 → 127.0.0.1:8080
              wiki restarts
                wiki.container: Volume data:/data → pages:/data
                wiki.container: After data-volume.service → pages-volume.service
                wiki.container: Requires data-volume.service → pages-volume.service
              nixos/default.nix is changed
              data at risk: db no longer has `/var/lib/db`, and uses `/var/lib/database`
              data at risk: wiki no longer has `data`, and uses `pages`
            alcove (NixOS)
              nixos/hosts/alcove.nix is changed
            shelf (stops: 2, listens anew: 1, restarts: 2, starts: 1, waits: 1)
              come starts
                come.service: service is new
              data stops
                data.volume: volume is gone
              db restarts
                db.service: StateDirectory db → database
              gone stops
                gone.service: service is gone
              pages waits
                pages.volume: volume is new
              web listens anew
                web-backend.service: ExecStart /usr/bin/web … → /usr/bin/site …
                web.socket: ListenStream 127.0.0.1:9575 → 127.0.0.1:8080
              wiki restarts
                wiki.container: Volume data:/data → pages:/data
                wiki.container: After data-volume.service → pages-volume.service
                wiki.container: Requires data-volume.service → pages-volume.service
              hosts/shelf/sysctl.d/60-unitsmith.conf is changed
              data at risk: db no longer has `/var/lib/db`, and uses `/var/lib/database`
              data at risk: wiki no longer has `data`, and uses `pages`
            port of web moves: 9575 → 8080
            --- exit 1
        "#]],
    );
    check(
        scratch.path(),
        "diff old.toml new.toml --format markdown",
        expect![[r#"
            --- stdout
            ### NixOS

            | service | what happens | what changes |
            |---|---|---|
            | come | starts | `come.service`: service is new |
            | data-volume | stops | `data-volume.service`: service is gone |
            | db | restarts | `db.service`: StateDirectory db → database |
            | gone | stops | `gone.service`: service is gone |
            | pages-volume | waits | `pages-volume.service`: service is new |
            | web | listens anew | `web-backend.service`: ExecStart /usr/bin/web … → /usr/bin/site …<br>`web.socket`: ListenStream 127.0.0.1:9575 → 127.0.0.1:8080 |
            | wiki | restarts | `wiki.container`: Volume data:/data → pages:/data<br>`wiki.container`: After data-volume.service → pages-volume.service<br>`wiki.container`: Requires data-volume.service → pages-volume.service |

            1 other file: `nixos/default.nix` is changed

            **Data at risk:** db no longer has `/var/lib/db`, and uses `/var/lib/database`.

            **Data at risk:** wiki no longer has `data`, and uses `pages`.

            ### alcove (NixOS)

            1 other file: `nixos/hosts/alcove.nix` is changed

            ### shelf

            | service | what happens | what changes |
            |---|---|---|
            | come | starts | `come.service`: service is new |
            | data | stops | `data.volume`: volume is gone |
            | db | restarts | `db.service`: StateDirectory db → database |
            | gone | stops | `gone.service`: service is gone |
            | pages | waits | `pages.volume`: volume is new |
            | web | listens anew | `web-backend.service`: ExecStart /usr/bin/web … → /usr/bin/site …<br>`web.socket`: ListenStream 127.0.0.1:9575 → 127.0.0.1:8080 |
            | wiki | restarts | `wiki.container`: Volume data:/data → pages:/data<br>`wiki.container`: After data-volume.service → pages-volume.service<br>`wiki.container`: Requires data-volume.service → pages-volume.service |

            1 other file: `hosts/shelf/sysctl.d/60-unitsmith.conf` is changed

            **Data at risk:** db no longer has `/var/lib/db`, and uses `/var/lib/database`.

            **Data at risk:** wiki no longer has `data`, and uses `pages`.

            - port of web moves: 9575 → 8080
            --- exit 1
        "#]],
    );
    // What is called otherwise and says the same changes nothing.
    write(scratch.path(), "same.toml", &format!("# same\n{OLD}"));
    check(
        scratch.path(),
        "diff old.toml same.toml",
        expect![[r#"
        --- stderr
        nothing changes on any host
        --- exit 0
    "#]],
    );
    check(
        scratch.path(),
        "diff old.toml same.toml --format markdown",
        expect![[r#"
        --- stdout
        Nothing changes on any host.
        --- exit 0
    "#]],
    );
}

#[test]
fn generated_trees_are_compared_without_their_manifests() {
    let scratch = scratch();
    write(scratch.path(), "old/unitsmith.toml", OLD);
    write(scratch.path(), "new/unitsmith.toml", &OLD.replace("/usr/bin/web", "/usr/bin/site"));
    shown(scratch.path(), "gen old/unitsmith.toml");
    shown(scratch.path(), "gen new/unitsmith.toml");
    let change = shown(scratch.path(), "diff old/generated new/generated");
    expect![[r#"
        --- stdout
        NixOS (restarts: 1)
          web restarts
            web-backend.service: ExecStart /usr/bin/web … → /usr/bin/site …
            web.socket: keeps listening
        shelf (restarts: 1)
          web restarts
            web-backend.service: ExecStart /usr/bin/web … → /usr/bin/site …
            web.socket: keeps listening
        --- exit 1
    "#]]
    .assert_eq(&change);
    // A tree and a manifest are two sides, too.
    assert_eq!(shown(scratch.path(), "diff old/generated new/unitsmith.toml"), change);
}

#[test]
fn programs_are_told_all_of_it() {
    let scratch = scratch();
    let old = "[hosts.shelf]\n[services.web]\nuser = \"web\"\nport = 80\nexec.command = [\"/bin/web\"]\n\
               directories.state = \"web\"\nactivation = { on = \"socket\", handoff = \"fd\" }\n";
    write(scratch.path(), "old.toml", old);
    let new = old.replace("= 80", "= 81").replace("state = \"web\"", "state = \"data\"");
    write(scratch.path(), "new.toml", &new);
    check(
        scratch.path(),
        "diff old.toml new.toml --format json",
        expect![[r#"
        --- stdout
        {
          "hosts": [
            {
              "files": [
                {
                  "is": "changed",
                  "path": "hosts/shelf/sysctl.d/60-unitsmith.conf"
                }
              ],
              "listening": [],
              "losses": [
                {
                  "new": "/var/lib/data",
                  "old": "/var/lib/web",
                  "service": "web"
                }
              ],
              "name": "shelf",
              "services": [
                {
                  "consequence": "listens anew",
                  "name": "web",
                  "units": [
                    {
                      "consequence": "restarts",
                      "differences": [
                        {
                          "key": "StateDirectory",
                          "new": [
                            "data"
                          ],
                          "old": [
                            "web"
                          ],
                          "section": "Service"
                        }
                      ],
                      "is": "changed",
                      "name": "web.service"
                    },
                    {
                      "consequence": "listens anew",
                      "differences": [
                        {
                          "key": "ListenStream",
                          "new": [
                            "127.0.0.1:81"
                          ],
                          "old": [
                            "127.0.0.1:80"
                          ],
                          "section": "Socket"
                        }
                      ],
                      "is": "changed",
                      "name": "web.socket"
                    }
                  ]
                }
              ]
            }
          ],
          "ports": [
            {
              "key": "web",
              "new": 81,
              "old": 80
            }
          ],
          "version": 1
        }
        --- exit 1
    "#]],
    );
    check(
        scratch.path(),
        "diff old.toml old.toml --format json",
        expect![[r#"
        --- stdout
        {
          "hosts": [],
          "ports": [],
          "version": 1
        }
        --- exit 0
    "#]],
    );
}

#[test]
fn trees_of_revisions_are_compared_as_they_were_committed() {
    let scratch = committed();
    let git = |arguments: &[&str]| git(scratch.path(), arguments);
    write(scratch.path(), "unitsmith.toml", &OLD.replace("/usr/bin/web", "/usr/bin/site"));
    git(&["commit", "-qam", "forgotten"]);
    // What the manifests want is other, what is committed is not.
    assert!(shown(scratch.path(), "diff HEAD~..HEAD").contains("web restarts"));
    let same = "--- stderr\nnothing changes on any host\n--- exit 0\n";
    assert_eq!(shown(scratch.path(), "diff HEAD~:generated..HEAD:generated"), same);
    shown(scratch.path(), "gen");
    git(&["commit", "-qam", "remembered"]);
    let change = shown(scratch.path(), "diff HEAD~:generated HEAD:generated/");
    assert!(change.contains("web restarts"), "{change}");
    assert_eq!(shown(scratch.path(), "diff HEAD~:generated generated"), change);
    assert_eq!(shown(scratch.path(), "diff HEAD:generated unitsmith.toml"), same);
    check(
        scratch.path(),
        "diff HEAD:gone generated",
        expect![[r#"
        --- stderr
        error: `HEAD:gone` cannot be read: Not a valid object name HEAD:gone
          hint: name a manifest, a directory of generated files, or a revision of git, like `main`, `main..HEAD` or `main:generated`
        --- exit 2
    "#]],
    );
}

/// A repository with a manifest and its files, in one commit.
fn committed() -> tempfile::TempDir {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", OLD);
    shown(scratch.path(), "gen");
    git(scratch.path(), &["init", "-q", "-b", "main"]);
    git(scratch.path(), &["add", "."]);
    git(scratch.path(), &["commit", "-qm", "old"]);
    scratch
}

/// Runs git in a directory.
pub(super) fn git(directory: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    let author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    let output = run(git.current_dir(directory).args(author).args(arguments));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}

#[test]
fn revisions_of_git_are_compared() {
    let scratch = committed();
    let git = |arguments: &[&str]| git(scratch.path(), arguments);
    git(&["checkout", "-qb", "change"]);
    write(scratch.path(), "unitsmith.toml", &OLD.replace("/usr/bin/web", "/usr/bin/site"));
    git(&["commit", "-qam", "new"]);
    let expected = shown(scratch.path(), "diff main..HEAD");
    assert!(expected.contains("web restarts"), "{expected}");
    for same in
        ["diff main HEAD", "diff main", "diff main..", "diff HEAD~ --manifest unitsmith.toml"]
    {
        assert_eq!(shown(scratch.path(), same), expected, "{same}");
    }
    check(
        scratch.path(),
        "diff nowhere..HEAD",
        expect![[r#"
            --- stderr
            error: `nowhere` has no `unitsmith.toml`: invalid object name 'nowhere'.
              hint: name a manifest, a directory of generated files, or a revision of git, like `main`, `main..HEAD` or `main:generated`
            --- exit 2
        "#]],
    );
    check(
        scratch.path(),
        "diff mian",
        expect![[r#"
            --- stderr
            error: `mian` has no `unitsmith.toml`: invalid object name 'mian'.
              hint: name a manifest, a directory of generated files, or a revision of git, like `main`, `main..HEAD` or `main:generated`
            --- exit 2
        "#]],
    );
    write(scratch.path(), "wrong.toml", "[services.web]\n");
    check(
        scratch.path(),
        "diff main wrong.toml",
        expect![[r#"
        --- stderr
        error[US050]: `web` does not say what it runs
         --> wrong.toml:1:11
          |
        1 | [services.web]
          |           ^^^
          |
          = help: give it `exec.command` for a process or `container.image` for a container, not both

        1 problem
        --- exit 1
    "#]],
    );
}
