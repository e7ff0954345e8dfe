//! A host with the services of the suite.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use crate::support::Output;

use super::generated::{self, Generated};
use super::install;
use super::machine::Machine;

/// Where the units of a host come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Unit files, and containers as Quadlets.
    Quadlets,
    /// Unit files, and containers as services that run podman.
    Services,
    /// What the modules become on NixOS.
    Nixos,
    /// Unit files and Quadlets of an account.
    Account,
    /// Unit files of an account, and its containers as services that run podman.
    AccountServices,
    /// Unit files for what Debian 12 has: systemd 252, and podman without Quadlet.
    Older,
}

impl Source {
    /// The release of Debian on whose programs the services run.
    fn suite(self) -> &'static str {
        match self {
            Source::Quadlets
            | Source::Services
            | Source::Nixos
            | Source::Account
            | Source::AccountServices => "trixie",
            Source::Older => "bookworm",
        }
    }

    /// Whether an account has the services, and not root.
    pub(super) fn is_of_an_account(self) -> bool {
        matches!(self, Source::Account | Source::AccountServices)
    }
}

/// A booted host with installed services.
pub(crate) struct Setting {
    pub(crate) machine: Machine,
    pub(super) source: Source,
    /// The account to which the services belong, unless it is root.
    pub(super) account: Option<Account>,
    ports: BTreeMap<String, u16>,
    /// Who uses a service has it alone.
    alone: BTreeMap<String, Mutex<()>>,
}

/// The services of the suite that have no port.
const JOBS: [&str; 2] = ["process-schedule", "container-schedule"];

/// An account with a manager of its own.
pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) number: String,
}

impl Account {
    /// Runs a command of a host as the account, as if it had logged in, and returns how it ended.
    pub(super) fn try_enter(&self, machine: &Machine, command: &[&str]) -> Output {
        let Account { name, number } = self;
        let become_it = ["setpriv", "--reuid", name, "--regid", name, "--init-groups", "env"];
        let environment = [
            format!("HOME=/home/{name}"),
            format!("USER={name}"),
            format!("XDG_RUNTIME_DIR=/run/user/{number}"),
            format!("DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/{number}/bus"),
        ];
        let environment = environment.each_ref().map(String::as_str);
        machine.try_enter(&[&become_it, &environment[..], command].concat())
    }
}

impl Setting {
    /// Returns the one host of a kind, with the services of the suite installed.
    pub(crate) fn of(source: Source) -> &'static Setting {
        static QUADLETS: LazyLock<Setting> = LazyLock::new(|| Setting::new(Source::Quadlets));
        static SERVICES: LazyLock<Setting> = LazyLock::new(|| Setting::new(Source::Services));
        static NIXOS: LazyLock<Setting> = LazyLock::new(|| Setting::new(Source::Nixos));
        static ACCOUNT: LazyLock<Setting> = LazyLock::new(|| Setting::online(Source::Account));
        static ACCOUNT_SERVICES: LazyLock<Setting> =
            LazyLock::new(|| Setting::online(Source::AccountServices));
        static OLDER: LazyLock<Setting> = LazyLock::new(|| Setting::new(Source::Older));
        match source {
            Source::Quadlets => &QUADLETS,
            Source::Services => &SERVICES,
            Source::Nixos => &NIXOS,
            Source::Account => &ACCOUNT,
            Source::AccountServices => &ACCOUNT_SERVICES,
            Source::Older => &OLDER,
        }
    }

    /// Boots a host of its own, with the services of the suite installed.
    pub(crate) fn new(source: Source) -> Setting {
        Setting::with(source, &generated::of_the_suite(source))
    }

    /// Boots a host for an account: its containers that start at boot wait up to 90 s for the network, and
    /// nobody else asks for it.
    fn online(source: Source) -> Setting {
        let setting = Setting::new(source);
        setting.machine.enter(&["systemctl", "start", "network-online.target"]);
        setting
    }

    /// A host of its own with other services.
    pub(super) fn with(source: Source, generated: &Generated) -> Setting {
        let machine = Machine::boot(source.suite());
        let account = source.is_of_an_account().then(|| install::add_account(&machine));
        let ports = generated.ports.clone();
        let with_port = ports.keys().map(String::as_str).filter(|it| !it.contains('/'));
        let services = with_port.chain(JOBS);
        let alone = services.map(|it| (it.to_owned(), Mutex::new(()))).collect();
        let setting = Setting { machine, source, account, ports, alone };
        install::prepare(&setting);
        install::install(&setting, generated);
        setting
    }

    /// The services of the host.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        self.alone.keys().map(String::as_str)
    }

    /// The port under which users know a service.
    pub(crate) fn port(&self, service: &str) -> u16 {
        self.ports[service]
    }

    pub(super) fn alone(&self, service: &str) -> &Mutex<()> {
        &self.alone[service]
    }

    /// Runs a command as the one to whom the services belong; it must succeed.
    pub(crate) fn command(&self, command: &[&str]) -> String {
        let Output { stdout, stderr, code } = self.try_command(command);
        assert_eq!(code, Some(0), "{command:?} ends with {code:?}:\n{stdout}{stderr}");
        stdout
    }

    /// Runs a command as the one to whom the services belong, and returns how it ended.
    pub(crate) fn try_command(&self, command: &[&str]) -> Output {
        match &self.account {
            Some(account) => account.try_enter(&self.machine, command),
            None => self.machine.try_enter(command),
        }
    }

    /// Runs systemctl, which must succeed.
    pub(crate) fn systemctl(&self, arguments: &[&str]) -> String {
        let Output { stdout, stderr, code } = self.try_systemctl(arguments);
        assert_eq!(code, Some(0), "systemctl {arguments:?} ends with {code:?}:\n{stdout}{stderr}");
        stdout
    }

    /// Runs systemctl and returns how it ended.
    pub(crate) fn try_systemctl(&self, arguments: &[&str]) -> Output {
        let manager = if self.account.is_some() { "--user" } else { "--system" };
        self.try_command(&[&["systemctl", manager], arguments].concat())
    }

    /// Adds lines to a unit until the host ends.
    pub(crate) fn edit(&self, unit: &str, text: &str) {
        let directory = match &self.account {
            None => "/run/systemd/system".to_owned(),
            Some(Account { number, .. }) => format!("/run/user/{number}/systemd/user"),
        };
        self.machine.write(&format!("{directory}/{unit}.d/edited.conf"), text);
        self.systemctl(&["daemon-reload"]);
    }

    /// A property of a unit, as systemd prints it.
    pub(crate) fn property(&self, unit: &str, property: &str) -> String {
        let property = format!("--property={property}");
        let text = self.systemctl(&["show", "--value", &property, unit]);
        text.trim_end().to_owned()
    }

    /// The newest lines of the journal about a service, for a message of failure.
    pub(crate) fn journal(&self, service: &str) -> String {
        let ends = [".service", "-backend.service", "-liveness.service", ".socket"];
        // What the manager says of a unit, and what the unit says.
        let fields = match self.account {
            None => ["UNIT", "_SYSTEMD_UNIT"],
            Some(_) => ["USER_UNIT", "_SYSTEMD_USER_UNIT"],
        };
        let matches = ends.map(|end| fields.map(|field| format!("{field}={service}{end}")));
        let matches: Vec<&str> = matches.iter().flatten().map(String::as_str).collect();
        let mut command = vec!["journalctl", "--no-pager", "--lines=80", "--output=short-precise"];
        for it in matches {
            command.extend([it, "+"]);
        }
        command.pop();
        let Output { stdout, stderr, code: _ } = self.machine.try_enter(&command);
        stdout + &stderr
    }
}
