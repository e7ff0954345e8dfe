//! A request, as a user of a service makes it.

use std::fmt;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A request and how it ended.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) answer: Answer,
    pub(super) time: Duration,
}

/// How a request ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// With this first line.
    Line(String),
    /// The connection ended without an answer.
    Ended,
    /// Nobody listens.
    Refused,
    Silence,
    Impossible(String),
}

impl Answer {
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Answer::Line(_))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Line(line) => f.write_str(line),
            Answer::Ended => f.write_str("the connection ended without an answer"),
            Answer::Refused => f.write_str("the connection was refused"),
            Answer::Silence => f.write_str("no answer"),
            Answer::Impossible(why) => f.write_str(why),
        }
    }
}

/// Asks for a path over HTTP, on a connection of its own, and waits for the beginning of the answer.
pub(super) fn get(address: SocketAddr, path: &str, limit: Duration) -> Request {
    let began = Instant::now();
    let answer = ask(address, path, began + limit).unwrap_or_else(|error| {
        let kind = error.kind();
        if kind == ErrorKind::ConnectionRefused {
            Answer::Refused
        } else if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&kind) {
            Answer::Silence
        } else if [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&kind) {
            Answer::Ended
        } else {
            Answer::Impossible(error.to_string())
        }
    });
    Request { answer, time: began.elapsed() }
}

fn ask(address: SocketAddr, path: &str, end: Instant) -> io::Result<Answer> {
    // A limit of nothing would be none at all.
    let left = || end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let mut connection = TcpStream::connect_timeout(&address, left())?;
    connection.set_nodelay(true)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    connection.set_read_timeout(Some(left()))?;
    let mut answer = [0; 512];
    let length = connection.read(&mut answer)?;
    if length == 0 {
        return Ok(Answer::Ended);
    }
    let text = String::from_utf8_lossy(&answer[..length]);
    let line = text.lines().next().unwrap_or_default();
    Ok(Answer::Line(line.replace(char::is_control, "�")))
}
