//! What is tested on booted hosts, in a binary of its own because it takes minutes and privileges.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]
#![expect(clippy::print_stdout, reason = "what is found is shown, and not only where it is wrong")]

mod host;
#[allow(dead_code, reason = "the other test binary uses the rest of it")]
mod support;
