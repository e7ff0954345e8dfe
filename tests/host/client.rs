//! Who calls the services.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The body of an answer with status 200.
    Ok(String),
    /// Nobody listens.
    Refused,
    /// The connection ended without an answer.
    Lost(ErrorKind),
    /// Neither an answer nor an end within the limit of the client.
    Silence,
}

impl Answer {
    pub(crate) fn is_ok(&self) -> bool {
        matches!(self, Answer::Ok(_))
    }
}

/// A request and how it ended.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) answer: Answer,
    pub(crate) time: Duration,
}

/// Asks a service on loopback, over a connection of its own.
pub(crate) fn get(port: u16, path: &str, limit: Duration) -> Request {
    let began = Instant::now();
    let answer = match ask(port, path, began + limit) {
        Ok(body) => Answer::Ok(body),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Answer::Refused,
        Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
            Answer::Silence
        }
        Err(error) => Answer::Lost(error.kind()),
    };
    Request { answer, time: began.elapsed() }
}

fn ask(port: u16, path: &str, end: Instant) -> std::io::Result<String> {
    let left = || {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut) } else { Ok(left) }
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut connection = TcpStream::connect_timeout(&address, left()?)?;
    connection.set_nodelay(true)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        connection.set_read_timeout(Some(left()?))?;
        match connection.read(&mut buffer)? {
            0 => break,
            length => answer.extend_from_slice(&buffer[..length]),
        }
    }
    let answer = String::from_utf8(answer).map_err(|_| ErrorKind::InvalidData)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(ErrorKind::UnexpectedEof)?;
    if head.split(' ').nth(1) != Some("200") {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok(body.to_owned())
}
