//! How a container is separated from its host.

use std::collections::BTreeSet;

use crate::manifest::model::container::security as written;
use crate::plan::container::security::{Label, Security};
use crate::plan::name::{CapabilityName, is_plain};
use crate::problem::{Code, Problem, Trail};
use crate::resolve::text;

use super::word::{self, Rule, path_without};

/// What the keys of a container say of its separation.
pub(super) struct Written<'a> {
    pub(super) privileged: bool,
    pub(super) no_new_privileges: bool,
    pub(super) security: &'a written::Security,
    pub(super) user_namespace: Option<&'a str>,
    pub(super) uid_map: &'a [String],
    pub(super) gid_map: &'a [String],
    pub(super) sub_uid_map: Option<&'a str>,
    pub(super) sub_gid_map: Option<&'a str>,
}

const LABEL: Rule = Rule {
    is_one: |it| is_plain(it, b"", b"_.:,-"),
    what: "a part of an SELinux label",
    hint: "like `spc_t`, or `s0:c1,c2` for a level",
};

const PROFILE: Rule = Rule {
    is_one: |it| is_plain(it, b"_", b"_.-"),
    what: "a profile of AppArmor",
    hint: "write the name of one that is loaded, or `unconfined`",
};

const USER_NAMESPACE: Rule = Rule {
    is_one: |it| {
        let (mode, options) = it.split_once(':').unwrap_or((it, "size=1"));
        ["auto", "host", "keep-id", "nomap"].contains(&mode) && is_plain(options, b"", b"_=:,@-")
    },
    what: "a user namespace",
    hint: "write `auto`, `keep-id`, `nomap` or `host`, with options like `keep-id:uid=200,gid=210`",
};

const MAP: Rule = Rule {
    is_one: is_map,
    what: "a range of accounts",
    hint: "write `INSIDE:OUTSIDE:COUNT`, all of them numbers",
};

const RANGE: Rule = Rule {
    is_one: |it| is_plain(it, b"_", b"_.-"),
    what: "the name of a range",
    hint: "write a name of `/etc/subuid` or `/etc/subgid`",
};

/// Resolves how the container is separated; `path` is that of the container.
pub(super) fn resolve(
    written: Written<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Security {
    let Written {
        privileged,
        no_new_privileges,
        security,
        user_namespace,
        uid_map,
        gid_map,
        sub_uid_map,
        sub_gid_map,
    } = written;
    let written::Security { label, seccomp_profile, app_armor, mask, unmask } = security;
    let maps = [
        ("uidMap", !uid_map.is_empty()),
        ("gidMap", !gid_map.is_empty()),
        ("subUidMap", sub_uid_map.is_some()),
        ("subGidMap", sub_gid_map.is_some()),
    ];
    if let Some((key, _)) = maps.into_iter().find(|(_, is_said)| *is_said)
        && user_namespace.is_some()
    {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key(key).at_key(),
                format!("podman takes either `userNamespace` or `{key}`"),
            )
            .hint("take one of them out"),
        );
    }
    let own = path.key("security");
    let label_path = own.key("label");
    let written::Label { disable, nested, type_, file_type, level } = label;
    let mut part = |text: &Option<String>, key: &str| {
        word::optional(text.as_deref(), &LABEL, &label_path.key(key), problems)
    };
    let label = Label {
        is_disabled: *disable,
        is_nested: *nested,
        kind: part(type_, "type"),
        file_type: part(file_type, "fileType"),
        level: part(level, "level"),
    };
    if label.is_disabled && label != (Label { is_disabled: true, ..Label::default() }) {
        problems.push(
            Problem::new(
                Code::Pointless,
                label_path.key("disable").at_key(),
                "a container without an SELinux label has no parts of one",
            )
            .hint("take `disable` out, or all others"),
        );
    }
    Security {
        is_privileged: privileged,
        no_new_privileges,
        label,
        seccomp_profile: seccomp_profile.as_deref().and_then(|it| match it {
            "unconfined" => Some(it.to_owned()),
            file => text::absolute_path(file, &own.key("seccompProfile"), problems),
        }),
        app_armor: word::optional(app_armor.as_deref(), &PROFILE, &own.key("appArmor"), problems),
        mask: word::each(mask, &own.key("mask"), |it, path| {
            path_without(it, &[':'], path, problems)
        }),
        unmask: word::each(unmask, &own.key("unmask"), |it, path| match it.as_str() {
            "ALL" => Some(it.clone()),
            _ => path_without(it, &[':'], path, problems),
        }),
        user_namespace: self::user_namespace(user_namespace, &path.key("userNamespace"), problems),
        uid_map: word::words(uid_map, &MAP, &path.key("uidMap"), problems),
        gid_map: word::words(gid_map, &MAP, &path.key("gidMap"), problems),
        sub_uid_map: word::optional(sub_uid_map, &RANGE, &path.key("subUidMap"), problems),
        sub_gid_map: word::optional(sub_gid_map, &RANGE, &path.key("subGidMap"), problems),
    }
}

/// Resolves whose the accounts of a container or pod are; `path` is its own.
pub(in crate::resolve) fn user_namespace(
    written: Option<&str>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    word::optional(written, &USER_NAMESPACE, path, problems)
}

/// `INSIDE:OUTSIDE:COUNT` of podman-run(1) `--uidmap`, with its prefixes `+`, `u`, `g` and `@`.
fn is_map(text: &str) -> bool {
    let parts: Vec<&str> = text.trim_start_matches(['+', 'u', 'g']).split(':').collect();
    let is_number = |it: &str| it.parse::<u32>().is_ok_and(|number| number.to_string() == it);
    match parts[..] {
        [inside, outside] | [inside, outside, _] => {
            let count = parts.get(2).copied().unwrap_or("1");
            is_number(inside)
                && is_number(outside.strip_prefix('@').unwrap_or(outside))
                && is_number(count)
        }
        _ => false,
    }
}

/// The capabilities that a container has beyond those of its engine, and those that it lacks.
pub(super) struct Capabilities {
    pub(super) add: BTreeSet<CapabilityName>,
    pub(super) drop: BTreeSet<CapabilityName>,
}

/// Resolves capabilities; `path` is that of their table.
pub(super) fn capabilities(
    written: &written::Capabilities,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Capabilities {
    let written::Capabilities { add, drop } = written;
    let add = capability_names(add, &path.key("add"), problems);
    let drop = capability_names(drop, &path.key("drop"), problems);
    if let Some(both) = add.intersection(&drop).next() {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.at_key(),
                format!("`{both}` is both added and dropped"),
            )
            .hint("take it out of one of the lists"),
        );
    }
    Capabilities { add, drop }
}

fn capability_names(
    written: &[String],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeSet<CapabilityName> {
    let mut names = BTreeSet::new();
    for (index, word) in written.iter().enumerate() {
        let name = CapabilityName::parse(word.strip_prefix("CAP_").unwrap_or(word));
        if name.is_none() {
            problems.push(
                Problem::new(
                    Code::ImpossibleName,
                    path.index(index).at_value(),
                    format!("`{}` is not a capability", word.escape_debug()),
                )
                .hint("like `NET_BIND_SERVICE`, or `ALL`"),
            );
        }
        names.extend(name);
    }
    names
}
