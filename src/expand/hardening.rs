//! What a process is kept from, as directives.

use crate::directive::{self as d, Directive, Versions};
use crate::plan::hardening::{Hardening, Measure, Profile};
use crate::plan::process::Process;
use crate::plan::quantity::Mode;
use crate::plan::service::Service;
use crate::plan::text::Text;
use crate::unit::{Unit, Value};

/// Whether the manager of an account may take a measure without privileges of its own.
///
/// Those that need a name space of mounts are left out there: where the kernel lets an account have one at all,
/// it comes with a mapping of accounts in which files have other owners (systemd.exec(5), "Sandboxing").
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Nothing,
    Privileges,
}

use Needs::{Nothing, Privileges};

/// The row of a measure.
fn row(measure: Measure) -> (&'static Directive, Needs) {
    match measure {
        Measure::NoNewPrivileges => (&d::service::NO_NEW_PRIVILEGES, Nothing),
        Measure::PrivateTmp => (&d::service::PRIVATE_TMP, Privileges),
        Measure::ProtectSystem => (&d::service::PROTECT_SYSTEM, Privileges),
        Measure::ProtectHome => (&d::service::PROTECT_HOME, Privileges),
        Measure::ProtectKernelTunables => (&d::service::PROTECT_KERNEL_TUNABLES, Privileges),
        Measure::ProtectKernelModules => (&d::service::PROTECT_KERNEL_MODULES, Privileges),
        Measure::ProtectKernelLogs => (&d::service::PROTECT_KERNEL_LOGS, Privileges),
        Measure::ProtectControlGroups => (&d::service::PROTECT_CONTROL_GROUPS, Privileges),
        Measure::ProtectHostname => (&d::service::PROTECT_HOSTNAME, Privileges),
        Measure::LockPersonality => (&d::service::LOCK_PERSONALITY, Nothing),
        Measure::RestrictRealtime => (&d::service::RESTRICT_REALTIME, Nothing),
        Measure::RestrictSUIDSGID => (&d::service::RESTRICT_SUID_SGID, Nothing),
        Measure::PrivateDevices => (&d::service::PRIVATE_DEVICES, Privileges),
        Measure::ProtectClock => (&d::service::PROTECT_CLOCK, Privileges),
        Measure::ProtectProc => (&d::service::PROTECT_PROC, Privileges),
        Measure::ProcSubset => (&d::service::PROC_SUBSET, Privileges),
        Measure::RestrictNamespaces => (&d::service::RESTRICT_NAMESPACES, Nothing),
        Measure::RestrictAddressFamilies => (&d::service::RESTRICT_ADDRESS_FAMILIES, Nothing),
        Measure::SystemCallFilter => (&d::service::SYSTEM_CALL_FILTER, Nothing),
        Measure::SystemCallArchitectures => (&d::service::SYSTEM_CALL_ARCHITECTURES, Nothing),
        Measure::MemoryDenyWriteExecute => (&d::service::MEMORY_DENY_WRITE_EXECUTE, Nothing),
        Measure::CapabilityBoundingSet => (&d::service::CAPABILITY_BOUNDING_SET, Privileges),
        Measure::UMask => (&d::service::UMASK, Nothing),
    }
}

/// Whether a directive is a measure that the manager of an account cannot take.
pub(super) fn needs_privileges(directive: &Directive) -> bool {
    let rows = Measure::ALL.iter().map(|it| row(*it));
    let needs = rows.into_iter().any(|(it, needs)| it == directive && needs == Privileges);
    needs || [&d::service::READ_WRITE_PATHS, &d::service::AMBIENT_CAPABILITIES].contains(&directive)
}

/// Assigns the measures that the host knows.
pub(super) fn harden(unit: &mut Unit, service: &Service, process: &Process, versions: Versions) {
    let Hardening { profile, except, writable_paths } = &process.hardening;
    for measure in Measure::ALL {
        let (directive, _) = row(*measure);
        let is_taken = profile.has(*measure) && !except.contains(measure);
        if !is_taken || !directive.is_known_to(versions) {
            continue;
        }
        unit.assign_some(directive, value(*measure, *profile, service, process));
    }
    let binds_low =
        unit.get(&d::service::CAPABILITY_BOUNDING_SET).is_some() && has_low_port(service);
    if binds_low && !process.account.is_root() {
        unit.assign(&d::service::AMBIENT_CAPABILITIES, Value::Keyword(BIND_LOW_PORTS));
    }
    if !writable_paths.is_empty() {
        let paths = writable_paths.iter().map(|it| it.as_str().into()).collect();
        unit.assign(&d::service::READ_WRITE_PATHS, Value::Texts(paths));
    }
}

/// The capability of who listens on a port below 1024.
const BIND_LOW_PORTS: &str = "CAP_NET_BIND_SERVICE";

/// The value of a measure; `None` where the service is one that it would break.
fn value(
    measure: Measure,
    profile: Profile,
    service: &Service,
    process: &Process,
) -> Option<Value> {
    let is_strict = profile == Profile::Strict;
    Some(match measure {
        Measure::PrivateTmp if names_below(service, process, &["/tmp", "/var/tmp"]) => return None,
        Measure::ProtectSystem if is_strict => Value::Keyword("strict"),
        Measure::ProtectSystem => Value::Keyword("full"),
        Measure::ProtectHome => {
            match (is_strict, names_below(service, process, &["/home", "/root", "/run/user"])) {
                (true, false) => Value::Flag(true),
                // What is written is below the writable paths.
                (true, true) | (false, false) => Value::Keyword("read-only"),
                (false, true) => return None,
            }
        }
        Measure::ProtectProc => Value::Keyword("invisible"),
        Measure::ProcSubset => Value::Keyword("pid"),
        Measure::RestrictAddressFamilies => Value::Names(
            ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"].map(str::to_owned).to_vec(),
        ),
        Measure::SystemCallFilter => {
            // node ends where it cannot ask for memory protection keys.
            Value::Keyword("@system-service @pkey")
        }
        Measure::SystemCallArchitectures => Value::Keyword("native"),
        Measure::CapabilityBoundingSet if has_low_port(service) => Value::Keyword(BIND_LOW_PORTS),
        Measure::CapabilityBoundingSet => Value::Keyword(""),
        Measure::UMask if process.umask.is_some() => return None,
        Measure::UMask => Value::Mode(Mode::OWNER_ALONE),
        Measure::NoNewPrivileges
        | Measure::PrivateTmp
        | Measure::ProtectKernelTunables
        | Measure::ProtectKernelModules
        | Measure::ProtectKernelLogs
        | Measure::ProtectControlGroups
        | Measure::ProtectHostname
        | Measure::LockPersonality
        | Measure::RestrictRealtime
        | Measure::RestrictSUIDSGID
        | Measure::PrivateDevices
        | Measure::ProtectClock
        | Measure::RestrictNamespaces
        | Measure::MemoryDenyWriteExecute => Value::Flag(true),
    })
}

/// Whether the service itself listens on a port that takes a privilege; a socket is systemd's to open.
fn has_low_port(service: &Service) -> bool {
    use crate::plan::activation::Activation;
    let is_own = !matches!(service.activation, Activation::Socket(_));
    is_own && service.port.is_some_and(|it| it.number < 1024)
}

/// Whether the manifest names a path below one of the directories for the process.
fn names_below(service: &Service, process: &Process, directories: &[&str]) -> bool {
    let words = process.commands().flatten();
    let texts = words.chain(service.environment.values()).chain(&process.working_directory);
    let provision = &service.provision;
    let files = provision.environment_files.iter().map(|it| it.path.as_str());
    let paths = provision.required_paths.iter().map(|it| it.path.as_str());
    let writable = process.hardening.writable_paths.iter().map(String::as_str);
    let mut all = texts.flat_map(Text::literals).chain(files).chain(paths).chain(writable);
    all.any(|text| {
        directories.iter().any(|it| text.ends_with(it) || text.contains(&format!("{it}/")))
    })
}
