//! Services that services-flake has.

use crate::manifest::model::service::Service;
use crate::plan::name::FlakeService;
use crate::problem::{Code, Problem, Trail};

use super::pointless;

/// Resolves which of them takes the place of a service.
pub(super) fn name(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<FlakeService> {
    let name = FlakeService::parse(written);
    if name.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.at_value(),
                format!("`{}` cannot be a service of services-flake", written.escape_debug()),
            )
            .hint("the name below `services` there, like `postgres` or `redis`"),
        );
    }
    name
}

/// Reports what is said of a service that has nothing but services-flake's own, which says it itself.
pub(super) fn refuse_the_rest(written: &Service, path: &Trail<'_>, problems: &mut Vec<Problem>) {
    let usual = Service::default();
    let said = [
        ("activation", written.activation.is_some()),
        ("companionOf", written.companion_of.is_some()),
        ("directories", written.directories != usual.directories),
        ("environment", !written.environment.is_empty()),
        ("environmentFiles", !written.environment_files.is_empty()),
        ("expose", written.expose != usual.expose),
        ("group", written.group.is_some()),
        ("groups", !written.groups.is_empty()),
        ("hardening", written.hardening.is_some()),
        ("limits", written.limits != usual.limits),
        ("liveness", written.liveness.is_some()),
        ("nice", written.nice.is_some()),
        ("readiness", written.readiness.is_some()),
        ("requiredEnvironment", !written.required_environment.is_empty()),
        ("requires", written.requires != usual.requires),
        ("restart", written.restart.is_some()),
        ("schedule", written.schedule.is_some()),
        ("secrets", written.secrets != usual.secrets),
        ("stop", written.stop != usual.stop),
        ("supplementaryGroups", !written.supplementary_groups.is_empty()),
        ("systemd", written.systemd != usual.systemd),
        ("umask", written.umask.is_some()),
        ("user", written.user.is_some()),
    ];
    for (key, _) in said.into_iter().filter(|(_, is_said)| *is_said) {
        let hint = "set the option of services-flake beside the generated module";
        problems.push(pointless(path, key, "services-flake says it").hint(hint));
    }
}
