//! Addresses that services listen on and are reached at.

use std::fmt;
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

/// A range of addresses, `10.5.0.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subnet {
    address: IpAddr,
    /// How many bits all addresses of the range share.
    prefix: u8,
}

impl Subnet {
    /// Parses `ADDRESS/BITS`; `None` when the address has bits beyond those of the range.
    pub fn parse(text: &str) -> Option<Subnet> {
        let (address, prefix) = text.split_once('/')?;
        let is_number = prefix.bytes().all(|it| it.is_ascii_digit());
        let subnet = Subnet {
            address: address.parse().ok()?,
            prefix: prefix.parse().ok().filter(|_| is_number)?,
        };
        let longest = if subnet.address.is_ipv4() { 32 } else { 128 };
        let fits = subnet.prefix <= longest && subnet.first(subnet.address) == bits(subnet.address);
        fits.then_some(subnet)
    }

    /// Whether an address lies in the range.
    pub fn contains(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4()
            && self.first(address) == self.first(self.address)
    }

    /// Whether another range lies in this one.
    pub fn includes(self, other: Subnet) -> bool {
        other.prefix >= self.prefix && self.contains(other.address)
    }

    /// The bits of an address that are those of its range.
    fn first(self, address: IpAddr) -> u128 {
        let length = if address.is_ipv4() { 32 } else { 128 };
        let rest = u32::from(length - self.prefix.min(length));
        bits(address).checked_shr(rest).and_then(|it| it.checked_shl(rest)).unwrap_or(0)
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The address with the brackets that IPv6 needs beside a port.
pub fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_has_no_bits_beyond_its_range() {
        let parse = |text: &str| Subnet::parse(text).map(|it| it.to_string());
        for it in ["10.5.0.0/24", "0.0.0.0/0", "10.5.0.1/32", "fd00::/64", "::/0", "::1/128"] {
            assert_eq!(parse(it).as_deref(), Some(it));
        }
        for it in
            ["", "10.5.0.0", "10.5.0.1/24", "10.5.0.0/33", "fd00::1/64", "::/129", "10.0.0.0/+8"]
        {
            assert_eq!(parse(it), None, "`{it}`");
        }
    }

    #[test]
    fn a_subnet_contains_its_addresses() {
        let subnet = |text: &str| Subnet::parse(text).expect("it is one");
        let outer = subnet("10.5.0.0/24");
        assert!(outer.contains("10.5.0.255".parse().expect("an address")));
        assert!(!outer.contains("10.5.1.0".parse().expect("an address")));
        assert!(!outer.contains("::1".parse().expect("an address")));
        assert!(outer.includes(subnet("10.5.0.128/25")) && !outer.includes(subnet("10.4.0.0/15")));
        assert!(subnet("::/0").includes(subnet("fd00::/64")));
    }
}
