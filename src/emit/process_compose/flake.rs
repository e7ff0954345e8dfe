//! The module of process-compose-flake for a host.

use std::collections::BTreeMap;

use crate::compose::wait::{Asked, Condition, Sign, Times};
use crate::compose::{Availability, Borrowed, Process, Project, Restart, Shutdown, Start};
use crate::emit::nixos::value::program_of;
use crate::plan::name::ServiceName;
use crate::plan::service::Service;
use crate::plan::text::{Program, Reference, Segment, Word};
use crate::syntax::nix::{self, Binding, Expr, Part, Pattern};
use crate::syntax::process_compose::{self, flake};

use super::Writer;

/// Returns the module.
pub(super) fn module(writer: &Writer<'_>, project: &Project) -> Expr {
    let Project { processes, borrowed } = project;
    let services = borrowed.iter().map(|(name, Borrowed { kind, port, depends_on: _ })| {
        let path = ["services".to_owned(), kind.to_string(), name.to_string()];
        let enable = nix::boolean(true);
        match port {
            None => nix::bind(path.into_iter().chain(["enable".to_owned()]), enable),
            Some(port) => {
                let port = nix::bind(["port"], nix::integer((*port).into()));
                nix::bind(path, nix::attribute_set([nix::bind(["enable"], enable), port]))
            }
        }
    });
    let waiting = borrowed.iter().filter_map(|(name, it)| {
        let waits = depends_on(&it.depends_on)?;
        Some(nix::bind([name.to_string()], nix::attribute_set([waits])))
    });
    let each = processes.iter().map(|(name, it)| {
        let service = &writer.plan.services[name];
        nix::bind([name.to_string()], writer.process_of_flake(service, it))
    });
    let settings = [
        // What is needed ends after what needs it.
        nix::bind(["ordered_shutdown"], nix::boolean(true)),
        nix::bind(["processes"], nix::attribute_set(waiting.chain(each))),
    ];
    let settings = nix::bind(["settings"], nix::attribute_set(settings));
    let module = nix::attribute_set(services.chain([settings]));
    let has_packages = processes.values().any(|it| words(it).any(|it| package(it).is_some()));
    if has_packages { nix::lambda(Pattern::open(["lib", "pkgs"]), module) } else { module }
}

/// Every word of a process.
fn words(process: &Process) -> impl Iterator<Item = &Word> {
    let asked = match &process.sign {
        Some(Sign::Probe(Asked::Command(words), _)) => words.as_slice(),
        Some(Sign::Probe(Asked::Http { .. }, _) | Sign::Line(_)) | None => &[],
    };
    let commands = process.pre_start.iter().chain(&process.shutdown.commands).flatten();
    process.command.iter().chain(asked).chain(commands)
}

/// The program of a package that a word is; such a program is a word of its own.
fn package(word: &Word) -> Option<Expr> {
    match &word.0[..] {
        [Segment::Reference(Reference::Program(Program::Package { package, bin, path: _ }))] => {
            Some(program_of(package, bin.as_deref()))
        }
        _ => None,
    }
}

impl Writer<'_> {
    fn process_of_flake(&self, service: &Service, process: &Process) -> Expr {
        let Process {
            description,
            pre_start,
            command,
            working_directory,
            log_file,
            environment,
            environment_file: _, // There is no option for it, nor for schedules, which is a gap.
            namespaces,
            start,
            depends_on: others,
            availability,
            sign,
            shutdown,
            schedule: _,
        } = process;
        let text = |it| template(&self.text(service, it));
        let mut all: Vec<Binding> = Vec::new();
        all.extend(description.as_ref().map(|it| nix::bind(["description"], template(it))));
        // A shell reads it, and the program takes its place.
        let mut parts = self.command(service, "", pre_start);
        let between = if pre_start.is_empty() { "exec " } else { " && exec " };
        parts.extend(self.command(service, between, [command]));
        all.push(nix::bind(["command"], nix::text(templates(parts))));
        let directory = working_directory.as_ref();
        all.extend(directory.map(|it| nix::bind(["working_dir"], text(it))));
        if let Some(file) = log_file {
            all.push(nix::bind(["log_location"], template(file)));
            all.push(nix::bind(["log_configuration"], added_lines()));
        }
        let variables = environment.iter();
        let variables = variables.map(|(name, it)| nix::bind([name.to_string()], text(it)));
        all.extend(set("environment", variables.collect()));
        // A file `.env` that happens to be there is no part of the manifest.
        all.push(nix::bind(["is_dotenv_disabled"], nix::boolean(true)));
        all.extend(namespaces.first().map(|it| nix::bind(["namespace"], nix::string(it))));
        if *start == Start::ByHand {
            all.push(nix::bind(["disabled"], nix::boolean(true)));
        }
        all.extend(depends_on(others));
        let Availability { restart, backoff_seconds, max_restarts, success_exit_codes: _ } =
            availability;
        let mut entries = vec![nix::bind(["restart"], nix::string(restart.as_str()))];
        if *restart != Restart::Never {
            entries.push(nix::bind(["backoff_seconds"], number(*backoff_seconds)));
            entries.extend(max_restarts.map(|it| nix::bind(["max_restarts"], number(it))));
        }
        all.extend(set("availability", entries));
        all.extend(sign.as_ref().map(|it| match it {
            Sign::Line(line) => nix::bind(["ready_log_line"], nix::string(line)),
            Sign::Probe(asked, times) => {
                nix::bind(["readiness_probe"], self.probe_of_flake(service, asked, times))
            }
        }));
        let Shutdown { commands, signal, timeout_seconds } = shutdown;
        let mut entries = Vec::new();
        if !commands.is_empty() {
            let parts = self.command(service, "", commands);
            entries.push(nix::bind(["command"], nix::text(parts)));
        }
        entries.push(nix::bind(["signal"], number((*signal).into())));
        entries.push(nix::bind(["timeout_seconds"], number(*timeout_seconds)));
        all.extend(set("shutdown", entries));
        nix::attribute_set(all)
    }

    fn probe_of_flake(&self, service: &Service, asked: &Asked, times: &Times) -> Expr {
        let asked = match asked {
            Asked::Http { host, port, path, status } => {
                let port = self.text(service, port).parse().expect("a port is a number");
                let entries = [
                    nix::bind(["host"], template(&process_compose::host(host))),
                    nix::bind(["port"], number(port)),
                    nix::bind(["path"], template(path)),
                    nix::bind(["status_code"], number((*status).into())),
                ];
                nix::bind(["http_get"], nix::attribute_set(entries))
            }
            Asked::Command(words) => {
                let parts = self.command(service, "", [words]);
                nix::bind(["exec", "command"], nix::text(templates(parts)))
            }
        };
        let Times { initial_delay, period, timeout, failures } = times;
        let times = [
            ("initial_delay_seconds", *initial_delay),
            ("period_seconds", *period),
            ("timeout_seconds", *timeout),
            ("failure_threshold", *failures),
        ];
        let times = times.into_iter().map(|(key, it)| nix::bind([key], number(it)));
        nix::attribute_set([asked].into_iter().chain(times))
    }

    /// Returns commands of which each is run when the one before it has ended well, for a shell.
    fn command<'a>(
        &self,
        service: &Service,
        before: &'static str,
        commands: impl IntoIterator<Item = &'a Vec<Word>>,
    ) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut between = before;
        for words in commands {
            for word in words {
                parts.push(Part::Text(between.to_owned()));
                parts.push(match package(word) {
                    Some(program) => Part::Interpolation(program),
                    None => Part::Text(flake::word(&self.text(service, word))),
                });
                between = " ";
            }
            between = " && ";
        }
        parts
    }
}

fn template(text: &str) -> Expr {
    nix::string(&flake::template(text))
}

/// The texts between interpolations as templates.
fn templates(parts: Vec<Part>) -> Vec<Part> {
    let mut made = Vec::new();
    let mut pending = String::new();
    for part in parts {
        match part {
            Part::Text(it) => pending.push_str(&it),
            Part::Interpolation(_) => {
                made.push(Part::Text(flake::template(&std::mem::take(&mut pending))));
                made.push(part);
            }
        }
    }
    made.push(Part::Text(flake::template(&pending)));
    made
}

/// The same as `process_compose::added_lines`.
fn added_lines() -> Expr {
    let yes = |key| nix::bind([key], nix::boolean(true));
    let size = i64::try_from(process_compose::LOG_SIZE).expect("it is less than 2^63");
    nix::attribute_set([
        yes("disable_json"),
        nix::bind(["fields_order"], nix::list([nix::string("message")])),
        yes("no_metadata"),
        yes("no_color"),
        yes("flush_each_line"),
        nix::bind(["rotation", "max_size_mb"], nix::integer(size)),
    ])
}

/// What is waited for of other processes.
fn depends_on(others: &BTreeMap<ServiceName, Condition>) -> Option<Binding> {
    let each = others.iter().map(|(name, it)| {
        nix::bind([name.to_string(), "condition".to_owned()], nix::string(it.as_str()))
    });
    set("depends_on", each.collect())
}

/// An attribute set where there is something in it.
fn set(key: &'static str, entries: Vec<Binding>) -> Option<Binding> {
    (!entries.is_empty()).then(|| nix::bind([key], nix::attribute_set(entries)))
}

fn number(number: u64) -> Expr {
    nix::integer(i64::try_from(number).expect("durations and counts fit"))
}
