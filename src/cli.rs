//! What may be typed; what it means is in `commands`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// One manifest of services becomes NixOS modules, unit files and Quadlets that agree
#[derive(Debug, Parser)]
#[command(name = "unitsmith", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the files that the manifest wants, and remove those it wants no more
    Gen(Tree),
    /// Compare the files with what the manifest wants, and write nothing
    Check(Tree),
    /// Show which port each service has
    Ports(Ports),
    /// Print the JSON Schema of a manifest, with which an editor helps to write one
    Schema,
}

/// The manifest, and the tree that is made from it
#[derive(Debug, Args)]
pub struct Tree {
    #[command(flatten)]
    pub manifest: Manifest,
    /// Where the files are; `generated` beside the manifest unless said otherwise
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The kinds of output, all unless said otherwise
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    pub target: Vec<Target>,
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

/// Which manifest
#[derive(Debug, Args)]
pub struct Manifest {
    /// The manifest; `unitsmith.toml` or `unitsmith.json` unless said otherwise
    #[arg(value_name = "MANIFEST")]
    pub path: Option<PathBuf>,
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
}
