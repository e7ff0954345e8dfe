//! `unitsmith ports`

use crate::cli;
use crate::error::Error;
use crate::plan::Plan;
use crate::plan::service::PortOrigin;

use super::table::{self, Side};
use super::{Outcome, Report, findings, load, manifest_path, role};

/// Shows which port each service has and why.
pub(super) fn run(arguments: cli::Ports) -> Result<Report, Error> {
    let loaded = match load(manifest_path(&arguments.manifest)?)? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(report),
    };
    let stdout = if arguments.json { json(&loaded.plan) } else { as_table(&loaded.plan) };
    Ok(Report { outcome: Outcome::Clean, stdout, stderr: String::new() })
}

fn origin(origin: PortOrigin) -> &'static str {
    match origin {
        PortOrigin::Pinned => "pinned",
        PortOrigin::Hashed => "hash",
        PortOrigin::Moved => "moved",
    }
}

fn as_table(plan: &Plan) -> String {
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
    let header = [
        ("SERVICE", Side::Left),
        ("ROLE", Side::Left),
        ("PORT", Side::Right),
        ("ORIGIN", Side::Left),
    ];
    table::text(header, rows)
}

fn json(plan: &Plan) -> String {
    let ports = plan.services.values().flat_map(|service| {
        service.ports().map(|(port_role, port)| {
            serde_json::json!({
                "service": service.name.as_str(),
                "role": role(port_role),
                "key": service.port_reference(port_role).key(),
                "port": port.number,
                "origin": origin(port.origin),
            })
        })
    });
    findings::pretty(&ports.collect())
}
