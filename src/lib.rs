//! One manifest of services becomes NixOS modules, plain unit files and Quadlets that agree.
//!
//! What comes from what:
//!
//! | of | becomes | in |
//! |---|---|---|
//! | the user's files | mirror types, and problems with their places | [`manifest`] |
//! | the mirror types | a [`plan`], which is what they mean | [`resolve`], which has the numbers from [`ports`] |
//! | a service of the plan | [`unit`](mod@unit)s: directives of the one table in [`directive`], and values | [`expand`] |
//! | the same for process-compose | processes | [`compose`] |
//! | units and processes | a [`fileset`] | [`emit`], through the printers of [`syntax`], where all text is made |
//! | the files that are wanted and those that are there | what would change | [`compare`] |
//! | two sets of files | what changes on which host, by the meaning of their units ([`unitset`]) | [`contrast`] |
//! | files, and what a host has and runs | what the host must do to become what they say | [`apply`] |
//!
//! Beside this way a plan is asked what hosts cannot do of it ([`gap`]), what of it is probably not meant ([`lint`]),
//! and what it looks like ([`explain`], [`graph`]); a service is tried before it has units ([`trial`]) and asked on
//! the host that runs it ([`verify`]).
//! [`cli`] is what may be typed and [`commands`] what then happens; [`problem`] is what is wrong with the user's input,
//! [`error`] what keeps a command from finishing; [`vocabulary`] is which systemd knows which directive.
//! All else is pure: files are touched in [`disk`], other programs are run by [`systemctl`], [`git`] and [`trial`],
//! processes are looked at in [`kernel`], and [`interrupt`], [`progress`] and [`paint`] are for whoever sits before it.
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
