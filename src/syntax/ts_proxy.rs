//! The configuration of ts-proxy since 0.13.
//!
//! It replaces `$NAME` in all texts (ts-proxy pkg/config/config.go, `ExpandEnv`);
//! no name, path or address has a `$`, so only the key of the network is replaced.

use crate::plan::expose::{Reach, Tls, Traffic, TsProxy};

use super::yaml::{self, Yaml};

/// Whether ts-proxy finds the key of the network in its environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    InEnvironment,
    /// Somebody logs in by hand once; the state keeps it.
    ByHand,
}

/// A name in the Tailscale network.
#[derive(Debug, Clone)]
pub struct Server<'a> {
    /// What ts-proxy calls it.
    pub slug: String,
    /// Under which name others find it.
    pub name: &'a str,
    pub shown: &'a TsProxy,
    /// Where requests go, `127.0.0.1:8080`.
    pub upstream: String,
}

/// Returns the file for all names of a host.
pub fn file(header: &str, state_directory: &str, key: Key, servers: &[Server<'_>]) -> String {
    const TOKEN: &str = "default";
    let mut entries = vec![("state_dir", Yaml::from(state_directory))];
    if key == Key::InEnvironment {
        let token = yaml::map([("auth_key", "${TS_AUTHKEY}".into())]);
        entries.push(("tokens", yaml::map([(TOKEN, token)])));
    }
    let servers = servers.iter().map(|server| {
        let Server { slug, name, shown, upstream } = server;
        let TsProxy { name: _, tls, reach, listen, traffic } = shown;
        let kind = match traffic {
            Traffic::Http => "http",
            Traffic::Raw => "tcp",
        };
        let listen = listen.map(|port| ("listen", Yaml::from(format!(":{port}"))));
        let handler = [("type", Yaml::from(kind))].into_iter().chain(listen).chain([
            ("upstream_address", Yaml::from(upstream.as_str())),
            ("tls", Yaml::Flag(*tls == Tls::On)),
            ("funnel", Yaml::Flag(*reach == Reach::Funnel)),
        ]);
        let token = (key == Key::InEnvironment).then_some(("token", TOKEN.into()));
        let server = [("hostname", Yaml::from(*name))]
            .into_iter()
            .chain(token)
            .chain([("handlers", Yaml::List(vec![yaml::map(handler)]))]);
        (slug.clone(), yaml::map(server))
    });
    entries.push(("servers", yaml::named(servers)));
    yaml::file(header, &yaml::map(entries))
}
