//! What a service costs, asleep and awake.
//!
//! The figures were measured with systemd 257 and podman 5.4 on a machine with two processors, over loopback
//! with 32 connections that are kept.

use crate::plan::activation::{Activation, Handoff};
use crate::plan::container::network::Networks;
use crate::plan::service::{Service, Workload};

/// Returns sentences about what the service costs.
pub(super) fn cost(service: &Service) -> Vec<String> {
    let program = match &service.workload {
        Workload::Process(_) | Workload::Flake => "the start of the program",
        Workload::Container(container) => match container.networking.networks {
            Networks::None => {
                "the start of the container, about 0.12 s with podman and no network, and of its program"
            }
            Networks::Usual | Networks::Host | Networks::Joined(_) => {
                "the start of the container, about 0.16 s with podman on a network, and of its program"
            }
        },
    };
    let lines: Vec<String> = match &service.activation {
        Activation::Boot => vec![
            "always: what the program itself needs".to_owned(),
            "a request: nothing more".to_owned(),
        ],
        Activation::Once => vec![format!("after the boot: {program} and its run; then nothing")],
        Activation::Manual => vec!["nothing until it is started".to_owned()],
        Activation::Schedule(_) => {
            vec![format!("each run: {program}; nothing in between but a timer in systemd")]
        }
        Activation::Socket(listener) => match listener.handoff {
            Handoff::Fd => vec![
                "asleep: a socket in systemd".to_owned(),
                format!("cold: {program}; connections wait in the socket for it"),
                "warm: nothing, because it accepts its connections itself (137,000 requests a second \
                 where the same program on a port of its own answers 131,000), and it sees who calls"
                    .to_owned(),
            ],
            Handoff::Proxy(_) => vec![
                "asleep: a socket in systemd".to_owned(),
                format!("cold: {program}, and 36 to 69 ms for two units and the wait for the port"),
                "warm: 0.3 ms for each request, and a quarter of the throughput at the peak (33,000 \
                 requests a second where the program itself answers 131,000); it sees the proxy, \
                 not who calls"
                    .to_owned(),
            ],
        },
    };
    lines
}
