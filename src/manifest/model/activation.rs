//! How a service is reached, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// How a service is reached and when it runs.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Activation {
    pub on: On,
    pub handoff: Option<Handoff>,
    /// The address that is listened on; loopback when absent.
    pub address: Option<String>,
    /// After how long without a connection a proxied service stops.
    pub idle_timeout: Option<String>,
    /// How long a proxied service may take until it answers.
    pub start_timeout: Option<String>,
}

/// What starts a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum On {
    Boot,
    Socket,
    Manual,
    Schedule,
}

/// How a connection reaches a service that is started by its socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Handoff {
    Fd,
    Proxy,
}
