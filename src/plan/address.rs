//! Addresses that services listen on and are reached at.

use std::net::IpAddr;

/// Where services listen unless the manifest says otherwise.
pub const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// Returns the address to connect to where somebody listens on `address`.
///
/// A wildcard address is listened on but not connected to, so loopback stands for it.
pub fn connectable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) if address.is_unspecified() => LOOPBACK,
        IpAddr::V6(address) if address.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        IpAddr::V4(_) | IpAddr::V6(_) => address,
    }
}

/// The address with the brackets that IPv6 needs beside a port.
pub fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}
