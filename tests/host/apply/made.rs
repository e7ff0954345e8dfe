//! What podman and the servers of a host have after `unitsmith apply`, and after `remove`.

use std::time::Duration;

use super::super::client;
use super::super::machine::wait_until;
use super::{Applied, Output};

/// A container of an image that is built here from nothing, with a network and a volume,
/// and a process that has a directory.
const MANIFEST: &str = r#"
[builds.own]
context = "/srv/own"
tag = "localhost/own:1"

[networks.lan]
subnets = [{ subnet = "10.89.7.0/24" }]

[volumes.data]

[services.web]

container.image = "own.build"
container.command = ["any", "port=80"]
container.networks = [{ name = "lan" }]
container.volumes = [{ source = "data", target = "/data" }]
container.ports = [{ host = 7001, container = 80 }]

[services.proxied]
port = 7002
container.image = "own.build"
container.command = ["any", "port=80"]
container.networks = [{ name = "lan" }]
container.ports = [{ container = 80 }]
activation = { on = "socket", handoff = "proxy", idleTimeout = "60s" }

[services.keeper]
exec.command = ["/usr/bin/sleep", "infinity"]
directories.state = "keeper"
"#;

#[test]
fn images_networks_and_volumes_are_made_and_taken_away() {
    let host = Applied::boot();
    let shell = |script: &str| host.machine.enter(&["bash", "-euo", "pipefail", "-c", script]);
    let file = "FROM scratch\nCOPY daemon /daemon\nENTRYPOINT [\"/daemon\"]\n";
    host.machine.write("/srv/own/Containerfile", file);
    host.machine.write("/etc/containers/containers.conf", "[containers]\npids_limit=0\n");
    shell("cp /usr/local/bin/daemon /srv/own/");
    // A container without `readiness` runs before it listens, and what calls it in the first moment
    // of its network may be given to nobody, so that each try is a short one.
    let get = |port| client::get(port, "/", Duration::from_secs(1)).answer.is_ok();
    let answers = || {
        for port in [7001, 7002] {
            wait_until("the container answers", || host.machine.within(|| get(port)));
        }
    };
    let plan = host.apply(MANIFEST);
    assert!(plan.contains("fetch    /srv/own\n"), "{plan}");
    answers();
    let subnet =
        || shell("podman network inspect lan --format '{{range .Subnets}}{{.Subnet}}{{end}}'");
    assert_eq!(subnet(), "10.89.7.0/24\n");
    assert_eq!(host.apply(MANIFEST), "");

    // Another network is made, and what is on it moves; nothing is built again.
    let moved = MANIFEST.replace("10.89.7", "10.89.8");
    let before = host.invocation("web.service");
    let plan = host.apply(&moved);
    let restarted = [
        "restart  lan-network.service\n",
        "restart  proxied-backend.service\n",
        "restart  proxied.service\n",
        "restart  web.service\n",
    ];
    assert!(plan.ends_with(&format!("lan.network\n{}", restarted.concat())), "{plan}");
    let state = |unit: &str| host.property(unit, "ActiveState");
    assert_eq!(
        ["proxied", "proxied-backend"].map(|it| state(&format!("{it}.service"))),
        ["active"; 2]
    );
    assert_ne!(host.invocation("web.service"), before, "systemd restarts what requires it");
    assert_eq!(subnet(), "10.89.8.0/24\n");
    answers();

    // The data of a volume is worth more than what is said of it.
    let created = || shell("podman volume inspect data --format '{{.CreatedAt}} {{.Labels}}'");
    let before = created();
    let labelled = moved.replace("[volumes.data]", "[volumes.data]\nlabels.of = \"web\"");
    let Output { stdout, stderr, code } = host.with(&labelled, &["apply"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stderr.contains("podman keeps the volume as it was made"), "{stderr}");
    assert_eq!(created(), before);

    // An administrator masks a Quadlet beside its file, which systemd alone knows of.
    shell("systemctl mask --now web.service 2>&1");
    let Output { stdout, stderr, code } = host.with(&labelled, &["apply"]);
    assert_eq!((stdout.as_str(), code), ("", Some(0)), "{stderr}");
    assert!(stderr.contains("`web.service` is masked and stays so"), "{stderr}");
    let Output { stdout, stderr, code } = host.run(&["reconcile"]);
    assert_eq!((stdout.as_str(), code), ("", Some(0)), "{stderr}");
    assert_eq!(stderr, "`web.service` is masked and is left alone\n");
    shell("systemctl unmask web.service 2>&1");
    assert_eq!(host.apply(&labelled), "start    web.service\n");

    shell("touch /var/lib/keeper/mine");
    let Output { stdout, stderr, code } = host.run(&["remove"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stderr.contains("the volume `data` is kept, with its data"), "{stderr}");
    assert!(!shell("podman network ls --format '{{.Name}}'").contains("lan"));
    shell("podman volume exists data; test -e /var/lib/keeper/mine");
    host.apply(&labelled);
    let Output { stdout, stderr, code } = host.run(&["remove", "--state"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    for left in [
        "podman volume exists data",
        "podman network exists lan",
        "podman container exists web",
        "test -e /var/lib/keeper",
        "test -e /etc/containers/systemd/web.container",
        "systemctl cat web.service",
    ] {
        assert_ne!(host.machine.try_enter(&["bash", "-c", left]).code, Some(0), "{left}");
    }
}

#[test]
fn servers_are_told_of_their_changed_files() {
    let host = Applied::boot_with("daemons");
    host.machine.write("/etc/caddy/Caddyfile", "{\n\thttp_port 8080\n}\nimport *.caddy\n");
    let process = "exec.command = [\"/usr/local/bin/daemon\", \"port=${port}\"]\nport = 7001\nenvironment.VERSION = \"of web\"\n";
    let hidden = format!("[services.web]\n{process}");
    host.machine.enter(&["systemctl", "restart", "nginx", "caddy"]);
    host.apply(&hidden);
    let pids = || ["nginx", "caddy"].map(|it| host.property(it, "MainPID"));
    let before = pids();
    let shown = format!(
        "{hidden}expose.nginx = {{ host = \"web.example.org\", tls = \"off\" }}\n\
         expose.caddy = {{ host = \"web.example.org\", tls = \"off\" }}\n"
    );
    let plan = host.apply(&shown);
    let expected = ["reload   caddy.service", "reload   nginx.service"];
    let reloaded: Vec<&str> = plan.lines().filter(|it| it.starts_with("reload")).collect();
    assert_eq!(reloaded, expected, "{plan}");
    for port in ["80", "8080"] {
        let script = "exec 3<>/dev/tcp/127.0.0.1/$1 && \
             printf 'GET / HTTP/1.0\\r\\nHost: web.example.org\\r\\n\\r\\n' >&3 && cat <&3";
        // nginx goes on answering with its old workers for a moment.
        wait_until("the server shows the service", || {
            let answer = host.machine.try_enter(&["bash", "-c", script, "bash", port]);
            answer.stdout.contains("200 OK") && answer.stdout.contains("of web")
        });
    }
    assert_eq!(pids(), before, "they were reloaded and not restarted");
}
