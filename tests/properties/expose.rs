//! Services that are shown in every way at once.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Where a service is shown, as it is drawn; names that must differ get the number of the service.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    ts_proxy: Option<TsProxy>,
    tailscale: Option<(&'static str, bool)>,
    tunnel: Option<Name>,
    nginx: Option<(Name, Value, Option<bool>)>,
    caddy: Option<(Name, Option<&'static str>)>,
    firewall: Option<Value>,
}

/// A name of ts-proxy: with TLS, for the internet, under another name, raw, on another port.
type TsProxy = (Option<bool>, bool, bool, bool, bool);

/// A name under which a service is shown.
#[derive(Debug, Clone, Copy)]
enum Name {
    /// With other services, by a path of its own.
    Shared,
    Own(Option<&'static str>),
}

/// What the firewall must not be told of a service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Listens {
    OnLoopback,
    Elsewhere,
}

pub(super) fn any_expose() -> impl Strategy<Value = Drawn> {
    let path = select(&[None, Some("/"), Some("/a/b.c"), Some("/x~y_z/")][..]);
    let name = || prop_oneof![Just(Name::Shared), path.clone().prop_map(Name::Own)];
    let tls = select(vec![
        json!("off"),
        json!("acme"),
        json!({ "certificate": "/etc/ssl/it.pem", "key": "/etc/ssl/private/it@1.key" }),
    ]);
    let caddy = prop::option::of(select(&["auto", "internal", "off"][..]));
    let firewall = select(vec![
        json!(true),
        json!(false),
        json!({ "interfaces": ["tailscale0", "br-lan.1"] }),
    ]);
    (
        prop::option::weighted(0.2, any::<TsProxy>()),
        prop::option::weighted(
            0.2,
            (select(&["https", "http", "tcp", "tlsTerminatedTcp"][..]), any::<bool>()),
        ),
        prop::option::weighted(0.2, name()),
        prop::option::weighted(0.2, (name(), tls, prop::option::of(any::<bool>()))),
        prop::option::weighted(0.2, (name(), caddy)),
        prop::option::weighted(0.2, firewall),
    )
        .prop_map(|(ts_proxy, tailscale, tunnel, nginx, caddy, firewall)| Drawn {
            ts_proxy,
            tailscale,
            tunnel,
            nginx,
            caddy,
            firewall,
        })
}

impl Drawn {
    /// Whether something sends to the port of the service.
    pub(super) fn needs_port(&self) -> bool {
        let Drawn { ts_proxy, tailscale, tunnel, nginx, caddy, firewall } = self;
        ts_proxy.is_some()
            || tailscale.is_some()
            || tunnel.is_some()
            || nginx.is_some()
            || caddy.is_some()
            || firewall.is_some()
    }

    /// The table of service number `index`.
    pub(super) fn table(&self, index: usize, listens: Listens) -> Value {
        let place = |name: Name, kind: &str| match name {
            Name::Shared => (format!("{kind}.example.org"), Some(format!("/{index}"))),
            Name::Own(path) => (format!("{index}.{kind}"), path.map(str::to_owned)),
        };
        // All under one name have one certificate.
        let alike = |name: Name, tls: Value| match name {
            Name::Shared => json!("off"),
            Name::Own(_) => tls,
        };
        let nginx = self.nginx.as_ref().map(|(name, tls, websockets)| {
            let (host, path) = place(*name, "nginx");
            let tls = alike(*name, tls.clone());
            json!({ "host": host, "path": path, "tls": tls, "websockets": websockets })
        });
        let caddy = self.caddy.as_ref().map(|(name, tls)| {
            let (host, path) = place(*name, "caddy");
            json!({ "host": host, "path": path, "tls": alike(*name, json!(tls)) })
        });
        let firewall = self.firewall.as_ref().filter(|_| listens == Listens::Elsewhere);
        json!({
            "tsProxy": self.ts_proxy.map(|it| ts_proxy(it, index)),
            "tailscaleServe": self.tailscale.map(|(way, has_path)| {
                let path = (has_path && way.starts_with("http")).then(|| format!("/{index}"));
                json!({ way: 1000 + index, "path": path })
            }),
            "cloudflared": self.tunnel.map(|name| {
                // NixOS has one path for each name.
                let (host, path) = match name {
                    Name::Shared => (format!("*.{index}.example.org"), None),
                    Name::Own(path) => (format!("{index}.example.org"), path),
                };
                json!({ "tunnel": "home", "host": host, "path": path })
            }),
            "nginx": nginx,
            "caddy": caddy,
            "firewall": firewall,
        })
    }
}

fn ts_proxy((tls, funnel, is_named, raw, listens): TsProxy, index: usize) -> Value {
    json!({
        "tls": tls.filter(|it| *it || !funnel),
        "funnel": funnel,
        "name": is_named.then(|| format!("named-{index}")),
        "raw": raw,
        "listen": (raw || listens).then_some(8443),
    })
}

/// The programs that show the services.
pub(super) fn any_programs() -> impl Strategy<Value = (Value, Value)> {
    let version = select(&[None, Some("0.12.1"), Some("0.13")][..]);
    let file = prop::option::of(Just("/etc/ts-proxy.env"));
    (version, file).prop_map(|(version, file)| {
        let ts_proxy = json!({ "version": version, "environmentFile": file });
        let tunnel = json!({ "credentialsFile": "/etc/cloudflared/home.json" });
        (ts_proxy, json!({ "tunnels": { "home": tunnel } }))
    })
}
