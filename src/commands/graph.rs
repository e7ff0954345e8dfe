//! `unitsmith graph`

use std::collections::BTreeSet;

use crate::cli::{self, GraphFormat};
use crate::disk::{self, Durability};
use crate::error::Error;
use crate::fileset;
use crate::graph::{self, Narrow};
use crate::nearest;
use crate::plan::Plan;
use crate::plan::name::{HostName, ServiceName};
use crate::syntax;

use super::{Outcome, Report, load, manifest_path, plural};

/// Draws the services, on stdout or into a file.
pub(super) fn run(arguments: cli::Graph) -> Result<Report, Error> {
    let loaded = match load(manifest_path(&arguments.manifest)?)? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(report),
    };
    let narrow = Narrow {
        host: arguments.host.map(|it| host(&it, &loaded.plan)).transpose()?,
        services: services(&arguments.service, &loaded.plan)?,
    };
    let graph = graph::graph(&loaded.plan, &narrow);
    let header = fileset::header(&loaded.plan.manifest);
    let picture = match arguments.format {
        GraphFormat::Svg => syntax::svg::file(&header, &graph),
        GraphFormat::Dot => syntax::dot::file(&header, &graph),
        GraphFormat::Mermaid => syntax::mermaid::file(&header, &graph),
    };
    let mut stderr = loaded.warnings;
    let stdout = match arguments.output {
        None => picture,
        Some(path) => {
            disk::replace(&path, &picture, Durability::Process)?;
            let count = plural(graph.nodes.len(), "node");
            stderr.push_str(&format!("{count} in `{}`\n", path.display()));
            String::new()
        }
    };
    Ok(Report { outcome: Outcome::Clean, stdout, stderr })
}

fn host(name: &str, plan: &Plan) -> Result<HostName, Error> {
    let plain = plan.plain_hosts.iter().filter_map(|it| it.name.as_ref());
    let known: BTreeSet<&HostName> = plain.chain(plan.nixos.hosts.keys()).collect();
    let found = known.iter().find(|it| it.as_str() == name);
    found
        .map(|it| (*it).clone())
        .ok_or_else(|| unknown(name, "host", known.iter().map(|it| it.as_str())))
}

fn services(names: &[String], plan: &Plan) -> Result<BTreeSet<ServiceName>, Error> {
    let known = || plan.services.keys().map(ServiceName::as_str);
    let parsed = names.iter().map(|name| {
        let parsed = ServiceName::parse(name).filter(|it| plan.services.contains_key(it));
        parsed.ok_or_else(|| unknown(name, "service", known()))
    });
    parsed.collect()
}

fn unknown<'a>(name: &str, kind: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.collect();
    let message = format!("`{}` is not a {kind} of this manifest", name.escape_debug());
    Error::new(message, nearest::hint(name, &known, &format!("{kind}s")))
}
