//! The first manifest.

use super::*;

#[test]
fn what_it_writes_is_fine_in_every_format() {
    for format in ["toml", "yaml", "json", "nix"] {
        for hosts in ["", " --host nixos", " --host debian", " --host nixos,debian"] {
            for runs in ["", " --image docker.io/library/caddy:2.10"] {
                let scratch = scratch();
                let arguments = format!("init web --format {format}{hosts}{runs}");
                let said = shown(scratch.path(), &arguments);
                assert!(said.ends_with("--- exit 0\n"), "{arguments}\n{said}");
                let file = format!("unitsmith.{format}");
                let text = std::fs::read_to_string(scratch.path().join(file)).unwrap();
                assert_eq!(text.contains("# What runs."), format != "json", "{text}");
                for command in ["gen", "check", "lint", "explain web"] {
                    let said = shown(scratch.path(), command);
                    let is_fine = said.ends_with("--- exit 0\n") && !said.contains("warning");
                    assert!(is_fine, "{arguments}, {command}\n{said}\n{text}");
                }
            }
        }
    }
}

#[test]
fn it_has_comments_and_says_what_to_do_next() {
    let scratch = scratch();
    check(
        scratch.path(),
        "init web --host nixos,debian",
        expect![[r#"
        --- stderr
        wrote `unitsmith.toml`
        next: change it to what is meant; `unitsmith schema` has all that it may say
        then: `unitsmith gen` writes the files, and `unitsmith explain web` says what they do
        --- exit 0
    "#]],
    );
    let text = std::fs::read_to_string(scratch.path().join("unitsmith.toml")).unwrap();
    expect![[r##"
        # The machines by their names; each runs every service that names no hosts.

        [hosts.nixos]
        # The release.
        nixos = "25.11"

        [hosts.debian]
        # As `systemctl --version` says.
        systemd = 257
        # As `podman --version` says.
        podman = "5.4"

        # What runs.

        [services.web]
        # A few words.
        description = "web"
        # The account that runs it.
        user = "web"

        [services.web.exec]
        # The program and its arguments; the port follows from the name.
        command = ["/usr/bin/web", "--port=${port}"]
    "##]]
    .assert_eq(&text);
}

#[test]
fn it_overwrites_nothing() {
    for name in ["unitsmith.toml", "unitsmith.yml", "unitsmith.nix"] {
        let scratch = scratch();
        write(scratch.path(), name, "mine");
        let said = shown(scratch.path(), "init web");
        assert!(said.contains(&format!("there is a `{name}` here already")), "{said}");
        assert!(said.ends_with("--- exit 2\n"), "{said}");
        assert_eq!(read(scratch.path()), [(name.to_owned(), "mine".to_owned())].into());
    }
}

#[test]
fn it_writes_nothing_that_is_wrong() {
    for arguments in ["init Web.1/x", "init web --image caddy", "init web --image a$b"] {
        let scratch = scratch();
        let said = shown(scratch.path(), arguments);
        assert!(said.ends_with("nothing was written\n--- exit 1\n"), "{said}");
        assert!(read(scratch.path()).is_empty());
    }
}
