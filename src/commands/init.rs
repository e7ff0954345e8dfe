//! `unitsmith init`: a first manifest.

use std::path::Path;

use crate::cli::{self, HostKind, Notation};
use crate::disk;
use crate::error::Error;
use crate::manifest::Included;
use crate::syntax::manifest::{self, Entry, Value};

use super::{NAMES, Outcome, Report, review_text};

/// Writes a manifest of one service, unless there is one.
pub(super) fn run(arguments: &cli::Init) -> Result<Report, Error> {
    if let Some(name) = NAMES.into_iter().find(|it| disk::is_file(Path::new(it))) {
        return Err(Error::new(
            format!("there is a `{name}` here already"),
            "change it, or begin in another directory",
        ));
    }
    let entries = entries(arguments);
    let (path, text) = match arguments.format {
        Notation::Toml => ("unitsmith.toml", manifest::toml(&entries)),
        Notation::Yaml => ("unitsmith.yaml", manifest::yaml(&entries)),
        Notation::Json => ("unitsmith.json", manifest::json(&entries)),
        Notation::Nix => ("unitsmith.nix", manifest::nix(&entries)),
    };
    let (bytes, nothing) = (text.clone().into_bytes(), |_: &Path| Ok(Included::Nothing));
    let reviewed = review_text(Path::new(path), || Ok(bytes), || Ok(None), nothing)?;
    let [errors, warnings, _] = reviewed.counts();
    if errors + warnings > 0 {
        let stderr = reviewed.shown() + "nothing was written\n";
        return Ok(Report { outcome: Outcome::Findings, stdout: String::new(), stderr });
    }
    disk::create(Path::new(path), &text)?;
    let name = &arguments.name;
    let stderr = format!(
        "wrote `{path}`\n\
         next: change it to what is meant; `unitsmith schema` has all that it may say\n\
         then: `unitsmith gen` writes the files, and `unitsmith explain {name}` says what they do\n"
    );
    Ok(Report { outcome: Outcome::Clean, stdout: String::new(), stderr })
}

fn entries(arguments: &cli::Init) -> Vec<Entry> {
    let cli::Init { name, host, format: _, image } = arguments;
    let mut entries = Vec::new();
    if !host.is_empty() {
        let hosts = host.iter().map(|it| match it {
            HostKind::Nixos => entry(
                "nixos",
                "",
                Value::Table(vec![entry("nixos", "The release.", text("25.11"))]),
            ),
            HostKind::Debian => entry(
                "debian",
                "",
                Value::Table(vec![
                    entry("systemd", "As `systemctl --version` says.", Value::Number(257)),
                    entry("podman", "As `podman --version` says.", text("5.4")),
                ]),
            ),
        });
        let comment = "The machines by their names; each runs every service that names no hosts.";
        entries.push(entry("hosts", comment, Value::Table(hosts.collect())));
    }
    let mut service = vec![entry("description", "A few words.", text(name))];
    match image {
        None => {
            let command = vec![text(&format!("/usr/bin/{name}")), text("--port=${port}")];
            let comment = "The program and its arguments; the port follows from the name.";
            let exec = vec![entry("command", comment, Value::List(command))];
            service.push(entry("user", "The account that runs it.", text(name)));
            service.push(entry("exec", "", Value::Table(exec)));
        }
        Some(image) => {
            let port = Value::Table(vec![entry("container", "", Value::Number(8080))]);
            let comment = "Where it listens inside; outside the port follows from the name.";
            let container = vec![
                entry("image", "", text(image)),
                entry("ports", comment, Value::List(vec![port])),
            ];
            service.push(entry("container", "", Value::Table(container)));
        }
    }
    let services = vec![entry(name, "", Value::Table(service))];
    entries.push(entry("services", "What runs.", Value::Table(services)));
    entries
}

fn entry(key: &str, comment: &'static str, value: Value) -> Entry {
    Entry { key: key.to_owned(), value, comment }
}

fn text(it: &str) -> Value {
    Value::Text(it.to_owned())
}
