//! What may be typed; what it means is in `commands`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::plan::quantity::Duration;

/// One manifest of services becomes NixOS modules, unit files and Quadlets that agree
#[derive(Debug, Parser)]
#[command(name = "unitsmith", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub talk: Talk,
}

/// How it is said
#[derive(Debug, Default, Args)]
pub struct Talk {
    /// Say nothing to people when the exit status is 0
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to use colours; on a terminal, and not with NO_COLOR, unless said otherwise
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: Color,
}

/// When to use colours
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// What to do
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a first manifest, of one service
    Init(Init),
    /// Write the files that the manifest wants, and remove those it wants no more
    Gen(Tree),
    /// Compare the files with what the manifest wants, and write nothing
    Check(Check),
    /// Show what a change of the manifest does to hosts
    Diff(Diff),
    /// Make a host without Nix what the manifest says, and nothing that it says no more
    Apply(Apply),
    /// Say what the manifest allows and probably does not mean
    Lint(Lint),
    /// Show how each service of this host is, and what is not as it was made
    Status(Status),
    /// Make this host what it was before
    Rollback(Rollback),
    /// Take away what was put on this host
    Remove(Remove),
    /// Repair what is gone, edited or dead, and say nothing when all is well
    Reconcile(Reconcile),
    /// Show which port each service has
    Ports(Ports),
    /// Explain how a service is reached, what each unit is for, and where to look when it fails
    Explain(Explain),
    /// Draw the services, what reaches them and what they wait for
    Graph(Graph),
    /// Run a service without units, and say whether it takes a socket from systemd
    ///
    /// podman runs a container, under another name, outside its pod and without a published port; it uses its
    /// volumes and networks as they are.
    Try(Try),
    /// Ask services of this running host in every state, and say what is not as it should be
    Verify(Verify),
    /// Print the JSON Schema of a manifest, with which an editor helps to write one
    Schema,
    /// Print the script by which a shell completes what is typed
    Completions(Completions),
    /// Print the manual page of the program, or of a command
    Man(Man),
}

impl Command {
    /// Whether a unified diff for people is what it prints.
    pub fn prints_diff(&self) -> bool {
        matches!(self, Command::Check(check) if check.format == Format::Human)
    }
}

/// Which shell
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell that reads the script
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// A shell that completes what is typed
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Nushell,
}

/// Which page
#[derive(Debug, Args)]
pub struct Man {
    /// The command; the program itself unless said otherwise
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// What the first manifest says
#[derive(Debug, Args)]
pub struct Init {
    /// The service
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The machines; without one, files for all kinds of them are made
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub host: Vec<HostKind>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "toml")]
    pub format: Notation,
    /// The image of a container; the service is a process unless there is one
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
}

/// A kind of machine
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HostKind {
    /// NixOS 25.11
    Nixos,
    /// Debian 13, with systemd 257 and podman 5.4
    Debian,
}

/// A notation of manifests
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Notation {
    Toml,
    Yaml,
    Json,
    Nix,
}

/// The manifest, and the tree that is made from it
#[derive(Debug, Args)]
pub struct Tree {
    #[command(flatten)]
    pub manifest: Manifest,
    /// Where the files are; `generated` beside the manifest unless said otherwise
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The kinds of output; all that the hosts need unless said otherwise
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    pub target: Vec<Target>,
    /// For process-compose, also write the script with which its container begins
    #[arg(long)]
    pub entrypoint: bool,
}

/// What the host is to have, and how it gets it
#[derive(Debug, Args)]
pub struct Apply {
    #[command(flatten)]
    pub wanted: Wanted,
    #[command(flatten)]
    pub on: On,
    #[command(flatten)]
    pub wait: Wait,
    /// Go back to what was there when a unit that is started does not become ready
    #[arg(long)]
    pub rollback_on_failure: bool,
    /// Have a timer repair what is gone, edited or dead every 30 seconds
    #[arg(long)]
    pub install_timer: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// How long is waited
#[derive(Debug, Args)]
pub struct Wait {
    /// How many seconds units have to stop, and then to become ready
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub wait: u64,
}

/// How to show the services
#[derive(Debug, Args)]
pub struct Status {
    #[command(flatten)]
    pub on: On,
    /// Print JSON for a program to read
    #[arg(long)]
    pub json: bool,
}

/// Which tree comes back
#[derive(Debug, Args)]
pub struct Rollback {
    /// The number of the tree, the one before the last unless said otherwise
    #[arg(value_name = "NUMBER")]
    pub number: Option<u64>,
    #[command(flatten)]
    pub on: On,
    #[command(flatten)]
    pub wait: Wait,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What is taken away
#[derive(Debug, Args)]
pub struct Remove {
    /// Take away the data as well: volumes, and the state, cache and logs of services
    #[arg(long)]
    pub state: bool,
    #[command(flatten)]
    pub on: On,
    #[command(flatten)]
    pub wait: Wait,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What is repaired
#[derive(Debug, Args)]
pub struct Reconcile {
    #[command(flatten)]
    pub on: On,
    #[command(flatten)]
    pub wait: Wait,
}

/// What a host is to have
#[derive(Debug, Args)]
pub struct Wanted {
    /// The manifest, or a directory of generated files; `unitsmith.toml`, `.json`, `.yaml` or `.nix` unless said otherwise
    #[arg(value_name = "MANIFEST|DIR")]
    pub source: Option<PathBuf>,
    /// The host of the manifest, the one with the name of this machine unless said otherwise
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// How containers are run, as Quadlets unless said otherwise
    #[arg(long, value_name = "TARGET")]
    pub target: Option<PlainTarget>,
}

/// Where the files are, and whose they are
#[derive(Debug, Args)]
pub struct On {
    /// The root directory of an image, in which nothing runs; this host unless said otherwise
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The services of the account that runs this, and not those of the system
    #[arg(long)]
    pub user: bool,
}

/// A kind of output for a host without Nix
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainTarget {
    /// Containers are services that run podman
    Systemd,
    /// Containers are Quadlets where the host's podman reads them
    Quadlet,
}

/// The manifest, the tree that is made from it, and how to say what differs
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub tree: Tree,
    /// How to say it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Take files for the same that say the same, as when a formatter has laid them out anew
    #[arg(long)]
    pub structural: bool,
}

/// What is compared
#[derive(Debug, Args)]
pub struct Diff {
    /// A manifest, a directory of generated files, a revision of git, or two as in `main..HEAD`; `main:generated` is
    /// the directory as a revision has it
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The same; the manifest as it is unless said otherwise
    #[arg(value_name = "NEW")]
    pub new: Option<PathBuf>,
    /// The manifest whose revisions are meant; `unitsmith.toml`, `.json`, `.yaml` or `.nix` unless said otherwise
    #[arg(short, long, value_name = "MANIFEST")]
    pub manifest: Option<PathBuf>,
    /// How to say it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: DiffFormat,
}

/// Who reads what changes
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// People
    Human,
    /// People who read a pull request
    Markdown,
    /// Programs
    Json,
}

/// The manifest, and how to say what is found
#[derive(Debug, Args)]
pub struct Lint {
    #[command(flatten)]
    pub manifest: Manifest,
    /// How to say it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Explain a code: what it finds, why that is bad, an example and what to write instead
    #[arg(long, value_name = "CODE", conflicts_with_all = ["path", "format"])]
    pub explain: Option<String>,
}

/// The manifest, and how to show its ports
#[derive(Debug, Args)]
pub struct Ports {
    #[command(flatten)]
    pub manifest: Manifest,
    /// Print JSON for a program to read
    #[arg(long)]
    pub json: bool,
}

/// What is explained
#[derive(Debug, Args)]
pub struct Explain {
    /// A service, or a group, network, volume, image or build
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub manifest: Manifest,
    /// The host on which it is explained; the first that has it unless said otherwise
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// The kind of output that is explained
    #[arg(long, value_name = "TARGET")]
    pub target: Option<Target>,
}

/// The manifest, and how to draw it
#[derive(Debug, Args)]
pub struct Graph {
    #[command(flatten)]
    pub manifest: Manifest,
    /// What to draw it for
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = GraphFormat::Svg)]
    pub format: GraphFormat,
    /// Show what this host runs, as it runs there
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Show this service with all that it needs and all that needs it; may be given several times
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub service: Vec<String>,
    /// Write the picture to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What a picture is drawn for
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// A picture that browsers show
    Svg,
    /// Text for Graphviz
    Dot,
    /// Text for Mermaid, as in Markdown
    Mermaid,
}

/// What is tried
#[derive(Debug, Args)]
pub struct Try {
    /// The service that is run
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub manifest: Manifest,
    /// The host as which it is run here; as everywhere unless said otherwise
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// What is asked for over HTTP
    #[arg(long = "path", value_name = "PATH", default_value = "/")]
    pub request: String,
    /// How long the answer may take; a container may have to be pulled first
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub timeout: std::time::Duration,
}

/// What is verified
#[derive(Debug, Args)]
pub struct Verify {
    /// The services, all of this host unless some are named; they are stopped and killed in between
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// The manifest; `unitsmith.toml` or `unitsmith.json` unless said otherwise
    #[arg(short, long, value_name = "MANIFEST")]
    pub manifest: Option<PathBuf>,
    /// The host of the manifest, the one with the name of this machine unless said otherwise
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Verify what the systemd of this account runs, without root
    #[arg(long)]
    pub user: bool,
    /// What is asked for over HTTP
    #[arg(long = "path", value_name = "PATH", default_value = "/")]
    pub request: String,
    /// How long each step may take, and how long an idle service is waited for
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub limit: std::time::Duration,
    /// Print JSON for a program to read
    #[arg(long)]
    pub json: bool,
}

/// Reads a duration as manifests have it
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let hint = || "a duration is like `500ms`, `30s` or `2min`".to_owned();
    Duration::parse(text).map(Duration::to_std).ok_or_else(hint)
}

/// Which manifest
#[derive(Debug, Args)]
pub struct Manifest {
    /// The manifest; `unitsmith.toml`, `.json`, `.yaml` or `.nix` unless said otherwise
    #[arg(value_name = "MANIFEST")]
    pub path: Option<PathBuf>,
}

/// Who reads what is found
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// People: what is wrong under the very line
    Human,
    /// GitHub and Forgejo: annotations on the lines of the manifest
    Github,
    /// Programs
    Json,
}

/// A kind of output
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// NixOS modules
    Nixos,
    /// Unit files; containers are services that run podman
    Systemd,
    /// Unit files; containers are Quadlets where the host's podman reads them
    Quadlet,
    /// A file of process-compose; without `hosts` that have it, of all services
    ProcessCompose,
    /// A module of process-compose-flake; without `hosts` that have it, of all services
    ProcessComposeFlake,
}
