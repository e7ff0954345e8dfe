//! What hosts differ in, by the real readers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::Command;

use expect_test::expect;
use unitsmith::directive::Quoting;
use unitsmith::emit::{Target, emit};
use unitsmith::fileset::FileSet;
use unitsmith::manifest::Format;
use unitsmith::syntax::unit::read;

use crate::support::nixos::{self, Machine, Module};
use crate::support::{
    Output, generate, in_root, plan, podman, quadlet, repository, run, scratch, systemd, unit,
    write,
};

/// Services of every pattern, on hosts where an account runs them.
const OF_ALICE: &str = r#"
[hosts.alcove]
nixos = "25.11"
user = "alice"
[hosts.shelf]
user = "alice"

[services.boot]
exec.command = ["/usr/bin/sleep", "--port", "${port}"]
user = "alice"
limits.memoryMax = "1G"
[services.fd]
exec.command = ["/usr/bin/sleep"]
activation = { on = "socket", handoff = "fd" }
dependsOn.boot = "started"
[services.proxy]
exec.command = ["/usr/bin/sleep", "--port", "${backendPort}"]
activation = { on = "socket", handoff = "proxy" }
[services.container]
container = { image = "localhost/web:1", ports = [{ container = 80 }] }
environment.HOST = "${host.name}"
[services.container-fd]
container = { image = "localhost/web:1" }
activation = { on = "socket", handoff = "fd" }
[services.container-proxy]
container = { image = "localhost/web:1", ports = [{ container = 80 }] }
activation = { on = "socket", handoff = "proxy" }
dependsOn.container = "started"
[services.job]
exec.command = ["/usr/bin/sleep", "1"]
schedule.calendar = ["daily"]
"#;

/// The files of a directory of a host.
fn below(files: &FileSet, directory: &str) -> BTreeMap<String, String> {
    let files = files.iter().filter_map(|(path, text)| {
        let name = path.strip_prefix("hosts/shelf/")?.strip_prefix(directory)?;
        Some((name.to_owned(), text.to_owned()))
    });
    files.collect()
}

#[test]
fn the_manager_of_a_user_takes_its_units() {
    for target in [Target::Systemd, Target::Quadlet] {
        let files = generate(OF_ALICE, Format::Toml, &[target]);
        assert!(below(&files, "systemd/").is_empty() && below(&files, "quadlet/").is_empty());
        let mut units = below(&files, "systemd-user/");
        units.extend(quadlet::generate_for_a_user(&below(&files, "quadlet-user/")));
        assert_eq!(units.len(), 14, "{:?}", units.keys());
        systemd::assert_verified_for_a_user(&units);
        for (name, text) in &units {
            // What the system's manager has and a user's has not.
            for wrong in
                ["multi-user.target", "network.target", "network-online.target", "User=", "=+"]
            {
                assert!(!text.contains(wrong), "{target:?} {name}:\n{text}");
            }
        }
    }
}

#[test]
fn the_manager_of_a_user_is_kept_running_by_the_file_that_logind_looks_for() {
    let directory = scratch();
    let files = generate(OF_ALICE, Format::Toml, &[Target::Systemd]);
    assert!(files.get("hosts/shelf/sysusers.d/unitsmith.conf").is_none());
    write(&files, directory.path());
    let file = directory.path().join("hosts/shelf/tmpfiles.d/unitsmith.conf");
    let command = ["systemd-tmpfiles", "--create", file.to_str().unwrap()];
    let script =
        "rm -rf /var/lib/systemd/linger && \"$@\" && stat -c '%a %U %n' /var/lib/systemd/linger/*";
    let command = [&["bash", "-c", script, "linger"], &command[..]].concat();
    let Output { stdout, stderr, code } = in_root(&[directory.path()], &command);
    assert_eq!((stderr.as_str(), code), ("", Some(0)));
    assert_eq!(stdout, "644 root /var/lib/systemd/linger/alice\n");
}

/// The account is that of the machine; what it is not, its units are all the same.
#[test]
fn nixos_runs_services_as_the_account_of_the_host() {
    let mut files = generate(OF_ALICE, Format::Toml, &[Target::Nixos]);
    let machine = "{\n  imports = [ ./nixos/hosts/alcove.nix ];\n  users.users.alice = {\n    \
                   isNormalUser = true;\n    uid = 1000;\n    home = \"/home/alice\";\n  };\n}\n";
    files.insert("machine.nix", machine.to_owned());
    let module = Module::File("machine.nix".to_owned());
    let machines = BTreeMap::from([("alcove".to_owned(), Machine { files, module })]);
    let evaluated = nixos::evaluate(&machines, &[]).remove("alcove").unwrap();
    let users = evaluated.units.iter().filter_map(|(name, text)| {
        let unit = unit::parse(text);
        Some((name.as_str(), unit::values(&unit, "Service", "User").first()?.clone()))
    });
    let alice = |name| (name, "alice".to_owned());
    let expected = [
        "boot.service",
        "container-fd.service",
        "container-proxy-backend.service",
        "container.service",
        "fd.service",
        "job.service",
        "proxy-backend.service",
    ];
    assert_eq!(users.collect::<Vec<_>>(), expected.map(alice));
    let proxied = unit::parse(&evaluated.units["container-proxy-backend.service"]);
    let [.., stop] = unit::values(&proxied, "Service", "ExecStopPost") else {
        panic!("{proxied:?}")
    };
    assert!(
        unit::values(&proxied, "Service", "ExecStopPost").iter().any(|it| it.starts_with("-+")),
        "{stop}"
    );
}

/// The problems of a manifest, as they are shown.
fn problems(text: &str) -> String {
    plan(text, Format::Toml).unwrap_err()
}

#[test]
fn an_account_is_not_another_and_not_root() {
    let manifest = r#"
[hosts.alcove]
nixos = "24.11"
user = "alice"
[hosts.shelf]
user = "root"
[hosts.attic]
user = "alice"

[services.web]
exec.command = ["/usr/bin/web", "${port}"]
user = "www"
group = "www"
port = 80
hosts = ["attic"]
[services.mail]
container = { image = "localhost/mail:1", ports = [{ container = 25, host = 25 }, { container = 8025 }] }
hosts = ["attic"]
limits.ioWeight = 10
[services.dns]
exec.command = ["/usr/bin/dns", "${port}"]
port = 53
user = "dns"
allow = ["US060"]
hosts = ["attic"]
"#;
    expect![[r#"
        error[US042]: NixOS 24.11 runs no containers as another account than root; 25.05 does
         --> unitsmith.toml:4:1
          |
        4 | user = "alice"
          | ^^^^
          |
          = help: take it out, or give the services of that host to another one

        error[US041]: `user` means nothing here: the system runs services as root anyway
         --> unitsmith.toml:6:8
          |
        6 | user = "root"
          |        ^^^^^^
          |
          = help: take it out

        error[US060]: `alice` runs the services of `attic`, and cannot run one with the user `www`
          --> unitsmith.toml:12:8
           |
        12 | user = "www"
           |        ^^^^^
           |
           = help: take it out, leave that host out of the service's `hosts`, or accept that it runs as that account with `allow = ["US060"]`

        error[US060]: `alice` runs the services of `attic`, and cannot run one with the group `www`
          --> unitsmith.toml:13:9
           |
        13 | group = "www"
           |         ^^^^^
           |
           = help: take it out, leave that host out of the service's `hosts`, or accept that it runs as that account with `allow = ["US060"]`

        error[US060]: `alice` runs the services of `attic`, and may not listen on port 80
          --> unitsmith.toml:14:8
           |
        14 | port = 80
           |        ^^
           |
           = help: choose one from 1024 on, or set `net.ipv4.ip_unprivileged_port_start` to 80 on that host and accept it with `allow = ["US060"]`

        error[US060]: `alice` runs the services of `attic`, and may not listen on port 25
          --> unitsmith.toml:17:77
           |
        17 | container = { image = "localhost/mail:1", ports = [{ container = 25, host = 25 }, { container = 8025 }] }
           |                                                                             ^^
           |
           = help: choose one from 1024 on, or set `net.ipv4.ip_unprivileged_port_start` to 25 on that host and accept it with `allow = ["US060"]`

        error[US060]: `alice` runs the services of `attic`, and the system gives its manager no weights of IO
          --> unitsmith.toml:19:8
           |
        19 | limits.ioWeight = 10
           |        ^^^^^^^^
           |
           = help: take it out, or delegate `io` to `user@.service` on that host and accept it with `allow = ["US060"]`

    "#]].assert_eq(&problems(manifest));
}

/// On NixOS the system listens for a service, and only what it runs has the account.
#[test]
fn a_socket_of_the_system_may_listen_on_any_port() {
    let manifest = |activation: &str| {
        format!(
            "[hosts.alcove]\nnixos = \"25.11\"\nuser = \"alice\"\n[services.web]\nport = 80\n\
             exec.command = [\"/usr/bin/web\"]\nactivation = {activation}\n"
        )
    };
    assert!(plan(&manifest("{ on = \"socket\", handoff = \"fd\" }"), Format::Toml).is_ok());
    assert!(problems(&manifest("{ on = \"boot\" }")).contains("may not listen on port 80"));
}

#[test]
fn docker_hands_over_no_socket_and_has_no_words_of_podman() {
    let manifest = r#"
nixos.containers = "docker"
[hosts.alcove]
nixos = "25.11"
[hosts.shelf]
docker = "20.10"

[services.web]
container.image = "localhost/web:1"
activation = { on = "socket", handoff = "fd" }
[services.limited]
container = { image = "localhost/limited:1", pull = "newer" }
limits = { memoryHigh = "1G", ioWeight = 10 }
hosts = ["shelf"]
[services.accepted]
container = { image = "localhost/limited:1", pull = "newer" }
limits = { memoryHigh = "1G" }
allow = ["US060"]
hosts = ["shelf"]
"#;
    expect![[r#"
        error[US060]: docker 20.10 on `shelf` cannot do for `web`: `handoff = "fd"`: its daemon, not systemd, starts containers, and hands no socket over
          --> unitsmith.toml:10:41
           |
        10 | activation = { on = "socket", handoff = "fd" }
           |                                         ^^^^
           |
           = help: use `handoff = "proxy"`

        error[US060]: docker on NixOS cannot do for `web`: `handoff = "fd"`: its daemon, not systemd, starts containers, and hands no socket over
          --> unitsmith.toml:10:41
           |
        10 | activation = { on = "socket", handoff = "fd" }
           |                                         ^^^^
           |
           = help: use `handoff = "proxy"`

        error[US060]: docker 20.10 on `shelf` cannot do for `limited`: `--pull=newer`
          --> unitsmith.toml:12:1
           |
        12 | container = { image = "localhost/limited:1", pull = "newer" }
           | ^^^^^^^^^
           |
           = help: take it out, leave that host out of the service's `hosts`, or accept that it goes without with `allow = ["US060"]`

        error[US060]: docker 20.10 on `shelf` cannot do for `limited`: `IOWeight=`
          --> unitsmith.toml:12:1
           |
        12 | container = { image = "localhost/limited:1", pull = "newer" }
           | ^^^^^^^^^
           |
           = help: take it out, leave that host out of the service's `hosts`, or accept that it goes without with `allow = ["US060"]`

        error[US060]: docker 20.10 on `shelf` cannot do for `limited`: `MemoryHigh=`
          --> unitsmith.toml:12:1
           |
        12 | container = { image = "localhost/limited:1", pull = "newer" }
           | ^^^^^^^^^
           |
           = help: take it out, leave that host out of the service's `hosts`, or accept that it goes without with `allow = ["US060"]`

    "#]].assert_eq(&problems(manifest));
    let manifest = r#"
nixos.containers = "docker"
[hosts.alcove]
nixos = "25.11"
user = "alice"
[hosts.attic]
docker = "28.2"
podman = "5.4"
user = "alice"
[hosts.shelf]
docker = "1.13"

[services.web]
container.image = "localhost/web:1"
"#;
    expect![[r#"
        error[US041]: `user` means nothing here: the daemon of docker runs containers as root
         --> unitsmith.toml:5:1
          |
        5 | user = "alice"
          | ^^^^
          |
          = help: take it out, or use podman, which needs no daemon

        error[US041]: `docker` means nothing here: podman runs the containers of this host
         --> unitsmith.toml:7:1
          |
        7 | docker = "28.2"
          | ^^^^^^
          |
          = help: take out one of the two

        error[US041]: `user` means nothing here: the daemon of docker runs containers as root
         --> unitsmith.toml:9:1
          |
        9 | user = "alice"
          | ^^^^
          |
          = help: take it out, or use podman, which needs no daemon

        error[US005]: `1.13` is not a version of docker from 20.10 on
          --> unitsmith.toml:11:10
           |
        11 | docker = "1.13"
           |          ^^^^^^
           |
           = help: what `docker --version` shows, like `28.2`

    "#]]
    .assert_eq(&problems(manifest));
}

#[test]
fn docker_is_told_no_word_of_a_volume_that_podman_alone_knows() {
    for word in ["noExec", "noDev", "noSuid", "idmap", "chown"] {
        let manifest = format!(
            "hosts.shelf.docker = \"28.2\"\n[services.web.container]\nimage = \"localhost/web:1\"\n\
             volumes = [{{ source = \"/srv\", target = \"/srv\", {word} = true }}]\n"
        );
        let found = problems(&manifest);
        assert!(
            found.contains("error[US060]: docker 28.2 on `shelf` cannot do"),
            "{word}: {found}"
        );
    }
}

/// The options of `docker run` that a command has.
fn docker_options(text: &str) -> Vec<String> {
    let unit = unit::parse(text);
    let commands = unit::values(&unit, "Service", "ExecStart").iter();
    let commands = commands.filter(|it| it.starts_with("/usr/bin/docker "));
    let words = commands.flat_map(|it| read::words(it).unwrap());
    let options = words.skip(2).take_while(|it| it.starts_with("--"));
    options.map(|it| it.split('=').next().unwrap().to_owned()).collect()
}

/// What a field becomes is an option that docker has, or the field is refused: the examples are of every field.
#[test]
fn docker_is_told_nothing_that_it_does_not_know() {
    let recorded = std::fs::read_to_string(repository().join("tests/data/docker-run-options.tsv"));
    let recorded = recorded.unwrap();
    let known: Vec<&str> = recorded.lines().map(|it| it.split('\t').next().unwrap()).collect();
    let (mut told, mut refused) = (0, 0);
    for manifest in crate::fields::manifests().filter(|it| !it.contains("[hosts.")) {
        for allow in [false, true] {
            let mut manifest: toml::Table = manifest.parse().unwrap();
            let host = toml::toml! { shelf.docker = "28.2" };
            manifest.insert("hosts".to_owned(), host.into());
            for (_, service) in manifest["services"].as_table_mut().unwrap().iter_mut() {
                let service = service.as_table_mut().unwrap();
                if allow && service.contains_key("container") {
                    service.insert("allow".to_owned(), vec!["US060"].into());
                }
            }
            let text = manifest.to_string();
            let Ok(plan) = plan(&text, Format::Toml) else {
                refused += 1;
                continue;
            };
            let files = emit(&plan, &BTreeSet::from([Target::Quadlet]));
            for (path, text) in files.iter().filter(|it| it.0.ends_with(".service")) {
                assert!(!text.contains("podman"), "{path}:\n{text}");
                for option in docker_options(text) {
                    told += 1;
                    assert!(known.contains(&option.as_str()), "`{option}` in {path}:\n{text}");
                }
            }
        }
    }
    assert!(told > 50 && refused > 2, "{told} {refused}");
}

#[test]
fn nixos_runs_docker() {
    let manifest = "nixos.containers = \"docker\"\n[hosts.alcove]\nnixos = \"25.11\"\n[services.web]\n\
                    container = { image = \"localhost/web:1\", ports = [{ container = 80 }] }\n\
                    limits.memoryMax = \"1G\"\nactivation = { on = \"socket\", handoff = \"proxy\" }\n";
    let files = generate(manifest, Format::Toml, &[Target::Nixos]);
    let module = Module::File("nixos/hosts/alcove.nix".to_owned());
    let machines = BTreeMap::from([("alcove".to_owned(), Machine { files, module })]);
    let evaluated = nixos::evaluate(&machines, &[]).remove("alcove").unwrap();
    let unit = unit::parse(&evaluated.units["web-backend.service"]);
    for key in ["Type", "NotifyAccess", "Delegate", "User", "MemoryMax"] {
        assert_eq!(unit::values(&unit, "Service", key), [""; 0], "{key}");
    }
    let [script] = unit::values(&unit, "Service", "ExecStart") else { panic!("{unit:?}") };
    let script = &evaluated.scripts[script.trim_end()];
    let words = podman::exec_of_scripts(&[script]).remove(0);
    expect!["docker run --name=web --log-driver=journald -p 127.0.0.1:28304:80 --rm --pull missing --memory=1g localhost/web:1"].assert_eq(&words.join(" "));
}

/// What forwards to a container accepts connections before the container listens, and drops them.
#[test]
fn a_wait_behind_a_forwarder_goes_on_until_a_connection_is_kept() {
    let host = "docker = \"28.2\"";
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let manifest = format!(
        "[hosts.shelf]\n{host}\n[services.web]\nbackendPort = {port}\n\
         container = {{ image = \"localhost/web:1\", ports = [{{ container = 80 }}] }}\n\
         activation = {{ on = \"socket\", handoff = \"proxy\" }}\n"
    );
    let files = generate(&manifest, Format::Toml, &[Target::Systemd]);
    let (_, text) = files.iter().find(|it| it.0.ends_with("web-backend.service")).unwrap();
    let unit = unit::parse(text);
    let [wait] = unit::values(&unit, "Service", "ExecStartPost") else { panic!("{text}") };
    let words = unit::read_texts(Quoting::Command, wait);
    let forwarder = std::thread::spawn(move || {
        for _ in 0..3 {
            drop(listener.accept().unwrap());
        }
        listener.accept().unwrap()
    });
    let mut command = Command::new(&words[0]);
    let own = std::process::id().to_string();
    let output = run(command.args(&words[1..]).env("MAINPID", own));
    assert_eq!((output.stderr.as_str(), output.code), ("", Some(0)));
    drop(forwarder.join().unwrap());
}
