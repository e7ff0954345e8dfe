//! Containers that share a pod and sleep all the same.

use std::net::{Ipv4Addr, TcpStream};

use super::machine::wait_until;
use super::service::Service;
use super::setting::{Setting, Source};

const POD: &str = "shared-pod.service";

#[test]
fn members_of_a_quadlet_pod_wake_one_by_one() {
    members_wake_one_by_one(Setting::of(Source::Quadlets));
}

#[test]
fn members_of_a_pod_of_services_wake_one_by_one() {
    members_wake_one_by_one(Setting::of(Source::Services));
}

#[test]
fn members_of_a_pod_of_nixos_wake_one_by_one() {
    members_wake_one_by_one(Setting::of(Source::Nixos));
}

#[test]
fn members_of_a_rootless_pod_wake_one_by_one() {
    members_wake_one_by_one(Setting::of(Source::Account));
}

fn members_wake_one_by_one(setting: &Setting) {
    let (fd, proxy) = (setting.service("pod-fd"), setting.service("pod-proxy"));
    let state = || setting.property(POD, "ActiveState");
    let answers = |it: &Service<'_>, when: &str| {
        let answer = it.get().answer;
        let pod = setting.journal("shared-pod");
        assert!(answer.is_ok(), "{when}: {answer:?}\n{pod}\n{}", setting.journal(&it.name));
    };
    assert_eq!(state(), "inactive", "nobody has called, and the pod is there");
    // Whoever is connected keeps the container awake while it is looked at.
    let address = (Ipv4Addr::LOCALHOST, proxy.port());
    let connected = setting.machine.within(|| TcpStream::connect(address).unwrap());
    answers(&proxy, "nothing runs");
    let inspect = ["podman", "inspect", "--format", "{{.State.Pid}}", "pod-proxy"];
    let pid = setting.command(&inspect);
    let group = setting.machine.enter(&["cat", &format!("/proc/{}/cgroup", pid.trim_end())]);
    let is_below = group.contains("/pod-proxy-backend.service/");
    assert!(is_below, "no limit of the unit reaches it: {group}");
    drop(connected);
    fd.assert(fd.is_asleep(), "the other member of the pod woke it");
    answers(&fd, "the pod runs");
    for member in [&fd, &proxy] {
        wait_until("an idle member of a pod sleeps", || member.is_asleep());
    }
    assert_eq!(state(), "active", "the pod did not outlive its members");
    answers(&proxy, "asleep in a pod");

    let run = || setting.property(POD, "InvocationID");
    let before = run();
    let infra = ["podman", "inspect", "--format", "{{.State.Pid}}", "shared-infra"];
    let infra = setting.command(&infra);
    setting.machine.enter(&["kill", "-KILL", infra.trim_end()]);
    wait_until("a pod that was killed runs again", || run() != before && state() == "active");
    answers(&fd, "the pod was killed");
    answers(&proxy, "the pod was killed");

    setting.systemctl(&["stop", POD]);
    assert_eq!(state(), "inactive", "{}", setting.journal("shared-pod"));
    answers(&proxy, "the pod was stopped");
    answers(&fd, "the pod was stopped");
}
