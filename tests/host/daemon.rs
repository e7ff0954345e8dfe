//! The daemon that the booted hosts run: small, static, and as ill-behaved as it is asked to be.
//!
//! Built by `rustc` alone, from this file alone, so that an image around it needs nothing else.
//! It answers HTTP, one request after the other on each connection:
//!
//! | path | answer |
//! |---|---|
//! | `/health` | `ok` |
//! | `/slow` | as the others, half a second later |
//! | `/crash` | none: the daemon aborts |
//! | any other | which run of the daemon answers, and `VERSION` of its environment |

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::FromRawFd as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How the daemon was asked to behave, by its arguments.
#[derive(Default)]
struct Behaviour {
    /// `port=N`: binds the port on loopback, and takes the socket of systemd otherwise.
    port: Option<u16>,
    /// `any`: binds on every address instead of loopback.
    is_bound_to_any: bool,
    /// `start=MS`: the time until it listens.
    start: Duration,
    /// `idle=MS`: exits when nobody has been connected for so long.
    idle: Option<Duration>,
    /// `control=DIRECTORY`: notes each start as a line of `starts` in it, fails at start while
    /// `broken` is in it, ends well instead of listening while `over` is, and does not listen while `stuck` is.
    control: Option<PathBuf>,
    /// `job`: ends well instead of listening.
    is_job: bool,
    /// `stubborn`: does not end when it is asked to.
    is_stubborn: bool,
}

/// Connections that are open.
static OPEN: AtomicUsize = AtomicUsize::new(0);

fn main() {
    let behaviour = behaviour();
    on_terminate(behaviour.is_stubborn);
    let starts = behaviour.control.as_ref().map(|it| it.join("starts"));
    if let Some(file) = starts {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        file.write_all(b"start\n").unwrap();
    }
    std::thread::sleep(behaviour.start);
    let is_there = |file: &str| behaviour.control.as_ref().is_some_and(|it| it.join(file).exists());
    if is_there("broken") {
        eprintln!("broken as asked");
        std::process::exit(1);
    }
    while is_there("stuck") {
        std::thread::sleep(Duration::from_millis(20));
    }
    if behaviour.is_job || is_there("over") {
        return;
    }
    let listener = match behaviour.port {
        Some(port) if behaviour.is_bound_to_any => TcpListener::bind(("0.0.0.0", port)).unwrap(),
        Some(port) => TcpListener::bind(("127.0.0.1", port)).unwrap(),
        None => taken_from_systemd(),
    };
    let run = run();
    let mut last_busy = Instant::now();
    loop {
        let left = behaviour.idle.map(|it| it.saturating_sub(last_busy.elapsed()));
        if is_waiting(&listener, left.map(|it| it.min(Duration::from_millis(20)))) {
            let (connection, _) = listener.accept().unwrap();
            OPEN.fetch_add(1, Ordering::SeqCst);
            let run = run.clone();
            std::thread::spawn(move || {
                let _ = serve(connection, &run);
                OPEN.fetch_sub(1, Ordering::SeqCst);
            });
            last_busy = Instant::now();
        } else if OPEN.load(Ordering::SeqCst) > 0 {
            last_busy = Instant::now();
        } else if behaviour.idle.is_some_and(|it| last_busy.elapsed() >= it) {
            // A connection that came in this instant stays in the queue of systemd's socket.
            std::process::exit(0);
        }
    }
}

fn behaviour() -> Behaviour {
    let mut behaviour = Behaviour::default();
    let milliseconds = |it: &str| Duration::from_millis(it.parse().unwrap());
    for argument in std::env::args().skip(1) {
        match argument.split_once('=').unwrap_or((&argument, "")) {
            ("port", it) => behaviour.port = Some(it.parse().unwrap()),
            ("any", _) => behaviour.is_bound_to_any = true,
            ("start", it) => behaviour.start = milliseconds(it),
            ("idle", it) => behaviour.idle = Some(milliseconds(it)),
            ("control", it) => behaviour.control = Some(it.into()),
            // `is=FILE`: no daemon, but a probe that finds such a file.
            ("is", it) => std::process::exit(i32::from(!std::path::Path::new(it).exists())),
            ("job", _) => behaviour.is_job = true,
            ("stubborn", _) => behaviour.is_stubborn = true,
            _ => panic!("`{argument}` is no behaviour"),
        }
    }
    behaviour
}

/// Takes the one socket that systemd passes; see sd_listen_fds(3).
fn taken_from_systemd() -> TcpListener {
    assert_eq!(std::env::var("LISTEN_FDS").as_deref(), Ok("1"), "systemd passes no socket");
    assert_eq!(std::env::var("LISTEN_PID").unwrap(), std::process::id().to_string());
    unsafe { TcpListener::from_raw_fd(3) }
}

/// What no other run of the daemon calls itself: its PID and when it began.
fn run() -> String {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let began = stat.rsplit(')').next().unwrap().split_whitespace().nth(19).unwrap();
    format!("{}.{began}", std::process::id())
}

fn serve(connection: TcpStream, run: &str) -> std::io::Result<()> {
    let mut writer = connection.try_clone()?;
    let mut lines = BufReader::new(connection).lines();
    while let Some(request) = lines.next() {
        let request = request?;
        let mut stays_open = true;
        for header in lines.by_ref() {
            let header = header?;
            stays_open &= !header.eq_ignore_ascii_case("connection: close");
            if header.is_empty() {
                break;
            }
        }
        let path = request.split(' ').nth(1).unwrap_or_default();
        let body = match path {
            "/health" => "ok".to_owned(),
            "/crash" => std::process::abort(),
            _ => format!("{run} {}", std::env::var("VERSION").unwrap_or_default()),
        };
        if path == "/slow" {
            std::thread::sleep(Duration::from_millis(500));
        }
        let mut answer = String::from("HTTP/1.1 200 OK\r\n");
        let _ = write!(answer, "Content-Length: {}\r\n\r\n{body}", body.len());
        writer.write_all(answer.as_bytes())?;
        if !stays_open {
            break;
        }
    }
    Ok(())
}

#[repr(C)]
struct PollFd {
    fd: i32,
    events: i16,
    revents: i16,
}

unsafe extern "C" {
    fn poll(fds: *mut PollFd, count: u64, timeout: i32) -> i32;
    fn signal(number: i32, handler: usize) -> usize;
    fn _exit(status: i32) -> !;
}

/// Waits for a connection, for a time or for ever.
fn is_waiting(listener: &TcpListener, limit: Option<Duration>) -> bool {
    use std::os::fd::AsRawFd as _;
    let mut fd = PollFd { fd: listener.as_raw_fd(), events: 1, revents: 0 };
    let limit = limit.map_or(-1, |it| it.as_millis() as i32);
    (unsafe { poll(&mut fd, 1, limit) }) > 0
}

/// PID 1 of a container is not ended by a signal for which it has no handler.
fn on_terminate(is_stubborn: bool) {
    const SIGTERM: i32 = 15;
    const SIG_IGN: usize = 1;
    extern "C" fn end(_: i32) {
        unsafe { _exit(0) }
    }
    let handler = if is_stubborn { SIG_IGN } else { end as *const () as usize };
    unsafe { signal(SIGTERM, handler) };
}
