//! Overrides.

use crate::manifest::model::service::Service;

use super::services;

/// What a service is on a host.
fn on<'a>(service: &'a Service, host: &str) -> &'a Service {
    &service.overrides[host]
}

#[test]
fn an_override_lies_over_its_service_and_over_those_of_the_layers() {
    let services = services(
        r#"
[hosts.a]
[hosts.b]
[defaults]
environment = { A = "default", B = "default" }
overrides.a.environment.A = "default on a"
[templates.web]
overrides.a.environment.B = "template on a"
overrides.b.environment.B = "template on b"
[services.web]
extend = "web"
exec.command = ["/bin/web"]
environment.C = "own"
overrides.a.environment.C = "own on a"
"#,
    );
    let web = &services["web"];
    let texts = |service: &Service| {
        let texts: Vec<String> = service.environment.values().cloned().collect();
        texts.join(", ")
    };
    assert_eq!(texts(web), "default, default, own");
    assert_eq!(texts(on(web, "a")), "default on a, template on a, own on a");
    assert_eq!(texts(on(web, "b")), "default, template on b, own");
    assert_eq!(on(web, "a").hosts, Some(vec!["a".to_owned()]));
    assert_eq!(on(web, "a").exec, web.exec);
    assert_eq!(on(web, "a").overrides.len(), 0);
}

#[test]
fn what_a_layer_says_of_a_host_is_for_those_that_run_there() {
    let services = services(
        r#"
[hosts.a]
[hosts.b]
[defaults]
overrides.a.description = "on a"
[companions.ui]
for = ["one", "two"]
overrides.b.description = "on b"
[services.one]
hosts = ["a"]
[services.two]
hosts = ["b"]
[services.three]
"#,
    );
    let hosts = |name: &str| services[name].overrides.keys().cloned().collect::<Vec<_>>().join(" ");
    for (name, expected) in
        [("one", "a"), ("two", ""), ("three", "a"), ("one-ui", "a"), ("two-ui", "b")]
    {
        assert_eq!(hosts(name), expected, "`{name}`");
    }
}

#[test]
fn each_replica_has_its_own() {
    let services = services(
        r#"
[hosts.a]
[services.web]
port = 80
replicas = 2
overrides.a.environment.ID = "${instance}"
"#,
    );
    assert_eq!(on(&services["web-2"], "a").environment["ID"], "2");
    assert_eq!(on(&services["web-2"], "a").port, Some(81));
}
