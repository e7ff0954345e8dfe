//! Requests around the moment in which a service exits because it is idle.

use std::time::Duration;

use crate::host::client::{self, Answer};
use crate::host::machine::LIMIT;
use crate::host::record::record;

use super::{Subject, on_every_subject};

/// `idle=` and `idleTimeout` of the services.
const IDLE: u64 = 300;

on_every_subject!(no_request_is_lost_at_the_idle_exit);

fn no_request_is_lost_at_the_idle_exit(subject: Subject) {
    let setting = subject.setting();
    // Containers take longer, and all run the same programs: over 500 in sum for each pattern.
    let of_each = if subject.kind == "container" { 5 } else { 9 };
    subject.each_pattern(|pattern| {
        let call = |number: u64| {
            let service = setting.service(&format!("{}-{pattern}-idle-{number}", subject.kind));
            let port = service.port();
            let mut random = number;
            let mut runs = Vec::new();
            let mut pause = IDLE;
            for _ in 0..of_each {
                let request = setting.machine.within(|| client::get(port, "/", LIMIT));
                let Answer::Ok(run) = request.answer else {
                    service.fail(&format!("lost at the idle exit: {:?}", request.answer))
                };
                // The exit is later than the time says, by up to a quarter of a second for the timer of a proxy
                // (sd_event_add_time(3)) and by what a busy host takes; half of the requests shall meet it.
                let has_exited = runs.last().is_some_and(|it| *it != run);
                pause = if has_exited { pause.saturating_sub(100) } else { pause + 150 };
                runs.push(run);
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                std::thread::sleep(Duration::from_millis(pause + (random >> 33) % 100));
            }
            let exits = runs.windows(2).filter(|it| it[0] != it[1]).count();
            (runs.len(), exits)
        };
        let results: Vec<_> = std::thread::scope(|scope| {
            let call = &call;
            let threads: Vec<_> = (1..=8).map(|it| scope.spawn(move || call(it))).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let answered: usize = results.iter().map(|it| it.0).sum();
        let exits: usize = results.iter().map(|it| it.1).sum();
        println!(
            "idle exit, {}, {pattern}: {answered} answered over {exits} exits",
            subject.column
        );
        assert!(exits > 0, "no request met an exit");
        record(
            &format!("around the idle exit, `{pattern}`"),
            subject.column,
            &format!("{answered} of {answered}"),
        );
    });
}
