//! What is left of a manifest with problems, and what is known about the rest.

use expect_test::expect;

use crate::manifest::Format::{self, Json, Nix, Toml, Yaml};
use crate::manifest::model::process::Word;
use crate::manifest::parse;
use crate::problem::{Path, Step, Trail};

fn path(text: &str) -> Path {
    Path(text.split('.').map(|key| Step::Key(key.to_owned())).collect())
}

/// A manifest in which most things are wrong in one service only.
const DAMAGED: &str = r#"
[services.web]
port = "80"
environment = { A = 1, B = "b" }
hosts = ["pi", 3]
exec = { comand = ["x"] }
user = "web"

[services.db]
container = { image = "db", volumes = [{ source = "a" }] }

[services.good]
exec.command = ["good"]

[services]
none = 1
"#;

#[test]
fn what_is_wrong_is_left_out_and_all_else_stays() {
    let (manifest, _, _) = parse("", DAMAGED.into(), Toml);
    let services = manifest.expect("a part of it is sound").services;
    assert_eq!(services.keys().collect::<Vec<_>>(), ["db", "good", "web"]);
    let web = &services["web"];
    assert_eq!(web.port, None);
    assert_eq!(web.environment.get("A"), None);
    assert_eq!(web.environment["B"], "b");
    assert_eq!(web.hosts, None, "a list goes as a whole");
    assert_eq!(web.exec, None, "a process without a command is none");
    assert_eq!(web.user.as_deref(), Some("web"));
    let container = services["db"].container.as_ref().expect("its image is fine");
    assert_eq!(container.volumes, []);
    let command = &services["good"].exec.as_ref().expect("it is fine").command;
    assert_eq!(*command, [Word::Text("good".to_owned())]);
}

#[test]
fn damage_is_known_above_and_below() {
    let (_, source, _) = parse("", DAMAGED.into(), Toml);
    for damaged in [
        "services",
        "services.web",
        "services.web.port",
        "services.web.environment",
        "services.web.environment.A",
        "services.web.exec.command",
        "services.web.hosts",
        "services.db.container.volumes",
        "services.none",
        "services.none.exec",
    ] {
        assert!(source.is_damaged(&path(damaged)), "{damaged}");
    }
    for sound in [
        "hosts",
        "services.good",
        "services.web.environment.B",
        "services.web.user",
        "services.web.expose",
        "services.db.container.image",
        "services.web2",
        "services.absent",
    ] {
        assert!(!source.is_damaged(&path(sound)), "{sound}");
    }
    let services = Trail::Root.key("services");
    assert!(source.is_damaged(&services.key("web").key("hosts").index(0).to_path()));
}

#[test]
fn a_misspelt_key_damages_the_one_that_was_meant() {
    let (_, source, _) = parse("", "[service.web]\nport = 1".into(), Toml);
    assert!(source.is_damaged(&path("services.web")));
    assert!(!source.is_damaged(&path("hosts")));
}

#[test]
fn with_broken_syntax_all_is_damaged() {
    let (manifest, source, _) = parse("", "[services.web]\nport = ".into(), Toml);
    assert_eq!(manifest, None);
    assert!(source.is_damaged(&path("hosts.pi")));
}

/// Returns how many problems a manifest of `count` services has; each of them has `fault`.
fn problems_of_many(format: Format, count: usize, fault: &str) -> usize {
    let services = (0..count).map(|number| match format {
        Toml => format!("[services.s{number}]\n{fault}\n"),
        Json => format!("\"s{number}\":{{{fault}}}"),
        Yaml => format!("  s{number}: {{{fault}}}\n"),
        Nix => format!("services.s{number} = {{ {fault} }};\n"),
    });
    let text = match format {
        Toml => services.collect(),
        Yaml => format!("services:\n{}", services.collect::<String>()),
        Nix => format!("{{ {} }}", services.collect::<String>()),
        Json => format!("{{\"services\":{{{}}}}}", services.collect::<Vec<_>>().join(",")),
    };
    let (_, source, problems) = parse("many", text.into_bytes(), format);
    assert!(source.render(&problems).len() > problems.len());
    problems.len()
}

const MANY: usize = 2_000;

#[test]
fn many_problems_take_no_more_time_each() {
    for fault in ["port = 'x'", "container = {}", "x = 1", "port = ", "port = 1\nport = 2"] {
        assert_eq!(problems_of_many(Toml, MANY, fault), MANY, "{fault}");
    }
    for fault in ["\"port\":\"x\"", "\"container\":{}", "\"x\":1", "\"port\":1,\"port\":2"] {
        assert_eq!(problems_of_many(Json, MANY, fault), MANY, "{fault}");
    }
    for fault in ["port: x", "container: {}", "x: 1", "user: no", "port: 1, port: 2"] {
        assert_eq!(problems_of_many(Yaml, MANY / 4, fault), MANY / 4, "{fault}");
    }
    for fault in ["port = \"x\";", "container = { };", "x = 1;", "user = x;", "port = 1; port = 2;"]
    {
        assert_eq!(problems_of_many(Nix, MANY / 4, fault), MANY / 4, "{fault}");
    }
}

#[test]
fn many_problems_in_one_service_are_found_in_few_passes() {
    let variables: String = (0..5_000).map(|number| format!("V{number} = 1\n")).collect();
    let volumes = "{ source = 'a' }, ".repeat(300);
    let text = format!(
        "[services.a]\ncontainer = {{ image = 'i', volumes = [{volumes}] }}\n[services.a.environment]\n{variables}"
    );
    let (_, _, problems) = parse("", text.into_bytes(), Toml);
    assert_eq!(problems.len(), 5_300);
}

#[test]
fn the_formats_are_known_by_their_extension() {
    let formats: Vec<_> =
        ["a/unitsmith.toml", "b.json", "c.yaml", "c.yml", "e.nix", "toml", "d.TOML"]
            .map(|name| Format::of(std::path::Path::new(name)))
            .to_vec();
    expect!["[Some(Toml), Some(Json), Some(Yaml), Some(Yaml), Some(Nix), None, None]"]
        .assert_eq(&format!("{formats:?}"));
}
