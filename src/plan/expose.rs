//! Where a service is shown beyond its host.

/// A name in a Tailscale network, by ts-proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TsProxy {
    pub tls: Tls,
}

/// Whether an exposed name answers with TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    On,
    Off,
}
