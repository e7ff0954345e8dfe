//! Words as a shell reads them, for somebody who wants to type them.

/// Returns a command line for a shell.
pub fn line(words: &[String]) -> String {
    // No word of a running program has a NUL byte, which is all that cannot be quoted.
    let quoted = words.iter().map(|it| shlex::try_quote(it).unwrap_or_default());
    quoted.collect::<Vec<_>>().join(" ")
}
