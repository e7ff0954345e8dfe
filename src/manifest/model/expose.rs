//! Where a service is shown, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// Where a service is shown beyond its host.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Expose {
    pub ts_proxy: Option<TsProxy>,
    pub nginx: Option<Nginx>,
    pub caddy: Option<Caddy>,
    /// Whether the firewall lets the port of the service through, and on which interfaces.
    pub firewall: Option<Firewall>,
}

/// A name in a Tailscale network, by ts-proxy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TsProxy {
    /// Whether the name answers with TLS.
    pub tls: bool,
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
