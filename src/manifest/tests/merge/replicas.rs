//! Replicas, companions and lists of addresses.

use super::check_services;

#[test]
fn replicas_count_up() {
    check_services(
        r#"
[services.web]
exec.command = ["/bin/web", "--id=${instance}", "$${instance}"]
replicas = 3
port = 8000
environment.ID = "web ${instance}"
"#,
        r#"
[services.web-1]
exec.command = ["/bin/web", "--id=1", "$${instance}"]
port = 8000
environment.ID = "web 1"
[services.web-2]
exec.command = ["/bin/web", "--id=2", "$${instance}"]
port = 8001
environment.ID = "web 2"
[services.web-3]
exec.command = ["/bin/web", "--id=3", "$${instance}"]
port = 8002
environment.ID = "web 3"
"#,
    );
}

#[test]
fn one_replica_has_a_number_so_that_a_second_renames_nothing() {
    check_services(
        "services.web = { exec.command = [\"/bin/web\"], replicas = 1 }",
        "services.web-1.exec.command = [\"/bin/web\"]",
    );
}

#[test]
fn replicas_may_come_from_a_template() {
    check_services(
        r#"
[templates.pair]
replicas = 2
environment.ID = "${instance}"
[services.web]
extend = "pair"
exec.command = ["/bin/web"]
"#,
        r#"
[services.web-1]
exec.command = ["/bin/web"]
environment.ID = "1"
[services.web-2]
exec.command = ["/bin/web"]
environment.ID = "2"
"#,
    );
}

#[test]
fn whoever_waits_for_a_service_with_replicas_waits_for_all() {
    check_services(
        r#"
[services.web]
exec.command = ["/bin/web"]
replicas = 2
[services.balancer]
exec.command = ["/bin/balancer"]
dependsOn.web = "started"
"#,
        r#"
[services.web-1]
exec.command = ["/bin/web"]
[services.web-2]
exec.command = ["/bin/web"]
[services.balancer]
exec.command = ["/bin/balancer"]
dependsOn = { web-1 = "started", web-2 = "started" }
"#,
    );
}

#[test]
fn addresses_are_entries_of_a_list_or_joined_by_commas() {
    check_services(
        r#"
[services.web]
exec.command = ["/bin/web", "${port}"]
replicas = 2
[services.db]
exec.command = ["/bin/db", "${port}"]
[services.balancer]
exec.command = ["/bin/balancer", "${services.web.addresses}", "--db", "${services.db.addresses}", "--all=${services.web.addresses}", "$${services.web.addresses}"]
environment.BACKENDS = "${services.web.addresses}"
"#,
        r#"
[services.web-1]
exec.command = ["/bin/web", "${port}"]
[services.web-2]
exec.command = ["/bin/web", "${port}"]
[services.db]
exec.command = ["/bin/db", "${port}"]
[services.balancer]
exec.command = ["/bin/balancer", "${services.web-1.address}", "${services.web-2.address}", "--db", "${services.db.address}", "--all=${services.web-1.address},${services.web-2.address}", "$${services.web.addresses}"]
environment.BACKENDS = "${services.web-1.address},${services.web-2.address}"
"#,
    );
}

#[test]
fn addresses_that_are_written_with_escapes_are_found() {
    check_services(
        r#"
services.db.exec.command = ["/bin/db", "${port}"]
services.web.exec.command = ["/bin/web", "\u0024{services.db.\u0061ddresses}"]
"#,
        r#"
services.db.exec.command = ["/bin/db", "${port}"]
services.web.exec.command = ["/bin/web", "${services.db.address}"]
"#,
    );
}
