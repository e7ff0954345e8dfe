//! What NixOS is told of services that are shown beyond their hosts.

use crate::expand::entry_unit;
use crate::plan::activation::Activation;
use crate::plan::address::bracketed;
use crate::plan::container::network::Protocol;
use crate::plan::expose::{
    Caddy, Cloudflared, Expose, Firewall, Interfaces, Nginx, NginxTls, Reach, Tls, Traffic,
    TsProxy, Tunnel, WebSockets,
};
use crate::plan::service::PortRole;
use crate::plan::text::{Reference, Text};
use crate::syntax::nix::{self, Expr};
use crate::syntax::{caddy, cloudflared};

use super::attributes::Attributes;
use super::config::Definitions;
use super::value::{self, Module};

/// Adds the definitions of every place where the service is shown.
pub(super) fn define<'a>(own: &Module<'a>, sets: &mut Definitions<'a>) {
    let Expose { ts_proxy, nginx, caddy, tailscale_serve, cloudflared, firewall } =
        &own.service.expose;
    if let Some(it) = ts_proxy {
        sets.push((vec!["services", "ts-proxy"], ts_proxy_host(own, it)));
    }
    if let Some(it) = nginx {
        sets.push((vec!["services", "nginx"], nginx_host(own, it)));
    }
    if let Some(it) = caddy {
        sets.push((vec!["services", "caddy"], caddy_site(own, it)));
    }
    if tailscale_serve.is_some() {
        // The unit that serves it waits for the daemon.
        sets.push((vec!["services", "tailscale", "enable"], nix::boolean(true)));
    }
    if let Some(it) = cloudflared {
        sets.push((vec!["services", "cloudflared"], cloudflared_rule(own, it)));
    }
    if let Some(it) = firewall {
        sets.push((vec!["networking", "firewall"], open_firewall(it)));
    }
}

/// The name in the Tailscale network, which waits for what wakes the service and not for the service.
fn ts_proxy_host(own: &Module<'_>, ts_proxy: &TsProxy) -> Expr {
    let TsProxy { name, tls, reach, listen, traffic } = ts_proxy;
    let slug = own.plan.shown_by.ts_proxy.interface.slug(&own.service.name);
    let mut all = Attributes::default();
    let mut set = |option: &str, value| all.set(&["hosts", &slug, option], value);
    let name = name.as_ref().map_or(own.service.name.as_str(), |it| it.as_str());
    if name != slug {
        set("name", nix::string(name));
    }
    set("address", own.writer().segments(&address(own).0));
    if let Some(port) = listen {
        set("listen", nix::integer(i64::from(*port)));
    }
    set("enableTLS", nix::boolean(*tls == Tls::On));
    if *reach == Reach::Funnel {
        set("enableFunnel", nix::boolean(true));
    }
    if *traffic == Traffic::Raw {
        set("enableRaw", nix::boolean(true));
    }
    match own.service.activation {
        Activation::Boot | Activation::Once | Activation::Socket(_) => {
            let entry = entry_unit(own.plan, &own.service.name);
            set("proxies", nix::list([nix::string(&entry)]));
        }
        // ts-proxy wants what it is told of, and it is not for it to start these.
        Activation::Manual | Activation::Schedule(_) => {}
    }
    all.into_expression()
}

/// The name behind a tunnel; modules of other services may add theirs to the same one.
fn cloudflared_rule(own: &Module<'_>, shown: &Cloudflared) -> Expr {
    let Cloudflared { tunnel, host, path } = shown;
    let Tunnel { credentials_file } = &own.plan.shown_by.tunnels[tunnel];
    let mut all = Attributes::default();
    all.set(&["enable"], nix::boolean(true));
    let mut set = |path: &[&str], value| {
        all.set(&[&["tunnels", tunnel.as_str()], path].concat(), value);
    };
    set(&["credentialsFile"], nix::string(credentials_file));
    // It has no default before NixOS 25.11.
    set(&["default"], nix::string(cloudflared::OTHERWISE));
    let upstream = own.writer().segments(&Text::literal("http://").then(address(own)).0);
    match path.pattern() {
        None => set(&["ingress", host.as_str()], upstream),
        Some(pattern) => {
            set(&["ingress", host.as_str(), "service"], upstream);
            set(&["ingress", host.as_str(), "path"], nix::string(&pattern));
        }
    }
    all.into_expression()
}

/// The path of a virtual host; modules of other services may add theirs to the same one.
fn nginx_host(own: &Module<'_>, nginx: &Nginx) -> Expr {
    let Nginx { host, path, tls, websockets } = nginx;
    let mut all = Attributes::default();
    all.set(&["enable"], nix::boolean(true));
    let mut set = |path: &[&str], value: Expr| {
        all.set(&[&["virtualHosts", host.as_str()], path].concat(), value);
    };
    match tls {
        NginxTls::Off => {}
        NginxTls::Acme => {
            set(&["forceSSL"], nix::boolean(true));
            set(&["enableACME"], nix::boolean(true));
        }
        NginxTls::Files { certificate, key } => {
            set(&["forceSSL"], nix::boolean(true));
            set(&["sslCertificate"], nix::string(certificate));
            set(&["sslCertificateKey"], nix::string(key));
        }
    }
    let mut set_location = |name: &str, value| set(&["locations", path.as_str(), name], value);
    let upstream = Text::literal("http://").then(address(own));
    set_location("proxyPass", own.writer().segments(&upstream.0));
    if *websockets == WebSockets::Yes {
        set_location("proxyWebsockets", nix::boolean(true));
    }
    set_location("recommendedProxySettings", nix::boolean(true));
    all.into_expression()
}

/// The path of a site; modules of other services may add theirs to the same one.
fn caddy_site(own: &Module<'_>, site: &Caddy) -> Expr {
    let tls = Text::literal(caddy::tls(site.tls));
    let lines = tls.then(caddy::handle(&site.path, address(own)));
    let mut all = Attributes::default();
    all.set(&["enable"], nix::boolean(true));
    all.set(&["virtualHosts", &site.site(), "extraConfig"], own.writer().segments(&lines.0));
    all.into_expression()
}

fn open_firewall(firewall: &Firewall) -> Expr {
    let Firewall { protocol, interfaces } = firewall;
    let option = match protocol {
        Protocol::Tcp => "allowedTCPPorts",
        Protocol::Udp => "allowedUDPPorts",
    };
    let port = || nix::select(nix::reference("cfg"), [value::port_option(PortRole::Public)]);
    let mut all = Attributes::default();
    match interfaces {
        Interfaces::All => all.set(&[option], nix::list([port()])),
        Interfaces::Some(names) => {
            for name in names {
                all.set(&["interfaces", name.as_str(), option], nix::list([port()]));
            }
        }
    }
    all.into_expression()
}

/// The address on which users reach a service, with the port as its option.
fn address(own: &Module<'_>) -> Text {
    let port = own.service.port_reference(PortRole::Public);
    let host = Text::literal(format!("{}:", bracketed(own.service.address)));
    host.then(Text::reference(Reference::Port(port)))
}
