//! Text is made here and nowhere else: quoting, escaping and layout of the generated files.
//!
//! Invariant: `unit` is the only place that quotes for systemd and Quadlet, `nix` the only one for Nix;
//! `nix` has heard of nothing but Nix.

pub mod caddy;
pub mod cloudflared;
pub mod dot;
pub mod environment_file;
pub mod json;
pub mod manifest;
pub mod mermaid;
#[doc(hidden)]
pub mod nasty;
pub mod nftables;
pub mod nginx;
pub mod nix;
pub mod process_compose;
pub mod shell;
pub mod svg;
pub mod ts_proxy;
pub mod unit;
pub mod yaml;
