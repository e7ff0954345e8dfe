//! Where services are shown beyond their hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::manifest::model;
use crate::nearest;
use crate::plan::activation::Activation;
use crate::plan::container::network::{HostPort, Protocol, PublishedPort};
use crate::plan::expose::{
    Caddy, CaddyTls, Cloudflared, Expose, Firewall, Interfaces, Nginx, NginxTls, UrlPath,
    WebSockets,
};
use crate::plan::name::{DomainName, InterfaceName, ServiceName, TunnelName};
use crate::plan::service::{PortRole, Service, Workload};
use crate::problem::{Code, Problem, Trail};

use super::host::{Hosts, Kind, RunsOn};
use super::overrides::Variants;
use super::{text, unknown_name};

pub(super) mod clash;
pub(super) mod program;
mod tailscale;

/// The machines with what each of them runs, in its own way where it has one.
pub(super) struct Machines<'a> {
    machines: Vec<Machine<'a>>,
}

/// One machine.
struct Machine<'a> {
    kind: MachineKind,
    services: Vec<&'a Service>,
}

/// What of a machine decides how services are shown on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MachineKind {
    /// All that a manifest without hosts means.
    Any,
    Nixos,
    Plain,
}

impl<'a> Machines<'a> {
    /// Gathers what each machine runs.
    pub(super) fn new(
        hosts: &Hosts,
        runs_on: &RunsOn,
        services: &'a BTreeMap<ServiceName, Service>,
        variants: &'a Variants,
    ) -> Machines<'a> {
        if !hosts.is_declared {
            let services = services.values().collect();
            let all = Machine { kind: MachineKind::Any, services };
            return Machines { machines: vec![all] };
        }
        let machines = runs_on.iter().filter_map(|(host, running)| {
            let own = variants.get(host);
            let service = |name| own.and_then(|it| it.get(name)).or_else(|| services.get(name));
            let kind = match hosts.hosts[host] {
                Kind::Nixos { .. } => MachineKind::Nixos,
                Kind::Plain { .. } => MachineKind::Plain,
                // Nothing there shows services.
                Kind::ProcessCompose { .. } => return None,
            };
            Some(Machine { kind, services: running.iter().filter_map(service).collect() })
        });
        Machines { machines: machines.collect() }
    }
}

/// Whether a service accepts a problem.
fn allows(
    written: &BTreeMap<String, model::service::Service>,
    name: &ServiceName,
    code: Code,
) -> bool {
    let service = written.get(name.as_str());
    service.is_some_and(|it| it.allow.iter().any(|it| it.code() == code.as_str()))
}

/// What of a service decides how it can be shown.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) activation: &'a Activation,
    pub(super) workload: Option<&'a Workload>,
    /// The address under which its own host reaches it.
    pub(super) address: IpAddr,
    pub(super) allow: &'a BTreeSet<Code>,
}

/// Resolves where a service is shown; `path` is that of the table.
///
/// `None` comes with at least one problem.
pub(super) fn resolve(
    written: &model::expose::Expose,
    shown: Shown<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Expose> {
    let before = problems.len();
    let model::expose::Expose { ts_proxy, nginx, caddy, tailscale_serve, cloudflared, firewall } =
        written;
    let ts_proxy =
        ts_proxy.as_ref().and_then(|it| tailscale::ts_proxy(it, &path.key("tsProxy"), problems));
    let nginx = nginx.as_ref().and_then(|it| resolve_nginx(it, &path.key("nginx"), problems));
    let caddy = caddy.as_ref().and_then(|it| resolve_caddy(it, &path.key("caddy"), problems));
    let tailscale_serve = tailscale_serve.as_ref().and_then(|it| {
        let Shown { activation: _, workload: _, address, allow } = shown;
        let is_allowed = allow.contains(&Code::TargetCannot);
        tailscale::serve(it, address, is_allowed, &path.key("tailscaleServe"), problems)
    });
    let cloudflared = cloudflared
        .as_ref()
        .and_then(|it| resolve_cloudflared(it, &path.key("cloudflared"), problems));
    let firewall = firewall.as_ref().and_then(|it| {
        let Shown { activation, workload, address: _, allow: _ } = shown;
        resolve_firewall(it, activation, workload, &path.key("firewall"), problems)
    });
    let sound = problems.len() == before;
    sound.then_some(Expose { ts_proxy, nginx, caddy, tailscale_serve, cloudflared, firewall })
}

/// Returns the key of the first place where a service is shown, all of which send to its port.
pub(super) fn first_key(written: &model::expose::Expose) -> Option<&'static str> {
    let model::expose::Expose { ts_proxy, nginx, caddy, tailscale_serve, cloudflared, firewall } =
        written;
    let keys = [
        ("tsProxy", ts_proxy.is_some()),
        ("nginx", nginx.is_some()),
        ("caddy", caddy.is_some()),
        ("tailscaleServe", tailscale_serve.is_some()),
        ("cloudflared", cloudflared.is_some()),
        ("firewall", firewall.as_ref().is_some_and(opens_something)),
    ];
    keys.into_iter().find_map(|(key, is_present)| is_present.then_some(key))
}

fn opens_something(firewall: &model::expose::Firewall) -> bool {
    match firewall {
        model::expose::Firewall::Everywhere(is_open) => *is_open,
        model::expose::Firewall::Some(_) => true,
    }
}

fn resolve_nginx(
    written: &model::expose::Nginx,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Nginx> {
    let model::expose::Nginx { host, path: url, tls, websockets } = written;
    let host = domain(host, &path.key("host"), problems);
    let url = url_path(url.as_deref(), &path.key("path"), problems);
    let tls = nginx_tls(tls, &path.key("tls"), problems);
    Some(Nginx {
        host: host?,
        path: url?,
        tls: tls?,
        websockets: if websockets.unwrap_or(true) { WebSockets::Yes } else { WebSockets::No },
    })
}

fn nginx_tls(
    written: &model::expose::NginxTls,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<NginxTls> {
    match written {
        model::expose::NginxTls::Word(word) => match word.as_str() {
            "acme" => Some(NginxTls::Acme),
            "off" => Some(NginxTls::Off),
            word => {
                problems.push(
                    Problem::new(
                        Code::UnknownValue,
                        path.at_value(),
                        format!("`{}` is not a value of `{path}`", word.escape_debug()),
                    )
                    .hint(nearest::hint(word, &["acme", "off"], "values")),
                );
                None
            }
        },
        model::expose::NginxTls::Files(model::expose::Certificate { certificate, key }) => {
            let certificate = plain_file(certificate, &path.key("certificate"), problems);
            let key = plain_file(key, &path.key("key"), problems);
            Some(NginxTls::Files { certificate: certificate?, key: key? })
        }
    }
}

fn resolve_caddy(
    written: &model::expose::Caddy,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Caddy> {
    let model::expose::Caddy { host, path: url, tls } = written;
    let host = domain(host, &path.key("host"), problems);
    let url = url_path(url.as_deref(), &path.key("path"), problems);
    let tls = match tls {
        None | Some(model::expose::CaddyTls::Auto) => CaddyTls::Auto,
        Some(model::expose::CaddyTls::Internal) => CaddyTls::Internal,
        Some(model::expose::CaddyTls::Off) => CaddyTls::Off,
    };
    Some(Caddy { host: host?, path: url?, tls })
}

fn resolve_cloudflared(
    written: &model::expose::Cloudflared,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Cloudflared> {
    let model::expose::Cloudflared { tunnel, host, path: url } = written;
    let name = TunnelName::parse(tunnel);
    if name.is_none() {
        // No manifest can declare it.
        let place = path.key("tunnel").at_value();
        problems.push(unknown_name(tunnel, place, "tunnel", std::iter::empty()));
    }
    let host = domain(host, &path.key("host"), problems);
    let url = url_path(url.as_deref(), &path.key("path"), problems);
    Some(Cloudflared { tunnel: name?, host: host?, path: url? })
}

fn resolve_firewall(
    written: &model::expose::Firewall,
    activation: &Activation,
    workload: Option<&Workload>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Firewall> {
    let interfaces = match written {
        model::expose::Firewall::Everywhere(false) => return None,
        model::expose::Firewall::Everywhere(true) => Interfaces::All,
        model::expose::Firewall::Some(model::expose::FirewallInterfaces { interfaces }) => {
            let path = path.key("interfaces");
            let names = interfaces.iter().enumerate();
            let names: BTreeSet<InterfaceName> = names
                .filter_map(|(index, it)| interface(it, &path.index(index), problems))
                .collect();
            if interfaces.is_empty() {
                problems.push(
                    Problem::new(
                        Code::Pointless,
                        path.at_value(),
                        "a firewall without interfaces lets nothing through",
                    )
                    .hint("name them, or write `firewall = true` for all of them"),
                );
            }
            Interfaces::Some(names)
        }
    };
    if listens_on(activation, workload).is_some_and(|it| it.is_loopback()) {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.at_key(),
                "`firewall` means nothing here: the service listens on loopback, where only its host is",
            )
            .hint(
                "give the socket (`activation.address`) or the published port another `address`, \
                 or take `firewall` out",
            ),
        );
    }
    Some(Firewall {
        protocol: own_published_port(workload).map_or(Protocol::Tcp, |it| it.protocol),
        interfaces,
    })
}

/// The address on which a service listens, where the manifest decides it; a process may listen anywhere.
fn listens_on(activation: &Activation, workload: Option<&Workload>) -> Option<IpAddr> {
    match activation {
        Activation::Socket(listener) => Some(listener.address),
        Activation::Boot | Activation::Once | Activation::Manual | Activation::Schedule(_) => {
            own_published_port(workload).map(|it| it.address)
        }
    }
}

/// The port of a container that is published as the port of the service.
fn own_published_port(workload: Option<&Workload>) -> Option<&PublishedPort> {
    match workload? {
        Workload::Process(_) | Workload::Flake => None,
        Workload::Container(container) => {
            container.ports.iter().find(|it| it.host == HostPort::Own(PortRole::Public))
        }
    }
}

fn interface(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<InterfaceName> {
    let name = InterfaceName::parse(written);
    if name.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.at_value(),
                format!("`{}` is not the name of a network interface", written.escape_debug()),
            )
            .hint("what `ip link` shows, like `tailscale0` or `enp3s0`"),
        );
    }
    name
}

/// Parses the name under which a service is shown.
fn domain(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<DomainName> {
    let name = DomainName::parse(written);
    if name.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.at_value(),
                format!("`{}` is not a name of DNS", written.escape_debug()),
            )
            .hint(
                "labels of small letters, digits and `-` with dots between them, like \
                 `app.example.org`, or `*.example.org` for all names below one",
            ),
        );
    }
    name
}

fn url_path(
    written: Option<&str>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<UrlPath> {
    let Some(written) = written else { return Some(UrlPath::root()) };
    let url = UrlPath::parse(written);
    if url.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleCharacter,
                path.at_value(),
                format!("`{}` is not a path of a URL", written.escape_debug()),
            )
            .hint(
                "begin with `/`, then letters, digits and `._~-` between the slashes, like `/api/`",
            ),
        );
    }
    url
}

/// The path of a file that every configuration language takes without quotes.
fn plain_file(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let file = text::absolute_path(written, path, problems)?;
    if file.bytes().all(|it| it.is_ascii_alphanumeric() || b"/._+-@".contains(&it)) {
        return Some(file);
    }
    problems.push(
        text::cannot_carry(path, "has characters that would need quotes")
            .hint("letters, digits and `._+-@` between the slashes"),
    );
    None
}
