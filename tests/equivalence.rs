//! A service is the same on every target: what a module evaluates to, the plain units, and what
//! Quadlet makes of containers are compared key by key.
//!
//! What may differ is in the tables below, each with its reason, and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use unitsmith::emit::{Target, emit};
use unitsmith::manifest::Format;
use unitsmith::plan::Plan;
use unitsmith::plan::service::Workload;
use unitsmith::plan::text::{Program, Reference};
use unitsmith::syntax::unit::read;

use crate::support::nixos::{self, Evaluated, Machine, Module};
use crate::support::podman::{self, Run};
use crate::support::unit::{self, Unit};
use crate::support::{plan, quadlet, repository, systemd};

mod objects;

/// Who wrote a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Writer {
    Nixos,
    /// NixOS, of a container.
    OciContainers,
    Unitsmith,
    Quadlet,
}

use Writer::{Nixos, OciContainers, Quadlet, Unitsmith};

/// Keys that a writer adds of its own accord.
///
/// A value ends the row where only that one is meant.
const ADDED: &[(Writer, &str, &str, Option<&str>)] = &[
    // Every writer ends the container in its own way; what is done before and after is compared.
    (OciContainers, "Service", "ExecStop", None),
    (Unitsmith, "Service", "ExecStop", None),
    (Quadlet, "Service", "ExecStop", None),
    // What a oneshot service has unsaid.
    (OciContainers, "Service", "NotifyAccess", Some("none")),
    (OciContainers, "Service", "User", Some("root")),
    // Its own patience while podman ends the container, longer than podman's 10 s as is systemd's 90 s.
    (OciContainers, "Service", "TimeoutStopSec", Some("120")),
    // Whom systemd kills when ExecStop= has not ended everything; every writer stops the container first.
    (Unitsmith, "Service", "KillMode", Some("mixed")),
    (Quadlet, "Service", "KillMode", Some("mixed")),
    (Quadlet, "Service", "SyslogIdentifier", Some("%N")),
    (Quadlet, "Unit", "SourcePath", None),
    // What NixOS does when the unit is another than before; elsewhere somebody restarts it.
    (Nixos, "Service", "X-StopIfChanged", Some("false")),
];

/// Variables that NixOS gives to every service, as far as they come from its store.
const VARIABLES_OF_NIXOS: &[&str] = &["LOCALE_ARCHIVE", "PATH", "TZDIR"];

/// Options of podman by which a writer finds its container again.
const PLUMBING: &[(Writer, &str, Option<&str>)] = &[
    (OciContainers, "--cidfile", None),
    // What the configuration of podman says on a host with systemd.
    (OciContainers, "--log-driver", Some("journald")),
    (Unitsmith, "--log-driver", Some("journald")),
    (Quadlet, "--log-driver", Some("journald")),
    (OciContainers, "--cgroups", Some("enabled")),
    // Where the unit has limits.
    (OciContainers, "--cgroups", Some("split")),
    (Unitsmith, "--cgroups", Some("split")),
    (Quadlet, "--cgroups", Some("split")),
    // What podman does unasked.
    (OciContainers, "--pull", Some("missing")),
];

/// Keys whose values are names in no order.
const NAMES: &[&str] = &[
    "After",
    "BindsTo",
    "Documentation",
    "PartOf",
    "Requires",
    "SuccessExitStatus",
    "SupplementaryGroups",
    "WantedBy",
    "Wants",
];

/// Units that another module makes on NixOS, from the options that it is given.
const OF_OTHER_MODULES: &[&str] = &["ts-proxy.service", "ts-proxy-"];

/// Programs of unitsmith's own, at their places on a host without Nix.
const PROGRAMS: &[&str] = &[
    "/bin/bash",
    "/usr/bin/journalctl",
    "/usr/bin/podman",
    "/usr/bin/systemctl",
    "/usr/bin/systemd-notify",
    "/usr/bin/tailscale",
    "/usr/bin/timeout",
    "/usr/lib/systemd/systemd-socket-proxyd",
];

#[test]
fn every_case_is_the_same_on_every_target() {
    let cases = std::fs::read_dir(repository().join("tests/cases")).unwrap();
    let plans = cases.map(|it| {
        let case = it.unwrap();
        let text = std::fs::read_to_string(case.path().join("unitsmith.toml")).unwrap();
        let plan = plan(&text, Format::Toml).unwrap_or_else(|problems| panic!("{problems}"));
        (case.file_name().into_string().unwrap(), plan)
    });
    assert_equivalent(&plans.collect());
}

/// Asserts that each plan becomes the same on every target, and that every reader takes it.
///
/// A plan has one plain host at most and one NixOS host at most, which run the same services.
pub(crate) fn assert_equivalent(plans: &BTreeMap<String, Plan>) {
    let machines = plans.iter().map(|(name, plan)| (name.clone(), machine(plan))).collect();
    let packages: BTreeSet<String> = plans.values().flat_map(packages).collect();
    let evaluated = nixos::evaluate(&machines, &Vec::from_iter(packages));
    for (name, plan) in plans {
        let on_nixos = of_nixos(plan, &evaluated[name]);
        for target in [Target::Systemd, Target::Quadlet] {
            let plain = of_plain_host(plan, target);
            assert_eq!(on_nixos.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>());
            for (unit, expected) in &plain {
                let found = &on_nixos[unit];
                let expected = &without_install_of_targets(unit, expected);
                assert!(found == expected, "{}", difference(name, unit, target, found, expected));
            }
            assert_enabled(&plain, &evaluated[name]);
        }
    }
}

/// NixOS links a target to what wants it without saying so in its text.
fn without_install_of_targets(name: &str, unit: &Unit) -> Unit {
    let mut unit = unit.clone();
    unit.retain(|section, _| section != "Install" || !name.ends_with(".target"));
    unit
}

fn machine(plan: &Plan) -> Machine {
    let files = emit(plan, &BTreeSet::from([Target::Nixos]));
    let module = match plan.nixos.hosts.keys().next() {
        Some(host) => Module::File(format!("nixos/hosts/{host}.nix")),
        None => Module::Enabling {
            prefix: plan.nixos.prefix.clone(),
            services: plan.services.keys().map(ToString::to_string).collect(),
        },
    };
    Machine { files, module }
}

/// The attributes below `pkgs` that a plan names.
fn packages(plan: &Plan) -> Vec<String> {
    let package = |program: &Program| match program {
        Program::Package { package, bin: _, path: _ } => Some(package.join(".")),
        Program::Systemd(_) => None,
    };
    programs(plan).filter_map(package).collect()
}

fn programs(plan: &Plan) -> impl Iterator<Item = &Program> {
    let words = plan.services.values().flat_map(|service| match &service.workload {
        Workload::Process(process) => process.commands().flatten().collect::<Vec<_>>(),
        Workload::Container(container) => container.command.iter().collect(),
        Workload::Flake => Vec::new(),
    });
    words.flat_map(|word| word.references()).filter_map(|reference| match reference {
        Reference::Program(program) => Some(program),
        Reference::Port(_)
        | Reference::HostName
        | Reference::Credential(_)
        | Reference::Directory(..) => None,
    })
}

/// The units of a machine in the form in which they are compared.
fn of_nixos(plan: &Plan, evaluated: &Evaluated) -> BTreeMap<String, Unit> {
    let units = evaluated.units.iter().map(|(name, text)| {
        let mut unit = unit::parse(text);
        let command = unit::values(&unit, "Service", "ExecStart").first();
        let script = command.and_then(|it| evaluated.scripts.get(it.trim_end()));
        let run = script.map(|it| Run::parse(&podman::exec_of_scripts(&[it]).remove(0)));
        let writer = if run.is_some() { OciContainers } else { Nixos };
        if let Some(run) = run {
            spell_out(&mut unit, run, writer);
        }
        objects::spell_out(&mut unit);
        normalise(&mut unit, writer, plan);
        (name.clone(), unit)
    });
    units.collect()
}

/// The units of a host without Nix in the form in which they are compared.
fn of_plain_host(plan: &Plan, target: Target) -> BTreeMap<String, Unit> {
    let files = emit(plan, &BTreeSet::from([target]));
    let mut units = BTreeMap::new();
    let mut containers = BTreeMap::new();
    for (path, text) in files.iter() {
        let (directory, name) = path.rsplit_once('/').unwrap();
        if directory.ends_with("systemd") {
            units.insert(name.to_owned(), text.to_owned());
        } else if directory.ends_with("quadlet") {
            containers.insert(name.to_owned(), text.to_owned());
        }
    }
    let generated = quadlet::generate(&containers);
    let all: BTreeMap<String, String> =
        units.iter().chain(&generated).map(|(name, text)| (name.clone(), text.clone())).collect();
    systemd::assert_verified(&all);
    let is_ours = |name: &str| !OF_OTHER_MODULES.iter().any(|it| name.starts_with(it));
    let ours = all.into_iter().filter(|(name, _)| is_ours(name));
    let compared = ours.map(|(name, text)| {
        let mut unit = unit::parse(&text);
        let writer = if generated.contains_key(&name) { Quadlet } else { Unitsmith };
        unit.retain(|section, _| !section.starts_with("X-"));
        if unit.contains_key("Service") {
            let words = unit::command(&unit);
            if words.starts_with(&["/usr/bin/podman".to_owned(), "run".to_owned()]) {
                spell_out(&mut unit, Run::parse(&words), writer);
            }
            objects::spell_out(&mut unit);
        }
        normalise(&mut unit, writer, plan);
        (name, unit)
    });
    compared.collect()
}

/// Puts what podman is told in the place of the command that tells it.
fn spell_out(unit: &mut Unit, mut run: Run, writer: Writer) {
    unit.get_mut("Service").unwrap().remove("ExecStart");
    for (of, option, value) in PLUMBING {
        let is_meant = value.is_none_or(|value| run.values(option) == [value]);
        if *of == writer && is_meant {
            run.options.remove(*option);
        }
    }
    if !run.options.contains_key("--detach") {
        // A job tells systemd nothing, so it does not matter who would.
        run.options.remove("--sdnotify");
    }
    // Quadlet says its own before the arguments of the user, and podman takes the last.
    let readiness = run.options.get_mut("--sdnotify").filter(|it| it.len() > 1);
    if writer == Quadlet
        && let Some(readiness) = readiness
    {
        readiness.retain(|it| it != "conmon");
    }
    let mut told = run.options;
    told.insert("image".to_owned(), vec![run.image]);
    told.insert("command".to_owned(), run.command);
    unit.insert("podman".to_owned(), told);
}

/// Brings a unit into the one form of all that mean the same.
fn normalise(unit: &mut Unit, writer: Writer, plan: &Plan) {
    for (of, section, key, value) in ADDED {
        let is_of_podman = unit.contains_key("podman");
        let keys = unit.get_mut(*section).filter(|_| *of == writer && is_of_podman);
        let found = keys.as_ref().and_then(|it| it.get(*key));
        if value.is_none_or(|value| found.is_some_and(|it| *it == [value])) {
            keys.map(|it| it.remove(*key));
        }
    }
    let variables = unit::variables(unit).into_iter().filter(|(name, value)| {
        let is_nixos = matches!(writer, Nixos | OciContainers);
        let is_added =
            VARIABLES_OF_NIXOS.contains(&name.as_str()) && value.starts_with("/nix/store/");
        !(is_nixos && is_added)
    });
    let variables: Vec<String> = variables.map(|(name, value)| format!("{name}={value}")).collect();
    if let Some(service) = unit.get_mut("Service") {
        service.insert("Environment".to_owned(), variables);
    }
    let told = |option: &str| {
        unit.get("podman").and_then(|it| it.get(option)).cloned().unwrap_or_default()
    };
    let (volumes, mounts) = (told("--volume"), told("--mount"));
    for (key, values) in unit.iter_mut().filter(|(name, _)| *name != "podman").flat_map(|it| it.1) {
        if key == "RequiresMountsFor" && writer == Quadlet {
            // What its podman keeps and the sources of volumes and mounts are Quadlet's own.
            values.retain(|it| it != "%t/containers");
            // Each source stands there once more where the manifest asks for it, too.
            for told in volumes.iter().chain(&mounts) {
                let added = values.iter().position(|it| {
                    let it = it.replace("%%", "%").replace("$$", "$");
                    let is_source = told.starts_with(&format!("{it}:"));
                    is_source || told.starts_with(&format!("type=bind,source={it},"))
                });
                added.map(|it| values.remove(it));
            }
        }
        if key == "RuntimeDirectory" && writer == OciContainers {
            // The first is that of the file in which podman notes the container.
            values.remove(0);
        }
        if NAMES.contains(&key.as_str()) {
            *values = values.iter().flat_map(|it| it.split(' ')).map(str::to_owned).collect();
            values.sort();
        } else if key.starts_with("Exec") {
            values.retain(|it| !removes_the_container(it) && !logs_in(it));
            values.iter_mut().for_each(|it| *it = command(it, plan));
            if key == "ExecStartPre" {
                replace_secrets(values);
            }
        } else if *values == ["yes"] {
            *values = vec!["true".to_owned()];
        }
    }
    for keys in unit.values_mut() {
        keys.retain(|_, values| !values.is_empty());
    }
    unit.retain(|_, keys| !keys.is_empty());
}

/// An older podman removes a secret before it makes one where a later one replaces it.
fn replace_secrets(commands: &mut Vec<String>) {
    commands.retain(|it| !it.starts_with("-[\"<podman>\", \"secret\", \"rm\""));
    for it in commands {
        *it = it.replace("\"create\", \"--replace\"", "\"create\"");
    }
}

/// Whether a command cleans up before or after podman, as each writer does in its own way.
fn removes_the_container(command: &str) -> bool {
    let before = command.contains("-pre-start/bin/");
    let after = command.contains("-unit-script-") && command.contains("-post-stop/");
    before || after || command.starts_with("-/usr/bin/podman rm ")
}

/// Whether a command logs in to a registry, as NixOS does in a script of its own.
fn logs_in(command: &str) -> bool {
    command.starts_with("/bin/bash -c ") && command.contains(" login --username ")
}

/// A command with each program by its name, because it has another directory on each kind of host.
fn command(command: &str, plan: &Plan) -> String {
    let plain: Vec<String> = programs(plan).map(|it| it.plain_path()).collect();
    let line = command.trim_start_matches(['-', '+']);
    let words = read::words(line).unwrap();
    let words = words.iter().map(|word| {
        let is_plain = PROGRAMS.contains(&word.as_str()) || plain.contains(word);
        if is_plain || word.starts_with("/nix/store/") {
            format!("<{}>", word.rsplit('/').next().unwrap())
        } else {
            word.clone()
        }
    });
    let prefix = &command[..command.len() - line.len()];
    format!("{prefix}{:?}", words.collect::<Vec<_>>())
}

/// NixOS enables units by links; `[Install]` is what they are made from.
fn assert_enabled(units: &BTreeMap<String, Unit>, evaluated: &Evaluated) {
    let links = units.iter().flat_map(|(name, unit)| {
        let targets = unit::values(unit, "Install", "WantedBy").iter();
        targets.map(move |target| format!("{target}.wants/{name}"))
    });
    let links: BTreeSet<String> = links.collect();
    assert_eq!(links, evaluated.links.iter().cloned().collect());
}

fn difference(name: &str, unit: &str, target: Target, nixos: &Unit, plain: &Unit) -> String {
    let text = |it: &Unit| format!("{it:#?}\n");
    let (nixos, plain) = (text(nixos), text(plain));
    let diff = similar::TextDiff::from_lines(&nixos, &plain);
    let diff = diff.unified_diff().header("nixos", "plain").to_string();
    format!("`{unit}` of `{name}` differs between NixOS and {target:?}:\n{diff}")
}
