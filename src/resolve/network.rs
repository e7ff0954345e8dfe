//! A network of podman.

use std::net::IpAddr;

use crate::manifest::model;
use crate::plan::address::Subnet;
use crate::plan::network::{AddressRange, Network};
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};

use super::{address, object, pointless};

/// Resolves a network; `path` is that of its table.
pub(super) fn resolve(
    written: &model::network::Network,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Network> {
    let model::network::Network {
        driver,
        subnets,
        ipv6,
        internal,
        name_resolution,
        dns,
        ipam_driver,
        interface,
        options,
        labels,
        podman_args,
    } = written;
    let servers = path.key("dns");
    let dns = dns.iter().enumerate();
    let dns: Vec<IpAddr> = dns
        .filter_map(|(index, it)| {
            address::parse(it, &address::OF_HOST, &servers.index(index), problems)
        })
        .collect();
    if name_resolution == &Some(false) && !dns.is_empty() {
        problems.push(
            pointless(path, "dns", "without name resolution nobody asks a server of the network")
                .hint("take it out, or `nameResolution`"),
        );
    }
    Some(Network {
        driver: object::word(driver.as_ref(), &path.key("driver"), problems),
        subnets: ranges(subnets, &path.key("subnets"), problems),
        ipv6: *ipv6,
        internal: *internal,
        name_resolution: name_resolution.unwrap_or(true),
        dns,
        ipam_driver: object::word(ipam_driver.as_ref(), &path.key("ipamDriver"), problems),
        interface: interface_name(interface.as_ref(), &path.key("interface"), problems),
        options: object::pairs(options, &path.key("options"), problems),
        labels: object::pairs(labels, &path.key("labels"), problems),
        podman_args: object::arguments(podman_args, &path.key("podmanArgs"), problems),
    })
}

/// The keys in use that not every podman knows, with the first version that does.
pub(super) fn newer(network: &Network) -> Vec<(&'static str, Version)> {
    let keys = [
        ("dns", !network.dns.is_empty(), Version::new(4, 4, 0)),
        ("interface", network.interface.is_some(), Version::new(4, 5, 0)),
    ];
    keys.into_iter().filter(|it| it.1).map(|(key, _, since)| (key, since)).collect()
}

fn ranges(
    written: &[model::network::Subnet],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<AddressRange> {
    let mut ranges: Vec<AddressRange> = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let path = path.index(index);
        let model::network::Subnet { subnet, gateway, range } = written;
        let subnet = parse_subnet(subnet, &path.key("subnet"), problems);
        let gateway = gateway
            .as_ref()
            .and_then(|it| address::parse(it, &address::OF_HOST, &path.key("gateway"), problems));
        let range = range.as_ref().and_then(|it| parse_subnet(it, &path.key("range"), problems));
        let Some(subnet) = subnet else { continue };
        let strays = [
            ("gateway", gateway.is_some_and(|it| !subnet.contains(it))),
            ("range", range.is_some_and(|it| !subnet.includes(it))),
        ];
        for (key, is_stray) in strays {
            if is_stray {
                let message = format!("the `{key}` is not in the subnet `{subnet}`");
                problems.push(
                    Problem::new(Code::WrongType, path.key(key).at_value(), message)
                        .hint("choose an address in it"),
                );
            }
        }
        // podman gives the first gateway to the first subnet, the second to the second.
        if let Some(before) = ranges.last() {
            let shifted = [
                ("gateway", gateway.is_some() && before.gateway.is_none()),
                ("range", range.is_some() && before.range.is_none()),
            ];
            for (key, is_shifted) in shifted {
                if is_shifted {
                    let message = format!(
                        "podman would give this `{key}` to the subnet before, which has none"
                    );
                    problems.push(
                        Problem::new(Code::TargetCannot, path.key(key).at_key(), message)
                            .hint(format!("move the subnets without a `{key}` to the end")),
                    );
                }
            }
        }
        ranges.push(AddressRange { subnet, gateway, range });
    }
    ranges
}

fn parse_subnet(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<Subnet> {
    let subnet = Subnet::parse(written);
    if subnet.is_none() {
        problems.push(
            Problem::new(
                Code::WrongType,
                path.at_value(),
                format!("`{}` is not a range of addresses", written.escape_debug()),
            )
            .hint("its first address and how many bits are fixed, like `10.5.0.0/24`"),
        );
    }
    subnet
}

/// The kernel's rule for names of interfaces (`dev_valid_name` in net/core/dev.c), without what needs quotes.
fn interface_name(
    written: Option<&String>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let name = object::word(written, path, problems)?;
    if name.len() <= 15 && !name.contains(['/', ':']) {
        return Some(name);
    }
    problems.push(
        Problem::new(
            Code::ImpossibleName,
            path.at_value(),
            format!("`{name}` cannot be the name of an interface"),
        )
        .hint("at most 15 characters, without `/` and `:`"),
    );
    None
}
