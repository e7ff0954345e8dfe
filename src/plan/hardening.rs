//! What a process is kept from.

use std::collections::BTreeSet;

/// What a process is kept from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hardening {
    pub profile: Profile,
    /// Measures of the profile that are not taken.
    pub except: BTreeSet<Measure>,
    /// Paths that it may write all the same.
    pub writable_paths: Vec<String>,
}

/// A set of measures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    None,
    /// What no ordinary daemon notices.
    #[default]
    Baseline,
    /// Also what some programs do not bear.
    Strict,
}

impl Profile {
    /// Every profile.
    pub const ALL: &[Profile] = &[Profile::None, Profile::Baseline, Profile::Strict];

    /// The profile as the manifest spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Profile::None => "none",
            Profile::Baseline => "baseline",
            Profile::Strict => "strict",
        }
    }

    /// Whether the profile has a measure.
    pub fn has(self, measure: Measure) -> bool {
        match self {
            Profile::None => false,
            Profile::Baseline => measure.is_of_baseline(),
            Profile::Strict => true,
        }
    }
}

/// Declares the measures: in which profile each is from on, and why.
macro_rules! measures {
    ($($(#[doc = $doc:literal])* $name:ident $profile:ident,)*) => {
        /// A measure, named as the directive of systemd.exec(5) that takes it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Measure {
            $($(#[doc = $doc])* $name,)*
        }

        impl Measure {
            /// Every measure.
            pub const ALL: &[Measure] = &[$(Measure::$name,)*];

            /// The name of the measure.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Measure::$name => stringify!($name),)*
                }
            }

            fn is_of_baseline(self) -> bool {
                match self {
                    $(Measure::$name => measures!(@$profile),)*
                }
            }
        }
    };
    (@baseline) => { true };
    (@strict) => { false };
}

measures! {
    /// No program gives it more privileges than it has: `sudo` and the like do nothing.
    NoNewPrivileges baseline,
    /// It has a `/tmp` of its own, unless the manifest names a path there.
    PrivateTmp baseline,
    /// `/usr`, `/boot` and `/etc` are read-only; with `strict` everything is but its own directories.
    ProtectSystem baseline,
    /// Homes are read-only, unless the manifest names a path there; with `strict` they are empty.
    ProtectHome baseline,
    /// It changes no sysctl.
    ProtectKernelTunables baseline,
    /// It loads no modules of the kernel.
    ProtectKernelModules baseline,
    /// It does not read the log of the kernel.
    ProtectKernelLogs baseline,
    /// It changes no control groups.
    ProtectControlGroups baseline,
    /// It does not rename the host.
    ProtectHostname baseline,
    /// It runs on the usual personality of the kernel.
    LockPersonality baseline,
    /// It does not take the processor for itself.
    RestrictRealtime baseline,
    /// It makes no set-user-ID files.
    RestrictSUIDSGID baseline,
    /// It has no devices but the harmless: no GPU, no serial port.
    PrivateDevices strict,
    /// It does not set the clock.
    ProtectClock strict,
    /// It sees no processes of others.
    ProtectProc strict,
    /// It sees nothing of `/proc` but processes.
    ProcSubset strict,
    /// It makes no namespaces: no sandboxes of browsers, no containers.
    RestrictNamespaces strict,
    /// Its sockets are those of IP, of the host and of netlink.
    RestrictAddressFamilies strict,
    /// It makes the system calls of ordinary services alone.
    SystemCallFilter strict,
    /// It runs no programs of another architecture, 32 bits included.
    SystemCallArchitectures strict,
    /// It makes no code while it runs, which node, Java and other JIT compilers do.
    MemoryDenyWriteExecute strict,
    /// It has none of the privileges of root, but for a port below 1024 of its own.
    CapabilityBoundingSet strict,
    /// Nobody else reads the files that it makes, unless `umask` says otherwise.
    UMask strict,
}
