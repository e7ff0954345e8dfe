//! The strings of a service that are data, each with what it refuses.

use serde_json::{Value, json};
use unitsmith::directive::Quoting;
use unitsmith::emit::Target;
use unitsmith::problem::Code;

use super::{Arrived, container};
use crate::support::unit;

/// A string of a service.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) workload: Workload,
    /// What the field has before any text; `#` is the number of the text, so that no program
    /// is a directory of another.
    pub(super) prefix: &'static str,
    /// What is written into the manifest.
    pub(super) put: fn(&mut Value, String),
    /// What arrived.
    pub(super) read: fn(&Arrived) -> Option<String>,
    /// Whether what arrived is the text; a few fields arrive in another form.
    pub(super) is_same: fn(&str, &str) -> bool,
    /// The problem of a text that the field refuses.
    pub(super) refuses: fn(Target, &str) -> Option<Code>,
    /// How many texts of the corpus it must take at least.
    pub(super) takes: usize,
}

/// What the service of a field runs.
#[derive(Clone, Copy)]
pub(super) enum Workload {
    Process,
    Container,
    /// Processes whose program is elsewhere on each kind of host.
    Package,
    Bin,
    Path,
}

impl Workload {
    pub(super) fn name(self) -> &'static str {
        match self {
            Workload::Process => "process",
            Workload::Container => "container",
            Workload::Package => "package",
            Workload::Bin => "bin",
            Workload::Path => "path",
        }
    }

    /// A service of it that has what the fields are put into.
    pub(super) fn service(self) -> Value {
        match self {
            Workload::Process => json!({ "exec": { "command": ["/bin/true", "1", "2", "3"] } }),
            Workload::Container => json!({ "container": container::base() }),
            Workload::Package | Workload::Bin | Workload::Path => {
                json!({ "exec": { "command": [{ "package": "nodejs" }] } })
            }
        }
    }
}

pub(super) fn refuse(code: Code, when: bool) -> Option<Code> {
    when.then_some(code)
}

/// Whether systemd takes a text for one at all: it ignores lines with code points that are no characters.
pub(super) fn anything(_: Target, text: &str) -> Option<Code> {
    let is_none =
        |it: char| ('\u{fdd0}'..='\u{fdef}').contains(&it) || u32::from(it) & 0xfffe == 0xfffe;
    refuse(Code::ImpossibleCharacter, text.chars().any(is_none))
}

/// systemd has quotes for the paths of mounts, but nothing to escape one with.
fn mount(target: Target, text: &str) -> Option<Code> {
    let is_split = text.contains(['"', '\'', '\\']) || text.contains(char::is_whitespace);
    absolute_path(target, text).or(refuse(Code::ImpossibleCharacter, is_split))
}

/// systemd reads no secret from a path that could be written shorter.
fn secret(target: Target, text: &str) -> Option<Code> {
    let is_longer = text.split('/').skip(1).any(|it| ["", "."].contains(&it));
    absolute_path(target, text).or(refuse(Code::ImpossibleCharacter, is_longer))
}

fn document(_: Target, text: &str) -> Option<Code> {
    let is_plain = text.bytes().all(|it| it.is_ascii_graphic() && !b"\"'\\".contains(&it));
    refuse(Code::ImpossibleCharacter, !is_plain)
}

/// A text on a line of its own, which cannot be quoted.
pub(super) fn line(target: Target, text: &str) -> Option<Code> {
    let is_line = !text.is_empty()
        && !text.chars().any(char::is_control)
        && text.trim() == text
        && !text.ends_with('\\');
    anything(target, text).or(refuse(Code::ImpossibleCharacter, !is_line))
}

pub(super) fn absolute_path(target: Target, text: &str) -> Option<Code> {
    let climbs = text.split('/').any(|it| it == "..");
    line(target, text).or(refuse(Code::RelativePath, climbs))
}

/// systemd takes the name for a pattern.
fn environment_file(target: Target, text: &str) -> Option<Code> {
    let is_pattern = text.contains(['*', '?', '[', '\\']);
    absolute_path(target, text).or(refuse(Code::ImpossibleCharacter, is_pattern))
}

/// podman ends either side of a volume at a colon.
pub(super) fn volume(target: Target, text: &str) -> Option<Code> {
    absolute_path(target, text).or(refuse(Code::ImpossibleCharacter, text.contains(':')))
}

/// systemd runs no program whose path has one of these.
fn program(target: Target, text: &str) -> Option<Code> {
    let is_unsafe =
        text.contains(['"', '\'', '\\', '$']) || text.bytes().any(|it| it.is_ascii_control());
    let is_directory = ["/", "/.", "/.."].iter().any(|it| text.ends_with(it));
    anything(target, text)
        .or(refuse(Code::ImpossibleCharacter, is_unsafe))
        .or(refuse(Code::RelativePath, is_directory))
}

/// Quadlet loses an empty argument and all after it.
fn argument_of_container(target: Target, text: &str) -> Option<Code> {
    let is_lost = target == Target::Quadlet && text.is_empty();
    anything(target, text).or(refuse(Code::ImpossibleCharacter, is_lost))
}

/// A request ends the path at the first blank.
fn request_path(_: Target, text: &str) -> Option<Code> {
    let is_path = text.bytes().all(|it| it.is_ascii_graphic() && it != b'#');
    refuse(Code::ImpossibleCharacter, !is_path)
}

/// A name of small letters and what else may stand first and later; the corpus has no good name in capitals.
fn is_name(text: &str, first: &str, later: &str) -> bool {
    let is = |it: char, more: &str| it.is_ascii_lowercase() || more.contains(it);
    let mut letters = text.chars();
    letters.next().is_some_and(|it| is(it, first)) && letters.all(|it| is(it, later))
}

fn account(_: Target, text: &str) -> Option<Code> {
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let is_short_name = text.len() <= 31 && is_name(text, "_", "_-0123456789");
    refuse(Code::ImpossibleName, !is_number && !is_short_name)
}

pub(super) fn image(_: Target, text: &str) -> Option<Code> {
    // The rows begin with a host, so that a colon can only be that of a tag.
    let (path, tag) = text.split_once(':').map_or((text, None), |(path, tag)| (path, Some(tag)));
    let is_part = |it: &str| is_name(it, "0123456789", "0123456789._-");
    let is_image = path.split('/').all(is_part) && tag.is_none_or(is_part);
    refuse(Code::ImpossibleCharacter, !is_image)
}

/// A path or the name of a volume.
fn source_of_volume(target: Target, text: &str) -> Option<Code> {
    let is_volume = is_name(text, "0123456789", "0123456789_.-");
    match text.starts_with('/') {
        true => volume(target, text),
        false => anything(target, text).or(refuse(Code::ImpossibleName, !is_volume)),
    }
}

fn package(_: Target, text: &str) -> Option<Code> {
    refuse(Code::ImpossibleName, !is_name(text, "_", "_-0123456789"))
}

pub(super) fn file_name(_: Target, text: &str) -> Option<Code> {
    const PLAIN: &str = "0123456789._+-";
    let is_plain = is_name(text, PLAIN, PLAIN) && ![".", ".."].contains(&text);
    refuse(Code::ImpossibleName, !is_plain)
}

/// The path of a packaged program is written without quotes.
fn plain_path(target: Target, text: &str) -> Option<Code> {
    let is_plain = text.split('/').skip(1).all(|it| file_name(target, it).is_none());
    absolute_path(target, text).or(refuse(Code::ImpossibleCharacter, !is_plain))
}

fn capability(_: Target, text: &str) -> Option<Code> {
    let is_name = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    refuse(Code::ImpossibleName, !is_name)
}

/// A program has another directory on each kind of host.
fn is_same_program(text: &str, found: &str) -> bool {
    text.rsplit('/').next() == found.rsplit('/').next()
}

/// The path of a packaged program is for hosts without Nix.
fn is_plain_path_of(text: &str, found: &str) -> bool {
    text == found || found.starts_with("/nix/store/")
}

fn of_line(arrived: &Arrived, section: &str, key: &str) -> Option<String> {
    unit::text(&arrived.unit, section, key, Quoting::Line)
}

fn description(arrived: &Arrived) -> Option<String> {
    of_line(arrived, "Unit", "Description")
}

/// Both of what a process prints go there.
fn log_file(arrived: &Arrived) -> Option<String> {
    let [output, error] =
        ["StandardOutput", "StandardError"].map(|it| of_line(arrived, "Service", it));
    assert_eq!(output, error);
    Some(output?.strip_prefix("append:")?.to_owned())
}

fn word(arrived: &Arrived, index: usize) -> Option<String> {
    arrived.command.get(index).cloned()
}

/// A word of a command beside the one that is the service.
fn hook(arrived: &Arrived, key: &str, command: usize, word: usize) -> Option<String> {
    let commands = unit::values(&arrived.unit, "Service", key);
    unit::read_texts(Quoting::Command, commands.get(command)?).get(word).cloned()
}

/// A word of what is tried until the service is ready, counted from the end.
fn tried(arrived: &Arrived, from_the_end: usize) -> Option<String> {
    let command = unit::values(&arrived.unit, "Service", "ExecStartPost").first()?;
    unit::read_texts(Quoting::Command, command).into_iter().nth_back(from_the_end)
}

/// The last word of what is tried while the service runs.
fn watched(arrived: &Arrived) -> Option<String> {
    unit::command(arrived.watcher.as_ref()?).pop()
}

/// The file from which podman is given a secret, at the end of the command.
fn created_secret(arrived: &Arrived) -> Option<String> {
    let commands = unit::values(&arrived.unit, "Service", "ExecStartPre");
    let create = commands.iter().find(|it| it.contains(" create "))?;
    unit::read_texts(Quoting::Command, create).pop()
}

/// The file of a credential.
fn credential(arrived: &Arrived, key: &str) -> Option<String> {
    let credential = of_line(arrived, "Service", key)?;
    credential.split_once(':').map(|(_, file)| file.to_owned())
}

fn variable(arrived: &Arrived) -> Option<String> {
    arrived.variables.get("IT").cloned()
}

fn first_environment_file(arrived: &Arrived) -> Option<String> {
    arrived.environment_files.first().cloned()
}

/// The side of a volume whose other side is known.
fn side_of_volume(arrived: &Arrived, side: usize, other: &str) -> Option<String> {
    let volumes = arrived.run.as_ref()?.values("--volume").iter();
    let mut volumes = volumes.map(|it| it.split(':').collect::<Vec<_>>());
    volumes.find(|it| it[1 - side] == other).map(|it| it[side].to_owned())
}

pub(super) const fn field(
    key: &'static str,
    workload: Workload,
    put: fn(&mut Value, String),
    read: fn(&Arrived) -> Option<String>,
    refuses: fn(Target, &str) -> Option<Code>,
    takes: usize,
) -> Field {
    Field {
        key,
        workload,
        prefix: "",
        put,
        read,
        is_same: |text, found| text == found,
        refuses,
        takes,
    }
}

impl Field {
    pub(super) const fn after(self, prefix: &'static str) -> Field {
        Field { prefix, ..self }
    }

    pub(super) const fn compared_by(self, is_same: fn(&str, &str) -> bool) -> Field {
        Field { is_same, ..self }
    }
}

/// Every string of a service that is data or becomes part of what is run.
#[rustfmt::skip] // One row a field.
pub(super) const FIELDS: &[Field] = &[
    field("description", Workload::Process, |it, text| it["description"] = text.into(), description, line, 80),
    field("description", Workload::Container, |it, text| it["description"] = text.into(), description, line, 80),
    field("exec.command", Workload::Process, |it, text| it["exec"]["command"][0] = text.into(),
        |it| word(it, 0), program, 70).after("/opt/#/"),
    field("exec.command", Workload::Process, |it, text| it["exec"]["command"][1] = text.into(),
        |it| word(it, 1), anything, 120),
    field("exec.command", Workload::Process, |it, text| it["exec"]["command"][2] = text.into(),
        |it| word(it, 2), anything, 120),
    field("exec.command", Workload::Process, |it, text| it["exec"]["command"][3] = text.into(),
        |it| word(it, 3), anything, 120).after("--option="),
    field("exec.workingDirectory", Workload::Process, |it, text| it["exec"]["workingDirectory"] = text.into(),
        |it| of_line(it, "Service", "WorkingDirectory"), absolute_path, 80).after("/"),
    field("exec.logFile", Workload::Process, |it, text| it["exec"]["logFile"] = text.into(),
        log_file, absolute_path, 80).after("/"),
    field("user", Workload::Process, |it, text| it["user"] = text.into(),
        |it| of_line(it, "Service", "User"), account, 5),
    field("group", Workload::Process, |it, text| it["group"] = text.into(),
        |it| of_line(it, "Service", "Group"), account, 5),
    field("environment", Workload::Process, |it, text| it["environment"]["IT"] = text.into(),
        variable, anything, 120),
    field("environmentFiles", Workload::Process, |it, text| it["environmentFiles"] = [text].into(),
        first_environment_file, environment_file, 60).after("/etc/"),
    field("package", Workload::Package, |it, text| it["exec"]["command"][0]["package"] = text.into(),
        |it| word(it, 0), package, 5).compared_by(is_same_program),
    field("bin", Workload::Bin, |it, text| it["exec"]["command"][0]["bin"] = text.into(),
        |it| word(it, 0), file_name, 5).compared_by(is_same_program),
    field("path", Workload::Path, |it, text| it["exec"]["command"][0]["path"] = text.into(),
        |it| word(it, 0), plain_path, 5).after("/opt/#/").compared_by(is_plain_path_of),
    field("exec.preStart", Workload::Bin, |it, text| it["exec"]["preStart"] = json!([["/bin/a", text]]),
        |it| hook(it, "ExecStartPre", 0, 1), anything, 120),
    field("exec.postStart", Workload::Process, |it, text| it["exec"]["postStart"] = json!([["/bin/a", text]]),
        |it| hook(it, "ExecStartPost", 0, 1), anything, 120),
    field("exec.reload", Workload::Process, |it, text| it["exec"]["reload"] = json!([["/bin/a", text]]),
        |it| hook(it, "ExecReload", 0, 1), anything, 120),
    field("exec.stop", Workload::Process, |it, text| it["exec"]["stop"] = json!([["/bin/a", text]]),
        |it| hook(it, "ExecStop", 0, 1), anything, 120),
    field("exec.postStop", Workload::Process, |it, text| it["exec"]["postStop"] = json!([["/bin/a", text]]),
        |it| hook(it, "ExecStopPost", 0, 1), anything, 120),
    field("readiness.exec", Workload::Bin, |it, text| it["readiness"]["exec"] = json!(["/bin/a", text]),
        |it| tried(it, 0), anything, 120),
    field("readiness.log", Workload::Path, |it, text| it["readiness"]["log"] = text.into(),
        |it| tried(it, 1), line, 80),
    field("readiness.http.path", Workload::Package,
        |it, text| it["readiness"]["http"] = json!({ "path": text, "port": 80 }),
        |it| tried(it, 1), request_path, 50).after("/"),
    field("liveness.exec", Workload::Path, |it, text| it["liveness"]["exec"] = json!(["/bin/a", text]),
        watched, anything, 120),
    field("liveness.http.path", Workload::Bin,
        |it, text| it["liveness"]["http"] = json!({ "path": text, "port": 80, "status": 200 }),
        |it| unit::command(it.watcher.as_ref()?).into_iter().nth_back(1), request_path, 50).after("/"),
    field("environmentFiles.path", Workload::Path, |it, text| it["environmentFiles"] = json!([{ "path": text }]),
        first_environment_file, environment_file, 60).after("/etc/"),
    field("requires.paths.path", Workload::Package, |it, text| it["requires"]["paths"] = json!([{ "path": text }]),
        |it| hook(it, "ExecStartPre", 0, 4), absolute_path, 80).after("/"),
    field("requires.paths.hint", Workload::Process, |it, text| {
        it["requires"]["paths"] = json!([{ "path": "/", "hint": text }]);
    }, |it| hook(it, "ExecStartPre", 0, 5), line, 80),
    field("requires.mounts", Workload::Process, |it, text| it["requires"]["mounts"] = [text].into(),
        |it| of_line(it, "Unit", "RequiresMountsFor"), mount, 40).after("/"),
    field("hardening.writablePaths", Workload::Process, |it, text| it["hardening"]["writablePaths"] = [text].into(),
        |it| of_line(it, "Service", "ReadWritePaths"), mount, 40).after("/"),
    field("documentation", Workload::Process, |it, text| it["documentation"] = [text].into(),
        |it| of_line(it, "Unit", "Documentation"), document, 30).after("https://a/"),
    field("secrets.file", Workload::Process, |it, text| it["secrets"]["it"]["file"] = text.into(),
        |it| credential(it, "LoadCredential"), secret, 80).after("/"),
    field("secrets.file", Workload::Container, |it, text| it["secrets"]["it"]["file"] = text.into(),
        created_secret, secret, 80).after("/"),
    field("container.image", Workload::Container, |it, text| it["container"]["image"] = text.into(),
        |it| Some(it.run.as_ref()?.image.clone()), image, 5).after("localhost/"),
    field("container.command", Workload::Container, |it, text| it["container"]["command"][0] = text.into(),
        |it| word(it, 0), argument_of_container, 120),
    field("container.command", Workload::Container, |it, text| it["container"]["command"][1] = text.into(),
        |it| word(it, 1), argument_of_container, 120),
    field("environment", Workload::Container, |it, text| it["environment"]["IT"] = text.into(),
        variable, anything, 120),
    field("environmentFiles", Workload::Container, |it, text| it["environmentFiles"] = [text].into(),
        first_environment_file, environment_file, 60).after("/etc/"),
    field("container.volumes.source", Workload::Container,
        |it, text| it["container"]["volumes"][0]["source"] = text.into(),
        |it| side_of_volume(it, 0, "/right"), volume, 80).after("/"),
    field("container.volumes.target", Workload::Container,
        |it, text| it["container"]["volumes"][1]["target"] = text.into(),
        |it| side_of_volume(it, 1, "/left"), volume, 80).after("/"),
    field("container.volumes.source", Workload::Container,
        |it, text| it["container"]["volumes"][2]["source"] = text.into(),
        |it| side_of_volume(it, 0, "/named"), source_of_volume, 5),
    field("container.capabilities.add", Workload::Container,
        |it, text| it["container"]["capabilities"]["add"] = [text].into(),
        |it| it.run.as_ref()?.values("--cap-add").first().cloned(), capability, 1),
    field("container.capabilities.drop", Workload::Container,
        |it, text| it["container"]["capabilities"]["drop"] = [text].into(),
        |it| it.run.as_ref()?.values("--cap-drop").first().cloned(), capability, 1).after("0"),
];
