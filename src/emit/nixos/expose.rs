//! What NixOS is told of services that are shown beyond their hosts.

use crate::expand::entry_unit;
use crate::plan::address::bracketed;
use crate::plan::container::Protocol;
use crate::plan::expose::{
    Caddy, Expose, Firewall, Interfaces, Nginx, NginxTls, Tls, TsProxy, WebSockets,
};
use crate::plan::service::PortRole;
use crate::plan::text::{Reference, Text};
use crate::syntax::caddy;
use crate::syntax::nix::{self, Expr};

use super::attributes::Attributes;
use super::config::Definitions;
use super::value::{self, Module};

/// Adds the definitions of every place where the service is shown.
pub(super) fn define<'a>(own: &Module<'a>, sets: &mut Definitions<'a>) {
    let Expose { ts_proxy, nginx, caddy, firewall } = &own.service.expose;
    if let Some(it) = ts_proxy {
        sets.push((
            vec!["services", "ts-proxy", "hosts", own.service.name.as_str()],
            ts_proxy_host(own, it),
        ));
    }
    if let Some(it) = nginx {
        sets.push((vec!["services", "nginx"], nginx_host(own, it)));
    }
    if let Some(it) = caddy {
        sets.push((vec!["services", "caddy"], caddy_site(own, it)));
    }
    if let Some(it) = firewall {
        sets.push((vec!["networking", "firewall"], open_firewall(it)));
    }
}

/// The name in the Tailscale network, which waits for what wakes the service and not for the service.
fn ts_proxy_host(own: &Module<'_>, ts_proxy: &TsProxy) -> Expr {
    let mut host = Attributes::default();
    host.set(&["address"], own.writer().segments(&address(own).0));
    host.set(&["enableTLS"], nix::boolean(ts_proxy.tls == Tls::On));
    let entry = entry_unit(own.plan, &own.service.name);
    host.set(&["proxies"], nix::list([nix::string(&entry)]));
    host.into_expression()
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
