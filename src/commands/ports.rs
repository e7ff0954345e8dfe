//! `unitsmith ports`

use crate::cli;
use crate::error::Error;
use crate::plan::Plan;
use crate::plan::service::PortOrigin;

use super::{Outcome, Report, load, manifest_path, role};

/// Shows which port each service has and why.
pub(super) fn run(arguments: cli::Ports) -> Result<Report, Error> {
    let loaded = match load(manifest_path(&arguments.manifest)?)? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(report),
    };
    let stdout = if arguments.json { json(&loaded.plan) } else { table(&loaded.plan) };
    Ok(Report { outcome: Outcome::Clean, stdout, stderr: String::new() })
}

fn origin(origin: PortOrigin) -> &'static str {
    match origin {
        PortOrigin::Pinned => "pinned",
        PortOrigin::Hashed => "hash",
        PortOrigin::Moved => "moved",
    }
}

fn table(plan: &Plan) -> String {
    let rows = plan.services.values().flat_map(|service| {
        service.ports().map(|(port_role, port)| {
            [
                service.name.to_string(),
                role(port_role).to_owned(),
                port.number.to_string(),
                origin(port.origin).to_owned(),
            ]
        })
    });
    let header = ["SERVICE", "ROLE", "PORT", "ORIGIN"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(header).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let lines = rows.iter().map(|[name, role, port, origin]| {
        format!("{name:<0$}  {role:<1$}  {port:>2$}  {origin}\n", widths[0], widths[1], widths[2])
    });
    lines.collect()
}

fn json(plan: &Plan) -> String {
    let ports: Vec<serde_json::Value> = plan
        .services
        .values()
        .flat_map(|service| {
            service.ports().map(|(port_role, port)| {
                serde_json::json!({
                    "service": service.name.as_str(),
                    "role": role(port_role),
                    "key": service.port_reference(port_role).key(),
                    "port": port.number,
                    "origin": origin(port.origin),
                })
            })
        })
        .collect();
    let mut text =
        serde_json::to_string_pretty(&ports).expect("strings and numbers are always JSON");
    text.push('\n');
    text
}
