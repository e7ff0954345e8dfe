//! What the real podman makes of the arguments that a container becomes, and which keys are refused beside others.

use serde_json::Value;
use unitsmith::emit::Target;
use unitsmith::manifest::Format;
use unitsmith::plan::service::PortRole;

use crate::support::{generate, in_root, plan, problems, scratch, unit};

/// What podman needs of a machine, in a mount namespace of the command's own.
const MACHINE: &str = "set -eu
mount -t tmpfs tmpfs /sys
mkdir -p /sys/fs/cgroup /dev/shm /tmp/empty
mount -t cgroup2 cgroup2 /sys/fs/cgroup
printf '[storage]\\ndriver = \"vfs\"\\ngraphroot = \"/tmp/storage\"\\nrunroot = \"/run/storage\"\\n' >/tmp/storage.conf
export CONTAINERS_STORAGE_CONF=/tmp/storage.conf
";

/// The container that podman creates for a service, as `podman inspect` shows it.
///
/// It is created and not run, from an empty directory in place of an image.
fn created(container: &str) -> Value {
    let manifest = format!("[services.web.container]\nimage = \"localhost/web:1\"\n{container}\n");
    let files = generate(&manifest, Format::Toml, &[Target::Systemd]);
    let text = files.get("systemd/web.service").unwrap();
    let words = unit::command(&unit::parse(text));
    let is_of_run = |it: &&String| {
        ["--detach", "--cgroups=split", "--rm", "--replace", "--sdnotify"]
            .iter()
            .any(|option| it.starts_with(option))
    };
    let options = words[2..].iter().filter(|it| !is_of_run(it));
    let options = options.map(|it| if it == "localhost/web:1" { "/tmp/empty" } else { it });
    let options = options.map(|it| format!("'{}'", it.replace('\'', r"'\''")));
    let options = options.collect::<Vec<_>>().join(" ");
    let script = format!(
        "{MACHINE}podman create --rootfs {options} >/dev/null 2>/tmp/says || {{ cat /tmp/says >&2; exit 1; }}\n\
         podman inspect web 2>/dev/null"
    );
    let directory = scratch();
    let output = in_root(&[directory.path()], &["bash", "-c", &script]);
    assert_eq!(output.code, Some(0), "podman says:\n{}\n{script}", output.stderr);
    serde_json::from_str::<Value>(&output.stdout).unwrap()[0].clone()
}

#[test]
fn podman_gives_no_word_of_a_health_check_to_a_shell() {
    let check = |command: &str| {
        let container = created(&format!("health.command = {command}"));
        container["Config"]["Healthcheck"]["Test"].to_string()
    };
    assert_eq!(check(r#"["/bin/h", "a b", "\"$x\""]"#), r#"["CMD","/bin/h","a b","\"$x\""]"#);
    assert_eq!(check(r#"["/bin/h"]"#), r#"["CMD","/bin/h"]"#);
    let container = created("health.disable = true");
    assert_eq!(container["Config"]["Healthcheck"]["Test"].to_string(), r#"["NONE"]"#);
}

#[test]
fn podman_takes_what_the_fields_become() {
    let container = created(
        r#"entrypoint = ["/bin/sh", "-c", "echo \"$HOME\""]
        command = ["100%"]
        networks = ["none"]
        hostname = "web"
        user = "1000"
        group = "100"
        labels = { "a b" = "c=d" }
        mounts = [
            { type = "tmpfs", target = "/t", size = "1M", mode = "1777", readOnly = true },
            { type = "bind", source = "/tmp", target = "/b", readOnly = true, relabel = "shared", chown = true, propagation = "rslave" },
            { type = "volume", source = "data", target = "/v", readOnly = true, subpath = "/s", chown = true, relabel = "private" },
            { type = "ramfs", target = "/r", readOnly = true },
            { type = "devpts", target = "/d", mode = "600" },
            { type = "glob", source = "/et*", target = "/g", readOnly = true },
        ]
        tmpfs = ["/x y,z", { target = "/sized", size = "1M", mode = "700", exec = true }]
        volumes = [{ source = "/tmp", target = "/w", relabel = "private", propagation = "rslave", chown = true, noCopy = true, noExec = true, noDev = true, noSuid = true }]
        ulimits = { core = { soft = 0, hard = 10 }, memlock = -1 }
        sysctls = { "net.ipv4.ip_local_port_range" = "1024 65000" }
        security = { mask = ["/proc/a"], unmask = ["ALL"], seccompProfile = "unconfined" }
        supplementaryGroups = ["44"]
        readOnly = true
        readOnlyTmpfs = false
        shmSize = "8M"
        retry = { attempts = 2, delay = "1min" }
        log = { driver = "k8s-file", options = { tag = "a \"b\"" } }
        health = { command = ["/a", "b"], interval = "1h30min", timeout = "500ms", retries = 1, startPeriod = "1min", onFailure = "kill", startup = { command = ["/up"], interval = "1s", success = 2 }, log = { destination = "/tmp", maxCount = 0, maxSize = 0 } }"#,
    );
    let config = &container["Config"];
    assert_eq!(config["Entrypoint"].to_string(), r#"["/bin/sh","-c","echo \"$HOME\""]"#);
    assert_eq!(config["Cmd"].to_string(), r#"["100%"]"#);
    assert_eq!(config["Labels"]["a b"], "c=d");
    assert_eq!(config["User"], "1000:100");
    assert_eq!(config["Healthcheck"]["Interval"], 5_400_000_000_000_u64);
    assert_eq!(container["HostConfig"]["NetworkMode"], "none");
    assert!(container["HostConfig"]["Tmpfs"]["/x y,z"].is_string());
}

#[test]
fn keys_that_mean_nothing_beside_others_are_refused() {
    for (container, expected) in [
        ("networks = [\"none\"]\nports = [{ container = 80 }]", "US041 ports"),
        ("networks = [\"host\"]\nports = [{ container = 80 }]", "US041 ports"),
        ("networks = [\"none\"]\ndns.servers = [\"1.1.1.1\"]", "US041 dns"),
        ("networks = [\"none\"]\nhosts.a = \"1.1.1.1\"", "US041 hosts"),
        ("networks = [\"none\", \"bridge\"]", "US041 networks"),
        ("networks = [{ name = \"host\", aliases = [\"a\"] }]", "US041 networks"),
        ("networks = [\"host\"]\nsysctls = { \"net.a\" = \"1\" }", "US041 sysctls"),
        ("privileged = true\ncapabilities.add = [\"CHOWN\"]", "US041 capabilities"),
        ("autoUpdate = \"registry\"", "US041 autoUpdate"),
        ("notify = \"healthy\"", "US041 notify"),
        ("health.onFailure = \"kill\"", "US041 health.onFailure"),
        ("health.startup.command = [\"/a\"]", "US041 health.startup"),
        ("health.startup.retries = 1", "US041 health.startup"),
        ("health = { disable = true, interval = \"1s\" }", "US041 health.interval"),
        ("health.command = [\"curl -f x\"]", "US021 health.command[0]"),
        ("health.command = [\"CMD\", \"/a\"]", "US021 health.command[0]"),
        ("group = \"a\"", "US004 group"),
        ("supplementaryGroups = [\"keep-groups\", \"a\"]", "US041 supplementaryGroups"),
        ("reload = []", "US004 reload"),
        ("readOnlyTmpfs = false", "US041 readOnlyTmpfs"),
        ("userNamespace = \"auto\"\nuidMap = [\"0:1:1\"]", "US041 uidMap"),
        ("security.label = { disable = true, type = \"a\" }", "US041 security.label.disable"),
        ("ulimits.core = { soft = 2, hard = 1 }", "US024 ulimits.core.soft"),
        (
            "volumes = [{ source = \"/a\", target = \"/b\", overlay = true, readOnly = true }]",
            "US041 volumes[0].overlay",
        ),
        (
            "mounts = [{ type = \"tmpfs\", source = \"/a\", target = \"/b\" }]",
            "US041 mounts[0].source",
        ),
        ("mounts = [{ type = \"ramfs\", size = \"1M\", target = \"/b\" }]", "US041 mounts[0].size"),
        ("mounts = [{ type = \"bind\", target = \"/b\" }]", "US004 mounts[0]"),
        ("podmanArgs = [\"x\"]", "US010 podmanArgs[0]"),
    ] {
        let manifest = format!("[services.web.container]\nimage = \"web\"\n{container}\n");
        let found: Vec<String> = problems(&manifest, Format::Toml)
            .iter()
            .map(|it| {
                let path = it.place.path.to_string();
                let path = path.trim_start_matches("services.web.container.");
                format!("{} {path}", it.code.as_str())
            })
            .collect();
        assert_eq!(found, [expected], "{container}");
    }
}

#[test]
fn a_socket_is_not_handed_to_an_init() {
    let manifest = "[services.web]\nactivation = { on = \"socket\", handoff = \"fd\" }\n\
                    container = { image = \"localhost/web:1\", init = true }\n";
    let codes: Vec<&str> =
        problems(manifest, Format::Toml).iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["US040"]);
}

#[test]
fn a_container_on_the_network_of_the_host_reaches_its_loopback() {
    let manifest = |networks: &str| {
        format!(
            "[services.db]\nport = 5432\nexec.command = [\"/usr/bin/db\", \"${{port}}\"]\n\
             [services.web]\nenvironment.DB = \"${{services.db.address}}\"\n\
             container = {{ image = \"localhost/web:1\", networks = [\"{networks}\"] }}\n"
        )
    };
    assert_eq!(problems(&manifest("host"), Format::Toml), []);
    let refused = problems(&manifest("bridge"), Format::Toml);
    assert_eq!(refused.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["US060"]);
}

#[test]
fn what_the_podman_of_a_host_cannot_be_told_is_refused() {
    for (podman, container, expected) in [
        (
            "4.3",
            "health = { command = [\"/a\"], startup.command = [\"/b\"] }",
            Some("health.startup"),
        ),
        ("4.4", "health = { command = [\"/a\"], startup.command = [\"/b\"] }", None),
        ("4.6", "health.command = [\"/a\"]\nnotify = \"healthy\"", Some("notify")),
        ("4.7", "health.command = [\"/a\"]\nnotify = \"healthy\"", None),
        ("4.9", "retry.attempts = 1", Some("retry")),
        ("5.0", "retry.attempts = 1", None),
        ("5.2", "health.log.maxCount = 1", Some("health.log")),
        ("5.3", "health.log.maxCount = 1", None),
    ] {
        let manifest = format!(
            "[hosts.shelf]\npodman = \"{podman}\"\n\
             [services.web.container]\nimage = \"localhost/web:1\"\n{container}\n"
        );
        let found: Vec<String> = problems(&manifest, Format::Toml)
            .iter()
            .map(|it| format!("{} {}", it.code.as_str(), it.place.path))
            .collect();
        let expected = expected.map(|it| format!("US042 services.web.container.{it}"));
        assert_eq!(found, Vec::from_iter(expected), "{podman}: {container}");
    }
}

#[test]
fn a_container_on_the_network_of_the_host_is_reached_without_publishing() {
    let container = |keys: &str| {
        let text = format!(
            "[services.web]\nport = 8080\ncontainer = {{ image = \"localhost/web:1\", {keys} }}\n"
        );
        let plan = plan(&text, Format::Toml).unwrap_or_else(|problems| panic!("{problems}"));
        let service = plan.services.into_values().next().unwrap();
        service.is_reached_at(PortRole::Public)
    };
    assert!(container("networks = [\"host\"]"));
    assert!(container("ports = [{ container = 80 }]"));
    assert!(!container("ports = [{ container = 80, protocol = \"udp\" }]"));
}
