//! What the kernel shows of processes and their sockets: files of proc(5), which are on no disk.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use rustix::io::Errno;

/// Somebody who listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Process {
        number: u32,
        name: String,
        /// The unit in which it runs, if it is one of systemd's.
        unit: Option<String>,
    },
    /// A process that this one may not look at.
    Account(u32),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Process { number, name, unit: None } => write!(f, "`{name}`, process {number}"),
            Holder::Process { number, name, unit: Some(unit) } => {
                write!(f, "`{name}`, process {number} of `{unit}`")
            }
            Holder::Account(number) => write!(f, "a process of the account {number}"),
        }
    }
}

/// Returns who listens where a socket with this address cannot.
///
/// Of several who share a socket, one that is not systemd: it passes its sockets on.
pub fn holder(wanted: SocketAddr) -> io::Result<Option<Holder>> {
    let own = std::process::id();
    let is_in_the_way = |it: &Socket| {
        let (ip, other) = (it.local.ip(), wanted.ip());
        let is_same = ip == other || ip.is_unspecified() || other.is_unspecified();
        it.state == LISTENING && it.local.port() == wanted.port() && is_same
    };
    let Some(socket) = sockets_of(own)?.into_iter().find(is_in_the_way) else { return Ok(None) };
    let mut processes = processes()?;
    processes.sort_by_key(|it| (*it == 1, *it));
    let found = processes.into_iter().find(|it| inodes_of(*it).contains(&socket.inode));
    Ok(Some(match found {
        Some(number) => Holder::Process { number, name: name(number), unit: unit(number) },
        None => Holder::Account(socket.account),
    }))
}

/// A line of `/proc/net/tcp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub state: u8,
    pub account: u32,
    /// 0 for one that no process has (yet).
    pub inode: u64,
}

/// `TCP_LISTEN` of the kernel.
pub const LISTENING: u8 = 0x0a;

/// The sockets of the network in which a process is; none of a process that has ended.
pub fn sockets_of(process: u32) -> io::Result<Vec<Socket>> {
    let mut sockets = Vec::new();
    for table in ["tcp", "tcp6"] {
        match fs::read_to_string(format!("/proc/{process}/net/{table}")) {
            Ok(text) => sockets.extend(text.lines().filter_map(socket)),
            // A kernel without IPv6 has no such table, and a process may end while it is looked at.
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sockets)
}

fn is_gone(error: &io::Error) -> bool {
    let gone = [Errno::NOENT, Errno::SRCH, Errno::INVAL].map(|it| Some(it.raw_os_error()));
    gone.contains(&error.raw_os_error())
}

fn socket(line: &str) -> Option<Socket> {
    let columns: Vec<&str> = line.split_ascii_whitespace().collect();
    let [_, local, remote, state, _, _, _, account, _, inode, ..] = columns[..] else {
        return None;
    };
    Some(Socket {
        local: address(local)?,
        remote: address(remote)?,
        state: u8::from_str_radix(state, 16).ok()?,
        account: account.parse().ok()?,
        inode: inode.parse().ok()?,
    })
}

/// An address as the kernel prints it: words of four bytes in the order of this machine, and a number.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.rsplit_once(':')?;
    let word = |at: usize| Some(u32::from_str_radix(ip.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    let ip = match ip.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            IpAddr::V6(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// The inodes of the sockets that a process has open.
pub fn inodes_of(process: u32) -> BTreeSet<u64> {
    let links = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let targets = links.filter_map(|it| fs::read_link(it.path()).ok());
    let inode =
        |target: &Path| target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok();
    targets.filter_map(|it| inode(&it)).collect()
}

/// The processes that a process has started, and those that they have.
pub fn descendants(process: u32) -> io::Result<Vec<u32>> {
    let mut parents = Vec::new();
    for child in processes()? {
        // A process may end while it is looked at.
        let Ok(status) = fs::read_to_string(format!("/proc/{child}/stat")) else { continue };
        parents.extend(parent(&status).map(|parent| (child, parent)));
    }
    let mut found = vec![process];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|it| it.1 == parent).map(|it| it.0));
        next += 1;
    }
    Ok(found.split_off(1))
}

/// All processes, by their numbers.
fn processes() -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir("/proc")? {
        numbers.extend(entry?.file_name().to_str().and_then(|it| it.parse::<u32>().ok()));
    }
    Ok(numbers)
}

/// The parent in a line of `/proc/PID/stat`, behind a name that may have blanks and parentheses.
fn parent(status: &str) -> Option<u32> {
    let (_, rest) = status.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

/// What a process is called; nothing once it has ended.
fn name(process: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{process}/comm"));
    name.map(|it| it.trim_end().to_owned()).unwrap_or_default()
}

/// The service in whose cgroup a process is.
fn unit(process: u32) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{process}/cgroup")).ok()?;
    unit_of(&text)
}

/// The innermost service on the path of a cgroup (cgroups(7)): a container may have others below it.
fn unit_of(text: &str) -> Option<String> {
    let mut names = text.lines().flat_map(|it| it.rsplit('/'));
    names.find(|it| it.ends_with(".service")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let taken = listener.local_addr().expect("it is bound");
        let found = holder(taken).expect("/proc is there");
        let Some(Holder::Process { number, .. }) = found else { panic!("{found:?}") };
        assert_eq!(number, std::process::id());
        let elsewhere = SocketAddr::new(Ipv4Addr::new(127, 0, 0, 2).into(), taken.port());
        assert_eq!(holder(elsewhere).expect("/proc is there"), None);
        let anywhere = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), taken.port());
        assert!(holder(anywhere).expect("/proc is there").is_some());
    }

    #[test]
    fn addresses_are_words_of_the_machine() {
        let listener = std::net::TcpListener::bind("[::1]:0").expect("loopback is there");
        let local = listener.local_addr().expect("it is bound");
        let sockets = sockets_of(std::process::id()).expect("/proc is there");
        assert!(sockets.iter().any(|it| it.local == local && it.state == LISTENING));
    }

    #[test]
    fn the_unit_is_the_innermost_service() {
        let of = |text: &str| unit_of(text);
        let web = Some("web.service".to_owned());
        assert_eq!(of("0::/system.slice/web.service\n"), web);
        assert_eq!(of("0::/system.slice/web.service/libpod-payload-12\n"), web);
        assert_eq!(
            of("0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n"),
            web
        );
        assert_eq!(of("0::/init.scope\n"), None);
    }
}
