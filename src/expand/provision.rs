//! What a service finds where it runs: files, secrets, directories and what it cannot be without.

use crate::directive::{self as d, Directive, Versions};
use crate::plan::name::SecretName;
use crate::plan::provision::{
    Directories, DirectoryKind, EnvironmentFile, Presence, Provision, RequiredPath, Secret,
};
use crate::plan::service::{Service, Workload};
use crate::plan::text::{Reference, Text};
use crate::plan::version::Version;
use crate::unit::{Command, Unit, Value};

use super::{podman, script};

/// The first podman with `secret create --replace` (its release notes).
const REPLACE_SINCE: Version = Version::new(4, 7, 0);

/// Says which paths are missing, and ends with 1 if any is: pairs of a path and what makes it, which may be empty.
const PATHS_ARE_THERE: &str = "\
missing=0; \
while (($#)); do \
[[ -e $1 ]] || { echo \"$0 needs $1, which is not there${2:+: $2}\" >&2; missing=1; }; shift 2; done; \
exit $missing";

/// Says which variables are missing from its own environment, and ends with 1 if any is.
const VARIABLES_ARE_SET: &str = "\
missing=0; \
for name; do \
[[ ${!name} ]] || { echo \"$0 needs the variable $name, which is not set\" >&2; missing=1; }; done; \
exit $missing";

/// Says which variables no file sets, and ends with 1 if any is: names, `--`, files.
///
/// A container's variables are in none but its own environment, so the files are read as podman reads them:
/// `NAME=value` lines.
const VARIABLES_ARE_IN_FILES: &str = "\
missing=0; names=(); \
while [[ $1 != -- ]]; do names+=($1); shift; done; shift; \
for name in ${names[@]}; do \
for file; do \
while read -r line || [[ $line ]]; do [[ $line == $name=?* ]] && continue 3; done <\"$file\"; done; \
echo \"$0 needs the variable $name, which no file sets\" >&2; missing=1; done; \
exit $missing";

/// Assigns which file systems are mounted first.
pub(super) fn mounts(unit: &mut Unit, service: &Service) {
    let mounts = &service.provision.mounts;
    if !mounts.is_empty() {
        let mounts = mounts.iter().map(|it| it.as_str().into()).collect();
        unit.assign(&d::unit::REQUIRES_MOUNTS_FOR, Value::Texts(mounts));
    }
}

/// Assigns the files of variables of a process.
pub(super) fn environment_files(unit: &mut Unit, service: &Service) {
    let files = &service.provision.environment_files;
    if files.is_empty() {
        return;
    }
    let files = files.iter().map(|EnvironmentFile { path, presence }| match presence {
        Presence::Required => path.as_str().into(),
        Presence::Optional => format!("-{path}").into(),
    });
    unit.assign(&d::service::ENVIRONMENT_FILE, Value::Texts(files.collect()));
}

/// Assigns the directories that systemd makes for the service.
pub(super) fn directories(unit: &mut Unit, service: &Service) {
    let Directories { names, mode } = &service.provision.directories;
    for (kind, name) in names {
        let (directive, mode_directive): (&'static Directive, &'static Directive) = match kind {
            DirectoryKind::State => {
                (&d::service::STATE_DIRECTORY, &d::service::STATE_DIRECTORY_MODE)
            }
            DirectoryKind::Cache => {
                (&d::service::CACHE_DIRECTORY, &d::service::CACHE_DIRECTORY_MODE)
            }
            DirectoryKind::Logs => (&d::service::LOGS_DIRECTORY, &d::service::LOGS_DIRECTORY_MODE),
            DirectoryKind::Runtime => {
                (&d::service::RUNTIME_DIRECTORY, &d::service::RUNTIME_DIRECTORY_MODE)
            }
        };
        unit.assign(directive, Value::text(name.as_str()));
        unit.assign_some(mode_directive, mode.map(Value::Mode));
    }
}

/// Assigns the secrets that systemd reads; a container has those that podman cannot decrypt from it.
pub(super) fn credentials(unit: &mut Unit, service: &Service) {
    let is_process = matches!(service.workload, Workload::Process(_));
    let mut plain = Vec::new();
    let mut encrypted = Vec::new();
    for (name, secret) in &service.provision.secrets {
        match secret {
            Secret::File(file) if is_process => plain.push(format!("{name}:{file}").into()),
            Secret::Encrypted(file) => encrypted.push(format!("{name}:{file}").into()),
            Secret::File(_) | Secret::Podman(_) => {}
        }
    }
    for (directive, secrets) in
        [(&d::service::LOAD_CREDENTIAL, plain), (&d::service::LOAD_CREDENTIAL_ENCRYPTED, encrypted)]
    {
        if !secrets.is_empty() {
            unit.assign(directive, Value::Texts(secrets));
        }
    }
}

/// Assigns the secrets of a container, `NAME,type=mount,target=NAME` of podman-run(1) `--secret`.
pub(super) fn secrets_of_container(unit: &mut Unit, service: &Service) {
    let secrets = service.provision.secrets.iter().map(|(name, secret)| {
        let stored = match secret {
            Secret::File(_) | Secret::Encrypted(_) => stored_name(service, name),
            Secret::Podman(stored) => stored.to_string(),
        };
        Text::literal(format!("{stored},type=mount,target={name}"))
    });
    let secrets: Vec<Text> = secrets.collect();
    if !secrets.is_empty() {
        unit.assign(&d::container::SECRET, Value::Texts(secrets));
    }
}

/// The name under which podman keeps a secret that the unit gives it.
fn stored_name(service: &Service, secret: &SecretName) -> String {
    format!("{}-{secret}", service.name)
}

/// The commands that must succeed before the service starts: what it cannot be without, then its secrets.
pub(super) fn before_start(service: &Service, versions: Versions) -> Vec<Command> {
    let mut commands = Vec::new();
    let Provision {
        environment_files,
        required_environment,
        secrets,
        directories: _,
        required_paths,
        mounts: _,
    } = &service.provision;
    if !required_paths.is_empty() {
        let pairs = required_paths.iter().flat_map(|RequiredPath { path, hint }| {
            [path.as_str().into(), hint.clone().unwrap_or_default().into()]
        });
        commands.push(Command::new(script(PATHS_ARE_THERE, service.name.as_str(), pairs)));
    }
    if !required_environment.is_empty() {
        let names = required_environment.iter().map(|it| it.as_str().into());
        let name = service.name.as_str();
        commands.push(Command::new(match service.workload {
            Workload::Process(_) | Workload::Flake => script(VARIABLES_ARE_SET, name, names),
            Workload::Container(_) => {
                let files = environment_files.iter().map(|it| it.path.as_str().into());
                let all = names.chain(["--".into()]).chain(files);
                script(VARIABLES_ARE_IN_FILES, name, all)
            }
        }));
    }
    if let Workload::Container(_) = service.workload {
        let stored = secrets.iter().filter_map(|(name, secret)| {
            let file = match secret {
                Secret::File(file) => Text::literal(file.as_str()),
                Secret::Encrypted(_) => Text::reference(Reference::Credential(name.clone())),
                Secret::Podman(_) => return None,
            };
            Some(store(&stored_name(service, name), file, versions))
        });
        commands.extend(stored.flatten());
    }
    commands
}

/// The commands that give podman a secret, in the place of what a crash has left.
fn store(name: &str, file: Text, versions: Versions) -> Vec<Command> {
    let podman = |words: &[&str], file: Option<Text>| {
        let words = words.iter().map(|it| Text::from(*it)).chain(file);
        Command::new([podman::podman().into()].into_iter().chain(words).collect())
    };
    if versions.podman >= REPLACE_SINCE {
        return vec![podman(&["secret", "create", "--replace", name], Some(file))];
    }
    let remove = podman(&["secret", "rm", name], None);
    let create = podman(&["secret", "create", name], Some(file));
    vec![remove.ignoring_failure(), create]
}

/// The commands that take back what those before the start have left with podman.
pub(super) fn after_stop(service: &Service) -> Vec<Command> {
    let Workload::Container(_) = service.workload else { return Vec::new() };
    let given = service.provision.secrets.iter().filter_map(|(name, secret)| match secret {
        Secret::File(_) | Secret::Encrypted(_) => Some(Text::from(stored_name(service, name))),
        Secret::Podman(_) => None,
    });
    let given: Vec<Text> = given.collect();
    if given.is_empty() {
        return Vec::new();
    }
    let words = [podman::podman().into(), "secret".into(), "rm".into()].into_iter().chain(given);
    vec![Command::new(words.collect()).ignoring_failure()]
}
