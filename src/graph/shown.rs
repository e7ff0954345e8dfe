//! The names under which services are shown.

use crate::plan::expose::{
    Caddy, CaddyTls, Cloudflared, Expose, Nginx, NginxTls, Reach, ServeProtocol, TailscaleServe,
    TsProxy, UrlPath,
};
use crate::plan::service::Service;

use super::{Drawing, EdgeKind, NodeKind};

impl Drawing {
    /// Draws the names of a service; several paths of one name are one node.
    pub(super) fn shown(&mut self, service: &Service) {
        let entry = self.entries[&service.name];
        for Name { title, by, path } in names(service) {
            let node = match self.names.get(&(title.clone(), by)) {
                Some(node) => *node,
                None => self.node(NodeKind::Shown, title.as_str(), vec![by.to_owned()]),
            };
            self.names.insert((title, by), node);
            self.edge(node, entry, EdgeKind::Reaches, path);
        }
    }
}

/// A name, by what it is shown, and the path below which it leads to the service.
struct Name {
    title: String,
    by: &'static str,
    path: Option<String>,
}

fn names(service: &Service) -> Vec<Name> {
    let Expose { ts_proxy, nginx, caddy, tailscale_serve, cloudflared, firewall: _ } =
        &service.expose;
    let below = |path: &UrlPath| (!path.is_root()).then(|| path.to_string());
    let mut names = Vec::new();
    names.extend(nginx.as_ref().map(|Nginx { host, path, tls, websockets: _ }| {
        let scheme = match tls {
            NginxTls::Off => "http",
            NginxTls::Acme | NginxTls::Files { .. } => "https",
        };
        Name { title: format!("{scheme}://{host}"), by: "nginx", path: below(path) }
    }));
    names.extend(caddy.as_ref().map(|Caddy { host, path, tls }| {
        let scheme = match tls {
            CaddyTls::Off => "http",
            CaddyTls::Auto | CaddyTls::Internal => "https",
        };
        Name { title: format!("{scheme}://{host}"), by: "Caddy", path: below(path) }
    }));
    names.extend(ts_proxy.as_ref().map(
        |TsProxy { name, tls: _, reach, listen: _, traffic: _ }| {
            let title = name.as_ref().map_or(service.name.as_str(), |it| it.as_str()).to_owned();
            let by = match reach {
                Reach::Tailnet => "ts-proxy",
                Reach::Funnel => "ts-proxy, from the internet",
            };
            Name { title, by, path: None }
        },
    ));
    names.extend(tailscale_serve.as_ref().map(|TailscaleServe { protocol, port, path, reach }| {
        let protocol = match protocol {
            ServeProtocol::Https => "https",
            ServeProtocol::Http => "http",
            ServeProtocol::Tcp | ServeProtocol::TlsTerminatedTcp => "tcp",
        };
        let by = match reach {
            Reach::Tailnet => "tailscale serve",
            Reach::Funnel => "tailscale funnel",
        };
        Name { title: format!("{protocol} {port}"), by, path: below(path) }
    }));
    names.extend(cloudflared.as_ref().map(|Cloudflared { tunnel: _, host, path }| Name {
        title: format!("https://{host}"),
        by: "cloudflared",
        path: below(path),
    }));
    names
}
