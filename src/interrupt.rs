//! Interrupts of what must put things back before it ends.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::error::Error;

/// Returns what is set as soon as somebody wants this process to end, which from now on does not end by itself.
pub fn expected() -> Result<Arc<AtomicBool>, Error> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&flag))
            .map_err(|error| Error::io("handle signals of", Path::new("this process"), error))?;
    }
    Ok(flag)
}
