//! Each rule finds the example of its page, and nothing in what the page has instead.

use std::collections::BTreeSet;

use unitsmith::lint;
use unitsmith::manifest::{self, Format};
use unitsmith::problem::{Code, Severity};
use unitsmith::resolve::{Context, resolve};

use crate::support::read;

/// The codes of what is found in a manifest.
fn codes(text: &str) -> BTreeSet<&'static str> {
    let (written, source, problems) = manifest::parse("unitsmith.toml", text.into(), Format::Toml);
    assert!(problems.is_empty(), "{}\n{text}", source.render(&problems));
    let written = written.unwrap();
    let context =
        Context { manifest: "unitsmith.toml", lock: &Default::default(), is_damaged: &|_| false };
    let (plan, problems) = resolve(&written, &context);
    assert!(problems.is_empty(), "{}\n{text}", source.render(&problems));
    let mut found = lint::find(&written, &plan.unwrap());
    source.sort(&mut found);
    found.iter().map(|it| it.code.as_str()).collect()
}

/// The text below a heading of a page.
fn below<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("## {heading}\n\n")).expect(heading);
    rest.split("\n## ").next().unwrap().trim()
}

fn toml<'a>(page: &'a str, heading: &str) -> &'a str {
    below(page, heading).strip_prefix("```toml\n").unwrap().strip_suffix("```").unwrap()
}

#[test]
fn each_rule_fires_on_its_example_and_not_on_what_is_better() {
    for rule in lint::rules() {
        let code = rule.code.as_str();
        for heading in ["What", "Why"] {
            assert!(below(rule.page, heading).ends_with('.'), "{code} {heading}");
        }
        let (example, instead) = (toml(rule.page, "Example"), toml(rule.page, "Instead"));
        assert!(codes(example).contains(code), "{code} does not find\n{example}");
        assert_eq!(codes(instead), BTreeSet::new(), "{code} says instead\n{instead}");
    }
}

#[test]
fn every_code_that_stops_nothing_is_a_rule_with_a_page() {
    let rules: Vec<Code> = lint::rules().map(|it| it.code).collect();
    let unique: BTreeSet<Code> = rules.iter().copied().collect();
    assert_eq!(unique.len(), rules.len(), "a rule is listed twice");
    // The codes below are of other commands, which say themselves what they warn of.
    let is_of_lint = |it: &Code| it.as_str() > "US200" || *it == Code::PortPastFirewall;
    let harmless = Code::ALL.iter().filter(|it| it.severity() != Severity::Error);
    assert_eq!(unique, harmless.copied().filter(is_of_lint).collect());
    let pages = read(&crate::support::repository().join("src/lint/pages"));
    let expected: BTreeSet<String> =
        unique.iter().map(|it| format!("{}.md", it.as_str())).collect();
    assert_eq!(pages.into_keys().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn what_is_accepted_is_not_found() {
    let open = r#"
[services.web]
port = 8080
container.image = "docker.io/library/nginx:1.29"
container.ports = [{ container = 80, address = "0.0.0.0" }]
"#;
    assert_eq!(codes(open), ["US061"].into());
    let allowed = open
        .replace("port = 8080", "port = 8080\nallow = [{ code = \"US061\", reason = \"guests\" }]");
    assert_eq!(codes(&allowed), [].into());
    let bare = open.replace("port = 8080", "port = 8080\nallow = [\"US061\"]");
    assert_eq!(codes(&bare), ["US271"].into());
}

#[test]
fn what_is_on_one_host_is_found_there() {
    let text = r#"
[hosts.one]
[hosts.two]

[services.web]
container.image = "docker.io/library/nginx:1.29"

[services.web.overrides.two]
container.privileged = true
"#;
    assert_eq!(codes(text), ["US242"].into());
}

#[test]
fn services_that_never_meet_share_nothing() {
    let text = r#"
[hosts.one]
[hosts.two]

[services.a]
hosts = ["one"]
container = { image = "docker.io/library/nginx:1", volumes = [{ source = "data", target = "/data" }] }

[services.b]
hosts = ["two"]
container = { image = "docker.io/library/nginx:1", volumes = [{ source = "data", target = "/data" }] }
"#;
    assert_eq!(codes(text), [].into());
    let together = text.replace("hosts = [\"two\"]", "hosts = [\"one\", \"two\"]");
    assert_eq!(codes(&together), ["US251"].into());
}
