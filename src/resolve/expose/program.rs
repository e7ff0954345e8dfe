//! The programs of all hosts through which services are shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::expose::{Programs, TsProxyInterface, TsProxyProgram, Tunnel};
use crate::plan::name::TunnelName;
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};

use super::super::{service_path, unknown_name};
use super::{Machines, plain_file};

/// The first version of ts-proxy that reads a file.
const FILE_SINCE: Version = Version::new(0, 13, 0);

/// Where ts-proxyd is on hosts without Nix when the manifest does not say: Debian has no package of it.
const USUAL_PROGRAM: &str = "/usr/local/bin/ts-proxyd";

/// Resolves the programs, and refuses services that name a tunnel that is not there.
pub(in super::super) fn resolve(
    ts_proxy: &model::expose::TsProxyProgram,
    cloudflared: &model::expose::CloudflaredProgram,
    shown: &Machines<'_>,
    problems: &mut Vec<Problem>,
) -> Programs {
    let ts_proxy = resolve_ts_proxy(ts_proxy, &Trail::Root.key("tsProxy"), problems);
    let model::expose::CloudflaredProgram { tunnels: written } = cloudflared;
    let cloudflared = Trail::Root.key("cloudflared");
    let path = cloudflared.key("tunnels");
    let mut tunnels = BTreeMap::new();
    for (name, model::expose::Tunnel { credentials_file }) in written {
        let path = path.key(name);
        let parsed = TunnelName::parse(name);
        if parsed.is_none() {
            problems.push(
                Problem::new(
                    Code::ImpossibleName,
                    path.at_key(),
                    format!("`{}` cannot be a tunnel", name.escape_debug()),
                )
                .hint("the name or UUID that `cloudflared tunnel list` shows: letters, digits, `-` and `_`"),
            );
        }
        let file = plain_file(credentials_file, &path.key("credentialsFile"), problems);
        tunnels.extend(
            parsed.zip(file).map(|(name, credentials_file)| (name, Tunnel { credentials_file })),
        );
    }
    let mut reported = BTreeSet::new();
    for service in shown.machines.iter().flat_map(|it| &it.services) {
        let Some(shown) = &service.expose.cloudflared else { continue };
        let name = shown.tunnel.as_str();
        // What is wrong with a tunnel has been said where it is declared.
        if !written.contains_key(name) && reported.insert((&service.name, name)) {
            let service = service_path(&service.name);
            let expose = service.key("expose");
            let place = expose.key("cloudflared").key("tunnel").at_value();
            let known = written.keys().map(String::as_str);
            problems.push(unknown_name(name, place, "tunnel", known));
        }
    }
    Programs { ts_proxy, tunnels }
}

fn resolve_ts_proxy(
    written: &model::expose::TsProxyProgram,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> TsProxyProgram {
    let model::expose::TsProxyProgram { version, program, environment_file } = written;
    let parsed = version.as_deref().map(Version::parse);
    if parsed == Some(None) {
        problems.push(
            Problem::new(
                Code::UnknownValue,
                path.key("version").at_value(),
                format!(
                    "`{}` is not a version of ts-proxy",
                    version.as_deref().unwrap_or_default().escape_debug()
                ),
            )
            .hint("like `0.12` or `0.13`"),
        );
    }
    let mut file = |written: Option<&String>, key: &str| {
        written.and_then(|it| plain_file(it, &path.key(key), problems))
    };
    TsProxyProgram {
        interface: match parsed.flatten() {
            Some(version) if version < FILE_SINCE => TsProxyInterface::Flags,
            Some(_) | None => TsProxyInterface::File,
        },
        program: file(program.as_ref(), "program").unwrap_or_else(|| USUAL_PROGRAM.to_owned()),
        environment_file: file(environment_file.as_ref(), "environmentFile"),
    }
}
