//! What a process is kept from.

use std::collections::BTreeSet;

use crate::manifest::model;
use crate::nearest;
use crate::plan::hardening::{Hardening, Measure, Profile};
use crate::problem::{Code, Problem, Trail};

use super::provision;

/// Resolves the hardening; a process without one has the baseline.
pub(super) fn resolve(
    written: Option<&model::hardening::Hardening>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Hardening {
    let said = match written {
        None => return Hardening::default(),
        Some(model::hardening::Hardening::Profile(word)) => {
            let profile = profile(word, path, problems).unwrap_or_default();
            return Hardening { profile, ..Hardening::default() };
        }
        Some(model::hardening::Hardening::Said(said)) => said,
    };
    let model::hardening::SaidHardening { profile: word, except, writable_paths } = said;
    let profile = match word {
        None => Some(Profile::default()),
        Some(word) => profile(word, &path.key("profile"), problems),
    };
    let Some(profile) = profile else { return Hardening::default() };
    Hardening {
        profile,
        except: measures(except, profile, &path.key("except"), problems),
        writable_paths: provision::mounts(writable_paths, &path.key("writablePaths"), problems),
    }
}

fn profile(word: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<Profile> {
    let profile = Profile::ALL.iter().find(|it| it.as_str() == word).copied();
    if profile.is_none() {
        let known: Vec<&str> = Profile::ALL.iter().map(|it| it.as_str()).collect();
        problems.push(
            Problem::new(
                Code::UnknownValue,
                path.at_value(),
                format!("`{}` is not a profile of hardening", word.escape_debug()),
            )
            .hint(nearest::hint(word, &known, "profiles")),
        );
    }
    profile
}

fn measures(
    written: &[String],
    profile: Profile,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeSet<Measure> {
    let mut measures = BTreeSet::new();
    for (index, word) in written.iter().enumerate() {
        let known = Measure::ALL.iter().filter(|it| profile.has(**it));
        if let Some(measure) = known.clone().find(|it| it.as_str() == word) {
            measures.insert(*measure);
            continue;
        }
        let names: Vec<&str> = known.map(|it| it.as_str()).collect();
        problems.push(
            Problem::new(
                Code::UnknownValue,
                path.index(index).at_value(),
                format!("`{}` is nothing that `{}` does", word.escape_debug(), profile.as_str()),
            )
            .hint(nearest::hint(word, &names, "its directives")),
        );
    }
    measures
}

/// A container is kept from everything that it is not given.
pub(super) fn refuse_on_container(path: &Trail<'_>, problems: &mut Vec<Problem>) {
    problems.push(
        Problem::new(
            Code::Pointless,
            path.at_key(),
            "`hardening` is for processes; a container sees nothing of the host that it is not given",
        )
        .hint("take it out; `container.readOnly`, `.capabilities` and `.noNewPrivileges` take more from it"),
    );
}
