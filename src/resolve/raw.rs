//! Directives that are passed on as they stand.

use std::collections::BTreeMap;

use crate::manifest::model;
use crate::nearest;
use crate::plan::activation::Activation;
use crate::plan::raw::{Raw, Section};
use crate::plan::service::Service;
use crate::problem::{Code, Problem, Trail};
use crate::vocabulary;

use super::{service_path, text};

/// Resolves the directives; `path` is that of their sections.
pub(super) fn resolve(
    written: &model::raw::Systemd,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Raw> {
    let model::raw::Systemd { unit, service, socket, timer } = written;
    let mut resolved = Vec::new();
    for (section, directives) in [
        (Section::Unit, unit),
        (Section::Service, service),
        (Section::Socket, socket),
        (Section::Timer, timer),
    ] {
        if !directives.is_empty() {
            let path = path.key(section.key());
            refuse_without_unit(section, activation, &path, problems);
            resolve_section(section, directives, &path, &mut resolved, problems);
        }
    }
    resolved
}

fn refuse_without_unit(
    section: Section,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let (unit, hint) = match (section, activation) {
        (Section::Unit | Section::Service, _)
        | (_, None)
        | (Section::Socket, Some(Activation::Socket(_)))
        | (Section::Timer, Some(Activation::Schedule(_))) => return,
        (Section::Socket, Some(_)) => ("socket", "`activation.on = \"socket\"` makes one"),
        (Section::Timer, Some(_)) => ("timer", "a `schedule` makes one"),
    };
    let message = format!("`{}` means nothing here: the service has no {unit}", section.key());
    problems.push(Problem::new(Code::Pointless, path.at_key(), message).hint(hint));
}

fn resolve_section(
    section: Section,
    written: &BTreeMap<String, model::raw::Raw>,
    path: &Trail<'_>,
    resolved: &mut Vec<Raw>,
    problems: &mut Vec<Problem>,
) {
    for (key, value) in written {
        let path = path.key(key);
        let known = || vocabulary::directives().filter(|it| it.section == section.as_str());
        let Some(directive) = known().find(|it| it.key == key) else {
            let message = format!(
                "systemd has no directive `{}=` in `[{}]`",
                key.escape_debug(),
                section.as_str()
            );
            let keys: Vec<&str> = known().map(|it| it.key).collect();
            let hint = match nearest::nearest(key, &keys) {
                Some(it) => format!("did you mean `{it}`?"),
                None => format!("they are in systemd.{}(5)", section.key()),
            };
            problems.push(Problem::new(Code::UnknownKey, path.at_key(), message).hint(hint));
            continue;
        };
        let lines = match value {
            model::raw::Raw::Text(text) => vec![text.clone()],
            model::raw::Raw::Several(texts) => texts.clone(),
            model::raw::Raw::Flag(flag) => vec![flag.to_string()],
            model::raw::Raw::Number(number) => vec![number.to_string()],
        };
        if lines.iter().all(|it| text::is_raw_line(it, &path, problems)) {
            resolved.push(Raw { section, key: key.clone(), since: directive.since, lines });
        }
    }
}

/// Reports directives that the systemd of a host does not know: it would ignore them.
pub(super) fn refuse_old(service: &Service, host: &str, systemd: u16, problems: &mut Vec<Problem>) {
    for Raw { section, key, since, lines: _ } in &service.systemd {
        if *since > systemd {
            let path = service_path(&service.name);
            let path = path.key("systemd");
            let path = path.key(section.key());
            problems.push(
                Problem::new(
                    Code::HostTooOld,
                    path.key(key).at_key(),
                    format!("{host} has systemd {systemd}; `{key}=` needs {since}"),
                )
                .hint("take it out, or leave that host out of the service's `hosts`"),
            );
        }
    }
}
