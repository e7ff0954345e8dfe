//! Where a service is shown, as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Where a service is shown beyond its host.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Expose {
    pub ts_proxy: Option<TsProxy>,
    pub nginx: Option<Nginx>,
    pub caddy: Option<Caddy>,
    pub tailscale_serve: Option<TailscaleServe>,
    pub cloudflared: Option<Cloudflared>,
    /// Whether the firewall lets the port of the service through, and on which interfaces.
    pub firewall: Option<Firewall>,
}

/// A name in a Tailscale network, by ts-proxy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TsProxy {
    /// Whether the name answers with TLS.
    pub tls: Option<bool>,
    /// Whether everybody on the internet reaches the name, always with TLS.
    pub funnel: bool,
    /// The name; that of the service when absent.
    pub name: Option<String>,
    /// The port of the name; 443 with TLS and 80 without when absent.
    pub listen: Option<i64>,
    /// Whether connections are passed on as they are, and not as HTTP.
    pub raw: bool,
}

/// A port of the machine in its Tailscale network, by `tailscale serve`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TailscaleServe {
    /// The port that answers over HTTPS.
    pub https: Option<i64>,
    /// The port that answers over HTTP.
    pub http: Option<i64>,
    /// The port whose connections are passed on as they are.
    pub tcp: Option<i64>,
    /// The port whose connections are passed on without their TLS.
    pub tls_terminated_tcp: Option<i64>,
    /// The path below which the service is found, which it sees whole; everything when absent.
    pub path: Option<String>,
    /// Whether everybody on the internet reaches the port.
    pub funnel: bool,
}

/// A name behind a tunnel of Cloudflare.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Cloudflared {
    /// The tunnel, one of `cloudflared.tunnels` at the top of the manifest.
    pub tunnel: String,
    /// The name; `*` before the first dot stands for any.
    pub host: String,
    /// The path below which the service is found, which it sees whole; everything when absent.
    pub path: Option<String>,
}

/// The ts-proxy of all hosts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TsProxyProgram {
    /// The version of ts-proxy, which decides how it is configured.
    pub version: Option<String>,
    /// Where ts-proxyd is on hosts without Nix.
    pub program: Option<String>,
    /// The file with `TS_AUTHKEY` on hosts without Nix.
    pub environment_file: Option<String>,
}

/// The cloudflared of all hosts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CloudflaredProgram {
    /// The tunnels by their names or UUIDs.
    pub tunnels: BTreeMap<String, Tunnel>,
}

/// A tunnel of Cloudflare.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tunnel {
    /// The file that `cloudflared tunnel create` made.
    pub credentials_file: String,
}

/// A virtual host of nginx.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Nginx {
    /// The name of the virtual host; `*` before the first dot stands for any.
    pub host: String,
    /// The path below which the service is found, which it sees whole; everything when absent.
    pub path: Option<String>,
    /// How the host answers with TLS: `acme`, `off`, or the files of a certificate.
    pub tls: NginxTls,
    /// Whether connections may become WebSockets; they may when absent.
    pub websockets: Option<bool>,
}

/// How a virtual host of nginx answers with TLS; the variants are named after shapes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum NginxTls {
    #[serde(rename = "a string")]
    Word(String),
    #[serde(rename = "a table")]
    Files(Certificate),
}

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Certificate {
    /// The certificate with those that it is signed by.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

/// A site of Caddy.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Caddy {
    /// The name of the site; `*` before the first dot stands for any.
    pub host: String,
    /// The path below which the service is found, which it sees whole; everything when absent.
    pub path: Option<String>,
    /// Where the certificate of the site comes from; Caddy gets one when absent.
    pub tls: Option<CaddyTls>,
}

/// Where the certificate of a site comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CaddyTls {
    /// Caddy gets one.
    Auto,
    /// Caddy signs one itself.
    Internal,
    /// The site has none and answers over HTTP.
    Off,
}

/// Whether the firewall lets a port through; the variants are named after shapes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Firewall {
    #[serde(rename = "a boolean")]
    Everywhere(bool),
    #[serde(rename = "a table")]
    Some(FirewallInterfaces),
}

/// Where the firewall lets a port through.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FirewallInterfaces {
    /// The network interfaces, `tailscale0`.
    pub interfaces: Vec<String>,
}
