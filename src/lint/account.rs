//! Who runs a service, and what keeps it from the rest of the host.

use super::{Findings, Subject, family};
use crate::plan::container::storage::Access;
use crate::plan::hardening::Profile;
use crate::plan::text::Text;

family! {
    RootWithoutNeed "US241" Service(root_without_need),
    Privileged "US242" Service(privileged),
    EngineSocket "US243" Service(engine_socket),
    HostDirectory "US244" Service(host_directory),
    AllCapabilities "US245" Service(all_capabilities),
    NoHardening "US246" Service(no_hardening),
    NoConfinement "US247" Service(no_confinement),
}

fn root_without_need(it: &Subject<'_>, findings: &mut Findings) {
    let Some(process) = it.process() else { return };
    // Who takes all measures off, or opens a port of the system, seems to know what root is for.
    let has_need = process.hardening.profile == Profile::None
        || it.service.port.is_some_and(|it| it.number < 1024);
    if process.account.is_root() && !has_need && it.runs_as().contains(&None) {
        findings.add(
            it.at(["user"]),
            format!("`{}` runs as root", it.service.name),
            "give it an account with `user`, or `dynamicUser = true`; `directories.state` is its own then",
        );
    }
}

fn privileged(it: &Subject<'_>, findings: &mut Findings) {
    if it.container().is_some_and(|it| it.security.is_privileged) {
        findings.add(
            it.at(["container", "privileged"]),
            format!("`{}` may do on the host what root may", it.service.name),
            "name what it needs: `devices`, `capabilities.add`",
        );
    }
}

/// The sockets of podman and docker (podman-system-service(1), dockerd(8)).
const ENGINES: &[&str] = &[
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/var/run/docker.sock",
    "/var/run/podman/podman.sock",
];

fn engine_socket(it: &Subject<'_>, findings: &mut Findings) {
    for (index, volume) in it.container().iter().flat_map(|it| &it.volumes).enumerate() {
        if volume.source.as_literal().is_some_and(|it| ENGINES.contains(&it.as_str())) {
            findings.add(
                it.at_index(["container", "volumes"], index),
                format!("who speaks to that socket is root on the host, and `{}` does", it.service.name),
                "put a proxy between that lets only some requests through, and read-only ones at best",
            );
        }
    }
}

/// Directories that are the host, and not the data of somebody.
const OF_THE_HOST: &[&str] = &[
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/proc", "/root", "/run", "/sbin",
    "/sys", "/usr", "/var", "/var/lib", "/var/run",
];

fn host_directory(it: &Subject<'_>, findings: &mut Findings) {
    for (index, volume) in it.container().iter().flat_map(|it| &it.volumes).enumerate() {
        let is_of_the_host = |source: &Text| {
            let source = source.as_literal();
            source.is_some_and(|it| OF_THE_HOST.contains(&it.trim_end_matches('/')) || it == "/")
        };
        if volume.access == Access::ReadWrite && is_of_the_host(&volume.source) {
            findings.add(
                it.at_index(["container", "volumes"], index),
                format!("`{}` may change the host itself there", it.service.name),
                "mount only what it needs, or add `readOnly = true`",
            );
        }
    }
}

fn all_capabilities(it: &Subject<'_>, findings: &mut Findings) {
    const AS_GOOD_AS_ROOT: &[&str] = &["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE"];
    let Some(container) = it.container() else { return };
    for capability in &container.add_capabilities {
        if AS_GOOD_AS_ROOT.contains(&capability.as_str().trim_start_matches("CAP_")) {
            findings.add(
                it.at(["container", "capabilities", "add"]),
                format!("with `{capability}` `{}` can become root of the host", it.service.name),
                "find the capability that it really needs in capabilities(7)",
            );
        }
    }
}

fn no_hardening(it: &Subject<'_>, findings: &mut Findings) {
    let Some(process) = it.process() else { return };
    if process.hardening.profile == Profile::None {
        findings.add(
            it.at(["hardening"]),
            format!("nothing keeps `{}` from the rest of the host", it.service.name),
            "take `baseline` and name what does not suit it: `{ profile = \"baseline\", except = [\"PrivateTmp\"] }`",
        );
    }
}

fn no_confinement(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let security = &container.security;
    let is_off = |profile: &Option<String>| profile.as_deref() == Some("unconfined");
    let (place, what) = if is_off(&security.seccomp_profile) {
        ("seccompProfile", "filter of system calls")
    } else if is_off(&security.app_armor) {
        ("appArmor", "AppArmor profile")
    } else if security.label.is_disabled {
        ("label", "SELinux label")
    } else {
        return;
    };
    findings.add(
        it.at(["container", "security", place]),
        format!("`{}` runs without the {what} that every container has", it.service.name),
        "say with `allow` why it must be, or relabel its volumes (`relabel`) or write it a profile",
    );
}
