//! Files as revisions of git have them.

use std::path::Path;
use std::process::Command;

use crate::error::Error;

/// Returns a file as a revision has it.
pub fn show(revision: &str, path: &Path) -> Result<Vec<u8>, Error> {
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let hint = "name a manifest, a directory of generated files, or a revision of git, like `main` or `main..HEAD`";
    if revision.starts_with('-') {
        return Err(Error::new(format!("`{revision}` is no revision"), hint));
    }
    let output = Command::new("git")
        .arg("-C")
        .arg(directory)
        .arg("show")
        .arg(format!("{revision}:./{name}"))
        .output()
        .map_err(|error| Error::io("run git for", path, error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
    Err(Error::new(format!("`{revision}` has no `{}`: {said}", path.display()), hint))
}
