//! What is being done while it takes long, for who waits at a terminal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::ProgressBar;

/// Whether nothing is shown whatever happens, as `--quiet` wishes.
static IS_SILENT: AtomicBool = AtomicBool::new(false);

/// How often something moves.
const BEAT: Duration = Duration::from_millis(100);

/// Shows no progress from now on.
pub fn silence() {
    IS_SILENT.store(true, Ordering::Relaxed);
}

/// Says what is being done until it is done; on standard error, if that is a terminal, and nothing of it stays.
pub fn during<T>(doing: &str, work: impl FnOnce() -> T) -> T {
    if IS_SILENT.load(Ordering::Relaxed) {
        return work();
    }
    let spinner = ProgressBar::new_spinner().with_message(doing.to_owned());
    spinner.enable_steady_tick(BEAT);
    let done = work();
    spinner.finish_and_clear();
    done
}
