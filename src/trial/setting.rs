//! From a service to what is run on this machine, without its host.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::disk::{self, Durability};
use crate::error::Error;
use crate::expand::podman;
use crate::plan::Plan;
use crate::plan::activation::Handoff;
use crate::plan::process::Process;
use crate::plan::provision::{DirectoryKind, Presence, Secret};
use crate::plan::service::{PortRole, Service, Workload};
use crate::plan::text::{Program, Reference, Segment, Text};
use crate::syntax::environment_file;

use super::{Trial, free_ports};

impl Trial {
    /// Prepares the trial of a service.
    pub fn of(
        plan: &Plan,
        service: &Service,
        path: String,
        limit: Duration,
    ) -> Result<Trial, Error> {
        let scratch = disk::scratch()?;
        let [port, own, backend] = free_ports()?;
        let takes_it = matches!(service.activation.handoff(), Some(Handoff::Fd));
        let mut trial = Trial {
            words: Vec::new(),
            environment: Vec::new(),
            passed_environment: Vec::new(),
            working_directory: None,
            port,
            backend_port: backend,
            path,
            limit,
            clean_up: None,
            notes: Vec::new(),
            scratch,
        };
        let mut setting = Setting {
            plan,
            service,
            scratch: trial.scratch.path().to_owned(),
            // What is told its port and binds it itself must not find it taken by the trial.
            port: if takes_it { port } else { own },
            backend,
            notes: Vec::new(),
        };
        setting.prepare(&mut trial)?;
        trial.notes = setting.notes;
        Ok(trial)
    }
}

/// What a service finds where it is tried.
struct Setting<'a> {
    plan: &'a Plan,
    service: &'a Service,
    /// A directory that is gone afterwards.
    scratch: PathBuf,
    /// What `${port}` stands for.
    port: u16,
    /// What `${backendPort}` stands for.
    backend: u16,
    /// In what the trial differs from the service.
    notes: Vec<String>,
}

impl Setting<'_> {
    fn prepare(&mut self, trial: &mut Trial) -> Result<(), Error> {
        self.make_directories()?;
        self.put_secrets()?;
        match &self.service.workload {
            Workload::Process(process) => self.put_process(process, trial)?,
            Workload::Container(_) => self.put_container(trial),
            Workload::Flake => {
                return Err(Error::new(
                    format!("`{}` is a service of services-flake", self.service.name),
                    "try one that has `exec` or `container`",
                ));
            }
        }
        if !is_there(&trial.words[0]) {
            return Err(Error::new(
                format!("`{}` is not on this machine", trial.words[0]),
                "install it, or try where the service is to run",
            ));
        }
        Ok(())
    }

    fn put_process(&mut self, process: &Process, trial: &mut Trial) -> Result<(), Error> {
        trial.words = process.command.iter().map(|it| self.fill(it)).collect();
        trial.working_directory = process.working_directory.as_ref().map(|it| self.fill(it));
        let environment = self.service.environment.iter();
        trial.environment =
            environment.map(|(name, value)| (name.to_string(), self.fill(value))).collect();
        for kind in self.service.provision.directories.names.keys() {
            let variable = format!("{}_DIRECTORY", word(*kind).to_uppercase());
            let directory = self.directory(*kind);
            trial.environment.push((variable, directory.display().to_string()));
        }
        if !self.service.provision.secrets.is_empty() {
            let directory = self.scratch.join(CREDENTIALS).display().to_string();
            trial.environment.push(("CREDENTIALS_DIRECTORY".to_owned(), directory));
        }
        for file in &self.service.provision.environment_files {
            match (disk::read(Path::new(&file.path)), file.presence) {
                (Ok(Some(text)), _) => {
                    let variables = environment_file::parse(&String::from_utf8_lossy(&text));
                    trial.passed_environment.extend(variables);
                }
                (Ok(None), Presence::Optional) => {}
                (Ok(None), Presence::Required) => {
                    self.notes.push(format!("`{}` is not there", file.path));
                }
                (Err(_), _) => self.notes.push(format!("`{}` cannot be read here", file.path)),
            }
        }
        if let Some(user) = &process.account.user {
            self.notes.push(format!("it ran as you, and not as `{user}`"));
        }
        if !process.hooks.pre_start.is_empty() {
            self.notes.push("`exec.preStart` was not run before it".to_owned());
        }
        Ok(())
    }

    fn put_container(&mut self, trial: &mut Trial) {
        let name = format!("unitsmith-try-{}-{}", self.service.name, std::process::id());
        let secrets = self.service.provision.secrets.keys().map(|secret| {
            let file = self.scratch.join(CREDENTIALS).join(secret.as_str());
            format!("--volume={}:/run/secrets/{secret}:ro", file.display()).into()
        });
        let words = podman::trial(self.plan, self.service, &name, secrets.collect());
        let filled = |words: Vec<Text>| words.iter().map(|it| self.fill(it)).collect();
        trial.words = filled(words);
        trial.clean_up = Some(filled(podman::end_of_trial(&name)));
        // podman asks for them where it runs without root.
        for name in ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"] {
            let value = std::env::var(name).map(|value| (name.to_owned(), value));
            trial.passed_environment.extend(value);
        }
        let Workload::Container(container) = &self.service.workload else { return };
        if let Some(pod) = &container.pod {
            self.notes.push(format!("it ran outside its pod, `{pod}`"));
        }
        for volume in &container.volumes {
            if let Some(source) = volume.source.as_literal() {
                self.notes.push(format!("it used `{source}` as it is"));
            }
        }
    }

    /// Makes empty directories in place of those that systemd would make.
    fn make_directories(&mut self) -> Result<(), Error> {
        for kind in self.service.provision.directories.names.keys() {
            disk::make_directory(&self.directory(*kind))?;
            self.notes.push(format!("its {} directory was an empty one", word(*kind)));
        }
        Ok(())
    }

    fn directory(&self, kind: DirectoryKind) -> PathBuf {
        self.scratch.join(word(kind))
    }

    /// Copies the secrets that can be read, and puts something else in place of the others.
    fn put_secrets(&mut self) -> Result<(), Error> {
        let directory = self.scratch.join(CREDENTIALS);
        disk::make_directory(&directory)?;
        for (name, secret) in &self.service.provision.secrets {
            let file = match secret {
                Secret::File(file) => disk::read(Path::new(file)).ok().flatten(),
                Secret::Encrypted(_) | Secret::Podman(_) => None,
            };
            let text = file.and_then(|it| String::from_utf8(it).ok());
            if text.is_none() {
                self.notes.push(format!("the secret `{name}` was a made-up one"));
            }
            let text = text.as_deref().unwrap_or("unitsmith");
            disk::replace(&directory.join(name.as_str()), text, Durability::Process)?;
        }
        Ok(())
    }

    fn fill(&self, text: &Text) -> String {
        let pieces = text.0.iter().map(|it| match it {
            Segment::Literal(text) => text.clone(),
            Segment::Reference(reference) => self.meaning(reference),
        });
        pieces.collect()
    }

    fn meaning(&self, reference: &Reference) -> String {
        match reference {
            Reference::Port(port) if port.service == self.service.name => match port.role {
                PortRole::Public => self.port.to_string(),
                PortRole::Backend => self.backend.to_string(),
            },
            Reference::Port(port) => self.plan.number(port).to_string(),
            Reference::Program(program) => found(program),
            Reference::HostName => disk::own_host_name(),
            Reference::Credential(name) => {
                self.scratch.join(CREDENTIALS).join(name.as_str()).display().to_string()
            }
            Reference::Directory(kind, _) => self.directory(*kind).display().to_string(),
        }
    }
}

/// Where the secrets are, below the scratch directory.
const CREDENTIALS: &str = "credentials";

fn word(kind: DirectoryKind) -> &'static str {
    match kind {
        DirectoryKind::State => "state",
        DirectoryKind::Cache => "cache",
        DirectoryKind::Logs => "logs",
        DirectoryKind::Runtime => "runtime",
    }
}

/// The file of a program on this machine, or where it would be on one without Nix.
fn found(program: &Program) -> String {
    let path = program.plain_path();
    let bin = match program {
        Program::Package { package, bin, path: _ } => bin.as_ref().or(package.last()),
        Program::Systemd(_) => None,
    };
    match bin {
        Some(bin) if !is_there(&path) && is_there(bin) => bin.clone(),
        _ => path,
    }
}

/// Whether there is a program: by its path, or by its name in one of the usual directories.
fn is_there(program: &str) -> bool {
    if program.contains('/') {
        return disk::is_file(Path::new(program));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|it| disk::is_file(&it.join(program)))
}
