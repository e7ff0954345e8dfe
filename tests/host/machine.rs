//! A booted host that is thrown away.

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::support::{Output, repository, run, scratch};

/// How long anything may take that a test waits for, on a machine that is busy with others.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// A Debian host; it ends when this is dropped, or when the process of the tests ends.
pub(crate) struct Machine {
    /// PID 1 of the host, as it is called outside.
    leader: u32,
    boot: Child,
    /// What the host says on its console, and what else is kept beside it.
    directory: tempfile::TempDir,
}

impl Machine {
    /// Boots a release of Debian and waits until it is up.
    pub(crate) fn boot(suite: &str) -> Machine {
        Machine::boot_with(suite, "packages", None)
    }

    /// Boots a release of Debian with the packages of a list beside this file, and with the files of a directory
    /// from the beginning.
    pub(crate) fn boot_with(suite: &str, packages: &str, files: Option<&Path>) -> Machine {
        let tests = repository().join("tests");
        let packages = tests.join("host").join(packages);
        let made = run(Command::new(tests.join("root/make")).arg(suite).arg(packages));
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let directory = scratch();
        let notify = directory.path().join("notify");
        let told = UnixDatagram::bind(&notify).unwrap();
        let console = std::fs::File::create(directory.path().join("console")).unwrap();
        let boot = Command::new(tests.join("host/boot"))
            .arg(made.stdout.trim_end())
            .args(files)
            .env("NOTIFY_SOCKET", &notify)
            .stdin(Stdio::piped())
            .stdout(console.try_clone().unwrap())
            .stderr(console)
            .spawn()
            .unwrap();
        let mut machine = Machine { leader: 0, boot, directory };
        machine.wait_until_up(&told);
        machine.enter(&["ip", "link", "set", "lo", "up"]);
        // What rootless podman makes its networks of; the node of this machine may be root's alone.
        machine.enter(&["rm", "/dev/net/tun"]);
        machine.enter(&["mknod", "--mode=666", "/dev/net/tun", "c", "10", "200"]);
        machine
    }

    fn wait_until_up(&mut self, told: &UnixDatagram) {
        let end = Instant::now() + LIMIT;
        let mut buffer = [0; 4096];
        loop {
            // A host that cannot be booted says nothing more, but why on its console.
            let is_over = self.boot.try_wait().unwrap().is_some();
            assert!(!is_over, "the host cannot be booted:\n{}", self.console());
            assert!(Instant::now() < end, "the host does not come up:\n{}", self.console());
            told.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
            let Ok(length) = told.recv(&mut buffer) else { continue };
            for line in String::from_utf8_lossy(&buffer[..length]).lines() {
                match line.split_once('=') {
                    Some(("X_NSPAWN_LEADER_PID", it)) => self.leader = it.parse().unwrap(),
                    Some(("READY", "1")) if self.leader != 0 => return,
                    _ => {}
                }
            }
        }
    }

    fn console(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("console")).unwrap()
    }

    /// A file of the host as it is called outside.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{path}", self.leader))
    }

    /// Writes a file of the host.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.file(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Gives the host a program of this machine.
    ///
    /// By a process of its own: a file that this one has open for writing may be inherited by what another test
    /// starts in this moment, and is then too busy to be run (`ETXTBSY`, execve(2)).
    pub(crate) fn install(&self, path: &str, program: impl AsRef<Path>) {
        let mut install = Command::new("install");
        install.args(["-D", "--mode=755"]).arg(program.as_ref()).arg(self.file(path));
        let Output { stderr, code, .. } = run(&mut install);
        assert_eq!(code, Some(0), "{stderr}");
    }

    /// The time of a processor that PID 1 of the host has used (proc_pid_stat(5)).
    pub(crate) fn time_of_systemd(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.leader)).unwrap();
        let fields = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2);
        let ticks: u64 = fields.map(|it| it.parse::<u64>().unwrap()).sum();
        // A hundredth of a second each, whatever the kernel counts in (`USER_HZ`).
        Duration::from_millis(10 * ticks)
    }

    /// Runs a command in the host and returns how it ended.
    pub(crate) fn try_enter(&self, command: &[&str]) -> Output {
        let leader = self.leader.to_string();
        let mut enter = Command::new("nsenter");
        enter
            .args(["--target", &leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]);
        enter.args(["--root", "--wd", "--"]).args(command);
        let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        run(enter.env_clear().env("PATH", path).env("LANG", "C.UTF-8").stdin(Stdio::null()))
    }

    /// Runs a command in the host, which must succeed, and returns what it says.
    pub(crate) fn enter(&self, command: &[&str]) -> String {
        let Output { stdout, stderr, code } = self.try_enter(command);
        assert_eq!(code, Some(0), "{command:?} ends with {code:?}:\n{stdout}{stderr}");
        stdout
    }

    /// Runs what is given as if the host's network were that of this machine.
    pub(crate) fn within<T: Send>(&self, call: impl FnOnce() -> T + Send) -> T {
        let network = std::fs::File::open(format!("/proc/{}/ns/net", self.leader)).unwrap();
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                use std::os::fd::AsFd as _;
                // Of this thread and those that it starts.
                move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
                    .unwrap();
                call()
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.boot.stdin.take());
        let _ = self.boot.wait();
    }
}

/// Waits until something holds, and fails loudly when it does not within the limit.
///
/// Only for what nobody announces.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !holds() {
        assert!(Instant::now() < end, "{LIMIT:?} are over, and still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
