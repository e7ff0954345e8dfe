//! Companions.

use super::{check_services, services};

#[test]
fn each_owner_has_one_on_its_hosts() {
    check_services(
        r#"
[hosts.a]
[hosts.b]
[companions.ui]
for = ["one", "two"]
exec.command = ["/bin/ui", "${owner}", "${owner.port}", "${owner.address}", "$${owner}"]
[services.one]
exec.command = ["/bin/one", "${port}"]
hosts = ["a"]
[services.two]
exec.command = ["/bin/two", "${port}"]
"#,
        r#"
[hosts.a]
[hosts.b]
[services.one]
exec.command = ["/bin/one", "${port}"]
hosts = ["a"]
[services.two]
exec.command = ["/bin/two", "${port}"]
[services.one-ui]
companionOf = "one"
exec.command = ["/bin/ui", "one", "${services.one.port}", "${services.one.address}", "$${owner}"]
[services.two-ui]
companionOf = "two"
exec.command = ["/bin/ui", "two", "${services.two.port}", "${services.two.address}", "$${owner}"]
"#,
    );
}

#[test]
fn each_replica_of_an_owner_has_one_and_companions_have_replicas() {
    check_services(
        r#"
[companions.ui]
for = ["web"]
replicas = 2
exec.command = ["/bin/ui", "${owner}", "${instance}"]
[services.web]
replicas = 2
exec.command = ["/bin/web", "${port}"]
"#,
        r#"
[services.web-1]
exec.command = ["/bin/web", "${port}"]
[services.web-2]
exec.command = ["/bin/web", "${port}"]
[services.web-1-ui-1]
companionOf = "web-1"
exec.command = ["/bin/ui", "web-1", "1"]
[services.web-1-ui-2]
companionOf = "web-1"
exec.command = ["/bin/ui", "web-1", "2"]
[services.web-2-ui-1]
companionOf = "web-2"
exec.command = ["/bin/ui", "web-2", "1"]
[services.web-2-ui-2]
companionOf = "web-2"
exec.command = ["/bin/ui", "web-2", "2"]
"#,
    );
}

#[test]
fn companions_have_companions_defaults_and_templates() {
    check_services(
        r#"
[hosts.a]
[defaults]
user = "app"
[templates.small]
limits.openFiles = 10
[companions.a-log]
for = ["web-ui"]
exec.command = ["/bin/log", "${owner}"]
[companions.ui]
extend = "small"
for = ["web"]
exec.command = ["/bin/ui"]
[services.web]
hosts = ["a"]
exec.command = ["/bin/web"]
[services.single]
companionOf = "web-ui-a-log"
exec.command = ["/bin/single"]
"#,
        r#"
[hosts.a]
[services.web]
hosts = ["a"]
user = "app"
exec.command = ["/bin/web"]
[services.web-ui]
companionOf = "web"
user = "app"
exec.command = ["/bin/ui"]
limits.openFiles = 10
[services.web-ui-a-log]
companionOf = "web-ui"
user = "app"
exec.command = ["/bin/log", "web-ui"]
[services.single]
companionOf = "web-ui-a-log"
user = "app"
exec.command = ["/bin/single"]
"#,
    );
}

#[test]
fn a_chain_of_companions_runs_where_its_first_owner_does() {
    let services = services(
        r#"
[hosts.a]
[hosts.b]
[defaults]
hosts = ["a", "b"]
[services.web]
hosts = ["a"]
[services.ui]
companionOf = "web"
[services.log]
companionOf = "ui"
[services.free]
[services.probe]
companionOf = "free"
"#,
    );
    let hosts = |name: &str| services[name].hosts.clone().expect("defaults give hosts");
    for (name, expected) in [
        ("web", vec!["a"]),
        ("ui", vec!["a"]),
        ("log", vec!["a"]),
        ("free", vec!["a", "b"]),
        ("probe", vec!["a", "b"]),
    ] {
        assert_eq!(hosts(name), expected, "`{name}`");
    }
}
