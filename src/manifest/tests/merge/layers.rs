//! Defaults and templates.

use proptest::prelude::{Strategy, prop, proptest};
use proptest::{prop_assert_eq, sample};

use super::{check_services, services};
use crate::manifest::Format::Toml;
use crate::manifest::parse;

#[test]
fn defaults_lie_below_templates_and_templates_below_services() {
    check_services(
        r#"
[defaults]
description = "default"
environment = { A = "default", B = "default", C = "default" }
restart.policy = "always"

[templates.web]
description = "template"
environment = { B = "template", C = "template" }

[services.web]
extend = "web"
exec.command = ["/bin/web"]
environment.C = "own"

[services.other]
exec.command = ["/bin/other"]
"#,
        r#"
[services.web]
description = "template"
exec.command = ["/bin/web"]
environment = { A = "default", B = "template", C = "own" }
restart.policy = "always"

[services.other]
description = "default"
exec.command = ["/bin/other"]
environment = { A = "default", B = "default", C = "default" }
restart.policy = "always"
"#,
    );
}

#[test]
fn the_later_template_wins_and_templates_extend_templates() {
    check_services(
        r#"
[templates.base]
user = "base"
environment = { A = "base", B = "base" }
[templates.web]
extend = "base"
environment = { B = "web", C = "web" }
[templates.small]
environment.C = "small"
limits.openFiles = 10

[services.one]
extend = ["web", "small"]
exec.command = ["/bin/one"]
[services.two]
extend = ["small", "web"]
exec.command = ["/bin/two"]
"#,
        r#"
[services.one]
user = "base"
exec.command = ["/bin/one"]
environment = { A = "base", B = "web", C = "small" }
limits.openFiles = 10
[services.two]
user = "base"
exec.command = ["/bin/two"]
environment = { A = "base", B = "web", C = "web" }
limits.openFiles = 10
"#,
    );
}

#[test]
fn lists_replace_lists() {
    check_services(
        r#"
[templates.web]
exec.command = ["/bin/web", "--fast"]
exec.workingDirectory = "/srv"
environmentFiles = ["/etc/a", "/etc/b"]
[services.web]
extend = "web"
exec.command = ["/bin/web"]
environmentFiles = []
"#,
        r#"
[services.web]
exec.command = ["/bin/web"]
exec.workingDirectory = "/srv"
"#,
    );
}

#[test]
fn defaults_apply_where_they_can() {
    check_services(
        r#"
[defaults]
user = "app"
group = "app"
exec.workingDirectory = "/srv"
container.pull = "always"
limits.openFiles = 10
[services.process]
exec.command = ["/bin/app"]
[services.container]
container.image = "app"
"#,
        r#"
[services.process]
user = "app"
group = "app"
exec = { command = ["/bin/app"], workingDirectory = "/srv" }
limits.openFiles = 10
[services.container]
container = { image = "app", pull = "always" }
limits.openFiles = 10
"#,
    );
}

#[test]
fn of_a_default_activation_a_service_takes_what_fits_its_own() {
    check_services(
        r#"
[defaults]
activation = { on = "socket", handoff = "proxy", idleTimeout = "5min", address = "0.0.0.0" }
[services.silent]
exec.command = ["/bin/app"]
[services.boot]
exec.command = ["/bin/app"]
activation.on = "boot"
[services.fd]
exec.command = ["/bin/app"]
activation = { on = "socket", handoff = "fd" }
[services.slow]
exec.command = ["/bin/app"]
activation.startTimeout = "5s"
"#,
        r#"
[services.silent]
exec.command = ["/bin/app"]
activation = { on = "socket", handoff = "proxy", idleTimeout = "5min", address = "0.0.0.0" }
[services.boot]
exec.command = ["/bin/app"]
activation.on = "boot"
[services.fd]
exec.command = ["/bin/app"]
activation = { on = "socket", handoff = "fd", address = "0.0.0.0" }
[services.slow]
exec.command = ["/bin/app"]
activation = { on = "socket", handoff = "proxy", idleTimeout = "5min", startTimeout = "5s", address = "0.0.0.0" }
"#,
    );
}

#[test]
fn a_default_restart_is_not_for_what_a_socket_or_a_schedule_starts() {
    check_services(
        r#"
[defaults]
restart = { policy = "always", delay = "2s" }
[services.boot]
exec.command = ["/bin/app"]
[services.socket]
exec.command = ["/bin/app"]
activation = { on = "socket", handoff = "fd" }
[services.job]
exec.command = ["/bin/app"]
schedule.calendar = ["daily"]
"#,
        r#"
[services.boot]
exec.command = ["/bin/app"]
restart = { policy = "always", delay = "2s" }
[services.socket]
exec.command = ["/bin/app"]
activation = { on = "socket", handoff = "fd" }
restart.delay = "2s"
[services.job]
exec.command = ["/bin/app"]
schedule.calendar = ["daily"]
"#,
    );
}

#[test]
fn a_default_for_proxies_makes_no_activation() {
    check_services(
        r#"
[defaults]
activation.idleTimeout = "5min"
[services.boot]
exec.command = ["/bin/app"]
"#,
        r#"
[services.boot]
exec.command = ["/bin/app"]
"#,
    );
}

#[test]
fn an_activation_that_says_on_replaces_that_of_a_template() {
    check_services(
        r#"
[templates.sleeping]
activation = { on = "socket", handoff = "proxy", idleTimeout = "5min" }
[services.awake]
extend = "sleeping"
exec.command = ["/bin/app"]
activation.on = "boot"
[services.asleep]
extend = "sleeping"
exec.command = ["/bin/app"]
activation.idleTimeout = "1h"
"#,
        r#"
[services.awake]
exec.command = ["/bin/app"]
activation.on = "boot"
[services.asleep]
exec.command = ["/bin/app"]
activation = { on = "socket", handoff = "proxy", idleTimeout = "1h" }
"#,
    );
}

/// A part of a service with a few keys, as lines below a header.
fn part() -> impl Strategy<Value = Vec<&'static str>> {
    sample::subsequence(
        vec![
            "description = \"D\"",
            "environment.A = \"A\"",
            "environment.B = \"B\"",
            "activation.on = \"boot\"",
            "activation.handoff = \"fd\"",
            "activation.address = \"::1\"",
            "exec.workingDirectory = \"/W\"",
            "environmentFiles = [\"/E\"]",
            "limits.openFiles = 5",
            "restart.delay = \"5s\"",
        ],
        0..10,
    )
}

/// The lines, with values that tell which part they are from.
fn body(part: &[&str], name: usize) -> String {
    let mark = |line: &&str| match line.split_once('=') {
        Some((key, value))
            if value.contains('"')
                && !key.starts_with("activation")
                && !key.starts_with("restart") =>
        {
            format!("{line}\n")
                .replace("\"\n", &format!("{name}\"\n"))
                .replace("\"]", &format!("{name}\"]"))
        }
        _ => format!("{line}\n"),
    };
    part.iter().map(mark).collect()
}

fn everything(manifest: &str) -> String {
    let (manifest, _, problems) = parse("unitsmith", manifest.into(), Toml);
    let codes: Vec<_> = problems.iter().map(|it| it.code).collect();
    let services = manifest.map(|it| super::without_extend(it.services));
    format!("{services:?} {codes:?}")
}

proptest! {
    #[test]
    fn merging_is_associative(parts in prop::array::uniform4(part())) {
        let templates: String = parts.iter().enumerate()
            .map(|(name, part)| format!("[templates.t{name}]\n{}", body(part, name)))
            .collect();
        let service = "exec.command = [\"/bin/web\"]\n";
        let flat = format!("{templates}[services.web]\nextend = [\"t0\", \"t1\", \"t2\", \"t3\"]\n{service}");
        let nested = |inner: &str, outer: &str| format!(
            "{templates}[templates.inner]\nextend = [{inner}]\n[services.web]\nextend = [{outer}]\n{service}"
        );
        let expected = everything(&flat);
        for (inner, outer) in [
            ("\"t0\", \"t1\"", "\"inner\", \"t2\", \"t3\""),
            ("\"t1\", \"t2\"", "\"t0\", \"inner\", \"t3\""),
            ("\"t0\", \"t1\", \"t2\"", "\"inner\", \"t3\""),
            ("\"t2\", \"t3\"", "\"t0\", \"t1\", \"inner\""),
        ] {
            prop_assert_eq!(&everything(&nested(inner, outer)), &expected, "{} in {}", inner, outer);
        }
    }

    #[test]
    fn the_order_of_keys_and_tables_makes_no_difference(
        parts in prop::array::uniform3(part()),
        reversed in prop::bool::ANY,
    ) {
        let own = "exec.command = [\"/bin/web\"]\n";
        let mut tables = [
            format!("[defaults]\n{}", body(&parts[0], 0)),
            format!("[templates.a]\n{}", body(&parts[1], 1)),
            format!("[templates.b]\nextend = \"a\"\n{}", body(&parts[2], 2)),
            format!("[services.web]\nextend = \"b\"\n{own}"),
        ];
        let expected = everything(&tables.concat());
        if reversed { tables.reverse() } else { tables.rotate_left(2) }
        let turned: Vec<String> = tables.iter().map(|table| {
            let (header, body) = table.split_once('\n').expect("a table has a header");
            let mut lines: Vec<&str> = body.lines().collect();
            lines.reverse();
            format!("{header}\n{}\n", lines.join("\n"))
        }).collect();
        prop_assert_eq!(everything(&turned.concat()), expected);
    }
}

#[test]
fn ten_thousand_services_share_a_template() {
    let mut text =
        "[templates.web]\nexec.command = [\"/bin/web\"]\nenvironment.A = \"a\"\n".to_owned();
    for index in 0..10_000 {
        text.push_str(&format!("[services.s{index}]\nextend = \"web\"\n"));
    }
    let services = services(&text);
    assert_eq!(services.len(), 10_000);
    assert!(services.values().all(|it| it.environment["A"] == "a"));
}

#[test]
fn a_long_chain_of_templates_needs_no_stack() {
    let mut text = "[templates.t0]\nexec.command = [\"/bin/web\"]\n".to_owned();
    for index in 1..5_000 {
        text.push_str(&format!("[templates.t{index}]\nextend = \"t{}\"\n", index - 1));
    }
    text.push_str("[services.web]\nextend = \"t4999\"\n");
    assert!(services(&text)["web"].exec.is_some());
    let ring = text.replacen("[templates.t0]", "[templates.t0]\nextend = \"t4999\"", 1);
    let (_, _, problems) = parse("unitsmith", ring.into(), Toml);
    assert_eq!(problems.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["US013"]);
}
