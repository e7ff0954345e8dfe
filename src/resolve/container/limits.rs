//! What podman, and not systemd, limits.

use std::collections::BTreeMap;

use crate::manifest::model::container::run as written;
use crate::nearest;
use crate::plan::container::Limits;
use crate::plan::name::is_plain;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::text;

use super::word::{self, Rule};

/// The names that podman-run(1) `--ulimit` takes.
const ULIMITS: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

const SYSCTL: Rule = Rule {
    is_one: |it| is_plain(it, b"", b"_./-"),
    what: "a setting of the kernel",
    hint: "like `net.ipv4.ip_forward`",
};

/// Resolves the limits of podman; `path` is that of the container.
pub(super) fn resolve(
    pids_limit: Option<i64>,
    ulimits: &BTreeMap<String, written::Ulimit>,
    sysctls: &BTreeMap<String, String>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Limits {
    let pids_path = path.key("pidsLimit");
    let pids = pids_limit.filter(|it| is_limit(*it, 1, &pids_path, problems));
    let ulimits_path = path.key("ulimits");
    let ulimits = ulimits.iter().filter_map(|(name, limit)| {
        let path = ulimits_path.key(name);
        let limit = ulimit(limit, &path, problems);
        if ULIMITS.contains(&name.as_str()) {
            return Some((name.clone(), limit?));
        }
        problems.push(
            Problem::new(
                Code::UnknownValue,
                path.at_key(),
                format!("`{}` is not a limit of a process", name.escape_debug()),
            )
            .hint(nearest::hint(name, ULIMITS, "limits")),
        );
        None
    });
    let ulimits = ulimits.collect();
    let sysctls_path = path.key("sysctls");
    let sysctls = sysctls.iter().filter_map(|(name, value)| {
        let path = sysctls_path.key(name);
        let name = word::word(name, &SYSCTL, &path, problems);
        name.zip(sysctl(value, &path, problems))
    });
    Limits { pids, ulimits, sysctls: sysctls.collect() }
}

/// podman reads settings as comma-separated values, with quotes.
fn sysctl(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let value = text::line(written, path, problems)?;
    if let Some(it) = value.chars().find(|it| [',', '"'].contains(it)) {
        let why = format!("has a `{it}`, at which podman would split it");
        problems.push(text::cannot_carry(path, &why));
        return None;
    }
    Some(value)
}

fn ulimit(
    written: &written::Ulimit,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<(i64, i64)> {
    match written {
        written::Ulimit::Both(limit) => {
            is_limit(*limit, 0, path, problems).then_some((*limit, *limit))
        }
        written::Ulimit::Range(written::UlimitRange { soft, hard }) => {
            let is_soft = is_limit(*soft, 0, &path.key("soft"), problems);
            let is_hard = is_limit(*hard, 0, &path.key("hard"), problems);
            let is_above = *hard != -1 && (*soft == -1 || soft > hard);
            if is_soft && is_hard && is_above {
                problems.push(
                    Problem::new(
                        Code::ImpossibleQuantity,
                        path.key("soft").at_value(),
                        "the soft limit is above the hard one, up to which it may be raised",
                    )
                    .hint("write a `hard` limit that is at least the `soft` one"),
                );
            }
            (is_soft && is_hard && !is_above).then_some((*soft, *hard))
        }
    }
}

fn is_limit(written: i64, least: i64, path: &Trail<'_>, problems: &mut Vec<Problem>) -> bool {
    let is_limit = written == -1 || written >= least;
    if !is_limit {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{path}` cannot be {written}"),
            )
            .hint(format!("write a whole number of at least {least}, or -1 for no limit")),
        );
    }
    is_limit
}
