//! What the real process-compose does with what is made for it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use unitsmith::emit::Target;
use unitsmith::manifest::Format;
use unitsmith::plan::Form;
use unitsmith::plan::version::Version;
use unitsmith::syntax::nasty::NASTY;

use crate::support::{generate, process_compose, repository, run, scratch};

mod entrypoint;
mod flake;
mod session;

use self::session::{PATIENCE, Session, daemon, job, ready_with, service};

/// The file of a manifest.
fn file(manifest: &str) -> String {
    let mut plan = crate::support::plan(manifest, Format::Json).unwrap_or_else(|it| panic!("{it}"));
    plan.imply_process_compose(Form::FILE);
    let files = unitsmith::emit::emit(&plan, &[Target::ProcessCompose].into());
    files.get("process-compose/process-compose.yaml").unwrap().to_owned()
}

#[test]
fn the_microservices_start_in_order_survive_a_kill_and_stop() {
    let scratch = scratch();
    let ready = scratch.path().join("ready");
    let on_db = json!({ "dependsOn": { "userdb": "ready" } });
    let on_all = json!({ "dependsOn": {
        "user-service": "started", "order-service": "started", "inventory-service": "started",
    }});
    let session = Session::start(json!({
        "userdb": service(daemon(), json!({ "readiness": ready_with(&ready) })),
        "session-store": service(daemon(), json!({})),
        "user-service": service(daemon(), on_db.clone()),
        "order-service": service(daemon(), on_db.clone()),
        "inventory-service": service(daemon(), on_db),
        "gateway": service(daemon(), on_all),
    }));
    assert_eq!(session.next_some(2), ["session-store starts", "userdb starts"]);
    // Nothing else starts before the database says so.
    std::fs::write(&ready, "").unwrap();
    let mut started = BTreeMap::new();
    let mut order = Vec::new();
    for _ in 0..4 {
        let (event, id) = session.next();
        order.push(event.clone());
        started.insert(event, id.unwrap());
    }
    assert_eq!(started.len(), 4, "{order:?}");
    let killed = started["order-service starts"].to_string();
    assert_eq!(run(Command::new("kill").args(["-KILL", &killed])).code, Some(0));
    assert_eq!(session.next().0, "order-service starts");
    let id = session.child.id().to_string();
    run(Command::new("kill").args(["-TERM", &id]));
    let mut stopped: Vec<String> = (0..6).map(|_| session.next().0).collect();
    // What is needed by others ends after them.
    let at = |name: &str| stopped.iter().position(|it| *it == format!("{name} stops")).unwrap();
    assert!(at("gateway") < at("user-service") && at("user-service") < at("userdb"), "{stopped:?}");
    stopped.sort();
    stopped.dedup();
    assert_eq!(stopped.len(), 6);
    session.stop();
}

#[test]
fn the_training_pipeline_runs_step_by_step() {
    let scratch = scratch();
    let ready = scratch.path().join("ready");
    let has_database = scratch.path().join("database");
    let once = |more: Value| {
        let mut more = more;
        more["activation"] = json!({ "on": "once" });
        more
    };
    let session = Session::start(json!({
        "mlflow-db": service(daemon(), json!({ "readiness": ready_with(&has_database) })),
        "mlflow-server": service(daemon(), json!({
            "dependsOn": { "mlflow-db": "ready" }, "readiness": ready_with(&ready),
        })),
        "data-processor": service(job(0), once(json!({}))),
        "model-trainer": service(job(0), once(json!({
            "dependsOn": { "data-processor": "completed", "mlflow-server": "ready" },
        }))),
        "model-server": service(daemon(), json!({ "dependsOn": { "model-trainer": "completed" } })),
    }));
    assert_eq!(
        session.next_some(3),
        ["data-processor ends", "data-processor starts", "mlflow-db starts"]
    );
    std::fs::write(&has_database, "").unwrap();
    assert_eq!(session.next().0, "mlflow-server starts");
    std::fs::write(&ready, "").unwrap();
    let rest: Vec<String> = (0..3).map(|_| session.next().0).collect();
    assert_eq!(rest, ["model-trainer starts", "model-trainer ends", "model-server starts"]);
    session.stop();
}

#[test]
fn what_waits_for_a_step_that_fails_is_not_run() {
    let once = |more: Value| {
        let mut more = more;
        more["activation"] = json!({ "on": "once" });
        more
    };
    let session = Session::start(json!({
        "migrate": service(job(3), once(json!({}))),
        "api": service(daemon(), json!({ "dependsOn": { "migrate": "completed" } })),
        "other": service(daemon(), json!({})),
    }));
    assert_eq!(session.next_some(3), ["migrate ends", "migrate starts", "other starts"]);
    let id = session.child.id().to_string();
    run(Command::new("kill").args(["-TERM", &id]));
    assert_eq!(session.next().0, "other stops");
    session.stop();
}

#[test]
fn what_is_run_before_a_process_must_end_well() {
    let scratch = scratch();
    let place = scratch.path().join("it's $place");
    let mut made = daemon();
    made["preStart"] = json!([["/bin/mkdir", place.to_str().unwrap()], ["/bin/true"]]);
    let mut refused = daemon();
    refused["preStart"] = json!([["/bin/false"]]);
    let session = Session::start(json!({
        "made": service(made, json!({})),
        "refused": service(refused, json!({ "restart": { "policy": "no" } })),
        "last": service(daemon(), json!({ "dependsOn": { "made": "started" } })),
    }));
    assert_eq!(session.next_some(2), ["last starts", "made starts"]);
    assert!(place.exists());
    let id = session.child.id().to_string();
    run(Command::new("kill").args(["-TERM", &id]));
    // The process itself gets the signal, not the shell before it.
    assert_eq!(session.next_some(2), ["last stops", "made stops"]);
    session.stop();
}

#[test]
fn one_that_is_never_ready_is_stopped_and_started_again_and_nothing_follows_it() {
    let mut readiness = ready_with(Path::new("/nowhere"));
    readiness["failureThreshold"] = json!(2);
    let session = Session::start(json!({
        "db": service(daemon(), json!({ "readiness": readiness })),
        "api": service(daemon(), json!({ "dependsOn": { "db": "ready" } })),
    }));
    for _ in 0..2 {
        assert_eq!(session.next().0, "db starts");
        assert_eq!(session.next().0, "db stops");
    }
    session.stop();
}

#[test]
fn a_line_that_is_waited_for_is_a_text_and_no_pattern() {
    let scratch = scratch();
    let mut services = BTreeMap::new();
    // Each is printed as part of a line; `a.c` is waited for and never printed.
    let texts = NASTY.iter().map(|it| (*it, *it)).chain([("Ready (1.0)? [x]", "Ready (1.0)? [x]")]);
    for (index, (awaited, printed)) in texts.chain([("a.c", "abc")]).enumerate() {
        let literal = crate::support::json::literal;
        let line = json!(["/bin/bash", "-c", "printf '<%s>\\n' \"$1\"", "it", literal(printed)]);
        let service = json!({
            "exec": { "command": line }, "restart": { "policy": "no" }, "readiness": { "log": awaited },
        });
        let manifest = json!({ "services": { "it": service } }).to_string();
        // What the field refuses it refuses for every target.
        if crate::support::plan(&manifest, Format::Json).is_err() {
            continue;
        }
        let place = scratch.path().join(index.to_string());
        let follows = json!({
            "exec": { "command": ["/usr/bin/touch", place.to_str().unwrap()] },
            "activation": { "on": "once" }, "dependsOn": { format!("it-{index}"): "ready" },
        });
        services.insert(format!("it-{index}"), service);
        services.insert(format!("then-{index}"), follows);
    }
    assert!(services.len() > NASTY.len(), "{}", services.len());
    let text = file(&json!({ "services": services }).to_string());
    std::fs::write(scratch.path().join("it.yaml"), &text).unwrap();
    let mut command = process_compose::command(scratch.path());
    run(command.args(["up", "-t=false", "--no-server", "-f", "it.yaml"]));
    let missing = services.keys().filter_map(|it| it.strip_prefix("then-"));
    let missing: Vec<&str> = missing.filter(|it| !scratch.path().join(it).exists()).collect();
    let last = NASTY.len() + 1;
    assert_eq!(missing, [last.to_string()], "{services:#?}");
}

#[test]
fn every_text_arrives_as_it_is() {
    let scratch = scratch();
    // process-compose itself takes the last of these for a `$`.
    let texts: Vec<&str> = NASTY.iter().copied().chain(["##PC_ENV_ESCAPED##"]).collect();
    let mut services = BTreeMap::new();
    let print = "printf '%s\\0' \"$@\" \"$VALUE\" \"$PWD\" >\"$OUT\"";
    let place =
        |index: usize, kind: &str| -> PathBuf { scratch.path().join(format!("{kind}{index}")) };
    for (index, text) in texts.iter().enumerate() {
        let directory = place(index, "in").join(format!("x{}", text.replace('/', "-")));
        let directory = directory.to_str().unwrap().to_owned();
        let literal = crate::support::json::literal;
        let mut service = json!({
            "exec": { "command": ["/bin/bash", "-c", print.replace("${", "$${"), "it", literal(text)] },
            "environment": { "VALUE": literal(text), "OUT": place(index, "out").to_str().unwrap() },
            "activation": { "on": "once" },
        });
        if directory.len() < 250 {
            service["exec"]["workingDirectory"] = json!(literal(&directory));
        }
        // A description is one line, and all of these are printed by process-compose itself.
        services.insert(format!("it-{index}"), service);
    }
    // What a field refuses it refuses for every target; the rest arrives.
    services.retain(|_, service| {
        for key in [("exec", "workingDirectory"), ("environment", "VALUE"), ("", "")] {
            let manifest = json!({ "services": { "it": service } }).to_string();
            if crate::support::plan(&manifest, Format::Json).is_ok() {
                return true;
            }
            if let Some(table) = service.get_mut(key.0).and_then(Value::as_object_mut) {
                table.remove(key.1);
            }
        }
        false
    });
    for it in services.values().filter_map(|it| it["exec"].get("workingDirectory")) {
        std::fs::create_dir_all(it.as_str().unwrap().replace("$${", "${")).unwrap();
    }
    let text = file(&json!({ "services": services }).to_string());
    process_compose::assert_valid(&text);
    std::fs::write(scratch.path().join("it.yaml"), &text).unwrap();
    let mut command = process_compose::command(scratch.path());
    let output = run(command.args(["up", "-t=false", "--no-server", "-f", "it.yaml"]));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let mut arrived = [0; 3];
    for (index, text) in texts.iter().enumerate() {
        let Some(service) = services.get(&format!("it-{index}")) else { continue };
        let found = std::fs::read_to_string(place(index, "out")).unwrap();
        let found: Vec<&str> = found.split('\0').collect();
        assert_eq!(found[0], *text, "argument");
        arrived[0] += 1;
        if service["environment"].get("VALUE").is_some() {
            assert_eq!(found[1], *text, "variable");
            arrived[1] += 1;
        }
        if let Some(it) = service["exec"].get("workingDirectory") {
            assert_eq!(found[2], it.as_str().unwrap().replace("$${", "${"), "directory");
            arrived[2] += 1;
        }
    }
    assert!(arrived.iter().all(|it| *it > NASTY.len() / 2), "{arrived:?}");
}

#[test]
fn a_path_is_asked_for_as_it_is() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut services = BTreeMap::new();
    let mut wanted = BTreeSet::new();
    for (index, text) in NASTY.iter().chain(&["a%20b", "a%zz", "{{x}}?{{x}}=$HOME&\""]).enumerate()
    {
        let asked = format!("/{index}{text}");
        let path = crate::support::json::literal(&asked);
        let service = json!({
            "exec": { "command": ["/bin/sleep", "infinity"] },
            "environment": {},
            "readiness": { "http": { "path": path, "port": port, "status": 200 }, "period": "1h" },
        });
        let manifest = json!({ "services": { "it": service } }).to_string();
        // What the field refuses it refuses for every target.
        if crate::support::plan(&manifest, Format::Json).is_ok() {
            services.insert(format!("it-{index}"), service);
            wanted.insert(asked);
        }
    }
    assert!(wanted.len() > NASTY.len() / 2, "{}", wanted.len());
    let (sender, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            let is_read = BufReader::new(&stream).read_line(&mut line).is_ok();
            // Who asks may have given up already.
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            if is_read && sender.send(line).is_err() {
                return;
            }
        }
    });
    let session = Session::start(json!(services));
    let mut missing = wanted.clone();
    while !missing.is_empty() {
        let line = asked.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{missing:#?}"));
        let asked = line.strip_prefix("GET ").and_then(|it| it.strip_suffix(" HTTP/1.1\r\n"));
        assert!(asked.is_some_and(|it| wanted.contains(it)), "{line:?}");
        missing.remove(asked.unwrap());
    }
    session.stop();
}

#[test]
fn what_is_printed_is_added_to_the_log_file_as_it_is() {
    let scratch = scratch();
    let place = scratch.path().join("not there yet/{{x}} $$ it's 100%.log");
    let print = "printf '%s\\n' '{\"a\": \"\\t\"}' '' '  $x {{x}} \u{1b}[31mred\u{1b}[0m é'; printf 'wrong\\n' >&2";
    let text = file(
        &json!({ "services": { "it": {
            "exec": { "command": ["/bin/bash", "-c", print], "logFile": place.to_str().unwrap() },
            "activation": { "on": "once" },
        }}})
        .to_string(),
    );
    std::fs::write(scratch.path().join("it.yaml"), text).unwrap();
    for run_of_it in 1..=2 {
        let mut command = process_compose::command(scratch.path());
        let output = run(command.args(["up", "-t=false", "--no-server", "-f", "it.yaml"]));
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        // Whoever looks at the container sees it as well.
        assert!(output.stdout.contains("$x {{x}}"), "{}", output.stdout);
        let text = std::fs::read_to_string(&place).unwrap();
        // Nothing says which of its two streams comes first.
        let (errors, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|it| *it == "wrong");
        assert_eq!(errors.len(), run_of_it);
        let one = ["{\"a\": \"\\t\"}", "", "  $x {{x}} \u{1b}[31mred\u{1b}[0m é"];
        assert_eq!(lines, one.repeat(run_of_it));
    }
}

#[test]
fn it_knows_every_key_that_the_examples_of_all_fields_become() {
    let mut seen = BTreeSet::new();
    for manifest in crate::fields::manifests() {
        let Ok(mut plan) = crate::support::plan(&manifest, Format::Toml) else { continue };
        plan.compose_hosts.clear();
        plan.imply_process_compose(Form::FILE);
        let files = unitsmith::emit::emit(&plan, &[Target::ProcessCompose].into());
        let text = files.get("process-compose/process-compose.yaml").unwrap();
        if seen.insert(text.to_owned()) {
            process_compose::assert_valid(text);
        }
    }
    assert!(seen.len() > 20);
}

/// What came after the version that is run here is known from the schema alone, which is that of 1.122 (Apache
/// License 2.0): it takes keys that it does not know, so every object in it is closed first.
#[test]
fn a_later_version_knows_every_key_by_its_schema() {
    let schema = repository().join("tests/data/process-compose-schema.json");
    let mut schema: Value =
        serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let strange = json!({ "processes": { "it": { "comand": "true" } } });
    assert!(!validator.is_valid(&strange));
    let mut seen = BTreeSet::new();
    for manifest in crate::fields::manifests() {
        let Ok(mut plan) = crate::support::plan(&manifest, Format::Toml) else { continue };
        plan.compose_hosts.clear();
        plan.imply_process_compose(Form::File(Version::new(1, 122, 0)));
        let files = unitsmith::emit::emit(&plan, &[Target::ProcessCompose].into());
        let text = files.get("process-compose/process-compose.yaml").unwrap();
        let project: Value = serde_json::from_str(text.split_once('\n').unwrap().1).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&project)
            .map(|it| format!("{}: {it}", it.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{text}");
        for process in project["processes"].as_object().unwrap().values() {
            seen.extend(process.as_object().unwrap().keys().cloned());
        }
    }
    for key in ["env_file", "schedule", "success_exit_codes", "shutdown", "readiness_probe"] {
        assert!(seen.contains(key), "no example has `{key}`");
    }
}

/// Lets every object of a schema have the properties alone that it names.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_host_that_is_not_named_runs_every_service_when_it_is_asked_for() {
    let manifest = "[services.web]\nexec.command = [\"/usr/bin/web\"]\n";
    let files = generate(manifest, Format::Toml, &[Target::ProcessCompose]);
    assert!(files.is_empty());
    let manifest = json!({ "services": { "web": { "exec": { "command": ["/usr/bin/web"] } } } });
    process_compose::assert_valid(&file(&manifest.to_string()));
}
