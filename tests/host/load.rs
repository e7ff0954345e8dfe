//! Clients that call a service again and again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::client::{self, Request};
use super::machine::LIMIT;
use super::service::Service;

/// A request of one of the clients.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) began: Instant,
    pub(crate) request: Request,
}

/// What the clients saw.
pub(crate) struct Load {
    pub(crate) calls: Vec<Call>,
}

impl Load {
    /// The calls without an answer.
    pub(crate) fn lost(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|it| !it.request.answer.is_ok())
    }
}

/// Lets four clients call a service every 20 ms while something happens to it.
pub(crate) fn during<T: Send>(
    service: &Service<'_>,
    happens: impl FnOnce() -> T + Send,
) -> (Load, T) {
    let port = service.port();
    let is_over = AtomicBool::new(false);
    let call = || {
        let mut calls = Vec::new();
        while !is_over.load(Ordering::SeqCst) {
            let began = Instant::now();
            let request = client::get(port, "/", LIMIT);
            calls.push(Call { began, request });
            std::thread::sleep(Duration::from_millis(20));
        }
        calls
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..4).map(|_| scope.spawn(|| service.setting.machine.within(call))).collect();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(happens));
        is_over.store(true, Ordering::SeqCst);
        let calls = clients.into_iter().flat_map(|it| it.join().unwrap()).collect();
        let result = result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (Load { calls }, result)
    })
}
