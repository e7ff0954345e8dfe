//! Services that are shown in a Tailscale network.

use std::net::{IpAddr, Ipv4Addr};

use crate::manifest::model;
use crate::plan::expose::{Reach, ServeProtocol, TailscaleServe, Tls, Traffic, TsProxy, UrlPath};
use crate::plan::name::TailnetName;
use crate::problem::{Code, Problem, Trail};

use super::super::{pointless, port};
use super::url_path;

/// The ports on which a funnel may answer (tailscale-funnel documentation, "limitations").
const FUNNEL_PORTS: [u16; 3] = [443, 8443, 10000];

/// Resolves a name of ts-proxy.
pub(super) fn ts_proxy(
    written: &model::expose::TsProxy,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<TsProxy> {
    let before = problems.len();
    let model::expose::TsProxy { tls, funnel, name, listen, raw } = written;
    let parsed = name.as_deref().map(TailnetName::parse);
    if let (Some(name), Some(None)) = (name, &parsed) {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.key("name").at_value(),
                format!("`{}` cannot be a name in a Tailscale network", name.escape_debug()),
            )
            .hint("small letters, digits and `-`, at most 63, with a letter or digit at both ends"),
        );
    }
    let listen = listen.map(|it| port::in_range(it, &path.key("listen"), problems));
    let reach = reach(*funnel);
    if reach == Reach::Funnel && *tls == Some(false) {
        let message = "`tls = false` means nothing here: a funnel always has TLS";
        problems.push(
            Problem::new(Code::Pointless, path.key("tls").at_value(), message).hint("take it out"),
        );
    }
    if let Some(Some(listen)) = listen {
        refuse_port_of_funnel(listen, reach, &path.key("listen"), problems);
    }
    if *raw && listen.is_none() {
        problems.push(
            Problem::new(
                Code::MissingKey,
                path.at_key(),
                "`tsProxy` that passes on connections as they are needs a port to `listen` on",
            )
            .hint("add `listen`"),
        );
    }
    (problems.len() == before).then(|| TsProxy {
        name: parsed.flatten(),
        tls: if *tls == Some(true) || *funnel { Tls::On } else { Tls::Off },
        reach,
        listen: listen.flatten(),
        traffic: if *raw { Traffic::Raw } else { Traffic::Http },
    })
}

/// Resolves a port of `tailscale serve`; `address` is where the service is reached.
pub(super) fn serve(
    written: &model::expose::TailscaleServe,
    address: IpAddr,
    is_allowed: bool,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<TailscaleServe> {
    let before = problems.len();
    let model::expose::TailscaleServe { https, http, tcp, tls_terminated_tcp, path: url, funnel } =
        written;
    let ways = [
        ("https", https, ServeProtocol::Https),
        ("http", http, ServeProtocol::Http),
        ("tcp", tcp, ServeProtocol::Tcp),
        ("tlsTerminatedTcp", tls_terminated_tcp, ServeProtocol::TlsTerminatedTcp),
    ];
    let mut chosen = ways.into_iter().filter_map(|(key, port, it)| Some((key, (*port)?, it)));
    let Some((key, port, protocol)) = chosen.next() else {
        problems.push(
            Problem::new(
                Code::MissingKey,
                path.at_key(),
                "`tailscaleServe` does not say on which port",
            )
            .hint("write `https = 443`, or `http`, `tcp` or `tlsTerminatedTcp` with a port"),
        );
        return None;
    };
    if let Some((other, ..)) = chosen.next() {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key(other).at_key(),
                format!("`{other}` means nothing beside `{key}`: a service is served on one port"),
            )
            .hint("take one of them out"),
        );
    }
    let port = port::in_range(port, &path.key(key), problems);
    let is_http = match protocol {
        ServeProtocol::Https | ServeProtocol::Http => true,
        ServeProtocol::Tcp | ServeProtocol::TlsTerminatedTcp => false,
    };
    if url.is_some() && !is_http {
        problems.push(pointless(path, "path", &format!("`{key}` knows no paths")));
    }
    let url: Option<UrlPath> = url_path(url.as_deref(), &path.key("path"), problems);
    let reach = reach(*funnel);
    if reach == Reach::Funnel && protocol == ServeProtocol::Http {
        problems.push(
            pointless(path, "funnel", "it always has TLS, which `http` has not")
                .hint("write `https` in place of `http`, or take `funnel` out"),
        );
    }
    if let Some(port) = port {
        refuse_port_of_funnel(port, reach, &path.key(key), problems);
    }
    if address != IpAddr::V4(Ipv4Addr::LOCALHOST) && !is_allowed {
        problems.push(
            Problem::new(
                Code::TargetCannot,
                path.at_key(),
                format!("`tailscale serve` before 1.98 sends to 127.0.0.1 only, and the service listens on {address}"),
            )
            .hint("let it listen on 127.0.0.1, or accept it with `allow = [\"US060\"]`"),
        );
    }
    let (port, url) = (port?, url?);
    (problems.len() == before).then_some(TailscaleServe { protocol, port, path: url, reach })
}

fn reach(funnel: bool) -> Reach {
    if funnel { Reach::Funnel } else { Reach::Tailnet }
}

fn refuse_port_of_funnel(port: u16, reach: Reach, path: &Trail<'_>, problems: &mut Vec<Problem>) {
    if reach == Reach::Funnel && !FUNNEL_PORTS.contains(&port) {
        problems.push(
            Problem::new(
                Code::UnknownValue,
                path.at_value(),
                format!("{port} is not a port that a funnel may answer on"),
            )
            .hint("they are 443, 8443 and 10000"),
        );
    }
}
