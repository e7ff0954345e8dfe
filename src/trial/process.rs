//! What a program under trial does, as the kernel tells it, and its end.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions};

/// Makes this process the parent of whatever the program leaves behind (`PR_SET_CHILD_SUBREAPER` of prctl(2)).
pub(super) fn adopt() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?)
}

/// Ends the program and what it started, also what made a session of its own.
pub(super) fn end_all(child: &mut Child) -> io::Result<()> {
    kill_group(child.id());
    child.wait()?;
    // What it left is ours now; what that leaves when it is killed, in the next turn.
    loop {
        for pid in descendants(std::process::id())?.into_iter().filter_map(pid) {
            // It may have ended in this moment.
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            // There is none any more.
            Err(_) => return Ok(()),
        }
    }
}

fn kill_group(leader: u32) {
    if let Some(group) = pid(leader) {
        // A group of which nobody is left is what was wanted.
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
}

fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

/// Whether somebody has accepted the connection from the port `caller` to the port `listening`, both on loopback.
///
/// Until then the kernel shows its end here without an inode: no process has it (proc_net_tcp(5)).
pub(super) fn accepted(listening: u16, caller: u16) -> io::Result<bool> {
    let sockets = sockets_of(std::process::id())?;
    let is_ours = |it: &Socket| it.local == listening && it.remote == caller;
    Ok(sockets.iter().any(|it| is_ours(it) && it.inode != 0))
}

/// The ports on which anything listens that this process has started or adopted.
///
/// Each process is asked for the sockets of its own network: a container has another one than this machine, and
/// is no child of the podman that has started it.
pub(super) fn listening_ports() -> io::Result<BTreeSet<u16>> {
    let mut ports = BTreeSet::new();
    for process in descendants(std::process::id())? {
        let inodes = inodes_of(process);
        let is_its = |it: &Socket| it.state == LISTENING && inodes.contains(&it.inode);
        ports.extend(sockets_of(process)?.into_iter().filter(is_its).map(|it| it.local));
    }
    Ok(ports)
}

/// A line of `/proc/net/tcp`.
struct Socket {
    local: u16,
    remote: u16,
    state: u8,
    inode: u64,
}

/// `TCP_LISTEN` of the kernel.
const LISTENING: u8 = 0x0a;

/// The sockets of the network in which a process is; none of a process that has ended.
fn sockets_of(process: u32) -> io::Result<Vec<Socket>> {
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
    let [_, local, remote, state, _, _, _, _, _, inode, ..] = columns[..] else { return None };
    let port = |it: &str| u16::from_str_radix(it.rsplit_once(':')?.1, 16).ok();
    Some(Socket {
        local: port(local)?,
        remote: port(remote)?,
        state: u8::from_str_radix(state, 16).ok()?,
        inode: inode.parse().ok()?,
    })
}

/// The inodes of the sockets that a process has open.
fn inodes_of(process: u32) -> BTreeSet<u64> {
    let links = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let targets = links.filter_map(|it| fs::read_link(it.path()).ok());
    let inode =
        |target: &Path| target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok();
    targets.filter_map(|it| inode(&it)).collect()
}

/// The processes that a process has started, and those that they have.
fn descendants(process: u32) -> io::Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(child) = name.to_str().and_then(|it| it.parse::<u32>().ok()) else { continue };
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

/// The parent in a line of `/proc/PID/stat`, behind a name that may have blanks and parentheses.
fn parent(status: &str) -> Option<u32> {
    let (_, rest) = status.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}
