//! A program under `systemd-socket-activate`: does it take the socket that systemd would give it?
//!
//! systemd-socket-activate(1) listens, waits for the first connection and becomes the program, which finds the
//! listening socket as systemd hands it over (sd_listen_fds(3)). Nobody else can accept the connection.
//!
//! Invariant: leaves nothing behind, neither processes nor files.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::interrupt;
use crate::syntax::shell;

use self::process::{accepted, adopt, end_all, listening_ports};

mod process;
mod setting;

/// The program of systemd that is asked.
const PROGRAM: &str = "systemd-socket-activate";

/// What is tried.
#[derive(Debug)]
pub struct Trial {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Variables that anybody may see.
    pub environment: Vec<(String, String)>,
    /// Variables that are passed on by their names alone, because everybody sees the words of a process.
    pub passed_environment: Vec<(String, String)>,
    pub working_directory: Option<String>,
    /// The port on loopback that is listened on.
    pub port: u16,
    /// What is asked for, `/`.
    pub path: String,
    /// How long the answer may take.
    pub limit: Duration,
    /// What is run at the end, whatever has come of it.
    pub clean_up: Option<Vec<String>>,
    /// The port that `${backendPort}` stands for.
    pub backend_port: u16,
    /// In what the trial differs from the service.
    pub notes: Vec<String>,
    /// What the program finds; it is gone with the trial.
    scratch: tempfile::TempDir,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Finding {
    /// It answered on the socket with this first line.
    Answered { first_line: String, after: Duration },
    /// It accepted the connection and ended it without a word.
    Closed { after: Duration },
    /// It accepted the connection and says nothing.
    Accepted,
    /// It runs, and nobody accepts the connection; these ports it has opened itself.
    Ignored { listening: BTreeSet<u16> },
    /// It ended before it answered.
    Ended { status: String },
    /// Somebody wants it to end.
    Interrupted,
}

/// Returns ports of loopback that nobody has at the moment, each another one.
fn free_ports<const N: usize>() -> Result<[u16; N], Error> {
    let fail = |error| Error::io("listen on", Path::new("127.0.0.1"), error);
    // All are held until all are known.
    let mut listeners = Vec::new();
    for _ in 0..N {
        listeners.push(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(fail)?);
    }
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr().map_err(fail)?.port();
    }
    Ok(ports)
}

impl Trial {
    fn all_words(&self) -> Vec<String> {
        let listen = format!("--listen=127.0.0.1:{}", self.port);
        let set = self.environment.iter().map(|(name, value)| format!("--setenv={name}={value}"));
        let passed = self.passed_environment.iter().map(|(name, _)| format!("--setenv={name}"));
        let first = [PROGRAM.to_owned(), listen].into_iter().chain(set).chain(passed);
        first.chain(["--".to_owned()]).chain(self.words.iter().cloned()).collect()
    }

    /// The command line, as one would type it.
    pub fn command_line(&self) -> String {
        shell::line(&self.all_words())
    }
}

/// Runs the program, asks it once, and ends it again with everything that it started.
///
/// What the program says goes to standard error.
pub fn run(trial: &Trial) -> Result<Finding, Error> {
    let words = trial.all_words();
    let interrupted = interrupt::expected()?;
    let fail = |error| Error::io("run", Path::new(&words[0]), error);
    adopt().map_err(fail)?;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(std::io::stderr()).process_group(0);
    command.envs(trial.passed_environment.iter().map(|(name, value)| (name, value)));
    if let Some(directory) = &trial.working_directory {
        command.current_dir(directory);
    }
    let missing = || {
        Error::new(
            format!("`{PROGRAM}` is not on this machine"),
            "it is a part of systemd: install systemd, or try on a host that has it",
        )
    };
    let is_missing = |error: &std::io::Error| error.kind() == ErrorKind::NotFound;
    let mut child = command
        .spawn()
        .map_err(|error| if is_missing(&error) { missing() } else { fail(error) })?;
    let finding = ask(trial, &mut child, &interrupted);
    if let Some(clean_up) = &trial.clean_up {
        let mut clean_up_command = Command::new(&clean_up[0]);
        let clean_up_command = clean_up_command.args(&clean_up[1..]).stdin(Stdio::null());
        // What has not been made needs no end.
        let _ = clean_up_command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    end_all(&mut child).map_err(fail)?;
    finding.map_err(fail)
}

/// How long systemd's own program may take until it listens, on a machine that is busy with others.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long one look at the connection takes, after which the others are looked at.
const TURN: Duration = Duration::from_millis(50);

fn ask(trial: &Trial, child: &mut Child, interrupted: &AtomicBool) -> std::io::Result<Finding> {
    let spawned = Instant::now();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, trial.port));
    let mut connection = loop {
        match TcpStream::connect(address) {
            Ok(connection) => break connection,
            Err(error) if spawned.elapsed() >= PATIENCE => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
        if let Some(status) = child.try_wait()? {
            return Ok(ended(status));
        }
    };
    // The program itself is run only now.
    let began = Instant::now();
    let is_over = || began.elapsed() >= trial.limit;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
        trial.path, trial.port
    );
    // A program that ends at once has reset the connection already, which the first look at it will tell.
    let _ = connection.write_all(request.as_bytes());
    connection.set_read_timeout(Some(TURN))?;
    let caller = connection.local_addr()?.port();
    let mut answer = [0; 512];
    let mut was_accepted = false;
    loop {
        was_accepted |= accepted(trial.port, caller)?;
        let end = match connection.read(&mut answer) {
            Ok(0) => Some(began.elapsed()),
            Ok(length) => {
                let text = String::from_utf8_lossy(&answer[..length]);
                let first_line = text.lines().next().unwrap_or_default();
                let first_line = first_line.replace(char::is_control, "�");
                return Ok(Finding::Answered { first_line, after: began.elapsed() });
            }
            Err(error) if is_timeout(&error) => None,
            // A connection that nobody accepted is reset when the program that listens ends.
            Err(_) => Some(began.elapsed()),
        };
        // Its end may be known only a moment after that of its connection.
        if end.is_some() && !was_accepted {
            std::thread::sleep(TURN);
        }
        match (child.try_wait()?, end) {
            (Some(status), _) => return Ok(ended(status)),
            (None, Some(after)) => return Ok(Finding::Closed { after }),
            (None, None) if interrupted.load(Ordering::SeqCst) => return Ok(Finding::Interrupted),
            (None, None) if is_over() && was_accepted => return Ok(Finding::Accepted),
            (None, None) if is_over() => {
                let mut listening = listening_ports()?;
                listening.remove(&trial.port);
                return Ok(Finding::Ignored { listening });
            }
            (None, None) => {}
        }
    }
}

fn ended(status: ExitStatus) -> Finding {
    Finding::Ended { status: status.to_string() }
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
