//! What is run before a process, and how one is asked to end.

use crate::plan::Form;
use crate::plan::process::Hooks;
use crate::plan::quantity::Duration;
use crate::plan::restart::Signal;
use crate::plan::text::Word;

use super::{Found, Shutdown};

/// How long systemd waits before it kills a process that was asked to end (`DefaultTimeoutStopSec=`).
const USUAL_STOP_TIMEOUT: u64 = 90;

/// The commands of a service that process-compose runs beside the process.
pub(super) struct Around {
    pub(super) pre_start: Vec<Vec<Word>>,
    /// In place of a signal.
    pub(super) stop: Vec<Vec<Word>>,
}

impl Found<'_> {
    /// Returns what is run beside the process.
    pub(super) fn hooks(&mut self, hooks: &Hooks) -> Around {
        let Hooks { pre_start, post_start, reload, stop, post_stop } = hooks;
        let others = [
            (post_start, "`exec.postStart`"),
            (reload, "`exec.reload`"),
            (post_stop, "`exec.postStop`"),
        ];
        for (commands, what) in others {
            self.gap_if(!commands.is_empty(), "exec", what);
        }
        if self.form == Form::Flake {
            self.refuse_unsayable(stop);
        }
        Around { pre_start: pre_start.clone(), stop: stop.clone() }
    }

    /// Returns the file to which is added what the process prints.
    pub(super) fn log_file(&mut self, file: Option<&str>) -> Option<String> {
        // 1.87 src/app/process.go `getLogPath`.
        const NUMBER: &str = "{PC_REPLICA_NUM}";
        self.gap_if(
            file.is_some_and(|it| it.contains(NUMBER)),
            "exec",
            "`{PC_REPLICA_NUM}` in `exec.logFile`, which it takes for a number",
        );
        file.map(str::to_owned)
    }

    pub(super) fn shutdown(&mut self, commands: Vec<Vec<Word>>) -> Shutdown {
        let stop = &self.service.stop;
        let signal = stop.signal.map_or(Some(15), number);
        self.gap_if(signal.is_none(), "stop", "`stop.signal`: it knows the signals from 1 to 31");
        let timeout = stop.timeout.map(Duration::rounded_up_to_seconds);
        Shutdown {
            commands,
            signal: signal.unwrap_or(15),
            timeout_seconds: timeout.unwrap_or(USUAL_STOP_TIMEOUT).max(1),
        }
    }
}

/// The number of a signal on Linux (signal(7)); `None` for one of real time.
fn number(signal: Signal) -> Option<u8> {
    const NUMBERS: &[(&str, u8)] = &[
        ("SIGHUP", 1),
        ("SIGINT", 2),
        ("SIGQUIT", 3),
        ("SIGABRT", 6),
        ("SIGKILL", 9),
        ("SIGUSR1", 10),
        ("SIGUSR2", 12),
        ("SIGALRM", 14),
        ("SIGTERM", 15),
        ("SIGWINCH", 28),
    ];
    NUMBERS.iter().find(|(name, _)| *name == signal.as_str()).map(|(_, number)| *number)
}
