//! What services find where they run, and who runs them.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::support::json::literal;

use super::manifests::{Piece, any_line, any_path, any_text};

/// What a service finds, as far as every workload may have it, and what processes alone have.
#[derive(Debug, Clone)]
pub(super) struct Provision {
    /// Keys of the service.
    pub(super) common: Value,
    /// Keys of a process.
    pub(super) of_process: Value,
    /// The commands around a process, each by its key; their texts may have references.
    pub(super) hooks: Vec<(&'static str, Vec<Piece>)>,
    /// Where what a process prints goes.
    pub(super) log_file: Option<String>,
}

const HOOKS: &[&str] = &["preStart", "postStart", "reload", "stop", "postStop"];

pub(super) fn any_provision() -> impl Strategy<Value = Provision> {
    let hooks = (subsequence(HOOKS, 0..=3), prop::collection::vec(any_text(), 3))
        .prop_map(|(keys, texts)| keys.into_iter().zip(texts).collect());
    let log_file = prop::option::weighted(0.3, any_path());
    (any_common(), any_of_process(), hooks, log_file).prop_map(
        |(common, of_process, hooks, log_file)| Provision { common, of_process, hooks, log_file },
    )
}

fn any_common() -> impl Strategy<Value = Value> {
    let path = || any_path().prop_map(|it| literal(&it));
    let required = (path(), prop::option::of(any_line().prop_map(|it| literal(&it)))).prop_map(
        |(path, hint)| match hint {
            Some(hint) => json!({ "path": path, "hint": hint }),
            None => json!(path),
        },
    );
    // systemd reads no secret from a path that could be written shorter.
    let file = any_line().prop_map(|it| literal(&format!("/s/x{}", it.replace('/', "x"))));
    let secret = (file, any::<bool>())
        .prop_map(|(file, encrypted)| json!({ "file": file, "encrypted": encrypted }));
    let secrets =
        (subsequence(&["a", "b.c", "D-e_1"][..], 0..=2), prop::collection::vec(secret, 2));
    let kinds = subsequence(&["state", "cache", "logs", "runtime"][..], 0..=4);
    let names = prop::collection::vec(select(&["a", "b/c", "D.e-1_"][..]), 4);
    let directories = (kinds, names, prop::option::of(select(&["0700", "755"][..])));
    (prop::collection::vec(required, 0..=2), secrets, directories).prop_map(
        |(paths, secrets, (kinds, names, mode))| {
            let mode = mode.filter(|_| !kinds.is_empty());
            let secrets = secrets.0.into_iter().zip(secrets.1);
            let secrets: Map<String, Value> =
                secrets.map(|(name, it)| (name.to_owned(), it)).collect();
            let mut directories: Map<String, Value> = kinds
                .into_iter()
                .zip(names)
                .map(|(kind, it)| (kind.to_owned(), it.into()))
                .collect();
            directories.extend(mode.map(|it| ("mode".to_owned(), it.into())));
            json!({
                "requires": { "paths": paths, "mounts": ["/mnt/a", "/mnt/100%"] },
                "secrets": secrets,
                "directories": directories,
                "documentation": ["https://example.org/%20", "man:web(8)"],
            })
        },
    )
}

fn any_of_process() -> impl Strategy<Value = Value> {
    let groups = subsequence(&["video", "web", "1000"][..], 0..=2);
    let umask = prop::option::of(select(&["022", "0077"][..]));
    let nice = prop::option::of(-20..=19i32);
    let required = subsequence(&["A", "TOKEN", "_x"][..], 0..=2);
    let profile = prop::option::of(select(&["none", "baseline", "strict"][..]));
    (groups, umask, nice, required, profile).prop_map(|(groups, umask, nice, required, profile)| {
        let except = profile.filter(|it| *it != "none").map(|_| ["ProtectHostname"]);
        json!({
            "hardening": { "profile": profile, "except": except, "writablePaths": ["/srv/100%"] },
            "supplementaryGroups": groups, "umask": umask, "nice": nice,
            "requiredEnvironment": required,
        })
    })
}
