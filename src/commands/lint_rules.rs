//! `unitsmith lint`

use crate::cli::{self, Format};
use crate::error::Error;
use crate::lint;
use crate::problem::Code;

use super::{Outcome, Report, findings, manifest_path, review};

/// Says what a manifest allows and probably does not mean, or explains one code.
pub(super) fn run(arguments: cli::Lint) -> Result<Report, Error> {
    if let Some(code) = &arguments.explain {
        return explain(code);
    }
    let reviewed = review(&manifest_path(&arguments.manifest)?)?;
    let [errors, warnings, _] = reviewed.counts();
    let outcome = if errors + warnings > 0 { Outcome::Findings } else { Outcome::Clean };
    let (stdout, stderr) = match arguments.format {
        Format::Human => (String::new(), reviewed.shown()),
        Format::Github => (findings::github(&reviewed), String::new()),
        Format::Json => (findings::json(&reviewed), String::new()),
    };
    let stderr = match (arguments.format, stderr.is_empty()) {
        (Format::Human, true) => "nothing to say\n".to_owned(),
        (Format::Human | Format::Github | Format::Json, _) => stderr,
    };
    Ok(Report { outcome, stdout, stderr })
}

/// Prints the page of a code.
fn explain(code: &str) -> Result<Report, Error> {
    let code = code.to_ascii_uppercase();
    let Some(known) = Code::ALL.iter().find(|it| it.as_str() == code) else {
        let hint =
            "a code is between the brackets of a message, like `US221`; the README lists all";
        return Err(Error::new(format!("there is no code `{}`", code.escape_debug()), hint));
    };
    let title =
        format!("{}[{}]: {}\n", known.severity().as_str(), known.as_str(), known.summary().trim());
    let page = lint::rules().find(|it| it.code == *known).map(|it| format!("\n{}", it.page));
    let stdout = title + &page.unwrap_or_default();
    Ok(Report { outcome: Outcome::Clean, stdout, stderr: String::new() })
}
