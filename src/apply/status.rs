//! How each service of a host is.

use std::collections::{BTreeMap, BTreeSet};

use crate::directive::Quoting;
use crate::syntax::unit::read;
use crate::unit::name_in_systemd;
use crate::unitset::Meaning;

use super::tree::{Tree, wanted_by};

/// A service of a host, with the units that tell how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub name: String,
    pub pattern: Pattern,
    /// The port on which it is called, where a unit or the manifest says it.
    pub port: Option<u16>,
    /// Whether it is a job that ends by itself.
    pub is_job: bool,
}

/// When a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    Boot,
    Manual,
    Fd,
    Proxy,
    Schedule,
}

/// What a service is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It runs when somebody calls, when its time comes or when somebody starts it.
    Asleep,
    Starting,
    Running,
    /// It ended well and is not needed any more.
    Done,
    /// Its last run failed, and if it is started again, so may the next.
    Failing,
    /// Nothing listens where it is called.
    DeadPort,
    /// It should run, or its timer should, and was stopped.
    Stopped,
    Masked,
}

/// What systemd says of a unit; every text is empty for a unit that it does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    pub load: String,
    pub active: String,
    pub sub: String,
    pub result: String,
    /// In seconds since 1970.
    pub since: Option<u64>,
    /// When a timer elapses next, in seconds since 1970.
    pub next: Option<u64>,
}

impl Pattern {
    /// The word by which it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Pattern::Boot => "boot",
            Pattern::Manual => "manual",
            Pattern::Fd => "fd",
            Pattern::Proxy => "proxy",
            Pattern::Schedule => "schedule",
        }
    }
}

impl Doing {
    /// The words by which it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Doing::Asleep => "asleep",
            Doing::Starting => "starting",
            Doing::Running => "running",
            Doing::Done => "done",
            Doing::Failing => "failing",
            Doing::DeadPort => "dead port",
            Doing::Stopped => "stopped",
            Doing::Masked => "masked",
        }
    }

    /// Whether nobody need look after it.
    pub fn is_well(self) -> bool {
        match self {
            Doing::Asleep | Doing::Starting | Doing::Running | Doing::Done => true,
            Doing::Failing | Doing::DeadPort | Doing::Stopped | Doing::Masked => false,
        }
    }
}

impl Service {
    /// The unit that must be up whether or not the service runs.
    pub fn gate(&self) -> Option<String> {
        match self.pattern {
            Pattern::Fd | Pattern::Proxy => Some(format!("{}.socket", self.name)),
            Pattern::Schedule => Some(format!("{}.timer", self.name)),
            Pattern::Boot | Pattern::Manual => None,
        }
    }

    /// The unit that runs it.
    pub fn daemon(&self) -> String {
        match self.pattern {
            Pattern::Proxy => format!("{}-backend.service", self.name),
            Pattern::Boot | Pattern::Manual | Pattern::Fd | Pattern::Schedule => {
                format!("{}.service", self.name)
            }
        }
    }

    /// What it is doing, as its units say.
    pub fn doing(&self, gate: Option<&Unit>, daemon: &Unit) -> Doing {
        if daemon.load == "masked" || gate.is_some_and(|it| it.load == "masked") {
            return Doing::Masked;
        }
        if gate.is_some_and(|it| it.active != "active") {
            let is_scheduled = self.pattern == Pattern::Schedule;
            return if is_scheduled { Doing::Stopped } else { Doing::DeadPort };
        }
        match (daemon.active.as_str(), daemon.sub.as_str()) {
            ("active" | "reloading" | "refreshing", _) => Doing::Running,
            ("activating", sub) if sub.starts_with("auto-restart") => Doing::Failing,
            ("activating", _) => Doing::Starting,
            ("failed", _) => Doing::Failing,
            (_, _) => match self.pattern {
                Pattern::Fd | Pattern::Proxy | Pattern::Schedule | Pattern::Manual => Doing::Asleep,
                Pattern::Boot if self.is_job => Doing::Done,
                Pattern::Boot => Doing::Stopped,
            },
        }
    }
}

/// Returns the services of a tree, by name.
pub fn services(tree: &Tree) -> Vec<Service> {
    let units = tree.units();
    let text = |unit: String| units.get(&unit).copied();
    let files = tree.texts().filter(|(place, _)| place.directory.has_units());
    let names: BTreeSet<String> = files
        .filter(|(place, _)| !is_object(&place.name))
        .filter_map(|(place, _)| {
            name_in_systemd(&place.name).strip_suffix(".service").map(str::to_owned)
        })
        .collect();
    let is_backend = |name: &str| {
        name.strip_suffix("-backend").is_some_and(|it| text(format!("{it}.socket")).is_some())
    };
    let services = names.iter().filter(|it| !is_backend(it)).map(|name| {
        let socket = text(format!("{name}.socket"));
        let own = text(format!("{name}.service"));
        let pattern = if socket.is_some() {
            let is_proxied = units.contains_key(&format!("{name}-backend.service"));
            if is_proxied { Pattern::Proxy } else { Pattern::Fd }
        } else if text(format!("{name}.timer")).is_some() {
            Pattern::Schedule
        } else if own.is_some_and(|it| !wanted_by(it).is_empty()) {
            Pattern::Boot
        } else {
            Pattern::Manual
        };
        let kind = own.and_then(|it| Some(Meaning::read(it).ok()?.get("Service", "Type").to_vec()));
        let is_job = kind.is_some_and(|it| it.last().is_some_and(|it| it == "oneshot"));
        let port = socket.and_then(port).or_else(|| tree.ports.get(name).copied());
        let port = port.or_else(|| own.and_then(published));
        Service { name: name.clone(), pattern, port, is_job }
    });
    services.collect()
}

/// Whether a file is of something that podman keeps beside containers, which is no service of the manifest.
fn is_object(file: &str) -> bool {
    let is = |kind: &str| {
        file.ends_with(&format!(".{kind}")) || file.ends_with(&format!("-{kind}.service"))
    };
    ["network", "volume", "image", "build", "pod"].into_iter().any(is)
}

/// The first port on which a socket listens.
fn port(text: &str) -> Option<u16> {
    let meaning = Meaning::read(text).ok()?;
    let addresses = meaning.get("Socket", "ListenStream");
    addresses.iter().find_map(|it| it.rsplit(':').next()?.parse().ok())
}

/// The first port that the container of a unit publishes.
fn published(text: &str) -> Option<u16> {
    let meaning = Meaning::read(text).ok()?;
    let words = |key: &str, section, quoting| {
        let values = meaning.get(section, key).iter();
        values.filter_map(|it| read::texts(quoting, it)).flatten().collect::<Vec<_>>()
    };
    let quadlet = words("PublishPort", "Container", Quoting::QuadletRaw);
    let engine = words("ExecStart", "Service", Quoting::Command);
    let engine = engine.iter().filter_map(|it| it.strip_prefix("--publish=").map(str::to_owned));
    quadlet.into_iter().chain(engine).find_map(|it| host_port(&it))
}

/// The port of the host in `[ADDRESS:]PORT:PORT[/PROTOCOL]`, in the form of podman-run(1).
fn host_port(published: &str) -> Option<u16> {
    published.rsplit(':').nth(1)?.parse().ok()
}

/// How long something is, in the largest unit that it fills.
pub fn span(seconds: u64) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60)];
    let unit = units.iter().find(|(_, length)| seconds >= *length);
    unit.map_or(format!("{seconds}s"), |(name, length)| format!("{}{name}", seconds / length))
}

/// The states of units by their names.
pub type Units = BTreeMap<String, Unit>;

#[cfg(test)]
mod tests {
    use super::super::place::Manager;
    use super::*;

    fn unit(active: &str, sub: &str) -> Unit {
        let [load, active, sub] = ["loaded", active, sub].map(str::to_owned);
        Unit { load, active, sub, ..Unit::default() }
    }

    #[test]
    fn the_units_of_a_service_tell_its_pattern() {
        let header = "Generated by unitsmith from unitsmith.toml; do not edit.";
        let files = [
            ("systemd/a.socket", "[Socket]\nListenStream=[::1]:80\n"),
            ("systemd/a.service", ""),
            ("systemd/a-backend.service", ""),
            ("systemd/b.socket", "[Socket]\nListenStream=/run/b\n"),
            ("quadlet/b.container", ""),
            ("systemd/c.timer", ""),
            ("systemd/c.service", ""),
            ("systemd/d.service", "[Install]\nWantedBy=multi-user.target\n"),
            ("systemd/e-backend.service", ""),
            ("quadlet/f.volume", ""),
            ("systemd/g-network.service", ""),
            ("systemd/h.slice", ""),
            ("quadlet/i.container", "[Container]\nPublishPort=127.0.0.1:81:80\n"),
            (
                "systemd/j.service",
                "[Service]\nExecStart=/usr/bin/podman run --publish=[::1]:82:80/udp a\n",
            ),
            ("quadlet/k.container", "[Container]\nPublishPort=80\n"),
        ];
        let files = files.map(|(path, text)| (path, format!("# {header}\n{text}")));
        let files = files.iter().map(|(path, text)| (*path, text.as_str()));
        let mut tree = Tree::new(header, files, &Manager::System).expect("it is one");
        tree.ports = [("a", 79), ("d", 83)].map(|(name, it)| (name.to_owned(), it)).into();
        let shown: Vec<String> = services(&tree)
            .iter()
            .map(|it| format!("{} {} {:?}", it.name, it.pattern.as_str(), it.port))
            .collect();
        let expected = [
            "a proxy Some(80)",
            "b fd None",
            "c schedule None",
            "d boot Some(83)",
            "e-backend manual None",
            "i manual Some(81)",
            "j manual Some(82)",
            "k manual None",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_a_service_is_doing_follows_from_its_units() {
        let service =
            |pattern| Service { name: "a".to_owned(), pattern, port: None, is_job: false };
        let (up, down) = (unit("active", "listening"), unit("inactive", "dead"));
        let fd = service(Pattern::Fd);
        assert_eq!(fd.doing(Some(&up), &down), Doing::Asleep);
        assert_eq!(fd.doing(Some(&up), &unit("active", "running")), Doing::Running);
        assert_eq!(fd.doing(Some(&down), &unit("active", "running")), Doing::DeadPort);
        assert_eq!(fd.doing(Some(&unit("failed", "failed")), &down), Doing::DeadPort);
        let again = unit("activating", "auto-restart");
        assert_eq!(fd.doing(Some(&up), &again), Doing::Failing);
        let boot = service(Pattern::Boot);
        assert_eq!(boot.doing(None, &unit("activating", "start-pre")), Doing::Starting);
        assert_eq!(boot.doing(None, &down), Doing::Stopped);
        assert_eq!(service(Pattern::Manual).doing(None, &down), Doing::Asleep);
        let masked = Unit { load: "masked".to_owned(), ..down };
        assert_eq!(boot.doing(None, &masked), Doing::Masked);
    }

    #[test]
    fn spans_are_short() {
        let spans = [0, 59, 60, 3_599, 3_600, 90_000].map(span);
        assert_eq!(spans, ["0s", "59s", "1min", "59min", "1h", "1d"]);
    }
}
