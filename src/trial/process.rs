//! What a program under trial does, as the kernel tells it, and its end.

use std::collections::BTreeSet;
use std::io;
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};

use crate::kernel::{LISTENING, Socket, descendants, inodes_of, sockets_of};

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
    let is_ours = |it: &Socket| it.local.port() == listening && it.remote.port() == caller;
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
        ports.extend(sockets_of(process)?.into_iter().filter(is_its).map(|it| it.local.port()));
    }
    Ok(ports)
}
