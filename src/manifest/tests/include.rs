//! Manifests of several files.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;

use expect_test::{Expect, expect};

use crate::manifest::model::Manifest;
use crate::manifest::source::Source;
use crate::manifest::tests::{VALID_TOML, parse_well};
use crate::manifest::{Format, Included, parse_all};
use crate::problem::Problem;

/// Parses the first of some files with what it includes; paths begin at its directory.
fn parse_files(
    name: &str,
    files: &[(&str, &str)],
) -> (Option<Manifest>, Source, Vec<Problem>, Vec<String>) {
    let (_, first) = files[0];
    let files: BTreeMap<&str, &str> = files[1..].iter().copied().collect();
    let mut looked_up = Vec::new();
    let mut find = |path: &Path| {
        let path = path.to_str().expect("a path of the test is text").to_owned();
        let below = files.keys().filter_map(|it| it.strip_prefix(&format!("{path}/")));
        let below: Vec<String> =
            below.map(|it| it.split('/').next().unwrap_or_default().to_owned()).collect();
        let found = match files.get(path.as_str()) {
            Some(text) => Included::File(text.as_bytes().to_vec()),
            None if below.is_empty() => Included::Nothing,
            None => Included::Directory(below),
        };
        looked_up.push(path);
        Ok::<_, Infallible>(found)
    };
    let format = Format::of(Path::new(name)).expect("it is called like a manifest");
    let parsed = parse_all(Path::new(name), first.into(), format, &mut find);
    let (manifest, source, problems) = parsed.unwrap_or_else(|it| match it {});
    (manifest, source, problems, looked_up)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
fn check(files: &[(&str, &str)], expected: Expect) {
    let (_, source, problems, _) = parse_files("conf/main.toml", files);
    for problem in &problems {
        let at = source.position(&problem.place);
        let rendered = source.render(std::slice::from_ref(problem));
        assert!(rendered.contains(&format!("--> {}:{}:{}\n", at.file, at.line, at.column)));
    }
    expected.assert_eq(&source.render(&problems));
}

const WEB: &str = "[services.web]\nexec.command = [\"/bin/web\"]\n";

#[test]
fn what_has_a_name_may_stand_in_any_file() {
    let (whole, source, problems, _) = parse_files(
        "main.toml",
        &[
            (
                "main.toml",
                "include = ['more.json', 'units', 'h.nix']\nnixos.prefix = 'x'\ndefaults.user = 'a'",
            ),
            ("more.json", r#"{ "services": { "db": { "exec": { "command": ["/bin/db"] } } } }"#),
            ("units/web.toml", WEB),
            ("units/t.yaml", "templates:\n  t:\n    nice: 5\nservices:\n  t:\n    extend: t\n"),
            ("units/.web.toml", "this is not read"),
            ("units/web.toml~", "nor is this"),
            ("units/deeper/no.toml", "nor this"),
            ("h.nix", "{ hosts.a.systemd = 257; hosts.b = { }; }"),
        ],
    );
    assert_eq!(source.render(&problems), "");
    let alone = parse_well(
        Format::Toml,
        "include = ['more.json', 'units', 'h.nix']\nnixos.prefix = 'x'\ndefaults.user = 'a'
         [hosts.a]\nsystemd = 257\n[hosts.b]\n[templates.t]\nnice = 5\n[services.t]\nextend = 't'
         [services.db]\nexec.command = ['/bin/db']\n[services.web]\nexec.command = ['/bin/web']\n",
    );
    assert_eq!(whole.expect("it has no problem"), alone);
}

#[test]
fn each_file_is_read_once_in_the_order_in_which_it_is_included() {
    let (manifest, source, problems, looked_up) = parse_files(
        "conf/main.toml",
        &[
            ("conf/main.toml", "include = ['a/a.toml', './a/../b.toml', 'main.toml', 'a']"),
            ("a/a.toml", "include = ['../b.toml', 'sub/c.toml', '../../up.toml', '../main.toml']"),
            ("a/sub/c.toml", "include = ['../a.toml']"),
            ("b.toml", WEB),
            ("../up.toml", "services.db.exec.command = ['/bin/db']"),
        ],
    );
    assert_eq!(source.render(&problems), "");
    assert_eq!(manifest.expect("it has no problem").services.len(), 2);
    assert_eq!(looked_up, ["a/a.toml", "b.toml", "a/sub/c.toml", "../up.toml", "a"]);
}

#[test]
fn problems_point_into_their_files() {
    check(
        &[
            ("conf/main.toml", "include = ['a.yaml', 'b.nix', 'c.json', 'd.toml']\nprot = 1"),
            ("a.yaml", "services:\n  a:\n    prot: 80"),
            ("b.nix", "# é\n{ services.b = {\n  \"é\" = 1; port = \"80\"; }; }\n"),
            ("c.json", "{ \"services\": { \"c\": {\n \"\\u0070rot\": 80 } } }"),
            ("d.toml", "services.'d'.restart = { policy = 'allways' }\nservices.d.exec = {}\n\n"),
        ],
        expect![[r#"
            error[US002]: `prot` is not a key of the manifest
             --> conf/main.toml:2:1
              |
            2 | prot = 1
              | ^^^^
              |
              = help: keys are: builds, cloudflared, companions, defaults, groups, hosts, images, include, networks, nixos, pods, services, templates, tsProxy, volumes

            error[US002]: `prot` is not a key of `services.a`
             --> conf/a.yaml:3:5
              |
            3 |     prot: 80
              |     ^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US002]: `é` is not a key of `services.b`
             --> conf/b.nix:3:3
              |
            3 |   "é" = 1; port = "80"; }; }
              |   ^^^
              |
              = help: keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US003]: `services.b.port` takes an integer, not a string
             --> conf/b.nix:3:19
              |
            3 |   "é" = 1; port = "80"; }; }
              |                   ^^^^
              |
              = help: leave the quotes out: `80`

            error[US002]: `prot` is not a key of `services.c`
             --> conf/c.json:2:2
              |
            2 |  "\u0070rot": 80 } } }
              |  ^^^^^^^^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US005]: `allways` is not a value of `services.d.restart.policy`
             --> conf/d.toml:1:35
              |
            1 | services.'d'.restart = { policy = 'allways' }
              |                                   ^^^^^^^^^
              |
              = help: did you mean `always`? values are: always, no, on-abnormal, on-abort, on-failure, on-success

            error[US004]: `services.d.exec` has no `command`
             --> conf/d.toml:2:12
              |
            2 | services.d.exec = {}
              |            ^^^^
              |
              = help: add `command`

        "#]],
    );
}

#[test]
fn what_stands_in_two_files_is_told_with_both_places() {
    check(
        &[
            (
                "conf/main.toml",
                "include = ['other.toml', 'third.yaml']\n[defaults]\nuser = 'a'\n[services.web]\nuser = 'web'",
            ),
            (
                "other.toml",
                "defaults.group = 'b'\n\n[services.web]\ngroup = 'web'\n[services.db]\n",
            ),
            ("third.yaml", "services:\n  db: {}\n  x: {}\nhosts: 3\n"),
        ],
        expect![[r#"
            error[US006]: `defaults` already stands in line 2 of `conf/main.toml`
             --> conf/other.toml:1:1
              |
            1 | defaults.group = 'b'
              | ^^^^^^^^
              |
              = help: say it in one file: what stands in two is not put together

            error[US006]: `web` already stands in line 4 of `conf/main.toml`
             --> conf/other.toml:3:11
              |
            3 | [services.web]
              |           ^^^
              |
              = help: say it in one file: what stands in two is not put together

            error[US006]: `db` already stands in line 5 of `conf/other.toml`
             --> conf/third.yaml:2:3
              |
            2 |   db: {}
              |   ^^
              |
              = help: say it in one file: what stands in two is not put together

            error[US003]: `hosts` takes a table, not an integer
             --> conf/third.yaml:4:8
              |
            4 | hosts: 3
              |        ^

        "#]],
    );
}

#[test]
fn what_cannot_be_included_is_told() {
    check(
        &[
            (
                "conf/main.toml",
                "include = ['nope.toml', 'services/*.toml', 'notes.txt', 'empty', 5]\n[services.web]\nextend = 'there'",
            ),
            ("notes.txt", ""),
            ("empty/README.md", ""),
        ],
        expect![[r#"
            error[US130]: there is no `conf/nope.toml`
             --> conf/main.toml:1:12
              |
            1 | include = ['nope.toml', 'services/*.toml', 'notes.txt', 'empty', 5]
              |            ^^^^^^^^^^^
              |
              = help: a path begins at the directory of the file in which it stands; a directory stands for all manifests in it

            error[US130]: there is no `conf/services/*.toml`
             --> conf/main.toml:1:25
              |
            1 | include = ['nope.toml', 'services/*.toml', 'notes.txt', 'empty', 5]
              |                         ^^^^^^^^^^^^^^^^^
              |
              = help: a path begins at the directory of the file in which it stands; a directory stands for all manifests in it

            error[US130]: `conf/notes.txt` is no manifest
             --> conf/main.toml:1:44
              |
            1 | include = ['nope.toml', 'services/*.toml', 'notes.txt', 'empty', 5]
              |                                            ^^^^^^^^^^^
              |
              = help: a manifest is called `.toml`, `.json`, `.yaml`, `.yml` or `.nix`

            error[US130]: there is no manifest in `conf/empty`
             --> conf/main.toml:1:57
              |
            1 | include = ['nope.toml', 'services/*.toml', 'notes.txt', 'empty', 5]
              |                                                         ^^^^^^^
              |
              = help: a manifest is called `.toml`, `.json`, `.yaml`, `.yml` or `.nix`

            error[US003]: `include[4]` takes a string, not an integer
             --> conf/main.toml:1:66
              |
            1 | include = ['nope.toml', 'services/*.toml', 'notes.txt', 'empty', 5]
              |                                                                  ^
              |
              = help: put it in quotes: `"5"`

        "#]],
    );
    check(
        &[("conf/main.toml", "include = 'a.toml'\n"), ("a.toml", "[services.web]\nuser = 1")],
        expect![[r#"
            error[US003]: `include` takes a list, not a string
             --> conf/main.toml:1:11
              |
            1 | include = 'a.toml'
              |           ^^^^^^^^
              |
              = help: write it as a list: `["a.toml"]`

        "#]],
    );
    check(
        &[
            ("conf/main.toml", "include = ['a.toml', 'b.json', 'c.toml']\n"),
            ("a.toml", "include = 'c.toml'"),
            ("b.json", "[1]"),
            ("c.toml", "services = 7"),
        ],
        expect![[r#"
            error[US003]: `include` takes a list, not a string
             --> conf/a.toml:1:11
              |
            1 | include = 'c.toml'
              |           ^^^^^^^^

            error[US003]: the manifest takes a table, not a list
             --> conf/b.json:1:1
              |
            1 | [1]
              | ^^^

            error[US003]: `services` takes a table, not an integer
             --> conf/c.toml:1:12
              |
            1 | services = 7
              |            ^

        "#]],
    );
}

#[test]
fn a_file_with_broken_syntax_does_not_hide_the_others() {
    check(
        &[
            (
                "conf/main.toml",
                "include = ['a.toml', 'b.toml', 'c.json', 'd.json']\n[services.x]\nprot = 1\n",
            ),
            ("a.toml", "[services.a]\nuser = 'a\nprot = 1\n"),
            ("b.toml", "[services.b]\nprot = 1\n[services.web"),
            ("c.json", ""),
            ("d.json", r#"{ "services": { "d": { "prot": 80 } } }"#),
        ],
        expect![[r#"
            error[US002]: `prot` is not a key of `services.x`
             --> conf/main.toml:3:1
              |
            3 | prot = 1
              | ^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US001]: invalid literal string, expected `'`
             --> conf/a.toml:2:10
              |
            2 | user = 'a
              |          ^

            error[US002]: `prot` is not a key of `services.b`
             --> conf/b.toml:2:1
              |
            2 | prot = 1
              | ^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

            error[US001]: unclosed table, expected `]`
             --> conf/b.toml:3:14
              |
            3 | [services.web
              |              ^

            error[US001]: the file is empty
             --> conf/c.json:1:1
              |
            1 |
              | ^
              |
              = help: an empty manifest is `{}`

            error[US002]: `prot` is not a key of `services.d`
             --> conf/d.json:1:24
              |
            1 | { "services": { "d": { "prot": 80 } } }
              |                        ^^^^^^
              |
              = help: did you mean `port`? keys are: activation, allow, backendPort, companionOf, container, dependsOn, description, directories, documentation, dynamicUser, environment, environmentFiles, exec, expose, extend, flakeService, group, groups, hardening, hosts and 17 more

        "#]],
    );
}

#[test]
fn what_is_missing_at_the_end_of_a_file_is_missing_there() {
    for end in ["", "\n", "\n\n"] {
        let first = format!("include = ['b.yaml', 'c.toml']\n[services.a]\nuser ={end}");
        let (_, source, problems, _) = parse_files(
            "main.toml",
            &[("main.toml", &first), ("b.yaml", "services:\n  - ["), ("c.toml", "")],
        );
        let at: Vec<String> = problems
            .iter()
            .map(|it| source.position(&it.place))
            .map(|it| format!("{}:{}", it.file, it.line))
            .collect();
        assert_eq!(at, ["main.toml:3", "b.yaml:2"]);
    }
}

/// What stands in one file may as well stand in several.
#[test]
fn a_manifest_cut_into_files_is_the_same_manifest() {
    let whole = parse_well(Format::Toml, VALID_TOML);
    let all: toml::Table = VALID_TOML.parse().expect("it is TOML");
    let mut files = Vec::new();
    for (key, value) in all {
        let has_names = !["nixos", "defaults", "tsProxy", "cloudflared"].contains(&key.as_str());
        let Some(entries) = value.as_table().filter(|_| has_names) else {
            files.push(toml::Table::from_iter([(key, value)]));
            continue;
        };
        files.extend(entries.iter().map(|(name, value)| {
            let entry = toml::Table::from_iter([(name.clone(), value.clone())]);
            toml::Table::from_iter([(key.clone(), toml::Value::Table(entry))])
        }));
    }
    assert!(files.len() > 3, "there is something to cut");
    let texts: Vec<(String, String)> = files
        .iter()
        .enumerate()
        .map(|(index, it)| (format!("parts/{index}.toml"), it.to_string()))
        .collect();
    let mut files = vec![("main.toml", "include = ['parts']")];
    files.extend(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let (cut, source, problems, _) = parse_files("main.toml", &files);
    assert_eq!(source.render(&problems), "");
    let cut = cut.expect("it has no problem");
    assert_eq!(Manifest { include: Vec::new(), ..cut }, whole);
}
