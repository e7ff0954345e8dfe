//! Secrets of containers, which podman keeps only as long as they run.

use super::machine::wait_until;
use super::setting::{Setting, Source};

#[test]
fn a_quadlet_reads_its_secret_and_podman_forgets_it() {
    is_read_and_forgotten(Setting::of(Source::Quadlets));
}

#[test]
fn a_service_that_runs_podman_reads_its_secret_and_podman_forgets_it() {
    is_read_and_forgotten(Setting::of(Source::Services));
}

#[test]
fn a_container_of_nixos_reads_its_secret_and_podman_forgets_it() {
    is_read_and_forgotten(Setting::of(Source::Nixos));
}

#[test]
fn a_rootless_container_reads_its_secret_and_podman_forgets_it() {
    is_read_and_forgotten(Setting::of(Source::Account));
}

fn is_read_and_forgotten(setting: &Setting) {
    let service = setting.service("secret-manual");
    let names = || setting.command(&["podman", "secret", "ls", "--format", "{{.Name}}"]);
    // The second run must see what the file says then.
    for word in ["100% $HOME 'it'\n", "another\n"] {
        setting.machine.write("/srv/secret-manual/word", word);
        setting.systemctl(&["start", &service.entry()]);
        wait_until("a service with a secret answers", || service.is_up());
        let inspect = ["podman", "inspect", "--format", "{{.State.Pid}}", "secret-manual"];
        let pid = setting.command(&inspect);
        let secret = format!("/proc/{}/root/run/secrets/word", pid.trim_end());
        assert_eq!(setting.machine.enter(&["cat", &secret]), word);
        assert!(names().contains("secret-manual-word"), "{}", names());
        service.stop();
        assert!(!names().contains("secret-manual-word"), "podman keeps it: {}", names());
    }
}
