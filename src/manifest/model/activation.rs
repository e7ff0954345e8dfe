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
    /// Boot, from which on it always runs.
    Boot,
    /// Boot, after which it runs to its end and is done.
    Once,
    /// The first connection.
    Socket,
    /// Somebody's hand, or another service.
    Manual,
    /// The `schedule` of the service.
    Schedule,
}

/// How a connection reaches a service that is started by its socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Handoff {
    Fd,
    Proxy,
}
