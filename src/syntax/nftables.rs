//! Rules of nftables.

use crate::plan::container::network::Protocol;
use crate::plan::expose::{Firewall, Interfaces};
use crate::plan::name::ServiceName;

/// Returns rules that let ports through, to be included in the input chain of a host.
pub fn accept(header: &str, ports: &[(&ServiceName, u16, &Firewall)]) -> String {
    let mut text = format!("# {header}\n\n");
    for (service, port, Firewall { protocol, interfaces }) in ports {
        if let Interfaces::Some(names) = interfaces {
            let names: Vec<String> = names.iter().map(|it| format!("\"{it}\"")).collect();
            text.push_str(&format!("iifname {{ {} }} ", names.join(", ")));
        }
        let protocol = match protocol {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        text.push_str(&format!("{protocol} dport {port} accept comment \"{service}\"\n"));
    }
    text
}
