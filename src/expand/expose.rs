//! Units through which services are shown.
//!
//! They wait for what wakes a service, so that showing it never starts it.

use crate::directive as d;
use crate::plan::Plan;
use crate::plan::address::bracketed;
use crate::plan::expose::{
    Reach, ServeProtocol, TailscaleServe, Tls, Traffic, TsProxy, TsProxyInterface, TsProxyProgram,
};
use crate::plan::quantity::Duration;
use crate::plan::service::{PortRole, Service};
use crate::plan::text::{Program, Text, Word};
use crate::unit::{Command, Kind, Unit, Value};

use super::{describe, own_port};

/// Where ts-proxy since 0.13 reads what it is to show.
pub const TS_PROXY_FILE: &str = "/etc/ts-proxy/config.yaml";

/// The directory below `/var/lib` in which ts-proxy since 0.13 keeps its state, and the name of its unit.
pub const TS_PROXY: &str = "ts-proxy";

/// Tells the unit through which a service is reached; `None` where another manager has it.
pub type Entry<'a> = &'a dyn Fn(&Service) -> Option<String>;

/// Returns `tailscale serve` for a service, a unit of the system whoever runs the service.
///
/// The daemon keeps what it is told, so it is told once and again at the end.
/// It takes the path away, so the target has it, too: the service sees it whole.
pub fn tailscale_serve(service: &Service, entry: Entry<'_>) -> Option<Unit> {
    let TailscaleServe { protocol, port, path, reach } = service.expose.tailscale_serve.as_ref()?;
    let mut unit = Unit::new(format!("tailscale-serve-{}", service.name), Kind::Service);
    describe(&mut unit, service, " (tailscale serve)");
    unit.assign(&d::unit::WANTS, Value::Names(vec!["tailscaled.service".to_owned()]));
    let after = ["tailscaled.service".to_owned()].into_iter().chain(entry(service)).collect();
    unit.assign(&d::unit::AFTER, Value::Names(after));
    unit.assign(&d::service::TYPE, Value::Keyword("oneshot"));
    unit.assign(&d::service::REMAIN_AFTER_EXIT, Value::Flag(true));
    let (option, scheme) = match protocol {
        ServeProtocol::Https => ("https", "http"),
        ServeProtocol::Http => ("http", "http"),
        ServeProtocol::Tcp => ("tcp", "tcp"),
        ServeProtocol::TlsTerminatedTcp => ("tls-terminated-tcp", "tcp"),
    };
    let verb = match reach {
        Reach::Tailnet => "serve",
        Reach::Funnel => "funnel",
    };
    let option = format!("--{option}={port}");
    let path_option = (!path.is_root()).then(|| format!("--set-path={path}"));
    let below = if path.is_root() { "" } else { path.as_str() };
    let target = Text::literal(format!("{scheme}://"))
        .then(address(service))
        .then(Text::literal(below.to_owned()));
    let command = |mode: Option<&str>, last: Word| {
        let mut words = vec![program(), verb.into()];
        words.extend(mode.map(Word::from));
        words.push(option.as_str().into());
        words.extend(path_option.as_deref().map(Word::from));
        words.push(last);
        words
    };
    unit.assign(&d::service::EXEC_START, Value::command(command(Some("--bg"), target)));
    // Somebody else may have ended it.
    let end = Command::new(command(None, "off".into())).ignoring_failure();
    unit.assign(&d::service::EXEC_STOP, Value::Commands(vec![end]));
    unit.assign(&d::install::WANTED_BY, Value::Names(vec!["multi-user.target".to_owned()]));
    Some(unit)
}

fn program() -> Word {
    let package = vec!["tailscale".to_owned()];
    Program::Package { package, bin: None, path: "/usr/bin/tailscale".to_owned() }.into()
}

/// Returns the units of the system that run ts-proxy for these services on a host without Nix.
///
/// On NixOS they are those of the ts-proxy module.
pub fn ts_proxy(plan: &Plan, services: &[&Service], entry: Entry<'_>) -> Vec<Unit> {
    let TsProxyProgram { interface, program, environment_file } = &plan.shown_by.ts_proxy;
    let shown: Vec<(&Service, &TsProxy)> =
        services.iter().filter_map(|it| Some((*it, it.expose.ts_proxy.as_ref()?))).collect();
    let unit = |name: String, description: String, services: &[&Service], words: Vec<Word>| {
        let mut unit = Unit::new(name.as_str(), Kind::Service);
        unit.assign(&d::unit::DESCRIPTION, Value::text(description));
        unit.assign(&d::unit::WANTS, Value::Names(vec!["network-online.target".to_owned()]));
        let entries = services.iter().filter_map(|it| entry(it));
        let after = ["network-online.target".to_owned()].into_iter().chain(entries).collect();
        unit.assign(&d::unit::AFTER, Value::Names(after));
        unit.assign(&d::service::TYPE, Value::Keyword("exec"));
        unit.assign(&d::service::DYNAMIC_USER, Value::Flag(true));
        unit.assign(&d::service::STATE_DIRECTORY, Value::text(name));
        let file = environment_file.as_ref().map(|it| it.as_str());
        unit.assign_text(&d::service::ENVIRONMENT_FILE, file);
        let command = [program.as_str().into()].into_iter().chain(words).collect();
        unit.assign(&d::service::EXEC_START, Value::command(command));
        unit.assign(&d::service::RESTART, Value::Keyword("always"));
        let pause = Duration::milliseconds(10_000);
        unit.assign(&d::service::RESTART_SEC, Value::Duration(pause));
        unit.assign(&d::install::WANTED_BY, Value::Names(vec!["multi-user.target".to_owned()]));
        unit
    };
    match interface {
        TsProxyInterface::File if shown.is_empty() => Vec::new(),
        TsProxyInterface::File => {
            let words = ["server", "--config", TS_PROXY_FILE].map(Word::from).to_vec();
            let services: Vec<&Service> = shown.iter().map(|it| it.0).collect();
            let description = "Names in the Tailscale network".to_owned();
            vec![unit(TS_PROXY.to_owned(), description, &services, words)]
        }
        TsProxyInterface::Flags => {
            let units = shown.iter().map(|(service, shown)| {
                let name = format!("{TS_PROXY}-{}", service.name);
                let words = flags(service, shown, &name);
                unit(name, format!("{} in the Tailscale network", service.name), &[service], words)
            });
            units.collect()
        }
    }
}

/// The flags of ts-proxy until 0.12.
fn flags(service: &Service, shown: &TsProxy, state: &str) -> Vec<Word> {
    let TsProxy { name, tls, reach, listen, traffic } = shown;
    let name = name.as_ref().map_or(service.name.as_str(), |it| it.as_str());
    let state = format!("/var/lib/{state}");
    let mut words: Vec<Word> = vec!["-address".into(), address(service)];
    words.extend(["-n", name, "-s", &state].map(Word::from));
    if let Some(port) = listen {
        words.extend(["-listen".into(), format!(":{port}").into()]);
    }
    let switches = [
        ("-t", *tls == Tls::On),
        ("-f", *reach == Reach::Funnel),
        ("-raw", *traffic == Traffic::Raw),
    ];
    words.extend(switches.into_iter().filter(|it| it.1).map(|it| Word::from(it.0)));
    words
}

/// The address on which users reach a service.
fn address(service: &Service) -> Text {
    let host = Text::literal(format!("{}:", bracketed(service.address)));
    host.then(own_port(service, PortRole::Public))
}
