//! More activations than systemd's defaults allow a unit, which are 5 in 10 s.

use crate::host::record::record;
use crate::host::setting::Source;

use super::{Subject, on_every_subject};

on_every_subject!(activations_are_not_limited);

fn activations_are_not_limited(subject: Subject) {
    let setting = subject.setting();
    subject.each_pattern(|pattern| {
        let service = setting.service(&format!("{}-{pattern}-idle-1", subject.kind));
        let socket = service.socket();
        let began = std::time::Instant::now();
        // All sources have the same forms of units; a container takes longer to start.
        let count = match (subject.source, service.is_container()) {
            (Source::Quadlets, _) => 50,
            (_, true) => 10,
            (_, false) => 20,
        };
        let mut last = String::new();
        for _ in 0..count {
            let run = service.run();
            service.assert(run != last, "the daemon was not stopped");
            last = run;
            service.stop();
        }
        println!("{count} activations, {}, {pattern}: {:?}", subject.column, began.elapsed());
        service.assert(service.socket() == socket, "the port was dead for a while");
        let row = format!("activated again and again, `{pattern}`");
        record(&row, subject.column, &format!("{count} of {count}"));
    });
}
