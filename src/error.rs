//! What kept a command from finishing: our failures and the machine's, never the user's input.

use std::fmt;
use std::path::Path;

/// A command could not finish.
#[derive(Debug)]
pub struct Error {
    message: String,
    cause: Option<std::io::Error>,
    hint: Option<String>,
}

impl Error {
    /// An error with what to do about it.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error { message: message.into(), cause: None, hint: Some(hint.into()) }
    }

    /// A file or directory could not be used; `action` says for what, like `read`.
    pub fn io(action: &str, path: &Path, cause: std::io::Error) -> Error {
        Error {
            message: format!("cannot {action} `{}`", path.display()),
            cause: Some(cause),
            hint: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if let Some(cause) = &self.cause {
            write!(f, "\n  cause: {cause}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
