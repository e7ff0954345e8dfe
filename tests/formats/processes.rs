//! Processes.

use crate::support::{problems, told};

use super::*;

#[test]
fn percent_is_data_not_a_specifier() {
    check(
        r#"exec.command = ["/bin/echo", "100%n"]
        environment.RATE = "50%""#,
        &["ExecStart", "environment", "Environment", "RATE"],
        expect![[r#"
            systemd  web.service          Environment="RATE=50%%"
            systemd  web.service          ExecStart=/bin/echo '100%%n'
            nixos    web.nix              environment = lib.mkOption { type = lib.types.attrsOf lib.types.str; default = { }; description = "Environment variables, in addition to or in place of those of the module; `%` is written `%%`."; };
            nixos    web.nix              environment = { RATE = "50%%"; } // cfg.environment;
            nixos    web.nix              ExecStart = "/bin/echo '100%%n'";
        "#]],
    );
}

#[test]
fn dollar_is_data_not_a_variable() {
    check(
        r#"exec.command = ["/bin/echo", "$HOME", "$${x}", "a$b"]
        environment.PRICE = "$5 ${port} $${port}""#,
        &["ExecStart", "Environment", "PRICE"],
        expect![[r#"
            systemd  web.service          Environment="PRICE=$5 9575 ${port}"
            systemd  web.service          ExecStart=/bin/echo '$$HOME' '$${x}' 'a$$b'
            nixos    web.nix              PRICE = "$5 ${toString cfg.port} \${port}";
            nixos    web.nix              ExecStart = "/bin/echo '$$HOME' '$\${x}' 'a$$b'";
        "#]],
    );
}

#[test]
fn quotes_and_blanks_stay_in_their_word() {
    check(
        r#"exec.command = ["/opt/my app/run", "it's", 'say "hi"', "", "a b", ";", "back\\slash", "two\nlines"]"#,
        &["ExecStart"],
        expect![[r#"
            systemd  web.service          ExecStart='/opt/my app/run' "it's" 'say "hi"' '' 'a b' ';' 'back\\slash' 'two\nlines'
            nixos    web.nix              ExecStart = "'/opt/my app/run' \"it's\" 'say \"hi\"' '' 'a b' ';' 'back\\\\slash' 'two\\nlines'";
        "#]],
    );
}

#[test]
fn a_program_is_found_where_each_host_has_it() {
    check(
        r#"exec.command = [{ package = "nodejs", bin = "node" }, "/srv/x.js"]"#,
        &["ExecStart"],
        expect![[r#"
            systemd  web.service          ExecStart=/usr/bin/node /srv/x.js
            nixos    web.nix              ExecStart = "${lib.getExe' pkgs.nodejs "node"} /srv/x.js";
        "#]],
    );
    check(
        r#"exec.command = [{ package = "python3Packages.gunicorn", path = "/opt/venv/bin/gunicorn" }, "app"]"#,
        &["ExecStart"],
        expect![[r#"
            systemd  web.service          ExecStart=/opt/venv/bin/gunicorn app
            nixos    web.nix              ExecStart = "${lib.getExe pkgs.python3Packages.gunicorn} app";
        "#]],
    );
}

#[test]
fn an_account_is_made_where_it_is_missing() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        user = "web"
        group = "www""#,
        &["User", "Group", "u", "g", "users", "user"],
        expect![[r#"
            systemd  web.service          User=web
            systemd  web.service          Group=www
            systemd  unitsmith.conf       g www -
            systemd  unitsmith.conf       u web -
            nixos    web.nix              user = lib.mkOption { type = lib.types.str; default = "web"; description = "Account that runs the service."; };
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              Group = "www";
            nixos    web.nix              users.users = lib.mkIf (cfg.user == "web") { web = { isSystemUser = true; group = "web"; }; };
            nixos    web.nix              users.groups = { web = { }; www = { }; };
        "#]],
    );
}

#[test]
fn root_and_numbers_are_accounts_that_exist() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        user = "1000"
        group = "root""#,
        &["User", "Group", "u", "g", "users"],
        expect![[r#"
            systemd  web.service          User=1000
            systemd  web.service          Group=root
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              Group = "root";
        "#]],
    );
}

#[test]
fn directory_files_and_limits_are_passed_on() {
    check(
        r#"exec = { command = ["/usr/bin/web"], workingDirectory = "/srv/my web" }
        environmentFiles = ["/etc/a.env", "/etc/100%.env"]
        limits.openFiles = 4096"#,
        &["WorkingDirectory", "EnvironmentFile", "LimitNOFILE"],
        expect![[r#"
            systemd  web.service          WorkingDirectory=/srv/my web
            systemd  web.service          EnvironmentFile=/etc/a.env
            systemd  web.service          EnvironmentFile=/etc/100%%.env
            systemd  web.service          LimitNOFILE=4096
            nixos    web.nix              WorkingDirectory = "/srv/my web";
            nixos    web.nix              EnvironmentFile = [ "/etc/a.env" "/etc/100%%.env" ];
            nixos    web.nix              LimitNOFILE = 4096;
        "#]],
    );
}

#[test]
fn what_a_process_prints_is_added_to_a_file() {
    check(
        r#"exec = { command = ["/usr/bin/web"], logFile = "/var/log/my web 100%.log" }"#,
        &["StandardOutput", "StandardError"],
        expect![[r#"
            systemd  web.service          StandardOutput=append:/var/log/my web 100%%.log
            systemd  web.service          StandardError=append:/var/log/my web 100%%.log
            nixos    web.nix              StandardOutput = "append:/var/log/my web 100%%.log";
            nixos    web.nix              StandardError = "append:/var/log/my web 100%%.log";
        "#]],
    );
}

#[test]
fn a_log_file_must_be_there_to_be_opened_and_read_by_nobody() {
    let manifest = r#"
[services.web]
exec = { command = ["/usr/bin/web"], logFile = "/var/log/web/it/web.log" }
directories = { logs = "web", state = "web" }
[services.loud]
exec = { command = ["/usr/bin/web"], logFile = "/var/log/loud.log" }
readiness.log = "ready"
[services.old]
exec = { command = ["/usr/bin/web"], logFile = "/var/log/webs/old.log" }
directories.logs = "web"
"#;
    let found = problems(manifest, Format::Toml);
    expect![[r#"
        US150 services.web.exec.logFile: `/var/log/web/it/web.log` is opened before systemd makes `/var/log/web`
        US054 services.loud.readiness.log: `services.loud.readiness.log` cannot be found out: `exec.logFile` keeps it from the journal
    "#]].assert_eq(&told(&found));
}

#[test]
fn restart_is_an_option_on_nixos() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        restart = { policy = "always", delay = "90s" }"#,
        &["Restart", "RestartSec", "default"],
        expect![[r#"
            systemd  web.service          Restart=always
            systemd  web.service          RestartSec=1min 30s
            nixos    web.nix              default = { };
            nixos    web.nix              default = "always";
            nixos    web.nix              Restart = cfg.restart;
            nixos    web.nix              RestartSec = "1min 30s";
        "#]],
    );
    check(
        r#"exec.command = ["/usr/bin/web"]
        restart.policy = "no""#,
        &["Restart", "RestartSec"],
        expect![[r#"
            systemd  web.service          Restart=no
            nixos    web.nix              Restart = cfg.restart;
        "#]],
    );
}

#[test]
fn other_services_are_reached_by_reference() {
    check_manifest(
        r#"
        [services.api]
        exec.command = ["/usr/bin/api", "${port}"]

        [services.six]
        exec.command = ["/usr/bin/six"]
        activation = { on = "socket", handoff = "fd", address = "::1" }

        [services.web]
        exec.command = ["/usr/bin/web", "--port=${port}", "http://${services.api.address}/", "${services.api.port}"]
        environment.SIX = "${services.six.address}"
        dependsOn = { api = "started", six = "started" }
        "#,
        &["ExecStart", "Environment", "SIX", "Requires", "After", "requires", "after"],
        expect![[r#"
            systemd  api.service          After=network.target
            systemd  api.service          ExecStart=/usr/bin/api 35421
            systemd  six.service          Requires=six.socket
            systemd  six.service          After=six.socket
            systemd  six.service          ExecStart=/usr/bin/six
            systemd  web.service          Requires=api.service six.socket
            systemd  web.service          After=network.target api.service six.socket
            systemd  web.service          Environment="SIX=[::1]:24132"
            systemd  web.service          ExecStart=/usr/bin/web --port=9575 http://127.0.0.1:35421/ 35421
            nixos    api.nix              after = [ "network.target" ];
            nixos    api.nix              ExecStart = "/usr/bin/api ${toString cfg.port}";
            nixos    six.nix              requires = [ "six.socket" ];
            nixos    six.nix              after = [ "six.socket" ];
            nixos    six.nix              ExecStart = "/usr/bin/six";
            nixos    web.nix              requires = [ "api.service" "six.socket" ];
            nixos    web.nix              after = [ "network.target" "api.service" "six.socket" ];
            nixos    web.nix              SIX = "[::1]:${toString config.unitsmith.six.port}";
            nixos    web.nix              ExecStart = "/usr/bin/web --port=${toString cfg.port} http://127.0.0.1:${toString config.unitsmith.api.port}/ ${toString config.unitsmith.api.port}";
        "#]],
    );
}
