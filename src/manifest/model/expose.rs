//! Where a service is shown, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// Where a service is shown beyond its host.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Expose {
    pub ts_proxy: Option<TsProxy>,
}

/// A name in a Tailscale network, by ts-proxy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TsProxy {
    /// Whether the name answers with TLS.
    pub tls: bool,
}
