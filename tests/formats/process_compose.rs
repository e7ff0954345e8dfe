//! What process-compose is told: the rows of the table of what systemd calls by another name.

use expect_test::{Expect, expect};
use serde_json::json;
use unitsmith::emit::Target;
use unitsmith::manifest::Format;

use crate::support::{generate, problems, process_compose, told};

/// Shows the processes of a manifest whose host has process-compose, without what every process has.
fn check(version: &str, services: &str, expected: Expect) {
    let manifest = format!("[hosts.box]\nprocessCompose = \"{version}\"\n{services}");
    let files = generate(&manifest, Format::Toml, &[Target::ProcessCompose]);
    let text = files.get("process-compose/box/process-compose.yaml").unwrap();
    if version == "1.87" {
        process_compose::assert_valid(text);
    }
    let mut shown = String::new();
    let mut processes = process_compose::processes(text);
    for (name, process) in processes.as_object_mut().unwrap() {
        let process = process.as_object_mut().unwrap();
        let usual = [
            ("entrypoint", json!(["/usr/bin/web"])),
            ("is_dotenv_disabled", json!(true)),
            ("availability", json!({ "restart": "on_failure", "backoff_seconds": 5 })),
            ("shutdown", json!({ "signal": 15, "timeout_seconds": 90 })),
        ];
        for (key, value) in usual {
            if process.get(key) == Some(&value) {
                process.remove(key);
            }
        }
        for (key, value) in process {
            shown.push_str(&format!("{name}  {key} {value}\n"));
        }
    }
    expected.assert_eq(&shown);
}

fn check_web(service: &str, expected: Expect) {
    let exec = if service.contains("exec.command") { "" } else { WEB };
    check("1.87", &format!("[services.web]\n{exec}{service}\n"), expected);
}

const WEB: &str = "exec.command = [\"/usr/bin/web\"]\n";

/// Shows what process-compose cannot do for a service.
fn check_gaps(version: &str, service: &str, expected: Expect) {
    let exec = if service.contains("container") { "" } else { WEB };
    let manifest =
        format!("[hosts.box]\nprocessCompose = \"{version}\"\n[services.web]\n{exec}{service}\n");
    let found = problems(&manifest, Format::Toml);
    expected.assert_eq(&told(&found));
    if !service.contains("handoff = \"fd\"") {
        let accepted =
            manifest.replace("[services.web]\n", "[services.web]\nallow = [\"US060\"]\n");
        let files = generate(&accepted, Format::Toml, &[Target::ProcessCompose]);
        let text = files.get("process-compose/box/process-compose.yaml").unwrap();
        if version == "1.87" {
            process_compose::assert_valid(text);
        }
    }
}

#[test]
fn a_command_is_a_list_of_arguments() {
    check_web(
        "exec.command = [\"/usr/bin/web\", \"--name\", \"a b $HOME {{x}}\", \"${port}\"]\n\
         exec.workingDirectory = \"/srv/{{web}}\"\ndescription = \"Web {{site}} for $5\"",
        expect![[r#"
            web  description "Web {{ \"{{\" }}site}} for $5"
            web  entrypoint ["/usr/bin/web","--name","a b $HOME {{x}}","9575"]
            web  working_dir "/srv/{{ \"{{\" }}web}}"
        "#]],
    );
}

#[test]
fn a_file_for_the_output_is_a_log_location() {
    check_web(
        "exec.logFile = \"/var/log/{{web}} $x.log\"",
        expect![[r#"
            web  log_configuration {"disable_json":true,"fields_order":["message"],"flush_each_line":true,"no_color":true,"no_metadata":true,"rotation":{"max_size_mb":1000000000}}
            web  log_location "/var/log/{{ \"{{\" }}web}} $x.log"
        "#]],
    );
    check_gaps(
        "1.87",
        "exec.logFile = \"/var/log/web-{PC_REPLICA_NUM}.log\"",
        expect![[r#"
            US060 services.web.exec: process-compose 1.87 on `box` cannot do for `web`: `{PC_REPLICA_NUM}` in `exec.logFile`, which it takes for a number
        "#]],
    );
}

#[test]
fn the_environment_is_data_below_a_template() {
    check_web(
        "environment = { A = \"{{ .Env }} $B ${port} $${x}\", CUDA_VISIBLE_DEVICES = \"0,1\" }",
        expect![[r#"
            web  environment ["A={{ \"{{\" }} .Env }} $B 9575 ${x}","CUDA_VISIBLE_DEVICES=0,1"]
        "#]],
    );
}

#[test]
fn a_restart_is_an_availability() {
    check_web(
        "restart = { policy = \"always\", delay = \"10s\", attempts = 5, window = \"10min\" }",
        expect![[r#"
            web  availability {"backoff_seconds":10,"max_restarts":4,"restart":"always"}
        "#]],
    );
    check_web(
        "restart.policy = \"no\"",
        expect![[r#"
        web  availability {"restart":"no"}
    "#]],
    );
}

#[test]
fn a_process_is_stopped_by_its_signal_or_command() {
    check_web(
        "stop = { signal = \"SIGINT\", timeout = \"20s\" }",
        expect![[r#"
        web  shutdown {"signal":2,"timeout_seconds":20}
    "#]],
    );
    check_web(
        "exec.stop = [[\"/usr/bin/ctl\", \"stop it\", \"$x\"], [\"/usr/bin/sync\"]]",
        expect![[r#"
            web  shutdown {"command":"/usr/bin/ctl 'stop it' '$x' && /usr/bin/sync","signal":15,"timeout_seconds":90}
        "#]],
    );
}

#[test]
fn commands_before_a_process_are_run_by_its_shell() {
    check_web(
        "exec.preStart = [[\"/bin/mkdir\", \"-p\", \"/tmp/a b\"], [\"/bin/echo\", \"$x\"]]",
        expect![[r#"
            web  entrypoint ["/bin/sh","-c","/bin/mkdir -p '/tmp/a b' && /bin/echo '$x' && exec \"$@\"","web","/usr/bin/web"]
        "#]],
    );
}

#[test]
fn groups_are_namespaces() {
    check(
        "1.87",
        "[groups.back]\nstart = \"manual\"\n[services.web]\nexec.command = [\"/usr/bin/web\"]\ngroups = [\"back\"]\n",
        expect![[r#"
            web  disabled true
            web  namespace "back"
        "#]],
    );
    check(
        "1.122",
        "[groups.back]\n[groups.front]\n[services.web]\nexec.command = [\"/usr/bin/web\"]\ngroups = [\"back\", \"front\"]\n",
        expect![[r#"
            web  namespace ["back","front"]
        "#]],
    );
}

#[test]
fn a_manual_service_is_disabled_until_something_needs_it() {
    let web = "[services.web]\nexec.command = [\"/usr/bin/web\"]\nactivation.on = \"manual\"\n";
    check(
        "1.87",
        web,
        expect![[r#"
        web  disabled true
    "#]],
    );
    let api = "[services.api]\nexec.command = [\"/usr/bin/web\"]\ndependsOn.web = \"started\"\n";
    check(
        "1.87",
        &format!("{web}{api}"),
        expect![[r#"
        api  depends_on {"web":{"condition":"process_started"}}
    "#]],
    );
}

#[test]
fn replicas_are_processes_of_their_own() {
    check_web(
        "replicas = 2\nenvironment.N = \"${instance} ${port}\"",
        expect![[r#"
        web-1  environment ["N=1 41699"]
        web-2  environment ["N=2 26014"]
    "#]],
    );
}

#[test]
fn a_schedule_is_that_of_cron_or_an_interval() {
    check_web(
        "schedule.calendar = [\"Mon..Fri 03:30 UTC\"]",
        expect![[r#"
        web  availability {"restart":"no"}
        web  schedule {"cron":"30 3 * * 1,2,3,4,5","timezone":"UTC"}
    "#]],
    );
    check_web(
        "schedule = { afterBoot = \"1h30min\", every = \"1h30min\" }",
        expect![[r#"
        web  availability {"restart":"no"}
        web  schedule {"interval":"1h30m"}
    "#]],
    );
}

#[test]
fn a_later_version_has_more_keys() {
    check(
        "1.122",
        "[services.web]\nexec.command = [\"/usr/bin/web\"]\nenvironmentFiles = [\"/etc/web.env\"]\nrestart.successExitCodes = [3, 4]\n",
        expect![[r#"
            web  env_file "/etc/web.env"
            web  success_exit_codes [3,4]
        "#]],
    );
    check_gaps(
        "1.87",
        "environmentFiles = [\"/etc/web.env\"]\nrestart.successExitCodes = [3, 4]",
        expect![[r#"
            US060 services.web.environmentFiles: process-compose 1.87 on `box` cannot do for `web`: `environmentFiles`, which 1.122 can
            US060 services.web.restart: process-compose 1.87 on `box` cannot do for `web`: `restart.successExitCodes`, which 1.122 can
        "#]],
    );
}

#[test]
fn a_proxy_that_is_not_there_leaves_its_port_to_the_service() {
    check_web(
        "allow = [\"US060\"]\nenvironment.PORT = \"${backendPort}\"\nport = 8080\n\
         activation = { on = \"socket\", handoff = \"proxy\" }",
        expect![[r#"
            web  environment ["PORT=8080"]
        "#]],
    );
}

#[test]
fn what_systemd_alone_does_is_a_problem() {
    check_gaps(
        "1.87",
        "user = \"alice\"\nhardening = \"strict\"\numask = \"0077\"\nnice = 5\nlimits.memoryMax = \"1G\"",
        expect![[r#"
            US060 services.web.user: process-compose 1.87 on `box` cannot do for `web`: another account: all processes have that of process-compose itself
            US060 services.web.hardening: process-compose 1.87 on `box` cannot do for `web`: `hardening`: it keeps processes from nothing
            US060 services.web.umask: process-compose 1.87 on `box` cannot do for `web`: `umask`
            US060 services.web.nice: process-compose 1.87 on `box` cannot do for `web`: `nice`
            US060 services.web.limits: process-compose 1.87 on `box` cannot do for `web`: `limits`: it has none
        "#]],
    );
    for account in ["group = \"web\"", "dynamicUser = true", "supplementaryGroups = [\"video\"]"] {
        let found = problems(
            &format!("[hosts.box]\nprocessCompose = \"1.87\"\n[services.web]\n{WEB}{account}\n"),
            Format::Toml,
        );
        let key = account.split(' ').next().unwrap();
        let places: Vec<String> = found.iter().map(|it| it.place.path.to_string()).collect();
        assert_eq!(places, [format!("services.web.{key}")]);
    }
    // A forking process, one whose children are left alone, and one that is there for another.
    check_gaps(
        "1.87",
        "systemd.service = { Type = \"forking\", KillMode = \"process\" }\ncompanionOf = \"db\"\n\
         [services.db]\nexec.command = [\"/bin/db\"]",
        expect![[r#"
            US060 services.web.systemd: process-compose 1.87 on `box` cannot do for `web`: `systemd`: the directives are systemd's
            US060 services.web.companionOf: process-compose 1.87 on `box` cannot do for `web`: `companionOf`: what it has started goes on when the owner ends
        "#]],
    );
    check_gaps(
        "1.87",
        "exec.postStart = [[\"/bin/true\"]]\nexec.reload = [[\"/bin/true\"]]\nexec.postStop = [[\"/bin/true\"]]",
        expect![[r#"
            US060 services.web.exec: process-compose 1.87 on `box` cannot do for `web`: `exec.postStart`
            US060 services.web.exec: process-compose 1.87 on `box` cannot do for `web`: `exec.postStop`
            US060 services.web.exec: process-compose 1.87 on `box` cannot do for `web`: `exec.reload`
        "#]],
    );
    check_gaps(
        "1.87",
        "directories.state = \"web\"\nrequires.paths = [\"/etc/web\"]\nrequiredEnvironment = [\"A\"]\n\
         environmentFiles = [{ path = \"/etc/a\", optional = true }]\nsystemd.service.Nice = \"5\"",
        expect![[r#"
            US060 services.web.directories: process-compose 1.87 on `box` cannot do for `web`: `directories`: it makes none
            US060 services.web.requires: process-compose 1.87 on `box` cannot do for `web`: `requires.paths`
            US060 services.web.requiredEnvironment: process-compose 1.87 on `box` cannot do for `web`: `requiredEnvironment`
            US060 services.web.environmentFiles: process-compose 1.87 on `box` cannot do for `web`: `environmentFiles`, which 1.122 can
            US060 services.web.systemd: process-compose 1.87 on `box` cannot do for `web`: `systemd`: the directives are systemd's
        "#]],
    );
    check_gaps(
        "1.87",
        "restart = { policy = \"on-abort\", delay = \"500ms\", maxDelay = \"1min\" }\nstop.signal = \"SIGRTMIN+3\"\nexpose.firewall = true\nport = 80",
        expect![[r#"
            US060 services.web.restart: process-compose 1.87 on `box` cannot do for `web`: `restart.maxDelay`: its pauses do not grow
            US060 services.web.restart: process-compose 1.87 on `box` cannot do for `web`: `restart.policy = on-abort`
            US060 services.web.restart: process-compose 1.87 on `box` cannot do for `web`: a `restart.delay` that is not of whole seconds
            US060 services.web.stop: process-compose 1.87 on `box` cannot do for `web`: `stop.signal`: it knows the signals from 1 to 31
            US060 services.web.expose: process-compose 1.87 on `box` cannot do for `web`: `expose`: no program beside it shows its services
        "#]],
    );
    check_gaps(
        "1.87",
        "environment.PORT = \"${backendPort}\"\nactivation = { on = \"socket\", handoff = \"proxy\" }",
        expect![[r#"
            US060 services.web.activation: process-compose 1.87 on `box` cannot do for `web`: `activation.on = "socket"`: it starts nothing when somebody calls
        "#]],
    );
    check_gaps(
        "1.87",
        "activation = { on = \"socket\", handoff = \"fd\" }",
        expect![[r#"
        US060 services.web.activation: process-compose 1.87 on `box` cannot do for `web`: `handoff = "fd"`: nobody hands a socket over
    "#]],
    );
    check_gaps(
        "1.87",
        "container.image = \"localhost/web:1\"",
        expect![[r#"
        US060 services.web.container: process-compose 1.87 on `box` cannot do for `web`: `container`: it runs processes
    "#]],
    );
    check_gaps(
        "1.87",
        "schedule = { calendar = [\"Mon *-*-01 00:00\"], catchUp = true, timeout = \"1h\" }",
        expect![[r#"
            US060 services.web.schedule: process-compose 1.87 on `box` cannot do for `web`: `Mon *-*-01 00:00`, for which cron has no words
            US060 services.web.schedule: process-compose 1.87 on `box` cannot do for `web`: `schedule.catchUp`: it does not know when it ran last
            US060 services.web.schedule: process-compose 1.87 on `box` cannot do for `web`: `schedule.timeout`
        "#]],
    );
}

#[test]
fn conditions_are_always_written() {
    check(
        "1.87",
        r#"
[services.db]
exec.command = ["/usr/bin/web"]
readiness.exec = ["/usr/bin/ready", "it's", "{{x}}", "$HOME"]

[services.queue]
exec.command = ["/usr/bin/web"]
readiness.log = "Ready (1.0) to [accept]"

[services.migrate]
exec.command = ["/usr/bin/web"]
activation.on = "once"
dependsOn.db = "ready"

[services.plain]
exec.command = ["/usr/bin/web"]

[services.api]
exec.command = ["/usr/bin/web"]
dependsOn = { migrate = "completed", queue = "ready", plain = "started" }
"#,
        expect![[r#"
            api  depends_on {"migrate":{"condition":"process_completed_successfully"},"plain":{"condition":"process_started"},"queue":{"condition":"process_log_ready"}}
            db  availability {"backoff_seconds":5,"restart":"always"}
            db  readiness_probe {"exec":{"command":"/usr/bin/ready 'it'\\''s' '{{ \"{{\" }}x}}' '$HOME'"},"failure_threshold":60,"initial_delay_seconds":0,"period_seconds":1,"timeout_seconds":1}
            migrate  availability {"restart":"no"}
            migrate  depends_on {"db":{"condition":"process_healthy"}}
            queue  ready_log_line "Ready (1.0) to [accept]"
        "#]],
    );
}

#[test]
fn a_probe_asks_what_a_unit_would_ask() {
    check_web(
        "port = 8080\nenvironment.PORT = \"${port}\"\nreadiness.http = { path = \"/health\", status = 200 }\nreadiness.initialDelay = \"10s\"\nreadiness.period = \"30s\"\nreadiness.failureThreshold = 3",
        expect![[r#"
            web  availability {"backoff_seconds":5,"restart":"always"}
            web  environment ["PORT=8080"]
            web  readiness_probe {"failure_threshold":3,"http_get":{"host":"127.0.0.1","path":"/health","port":"8080","status_code":200},"initial_delay_seconds":10,"period_seconds":30,"timeout_seconds":1}
        "#]],
    );
    check_web(
        "port = 8080\nenvironment.PORT = \"${port}\"\nreadiness.http = { path = \"/health\" }",
        expect![[r#"
            web  availability {"backoff_seconds":5,"restart":"always"}
            web  environment ["PORT=8080"]
            web  readiness_probe {"exec":{"command":"/bin/bash -c '{ exec 3<>\"/dev/tcp/$2/$3\"; } 2>/dev/null || exit 1; printf '\\''GET %s HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: unitsmith\\r\\nAccept: */*\\r\\nConnection: close\\r\\n\\r\\n'\\'' \"$4\" \"$1\" >&3; read -r version status _ <&3 && [[ $version == HTTP/* && $status == $5 ]]' web 127.0.0.1:8080 127.0.0.1 8080 /health '[23][0-9][0-9]'"},"failure_threshold":60,"initial_delay_seconds":0,"period_seconds":1,"timeout_seconds":1}
        "#]],
    );
    check_web(
        "port = 8080\nenvironment.PORT = \"${port}\"\nliveness.tcp = true",
        expect![[r#"
        web  availability {"backoff_seconds":5,"restart":"always"}
        web  environment ["PORT=8080"]
        web  readiness_probe {"exec":{"command":"/bin/bash -c '{ exec 3<>\"/dev/tcp/$1/$2\"; } 2>/dev/null' web 127.0.0.1 8080"},"failure_threshold":3,"initial_delay_seconds":0,"period_seconds":10,"timeout_seconds":1}
    "#]],
    );
}

#[test]
fn what_nobody_listens_to_is_a_problem() {
    check_gaps(
        "1.87",
        "readiness.notify = true\nliveness.notify = true",
        expect![[r#"
        US060 services.web.readiness: process-compose 1.87 on `box` cannot do for `web`: `readiness.notify`: nobody listens to the process
        US060 services.web.liveness: process-compose 1.87 on `box` cannot do for `web`: `liveness.notify`: nobody listens to the process
    "#]],
    );
    check_gaps(
        "1.87",
        "readiness.exec = [\"/bin/true\"]\nreadiness.successThreshold = 2\nreadiness.period = \"500ms\"\nliveness.exec = [\"/bin/true\"]",
        expect![[r#"
            US060 services.web.readiness: process-compose 1.87 on `box` cannot do for `web`: a `successThreshold` of more than 1
            US060 services.web.readiness: process-compose 1.87 on `box` cannot do for `web`: tries that are not of whole seconds
            US060 services.web.liveness: process-compose 1.87 on `box` cannot do for `web`: `liveness` beside `readiness`: it asks one thing, from the start on
        "#]],
    );
    check_gaps(
        "1.87",
        "dependsOn.job = \"completed\"\ndependsOn.db = { required = false, restart = true }\n\
         [services.db]\nexec.command = [\"/bin/db\"]\n[services.job]\nexec.command = [\"/bin/job\"]\nschedule.calendar = [\"daily\"]",
        expect![[r#"
            US060 services.web.dependsOn: process-compose 1.87 on `box` cannot do for `web`: `required = false`: who waits for a process cannot do without it
            US060 services.web.dependsOn: process-compose 1.87 on `box` cannot do for `web`: `restart = true`: nothing is stopped when another process ends
            US060 services.web.dependsOn: process-compose 1.87 on `box` cannot do for `web`: waiting for `job`, which runs when it is due
        "#]],
    );
}
