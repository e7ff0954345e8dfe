//! Addresses of hosts, without ports.

use std::str::FromStr;

use crate::problem::{Code, Problem, Trail};

/// Which addresses are meant, for messages.
pub(super) struct Wanted {
    what: &'static str,
    hint: &'static str,
}

/// Where something listens.
pub(super) const LISTENED_ON: Wanted = Wanted {
    what: "an IP address",
    hint: "like `127.0.0.1`, `::1`, or `0.0.0.0` for every interface",
};

/// Who is called.
pub(super) const OF_HOST: Wanted =
    Wanted { what: "an IP address", hint: "like `10.89.0.2` or `fd00::2`" };

pub(super) const OF_IPV4: Wanted = Wanted { what: "an IPv4 address", hint: "like `10.89.0.2`" };

pub(super) const OF_IPV6: Wanted = Wanted { what: "an IPv6 address", hint: "like `fd00::2`" };

/// Parses an address, of the family that the type has.
pub(super) fn parse<Address: FromStr>(
    written: &str,
    wanted: &Wanted,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Address> {
    let address = written.parse().ok();
    if address.is_none() {
        let message = format!("`{}` is not {}", written.escape_debug(), wanted.what);
        problems.push(Problem::new(Code::WrongType, path.at_value(), message).hint(wanted.hint));
    }
    address
}
