//! Groups of services.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::group::{Group, Start};
use crate::plan::limits::Limits;
use crate::plan::name::GroupName;
use crate::problem::{Code, Problem, Trail};

use super::{limits, text, unknown_name};

/// The groups of a manifest.
pub(super) struct Groups {
    pub(super) groups: BTreeMap<GroupName, Group>,
    /// The names of groups that have problems of their own.
    refused: BTreeSet<String>,
}

/// Resolves the groups.
pub(super) fn resolve(
    written: &BTreeMap<String, model::group::Group>,
    problems: &mut Vec<Problem>,
) -> Groups {
    let mut groups = BTreeMap::new();
    let mut refused = BTreeSet::new();
    let groups_path = Trail::Root.key("groups");
    for (name, group) in written {
        let path = groups_path.key(name);
        let before = problems.len();
        let parsed = name_of(name, &path, problems);
        let group = resolve_one(group, &path, problems);
        match parsed.filter(|_| problems.len() == before) {
            Some(name) => {
                groups.insert(name, group);
            }
            None => {
                refused.insert(name.clone());
            }
        }
    }
    Groups { groups, refused }
}

fn name_of(name: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<GroupName> {
    let parsed = GroupName::parse(name);
    if parsed.is_none() && GroupName::is_of_systemd(name) {
        let message = format!("`{name}` is a target or slice of systemd itself");
        problems.push(
            Problem::new(Code::ImpossibleName, path.at_key(), message).hint(
                "choose another name; the units of a group are `NAME.target` and `NAME.slice`",
            ),
        );
    } else if parsed.is_none() {
        problems.push(super::impossible_name(path, name));
    }
    parsed
}

fn resolve_one(
    written: &model::group::Group,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Group {
    let model::group::Group { description, start, limits } = written;
    let description =
        description.as_deref().and_then(|it| text::line(it, &path.key("description"), problems));
    let model::group::GroupLimits {
        memory_high,
        memory_max,
        cpu_quota,
        cpu_weight,
        tasks,
        io_weight,
    } = limits.clone();
    // A group has no processes of its own, so it has no limits of single ones.
    let limits = model::limits::Limits {
        memory_high,
        memory_max,
        cpu_quota,
        cpu_weight,
        tasks,
        io_weight,
        open_files: None,
        processes: None,
        oom_policy: None,
    };
    let limits = limits::resolve(&limits, &path.key("limits"), problems);
    Group {
        description,
        start: match start {
            None | Some(model::group::Start::Boot) => Start::Boot,
            Some(model::group::Start::Manual) => Start::Manual,
        },
        limits: Some(limits).filter(|it| *it != Limits::default()),
    }
}

/// Resolves the groups of a service; `path` is that of their list.
pub(super) fn members(
    written: &[String],
    groups: &Groups,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeSet<GroupName> {
    let mut names = BTreeSet::new();
    let mut limiting: Option<&GroupName> = None;
    for (index, name) in written.iter().enumerate() {
        let place = path.index(index).at_value();
        let Some((name, group)) = groups.groups.iter().find(|(it, _)| it.as_str() == name) else {
            if !groups.refused.contains(name) {
                let known = groups.groups.keys().map(GroupName::as_str);
                problems.push(unknown_name(name, place, "group", known));
            }
            continue;
        };
        match limiting.filter(|it| *it != name && group.limits.is_some()) {
            Some(other) => problems.push(
                Problem::new(
                    Code::Pointless,
                    place,
                    format!("`{name}` cannot limit a service that `{other}` limits already"),
                )
                .hint("a service is in one slice: leave it in one group with `limits`"),
            ),
            None if group.limits.is_some() => limiting = Some(name),
            None => {}
        }
        names.insert(name.clone());
    }
    names
}
