//! A host where process-compose runs the services.

use std::borrow::Cow;

use crate::compose::wait::{Asked, Sign, Times};
use crate::compose::{self, Availability, Process, Project, Restart, Schedule, Shutdown, Start};
use crate::fileset::header;
use crate::plan::provision::Secret;
use crate::plan::service::PortRole;
use crate::plan::service::Service;
use crate::plan::text::{Reference, Segment, Text, Word};
use crate::plan::{ComposeHost, Entrypoint, Form, Plan};
use crate::syntax::nix;
use crate::syntax::process_compose::{self, Value, entrypoint, map, shell, template};

mod flake;

/// Adds the files of one host.
pub(super) fn emit(plan: &Plan, host: &ComposeHost, files: &mut Vec<(String, String)>) {
    let (directory, plan) = match &host.name {
        Some(name) => (format!("process-compose/{name}/"), plan.on(name)),
        None => ("process-compose/".to_owned(), Cow::Borrowed(plan)),
    };
    let (project, _) = compose::project(&plan, host);
    let writer = Writer { plan: &plan, host };
    let header = header(&plan.manifest);
    if host.form == Form::Flake {
        let name = host.name.as_ref().map_or("default".to_owned(), ToString::to_string);
        let text = nix::to_text(&header, &flake::module(&writer, &project));
        files.push((format!("process-compose-flake/{name}.nix"), text));
        return;
    }
    let text = process_compose::file(&header, &writer.project(&project));
    files.push((format!("{directory}process-compose.yaml"), text));
    if host.entrypoint == Entrypoint::Script {
        let is_idle = project.processes.values().all(|it| it.start == Start::ByHand);
        let otherwise =
            if is_idle { entrypoint::Usual::Shell } else { entrypoint::Usual::Services };
        files.push((format!("{directory}entrypoint"), entrypoint::file(&header, otherwise)));
    }
}

/// Writes the texts of a host.
struct Writer<'a> {
    plan: &'a Plan,
    host: &'a ComposeHost,
}

impl Writer<'_> {
    fn project(&self, project: &Project) -> Value {
        let processes = project.processes.iter().map(|(name, process)| {
            (name.to_string(), self.process(&self.plan.services[name], process))
        });
        map([
            ("version", "0.5".into()),
            ("is_strict", Value::Flag(true)),
            // The usual shell is bash, without which the file would not load.
            ("shell", map([("shell_command", "sh".into()), ("shell_argument", "-c".into())])),
            // What is needed ends after what needs it.
            ("ordered_shutdown", Value::Flag(true)),
            ("processes", Value::Map(processes.collect())),
        ])
    }

    fn process(&self, service: &Service, process: &Process) -> Value {
        let Process {
            description,
            pre_start,
            command,
            working_directory,
            log_file,
            environment,
            environment_file,
            namespaces,
            start,
            depends_on,
            availability,
            sign,
            shutdown,
            schedule,
        } = process;
        let text = |it: &Text| self.text(service, it);
        let mut entries: Vec<(&'static str, Value)> = Vec::new();
        entries.extend(description.as_ref().map(|it| ("description", template(it).into())));
        let words = command.iter().map(text);
        let words: Vec<String> = if pre_start.is_empty() {
            words.collect()
        } else {
            // The process takes the place of the shell, so that signals reach it.
            let first = self.commands(service, pre_start);
            process_compose::after(&first, service.name.as_str()).into_iter().chain(words).collect()
        };
        entries.push(("entrypoint", Value::List(words.into_iter().map(Value::from).collect())));
        let directory = working_directory.as_ref();
        entries.extend(directory.map(|it| ("working_dir", template(&text(it)).into())));
        if let Some(file) = log_file {
            entries.push(("log_location", template(file).into()));
            entries.push(("log_configuration", process_compose::added_lines()));
        }
        if !environment.is_empty() {
            let variables = environment
                .iter()
                .map(|(name, value)| template(&format!("{name}={}", text(value))).into());
            entries.push(("environment", Value::List(variables.collect())));
        }
        // A file `.env` that happens to be there is no part of the manifest.
        entries.push(("is_dotenv_disabled", Value::Flag(true)));
        entries.extend(environment_file.as_ref().map(|it| ("env_file", it.as_str().into())));
        match &namespaces[..] {
            [] => {}
            [one] => entries.push(("namespace", one.as_str().into())),
            several => {
                let names = several.iter().map(|it| it.as_str().into()).collect();
                entries.push(("namespace", Value::List(names)));
            }
        }
        if *start == Start::ByHand {
            entries.push(("disabled", Value::Flag(true)));
        }
        if !depends_on.is_empty() {
            let each = depends_on
                .iter()
                .map(|(name, it)| (name.to_string(), map([("condition", it.as_str().into())])));
            entries.push(("depends_on", Value::Map(each.collect())));
        }
        entries.push(("availability", self::availability(availability)));
        if !availability.success_exit_codes.is_empty() {
            let codes = availability.success_exit_codes.iter();
            let codes = codes.map(|it| Value::Number((*it).into())).collect();
            entries.push(("success_exit_codes", Value::List(codes)));
        }
        match sign {
            None => {}
            Some(Sign::Line(line)) => {
                entries.push(("ready_log_line", line.as_str().into()));
            }
            Some(Sign::Probe(asked, times)) => {
                entries.push(("readiness_probe", self.probe(service, asked, times)));
            }
        }
        let Shutdown { commands, signal, timeout_seconds } = shutdown;
        let command = self.commands(service, commands);
        let command = (!command.is_empty()).then(|| ("command", command.into()));
        let rest = [
            ("signal", Value::Number((*signal).into())),
            ("timeout_seconds", Value::Number(*timeout_seconds)),
        ];
        entries.push(("shutdown", map(command.into_iter().chain(rest))));
        entries.extend(schedule.as_ref().map(|it| ("schedule", self::schedule(it))));
        map(entries)
    }

    /// Returns commands of which each is run when the one before it has ended well, for a shell.
    fn commands(&self, service: &Service, commands: &[Vec<Word>]) -> String {
        let commands = commands.iter().map(|words| {
            let words: Vec<String> = words.iter().map(|it| self.text(service, it)).collect();
            shell(&words)
        });
        commands.collect::<Vec<_>>().join(" && ")
    }

    fn probe(&self, service: &Service, asked: &Asked, times: &Times) -> Value {
        let asked = match asked {
            Asked::Http { host, port, path, status } => {
                let entries = [
                    ("host", process_compose::host(host).into()),
                    ("port", self.text(service, port).into()),
                    ("path", template(path).into()),
                    ("status_code", Value::Number((*status).into())),
                ];
                ("http_get", map(entries))
            }
            Asked::Command(words) => {
                let words: Vec<String> = words.iter().map(|it| self.text(service, it)).collect();
                ("exec", map([("command", template(&shell(&words)).into())]))
            }
        };
        let Times { initial_delay, period, timeout, failures } = times;
        let times = [
            ("initial_delay_seconds", *initial_delay),
            ("period_seconds", *period),
            ("timeout_seconds", *timeout),
            ("failure_threshold", *failures),
        ];
        let times = times.into_iter().map(|(key, it)| (key, Value::Number(it)));
        map([asked].into_iter().chain(times))
    }

    fn text(&self, service: &Service, text: &Text) -> String {
        let segments = text.0.iter().map(|segment| match segment {
            Segment::Literal(text) => text.clone(),
            Segment::Reference(reference) => self.reference(service, reference),
        });
        segments.collect()
    }

    fn reference(&self, service: &Service, reference: &Reference) -> String {
        match reference {
            Reference::Program(program) => program.plain_path(),
            Reference::HostName => {
                self.host.name.as_ref().map_or("localhost".to_owned(), ToString::to_string)
            }
            Reference::Credential(name) => match &service.provision.secrets[name] {
                Secret::File(file) | Secret::Encrypted(file) => file.clone(),
                Secret::Podman(name) => name.to_string(),
            },
            Reference::Directory(kind, name) => format!("{}/{name}", kind.parent()),
            Reference::Port(port) => {
                let service = &self.plan.services[&port.service];
                let port = match port.role {
                    PortRole::Public => service.port,
                    // Without a proxy between them, the service answers on the port that its users know.
                    PortRole::Backend => service.port.or(service.backend_port),
                };
                let port = port.expect("`resolve` refuses references to ports that do not exist");
                port.number.to_string()
            }
        }
    }
}

fn availability(availability: &Availability) -> Value {
    let Availability { restart, backoff_seconds, max_restarts, success_exit_codes: _ } =
        availability;
    let mut entries = vec![("restart", restart.as_str().into())];
    if *restart != Restart::Never {
        entries.push(("backoff_seconds", Value::Number(*backoff_seconds)));
        entries.extend(max_restarts.map(|it| ("max_restarts", Value::Number(it))));
    }
    map(entries)
}

fn schedule(schedule: &Schedule) -> Value {
    match schedule {
        Schedule::Cron { expression, zone } => {
            let zone = zone.as_ref().map(|it| ("timezone", it.as_str().into()));
            map([("cron", expression.as_str().into())].into_iter().chain(zone))
        }
        Schedule::Interval { every, on_start } => {
            let on_start = on_start.then_some(("run_on_start", Value::Flag(true)));
            map([("interval", every.podman().into())].into_iter().chain(on_start))
        }
    }
}
