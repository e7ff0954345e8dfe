//! Whole manifests and all that they become.
//!
//! A case is a directory with a manifest, its lock and what is generated from them.
//! `UPDATE_EXPECT=1` writes them anew.

use std::collections::BTreeSet;

use unitsmith::cli::{Check, Cli, Command, Format, Lint, Manifest, Talk, Tree};
use unitsmith::commands::{self, Outcome, Report};

use crate::support::repository;

macro_rules! cases {
    ($($case:ident)*) => {
        const CASES: &[&str] = &[$(stringify!($case)),*];
        $(
            #[test]
            fn $case() {
                check(stringify!($case));
            }
        )*
    };
}

cases! {
    backup
    database
    dns
    fleet
    home_automation
    homelab
    media
    node
    photos
    pipeline
    reverse_proxy
    sleepers
    vpn
}

#[test]
fn every_case_is_run() {
    let entries = std::fs::read_dir(repository().join("tests/cases")).unwrap();
    let present: BTreeSet<String> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    let listed: BTreeSet<String> = CASES.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(present, listed);
}

fn check(case: &str) {
    let manifest = repository().join("tests/cases").join(case).join("unitsmith.toml");
    let tree = || Tree {
        manifest: Manifest { path: Some(manifest.clone()) },
        output: None,
        target: Vec::new(),
        entrypoint: false,
    };
    let run = |command| commands::run(Cli { command, talk: Talk::default() }).unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let Report { outcome, stdout: _, stderr } = run(Command::Gen(tree()));
        assert_eq!(outcome, Outcome::Clean, "{stderr}");
    }
    let Report { outcome, stdout, stderr } =
        run(Command::Check(Check { tree: tree(), format: Format::Human, structural: false }));
    assert_eq!(outcome, Outcome::Clean, "{stdout}{stderr}");
    let Tree { manifest, .. } = tree();
    let Report { stderr, .. } =
        run(Command::Lint(Lint { manifest, format: Format::Human, explain: None }));
    assert_eq!(stderr, "nothing to say\n");
}
