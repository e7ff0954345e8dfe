//! Well-known daemons, each kept from what its profile of hardening says, and called once.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::LazyLock;

use unitsmith::plan::hardening::Profile;

use super::generated::{self, Files, Generated};
use super::machine::{LIMIT, Machine, wait_until};

/// A daemon of Debian.
struct Daemon {
    name: &'static str,
    /// What stands below its service; `PROFILE` is the name of the profile.
    service: &'static str,
    /// Measures of `strict` that it does not bear.
    except: &'static [&'static str],
    /// Files that it reads, by their paths.
    files: &'static [(&'static str, &'static str)],
    request: &'static [u8],
    answer: &'static [u8],
}

const HTTP: &[u8] = b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";

const DAEMONS: &[Daemon] = &[
    Daemon {
        name: "node",
        service: r#"
exec.command = ["/usr/bin/node", "--eval", "require('http').createServer((_, it) => it.end('of node')).listen(process.env.PORT, '127.0.0.1')"]
environment.PORT = "${backendPort}"
dynamicUser = true
"#,
        except: &["MemoryDenyWriteExecute"],
        files: &[],
        request: HTTP,
        answer: b"of node",
    },
    Daemon {
        name: "nginx",
        service: r#"
exec.command = ["/usr/sbin/nginx", "-e", "stderr", "-c", "/etc/hardened/nginx-PROFILE.conf"]
environment.UNUSED = "${backendPort}"
user = "www-data"
directories = { state = "nginx-PROFILE", runtime = "nginx-PROFILE" }
"#,
        except: &[],
        files: &[(
            "/etc/hardened/nginx-PROFILE.conf",
            "daemon off;\npid /run/nginx-PROFILE/pid;\nevents {}\nhttp {\naccess_log off;\n\
             client_body_temp_path /var/lib/nginx-PROFILE/body;\nproxy_temp_path /var/lib/nginx-PROFILE/proxy;\n\
             fastcgi_temp_path /var/lib/nginx-PROFILE/fastcgi;\nuwsgi_temp_path /var/lib/nginx-PROFILE/uwsgi;\n\
             scgi_temp_path /var/lib/nginx-PROFILE/scgi;\n\
             server {\nlisten 127.0.0.1:PORT;\nreturn 200 'of nginx';\n}\n}\n",
        )],
        request: HTTP,
        answer: b"of nginx",
    },
    Daemon {
        name: "caddy",
        service: r#"
exec.command = ["/usr/bin/caddy", "respond", "--listen", "127.0.0.1:${backendPort}", "of caddy"]
environment.HOME = "${stateDirectory}"
user = "caddy"
directories.state = "caddy-PROFILE"
"#,
        except: &[],
        files: &[],
        request: HTTP,
        answer: b"of caddy",
    },
    Daemon {
        name: "redis",
        service: r#"
exec.command = ["/usr/bin/redis-server", "--port", "${backendPort}", "--bind", "127.0.0.1", "--dir", "${stateDirectory}"]
user = "redis"
directories.state = "redis-PROFILE"
"#,
        except: &[],
        files: &[],
        request: b"SET it 1\r\nSAVE\r\nGET it\r\n",
        answer: b"+OK\r\n+OK\r\n$1\r\n1\r\n",
    },
    Daemon {
        name: "mosquitto",
        service: r#"
exec.command = ["/usr/sbin/mosquitto", "-p", "${backendPort}"]
user = "mosquitto"
"#,
        except: &[],
        files: &[],
        // CONNECT of MQTT 3.1.1 by a client called `it`, and the CONNACK that takes it.
        request: b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02it",
        answer: b"\x20\x02\x00\x00",
    },
    Daemon {
        name: "postgresql",
        service: r#"
exec.command = ["/usr/lib/postgresql/17/bin/postgres", "-D", "${stateDirectory}", "-p", "${backendPort}", "-h", "127.0.0.1", "-k", "${runtimeDirectory}"]
exec.preStart = [["/bin/bash", "-c", '[[ -e $0/PG_VERSION ]] || exec /usr/lib/postgresql/17/bin/initdb --no-sync --auth=trust -D "$0"', "${stateDirectory}"]]
user = "postgres"
directories = { state = "postgresql-PROFILE", runtime = "postgresql-PROFILE", mode = "0700" }
"#,
        except: &[],
        files: &[],
        // A start of protocol 3.0 as `postgres`, and the answer that lets it in.
        request: b"\x00\x00\x00\x17\x00\x03\x00\x00user\x00postgres\x00\x00",
        answer: b"R\x00\x00\x00\x08\x00\x00\x00\x00",
    },
];

/// A service that must not start before it finds what it needs.
const CAREFUL: &str = r#"
[services.careful]
exec.command = ["/bin/sleep", "infinity"]
activation.on = "manual"
environmentFiles = [{ path = "/etc/hardened/careful.env", optional = true }]
requiredEnvironment = ["TOKEN"]
requires.paths = [{ path = "/srv/100% $HOME/dist", hint = "npm run 'build'" }]
restart.policy = "no"
"#;

/// The one host of these tests.
fn host() -> &'static (Machine, Generated) {
    static HOST: LazyLock<(Machine, Generated)> = LazyLock::new(|| {
        let machine = Machine::boot_with("trixie", "daemons", None);
        // Debian starts them of its own accord.
        machine.enter(&[
            "systemctl",
            "disable",
            "--now",
            "nginx",
            "caddy",
            "redis-server",
            "mosquitto",
            "postgresql",
        ]);
        let generated = generated::generate(&manifest(), "systemd");
        let Files::Plain(files) = &generated.files else { unreachable!("it is a plain host") };
        for (path, text) in files.iter().filter(|(path, _)| path.starts_with("systemd/")) {
            machine
                .write(&format!("/etc/{}", path.replacen("systemd/", "systemd/system/", 1)), text);
        }
        for (daemon, profile) in all() {
            let port = generated.ports[&format!("{}/backend", service(daemon, profile))];
            for (path, text) in daemon.files {
                let text =
                    text.replace("PROFILE", profile.as_str()).replace("PORT", &port.to_string());
                machine.write(&path.replace("PROFILE", profile.as_str()), text);
            }
        }
        machine.enter(&["systemctl", "daemon-reload"]);
        for (daemon, profile) in all() {
            let socket = format!("{}.socket", service(daemon, profile));
            machine.enter(&["systemctl", "start", &socket]);
        }
        (machine, generated)
    });
    &HOST
}

fn all() -> impl Iterator<Item = (&'static Daemon, Profile)> {
    let profiles = [Profile::Baseline, Profile::Strict];
    DAEMONS.iter().flat_map(move |daemon| profiles.map(|profile| (daemon, profile)))
}

fn service(daemon: &Daemon, profile: Profile) -> String {
    format!("{}-{}", daemon.name, profile.as_str())
}

fn manifest() -> String {
    let mut manifest = format!("[hosts.booted]\nsystemd = 257\n{CAREFUL}");
    for (daemon, profile) in all() {
        let except = if profile == Profile::Strict { daemon.except } else { &[] };
        let name = service(daemon, profile);
        let written = daemon.service.replace("PROFILE", profile.as_str());
        let profile = profile.as_str();
        manifest.push_str(&format!(
            "[services.{name}]{written}hardening = {{ profile = \"{profile}\", except = {except:?} }}\n\
             activation = {{ on = \"socket\", handoff = \"proxy\", startTimeout = \"1min\" }}\n"
        ));
    }
    manifest
}

#[test]
fn daemons_answer_under_baseline() {
    answer_under(Profile::Baseline);
}

#[test]
fn daemons_answer_under_strict() {
    answer_under(Profile::Strict);
}

fn answer_under(profile: Profile) {
    let (machine, generated) = host();
    for daemon in DAEMONS {
        let name = service(daemon, profile);
        let answer = machine.within(|| exchange(generated.ports[&name], daemon));
        let journal =
            || machine.enter(&["journalctl", "--no-pager", "--unit", &format!("{name}*")]);
        let is_right = answer.windows(daemon.answer.len()).any(|it| it == daemon.answer);
        assert!(is_right, "{name}: {}\n{}", answer.escape_ascii(), journal());
    }
}

/// What a daemon answers, as far as the answer that is expected.
fn exchange(port: u16, daemon: &Daemon) -> Vec<u8> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    connection.set_read_timeout(Some(LIMIT)).unwrap();
    connection.write_all(daemon.request).unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !answer.windows(daemon.answer.len()).any(|it| it == daemon.answer) {
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
        }
    }
    answer
}

#[test]
fn the_journal_says_what_a_service_cannot_be_without() {
    let (machine, _) = host();
    let start = || machine.try_enter(&["systemctl", "start", "careful.service"]).code;
    let journal =
        || machine.enter(&["journalctl", "--no-pager", "--output=cat", "--unit=careful.service"]);
    assert_ne!(start(), Some(0));
    wait_until("the journal says which path is missing", || {
        let said = journal();
        said.contains("/srv/100% $HOME/dist") && said.contains("npm run 'build'")
    });
    machine.write("/srv/100% $HOME/dist", "");
    assert_ne!(start(), Some(0));
    wait_until("the journal says which variable is missing", || journal().contains("TOKEN"));
    machine.write("/etc/hardened/careful.env", "TOKEN=it\n");
    assert_eq!(start(), Some(0), "{}", journal());
}
