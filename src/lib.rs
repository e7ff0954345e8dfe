//! One manifest of services becomes NixOS modules, plain unit files and Quadlets that agree.
//!
//! `manifest` reads what the user wrote, `resolve` turns it into a [`plan::Plan`], `expand` into units of
//! directives and values, `emit` into files; `compare` says what would change and `disk` changes it;
//! `apply` says what a host must do to become what the files say.
//! Text is made in `syntax` alone, through the rows of the one table in `directive`.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use unitsmith::emit::{Target, emit};
//! use unitsmith::manifest::{self, Format};
//! use unitsmith::resolve::{Context, resolve};
//!
//! let text = "[services.web]\nuser = \"web\"\nexec.command = [\"/usr/bin/web\", \"${port}\"]\n";
//! let (manifest, source, problems) = manifest::parse("unitsmith.toml", text.into(), Format::Toml);
//! assert!(problems.is_empty(), "{}", source.render(&problems));
//! let manifest = manifest.expect("what has no problem can be read");
//!
//! let context = Context { manifest: "unitsmith.toml", lock: &BTreeMap::new(), is_damaged: &|_| false };
//! let (plan, problems) = resolve(&manifest, &context);
//! let plan = plan.unwrap_or_else(|| panic!("{}", source.render(&problems)));
//! assert!(unitsmith::lint::find(&manifest, &plan).is_empty());
//!
//! let files = emit(&plan, &[Target::Systemd].into());
//! assert!(files.get("systemd/web.service").expect("it is a process").contains("ExecStart=/usr/bin/web 9575"));
//! ```

pub mod apply;
pub mod cli;
pub mod commands;
pub mod compare;
pub mod compose;
pub mod contrast;
pub mod directive;
pub mod disk;
pub mod emit;
pub mod error;
pub mod expand;
pub mod explain;
pub mod fileset;
pub mod gap;
pub mod git;
pub mod graph;
pub mod interrupt;
pub mod kernel;
pub mod lint;
pub mod manifest;
pub mod paint;
pub mod plan;
pub mod ports;
pub mod problem;
pub mod progress;
pub mod resolve;
pub mod syntax;
pub mod systemctl;
pub mod trial;
pub mod unit;
pub mod unitset;
pub mod verify;
pub mod vocabulary;

mod nearest;
