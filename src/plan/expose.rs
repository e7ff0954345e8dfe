//! Where a service is shown beyond its host.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::container::network::Protocol;
use super::name::{DomainName, InterfaceName, ServiceName, TailnetName, TunnelName};

/// Where a service is shown beyond its host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expose {
    pub ts_proxy: Option<TsProxy>,
    pub nginx: Option<Nginx>,
    pub caddy: Option<Caddy>,
    pub tailscale_serve: Option<TailscaleServe>,
    pub cloudflared: Option<Cloudflared>,
    pub firewall: Option<Firewall>,
}

/// The programs of all hosts through which services are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    pub ts_proxy: TsProxyProgram,
    pub tunnels: BTreeMap<TunnelName, Tunnel>,
}

/// The ts-proxy of all hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TsProxyProgram {
    pub interface: TsProxyInterface,
    /// Where the program is on hosts without Nix.
    pub program: String,
    /// The file with `TS_AUTHKEY` on hosts without Nix.
    pub environment_file: Option<String>,
}

/// How ts-proxy is told what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TsProxyInterface {
    /// By flags, one process for each name; until 0.12.
    Flags,
    /// By a file for all names of a host; since 0.13.
    File,
}

impl TsProxyInterface {
    /// What ts-proxy calls the server of a service: its file takes no `-` in these names
    /// (ts-proxy 0.13 pkg/config/config.go, `slugPattern`).
    pub fn slug(self, service: &ServiceName) -> String {
        match self {
            TsProxyInterface::Flags => service.to_string(),
            TsProxyInterface::File => service.as_str().replace('-', "_"),
        }
    }
}

/// A tunnel of Cloudflare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    pub credentials_file: String,
}

/// A name in a Tailscale network, by ts-proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TsProxy {
    /// The name when it is not that of the service.
    pub name: Option<TailnetName>,
    pub tls: Tls,
    pub reach: Reach,
    /// The port of the name, when it is not the usual one.
    pub listen: Option<u16>,
    pub traffic: Traffic,
}

/// Who reaches a name or port in a Tailscale network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Tailnet,
    /// Everybody on the internet.
    Funnel,
}

/// What passes through ts-proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    Http,
    /// Connections as they are.
    Raw,
}

/// Whether an exposed name answers with TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    On,
    Off,
}

/// A port of the machine in its Tailscale network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailscaleServe {
    pub protocol: ServeProtocol,
    pub port: u16,
    pub path: UrlPath,
    pub reach: Reach,
}

/// What `tailscale serve` answers on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServeProtocol {
    Https,
    Http,
    Tcp,
    TlsTerminatedTcp,
}

/// A name behind a tunnel of Cloudflare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloudflared {
    pub tunnel: TunnelName,
    pub host: DomainName,
    pub path: UrlPath,
}

/// A path of a virtual host of nginx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nginx {
    pub host: DomainName,
    pub path: UrlPath,
    pub tls: NginxTls,
    pub websockets: WebSockets,
}

/// How a virtual host of nginx answers with TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NginxTls {
    Off,
    /// The host keeps a certificate up to date: NixOS itself, certbot elsewhere.
    Acme,
    Files {
        certificate: String,
        key: String,
    },
}

/// Whether connections may become WebSockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebSockets {
    Yes,
    No,
}

/// A path of a site of Caddy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caddy {
    pub host: DomainName,
    pub path: UrlPath,
    pub tls: CaddyTls,
}

impl Caddy {
    /// The address of the site; Caddy gets no certificate for one that begins with `http://`.
    pub fn site(&self) -> String {
        match self.tls {
            CaddyTls::Auto | CaddyTls::Internal => self.host.to_string(),
            CaddyTls::Off => format!("http://{}", self.host),
        }
    }
}

/// Where the certificate of a site of Caddy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaddyTls {
    Auto,
    Internal,
    Off,
}

/// The firewall lets the port of the service through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firewall {
    pub protocol: Protocol,
    pub interfaces: Interfaces,
}

/// Network interfaces of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interfaces {
    All,
    Some(BTreeSet<InterfaceName>),
}

/// A path of a URL and all that is below it, `/` or `/api/`.
///
/// It begins and ends with `/`, and what is between is of characters that mean nothing to any server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UrlPath(String);

impl UrlPath {
    /// Parses a path; one without `/` at its end means the same. `None` when it has something to escape.
    pub fn parse(text: &str) -> Option<UrlPath> {
        let inside = text.strip_prefix('/')?;
        if inside.is_empty() {
            return Some(UrlPath::root());
        }
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let is_plain = |part: &str| {
            !["", ".", ".."].contains(&part)
                && part.bytes().all(|it| it.is_ascii_alphanumeric() || b"._~-".contains(&it))
        };
        inside.split('/').all(is_plain).then(|| UrlPath(format!("/{inside}/")))
    }

    /// The path of everything.
    pub fn root() -> UrlPath {
        UrlPath("/".to_owned())
    }

    /// Whether it is the path of everything.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// A regular expression of Go that takes the path and what is below it, and nothing of everything.
    pub fn pattern(&self) -> Option<String> {
        // Of all that a path may have, only the dot means something there.
        (!self.is_root()).then(|| format!("^{}(/|$)", self.without_slash().replace('.', "\\.")))
    }

    /// The path with `/` at both ends.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path without `/` at its end; empty for that of everything.
    pub fn without_slash(&self) -> &str {
        &self.0[..self.0.len() - 1]
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_plain_and_ends_with_a_slash() {
        let parsed = |text: &str| UrlPath::parse(text).map(|it| it.0);
        for (text, expected) in
            [("/", "/"), ("/api", "/api/"), ("/api/", "/api/"), ("/a/b.c_~-1", "/a/b.c_~-1/")]
        {
            assert_eq!(parsed(text).as_deref(), Some(expected));
        }
        for text in ["", "api", "//", "/a//b", "/../a", "/a/.", "/a b", "/a*", "/$x", "/{x}", "/é"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
