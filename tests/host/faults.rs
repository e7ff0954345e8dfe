//! What happens to services, and what their clients see of it.

use super::setting::{Setting, Source};

mod broken;
mod burst;
mod change;
mod idle;
mod killed;
mod slow;
mod taken;

/// The services that a fault is tried on.
#[derive(Clone, Copy)]
struct Subject {
    source: Source,
    /// `process` or `container`, with which their names begin.
    kind: &'static str,
    /// Their column in the table.
    column: &'static str,
}

impl Subject {
    fn setting(self) -> &'static Setting {
        Setting::of(self.source)
    }

    /// Tries a fault on both ways in which a request wakes a service, at the same time.
    fn each_pattern(self, fault: impl Fn(&str) + Sync) {
        std::thread::scope(|scope| {
            let threads = ["fd", "proxy"].map(|pattern| scope.spawn(|| fault(pattern)));
            for thread in threads {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
        });
    }
}

/// Makes a test of a fault for every kind of service.
macro_rules! on_every_subject {
    ($fault:ident) => {
        $crate::host::faults::on_every_subject! { @tests $fault
            processes: Quadlets "process" "process";
            quadlets: Quadlets "container" "Quadlet";
            services_that_run_podman: Services "container" "podman service";
            processes_of_nixos: Nixos "process" "NixOS process";
            containers_of_nixos: Nixos "container" "NixOS container";
            processes_of_an_account: Account "process" "account's process";
            quadlets_of_an_account: Account "container" "rootless Quadlet";
            services_of_an_account: AccountServices "container" "rootless podman service";
            processes_of_debian_12: Older "process" "Debian 12 process";
            containers_of_debian_12: Older "container" "Debian 12 container";
        }
    };
    (@tests $fault:ident $($name:ident: $source:ident $kind:literal $column:literal;)*) => {
        $(
            #[test]
            fn $name() {
                let source = $crate::host::setting::Source::$source;
                $fault($crate::host::faults::Subject { source, kind: $kind, column: $column });
            }
        )*
    };
}
use on_every_subject;
