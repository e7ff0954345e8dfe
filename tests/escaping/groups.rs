//! The texts of groups.

use super::*;

/// A group for each text of the corpus that is a line, and a service in all of them.
fn manifest_of(texts: &BTreeMap<String, &str>, host: Value) -> String {
    let groups: BTreeMap<&String, Value> = texts
        .iter()
        .map(|(name, text)| (name, json!({ "description": json::literal(text) })))
        .collect();
    let names: Vec<&String> = texts.keys().collect();
    let service = json!({ "exec": { "command": ["/bin/true"] }, "groups": names });
    json!({ "hosts": { "host": host }, "groups": groups, "services": { "it": service } })
        .to_string()
}

#[test]
fn the_description_of_a_group_arrives_or_is_refused() {
    let mut texts = BTreeMap::new();
    for (index, text) in NASTY.iter().enumerate() {
        let one = BTreeMap::from([("it".to_owned(), *text)]);
        let problems = problems(&manifest_of(&one, json!({ "systemd": 257 })), Format::Json);
        let found: Vec<Code> = problems.iter().map(|it| it.code).collect();
        let expected = fields::line(Target::Systemd, text);
        assert_eq!(found, Vec::from_iter(expected), "{text:?}");
        if expected.is_none() {
            texts.insert(format!("g{index}"), *text);
        }
    }
    assert!(texts.len() > 80);
    let description =
        |unit: &str| unit::text(&unit::parse(unit), "Unit", "Description", Quoting::Line).unwrap();
    let plain = manifest_of(&texts, json!({ "systemd": 257 }));
    let plain = plan(&plain, Format::Json).unwrap_or_else(|problems| panic!("{problems}"));
    let files = emit(&plain, &BTreeSet::from([Target::Systemd]));
    let files: BTreeMap<&str, &str> = files.iter().collect();
    let on_nixos = manifest_of(&texts, json!({ "nixos": "25.11" }));
    let on_nixos = plan(&on_nixos, Format::Json).unwrap_or_else(|problems| panic!("{problems}"));
    let module = Module::File("nixos/hosts/host.nix".to_owned());
    let machine = Machine { files: emit(&on_nixos, &BTreeSet::from([Target::Nixos])), module };
    let machines = BTreeMap::from([("it".to_owned(), machine)]);
    let evaluated = nixos::evaluate(&machines, &[]).remove("it").unwrap();
    for (name, text) in texts {
        let unit = files[format!("hosts/host/systemd/{name}.target").as_str()];
        assert_eq!(description(unit), text);
        assert_eq!(description(&evaluated.units[&format!("{name}.target")]), text);
    }
}
