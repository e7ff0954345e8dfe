//! The profiles of hardening as systemd scores them, which the README shows.

use unitsmith::emit::Target;
use unitsmith::manifest::Format;
use unitsmith::plan::hardening::{Measure, Profile};

use crate::support::{generate, in_root, repository, scratch};

/// The exposure that `systemd-analyze security` finds, from 0 to 10.
fn exposure(profile: Profile) -> String {
    let manifest = format!(
        "[services.web]\nexec.command = [\"/usr/bin/web\"]\nuser = \"web\"\nhardening = \"{}\"\n",
        profile.as_str()
    );
    let files = generate(&manifest, Format::Toml, &[Target::Systemd]);
    let (_, text) = files.iter().find(|(path, _)| path.ends_with("web.service")).unwrap();
    let tree = scratch();
    let file = tree.path().join("web.service");
    std::fs::write(&file, text).unwrap();
    let command = ["systemd-analyze", "security", "--offline=true", "--no-pager"];
    let output = in_root(&[tree.path()], &[&command[..], &[file.to_str().unwrap()]].concat());
    let overall = output.stdout.lines().find(|it| it.contains("Overall exposure level"));
    let overall = overall.unwrap_or_else(|| panic!("{}{}", output.stdout, output.stderr));
    let (_, score) = overall.rsplit_once(": ").unwrap();
    score.split(' ').next().unwrap().to_owned()
}

#[test]
fn the_readme_shows_what_each_profile_does_and_its_score() {
    let rows = Profile::ALL.iter().map(|profile| {
        // A profile is shown by what it adds to the one before.
        let below = match profile {
            Profile::None | Profile::Baseline => Profile::None,
            Profile::Strict => Profile::Baseline,
        };
        let own = Measure::ALL.iter().filter(|it| profile.has(**it) && !below.has(**it));
        let own: Vec<String> = own.map(|it| format!("`{}`", it.as_str())).collect();
        format!("| `{}` | {} | {} |\n", profile.as_str(), exposure(*profile), own.join(" "))
    });
    let table: String = rows.collect();
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    assert!(readme.contains(&table), "the README should have\n{table}");
}
