//! What is wrong with the user's input.
//!
//! Problems are values: they are collected, never thrown, and shown all at once.
//! A code is an error, which keeps files from being written, or a warning or a note, which do not.
//! Our own failures (a file that cannot be read) are `error::Error`.
//!
//! Invariant: knows paths into the manifest, never lines; `manifest::source` turns one into the other.

use std::fmt;

/// A problem of the user's input: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    pub place: Place,
    /// In the user's words: lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Where a problem is: a path into the manifest and the part of it that is meant.
///
/// When the path does not exist in the manifest, its longest existing prefix is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: Path,
    pub part: Part,
}

/// The part of a manifest entry that a problem points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Key,
    Value,
    /// Bytes of the text itself, where there is no tree to point into (syntax errors).
    Bytes(std::ops::Range<usize>),
}

/// A path into the manifest, `services.web.exec.command[0]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// A way into the manifest that costs nothing until somebody asks for its path.
///
/// Nearly all values have no problem, so nearly no path is ever made.
#[derive(Debug, Clone, Copy)]
pub enum Trail<'a> {
    Root,
    Key(&'a Trail<'a>, &'a str),
    Index(&'a Trail<'a>, usize),
}

impl Trail<'_> {
    /// Returns the way one key deeper.
    pub fn key<'a>(&'a self, key: &'a str) -> Trail<'a> {
        Trail::Key(self, key)
    }

    /// Returns the way to one element of the list at its end.
    pub fn index(&self, index: usize) -> Trail<'_> {
        Trail::Index(self, index)
    }

    /// Returns the path that the way has gone.
    pub fn to_path(&self) -> Path {
        let (Path(mut steps), step) = match self {
            Trail::Root => return Path::default(),
            Trail::Key(parent, key) => (parent.to_path(), Step::Key((*key).to_owned())),
            Trail::Index(parent, index) => (parent.to_path(), Step::Index(*index)),
        };
        steps.push(step);
        Path(steps)
    }

    /// The place of the key that the way ends with.
    pub fn at_key(&self) -> Place {
        Place { path: self.to_path(), part: Part::Key }
    }

    /// The place of the value at the end of the way.
    pub fn at_value(&self) -> Place {
        Place { path: self.to_path(), part: Part::Value }
    }
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_path().fmt(f)
    }
}

impl Path {
    /// The place of the key that this path ends with.
    pub fn at_key(&self) -> Place {
        Place { path: self.clone(), part: Part::Key }
    }

    /// The place of the value at this path.
    pub fn at_value(&self) -> Place {
        Place { path: self.clone(), part: Part::Value }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl Problem {
    /// A problem without a hint.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Problem {
        Problem { code, place, message: message.into(), hint: None }
    }

    /// The same problem, with what to do about it.
    pub fn hint(self, hint: impl Into<String>) -> Problem {
        Problem { hint: Some(hint.into()), ..self }
    }
}

/// A problem as it is shown where there is no line of the manifest to show with it.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.code.severity();
        write!(f, "{}[{}]: {}", severity.as_str(), self.code.as_str(), self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  = help: {hint}")?;
        }
        Ok(())
    }
}

/// Whether a problem keeps files from being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// It is said and files are written all the same; `allow` in the manifest keeps it from being said.
    Warning,
    /// `lint` says it, who looks for what could be better; `allow` keeps it from being said, too.
    Note,
}

impl Severity {
    /// The word before the code.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Whether a manifest with these problems still says what to write.
pub fn has_error(problems: &[Problem]) -> bool {
    problems.iter().any(|it| it.code.severity() == Severity::Error)
}

/// Declares the codes with their numbers, so that no number is given twice by accident.
///
/// `as Warning` or `as Note` after a number says that the code alone stops nothing.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal $(as $severity:ident)?,)*) => {
        /// The stable code of a problem; a code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// Every code, in the order of their numbers.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as it is shown and as `allow` in a manifest names it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $number,)*
                }
            }

            /// Whether the code keeps files from being written.
            pub fn severity(self) -> Severity {
                match self {
                    $(Code::$name => codes!(@severity $($severity)?),)*
                }
            }

            /// One sentence about the code, for the table of the README.
            pub fn summary(self) -> &'static str {
                match self {
                    $(Code::$name => concat!($($doc),*),)*
                }
            }
        }
    };
    (@severity) => { Severity::Error };
    (@severity $severity:ident) => { Severity::$severity };
}

codes! {
    /// The file is not valid TOML, JSON, YAML or Nix.
    Syntax = "US001",
    /// A key that no manifest has.
    UnknownKey = "US002",
    /// A value of another type than the key takes.
    WrongType = "US003",
    /// A key that must be there and is not.
    MissingKey = "US004",
    /// A word that is not one of those the key takes.
    UnknownValue = "US005",
    /// A key that stands twice in one table.
    DuplicateKey = "US006",
    /// A value that some readers of the notation take for something else than others.
    Ambiguous = "US007",
    /// Something of the notation that no manifest has: an anchor of YAML, an expression of Nix.
    ForeignNotation = "US008",
    /// A name that cannot be the name of a service, host or option.
    ImpossibleName = "US010",
    /// Two services that would write the same unit.
    UnitClash = "US011",
    /// A service or host that the manifest does not have.
    UnknownName = "US012",
    /// Templates that extend each other.
    TemplateCycle = "US013",
    /// Two services that would be shown in one place.
    ShownTwice = "US014",
    /// A `${reference}` that does not exist.
    UnknownReference = "US020",
    /// A character that the value cannot carry to where it goes.
    ImpossibleCharacter = "US021",
    /// A path that is not absolute.
    RelativePath = "US022",
    /// A name that no environment variable can have.
    ImpossibleVariable = "US023",
    /// A duration or size that cannot be read.
    ImpossibleQuantity = "US024",
    /// A port outside 1 to 65535.
    PortRange = "US030",
    /// Two uses of one port.
    PortTaken = "US031",
    /// A lock file that is not one.
    BrokenLock = "US032",
    /// A port of a service that has none.
    NoPort = "US033",
    /// A handoff where nobody listens.
    HandoffWithoutListener = "US040",
    /// A key that means nothing beside the others.
    Pointless = "US041",
    /// Something that the host's version of a program cannot do.
    HostTooOld = "US042",
    /// A restart policy that fights the idle exit.
    RestartLoop = "US043",
    /// A service that says not at all or twice what it runs.
    Workload = "US050",
    /// Services that wait for each other.
    DependencyCycle = "US051",
    /// Waiting for the readiness of a service that is never found to be ready.
    NeverReady = "US052",
    /// Waiting for the end of a service that goes on running.
    NeverCompleted = "US053",
    /// A probe that says nothing of the service.
    ImpossibleProbe = "US054",
    /// Something that a target cannot do.
    TargetCannot = "US060",
    /// A warning: a published port that the host's firewall does not guard.
    PortPastFirewall = "US061" as Warning,
    /// A file of somebody else where a generated one should be.
    ForeignFile = "US070",
    /// A file of a generated tree that no host can have.
    TreeRefused = "US100",
    /// A host that runs what another manifest says.
    OtherManifest = "US101",
    /// Services of an account where those of the system are meant, or the other way round.
    WrongManager = "US102",
    /// A unit that does not become ready.
    NotReady = "US103",
    /// An image that is neither on the host nor to be had.
    NoImage = "US104",
    /// A warning: an account whose services end when it logs out.
    NoLinger = "US105" as Warning,
    /// An included file that is not there or no manifest.
    CannotInclude = "US130",
    /// A log file in a directory that is made only after it is opened.
    LogBeforeDirectory = "US150",
    /// A sleeping service that takes its own socket down when it starts or stops.
    SocketTakenDown = "US201" as Warning,
    /// A start limit on a service that its socket starts: the port dies with it.
    StartLimit = "US202" as Warning,
    /// A limit on a socket that closes it for good.
    SocketLimit = "US203" as Warning,
    /// An idle timeout so short that each pause of a reader is a cold start.
    ShortIdle = "US204" as Note,
    /// An idle timeout so long that the service hardly ever sleeps.
    NeverIdle = "US205" as Note,
    /// A start timeout that ends while the image is still being pulled.
    StartShorterThanPull = "US206" as Warning,
    /// A sleeping container that asks a registry at each cold start.
    PullAtColdStart = "US207" as Note,
    /// Labels by which a proxy finds a container, on one that sleeps.
    LabelsOfSleeper = "US208" as Warning,
    /// A job that may hang for ever, so that it never runs again.
    JobWithoutEnd = "US209" as Note,
    /// A proxy of an old systemd, which faces a killed service for a while.
    SlowEndOfProxy = "US210" as Note,
    /// An image without a tag or digest.
    ImageWithoutTag = "US211" as Warning,
    /// An image whose tag means another image tomorrow.
    LatestTag = "US212" as Note,
    /// An image without its registry.
    ShortImageName = "US213" as Warning,
    /// Automatic updates of an image that a digest pins.
    PinnedUpdate = "US214" as Warning,
    /// Automatic updates that nobody would roll back, because nobody says whether the new image works.
    BlindUpdate = "US215" as Note,
    /// A container that does not start at boot unless its registry answers.
    PullAtBoot = "US216" as Note,
    /// A secret in the environment, in plain text.
    SecretInEnvironment = "US221" as Warning,
    /// A secret in a command, which every account of the host can read.
    SecretInCommand = "US222" as Warning,
    /// A password in a URL.
    PasswordInUrl = "US223" as Warning,
    /// A further port of a socket that outgoing connections may take first.
    EphemeralListener = "US231" as Warning,
    /// A port below 1024 for an account that may not open it.
    LowPort = "US232" as Warning,
    /// A container in the network of its host.
    HostNetwork = "US233" as Note,
    /// A socket on all interfaces that says nothing about the firewall.
    SocketForEverybody = "US234" as Warning,
    /// A wait for the network that can hold up the boot.
    WaitsForOnline = "US235" as Warning,
    /// A name that is shown without TLS.
    PlainHttp = "US236" as Note,
    /// A process that runs as root and shows no need of it.
    RootWithoutNeed = "US241" as Note,
    /// A privileged container, which is root on the host.
    Privileged = "US242" as Warning,
    /// A container that is given the socket of podman or docker.
    EngineSocket = "US243" as Warning,
    /// A directory of the host itself that a container may write.
    HostDirectory = "US244" as Warning,
    /// A capability that is as good as root.
    AllCapabilities = "US245" as Warning,
    /// A process that is kept from nothing.
    NoHardening = "US246" as Note,
    /// A container without seccomp, AppArmor or SELinux.
    NoConfinement = "US247" as Note,
    /// Two services that write into one state directory or volume.
    SharedState = "US251" as Warning,
    /// Data in a directory that is emptied at boot.
    DataGoesAtBoot = "US252" as Warning,
    /// A directory on another disk that nobody waits for.
    MountNotAwaited = "US253" as Warning,
    /// A database whose data goes with its container.
    DatabaseWithoutVolume = "US254" as Warning,
    /// A service that stays down after its first crash.
    StaysDown = "US261" as Note,
    /// Restarts without a pause.
    NoPause = "US262" as Warning,
    /// A health check that changes nothing when it fails.
    UnhealthyGoesOn = "US263" as Note,
    /// A container whose output nobody will ever see.
    NoLog = "US264" as Note,
    /// A problem that is accepted without saying why.
    AllowWithoutReason = "US271" as Note,
    /// An `allow` of something that is not there.
    AllowWithoutUse = "US272" as Note,
    /// A group that no service is in.
    UnusedGroup = "US273" as Note,
    /// A wait for the start of a service that is called before it listens.
    StartedIsNotReady = "US274" as Note,
}
