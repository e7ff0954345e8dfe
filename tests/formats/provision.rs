//! Files, secrets, directories and what a service cannot be without.

use super::*;

#[test]
fn what_is_missing_is_said_before_the_start() {
    const REQUIRES: &str = r#"
        environmentFiles = ["/etc/web.env"]
        requiredEnvironment = ["TOKEN", "THEME"]
        environment.THEME = "dark"
        requires.paths = ["/srv/web", { path = "/opt/web/dist/index.js", hint = "npm run build" }]
        requires.mounts = ["/mnt/media", "/mnt/100%"]"#;
    let keys = ["RequiresMountsFor", "ExecStartPre", "unitConfig", "unitConfig.RequiresMountsFor"];
    check(
        &format!("exec.command = [\"/usr/bin/web\"]{REQUIRES}"),
        &keys,
        expect![[r#"
        systemd  web.service          RequiresMountsFor=/mnt/media
        systemd  web.service          RequiresMountsFor=/mnt/100%%
        systemd  web.service          ExecStartPre=/bin/bash -c 'missing=0; while (($$#)); do [[ -e $$1 ]] || { echo "$$0 needs $$1, which is not there$${2:+: $$2}" >&2; missing=1; }; shift 2; done; exit $$missing' web /srv/web '' /opt/web/dist/index.js 'npm run build'
        systemd  web.service          ExecStartPre=/bin/bash -c 'missing=0; for name; do [[ $${!name} ]] || { echo "$$0 needs the variable $$name, which is not set" >&2; missing=1; }; done; exit $$missing' web TOKEN
        nixos    web.nix              unitConfig.RequiresMountsFor = [ "/mnt/media" "/mnt/100%%" ];
        nixos    web.nix              ExecStartPre = [ "${lib.getExe pkgs.bash} -c 'missing=0; while (($$#)); do [[ -e $$1 ]] || { echo \"$$0 needs $$1, which is not there$\${2:+: $$2}\" >&2; missing=1; }; shift 2; done; exit $$missing' web /srv/web '' /opt/web/dist/index.js 'npm run build'" "${lib.getExe pkgs.bash} -c 'missing=0; for name; do [[ $\${!name} ]] || { echo \"$$0 needs the variable $$name, which is not set\" >&2; missing=1; }; done; exit $$missing' web TOKEN" ];
    "#]],
    );
    check(
        &format!("container.image = \"localhost/web:1\"{REQUIRES}"),
        &keys,
        expect![[r#"
        systemd  web.service          RequiresMountsFor=/mnt/media
        systemd  web.service          RequiresMountsFor=/mnt/100%%
        systemd  web.service          ExecStartPre=/bin/bash -c 'missing=0; while (($$#)); do [[ -e $$1 ]] || { echo "$$0 needs $$1, which is not there$${2:+: $$2}" >&2; missing=1; }; shift 2; done; exit $$missing' web /srv/web '' /opt/web/dist/index.js 'npm run build'
        systemd  web.service          ExecStartPre=/bin/bash -c 'missing=0; names=(); while [[ $$1 != -- ]]; do names+=($$1); shift; done; shift; for name in $${names[@]}; do for file; do while read -r line || [[ $$line ]]; do [[ $$line == $$name=?* ]] && continue 3; done <"$$file"; done; echo "$$0 needs the variable $$name, which no file sets" >&2; missing=1; done; exit $$missing' web TOKEN -- /etc/web.env
        quadlet  web.container        RequiresMountsFor=/mnt/media
        quadlet  web.container        RequiresMountsFor=/mnt/100%%
        quadlet  web.container        ExecStartPre=/bin/bash -c 'missing=0; while (($$#)); do [[ -e $$1 ]] || { echo "$$0 needs $$1, which is not there$${2:+: $$2}" >&2; missing=1; }; shift 2; done; exit $$missing' web /srv/web '' /opt/web/dist/index.js 'npm run build'
        quadlet  web.container        ExecStartPre=/bin/bash -c 'missing=0; names=(); while [[ $$1 != -- ]]; do names+=($$1); shift; done; shift; for name in $${names[@]}; do for file; do while read -r line || [[ $$line ]]; do [[ $$line == $$name=?* ]] && continue 3; done <"$$file"; done; echo "$$0 needs the variable $$name, which no file sets" >&2; missing=1; done; exit $$missing' web TOKEN -- /etc/web.env
        nixos    web.nix              unitConfig.RequiresMountsFor = [ "/mnt/media" "/mnt/100%%" ];
        nixos    web.nix              ExecStartPre = [ "${lib.getExe pkgs.bash} -c 'missing=0; while (($$#)); do [[ -e $$1 ]] || { echo \"$$0 needs $$1, which is not there$\${2:+: $$2}\" >&2; missing=1; }; shift 2; done; exit $$missing' web /srv/web '' /opt/web/dist/index.js 'npm run build'" "${lib.getExe pkgs.bash} -c 'missing=0; names=(); while [[ $$1 != -- ]]; do names+=($$1); shift; done; shift; for name in $\${names[@]}; do for file; do while read -r line || [[ $$line ]]; do [[ $$line == $$name=?* ]] && continue 3; done <\"$$file\"; done; echo \"$$0 needs the variable $$name, which no file sets\" >&2; missing=1; done; exit $$missing' web TOKEN -- /etc/web.env" ];
    "#]],
    );
}

#[test]
fn a_file_of_variables_may_be_missing() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        environmentFiles = [{ path = "/etc/web.env", optional = true }, { path = "/etc/b.env" }]"#,
        &["EnvironmentFile"],
        expect![[r#"
            systemd  web.service          EnvironmentFile=-/etc/web.env
            systemd  web.service          EnvironmentFile=/etc/b.env
            nixos    web.nix              EnvironmentFile = [ "-/etc/web.env" "/etc/b.env" ];
        "#]],
    );
}

#[test]
fn a_process_reads_its_secrets_where_systemd_put_them() {
    check(
        r#"exec.command = ["/usr/bin/web", "--token-file=${secrets.api.token}"]
        environment.DB_PASSWORD_FILE = "${secrets.db}"
        secrets."api.token" = "/etc/web/100%/token"
        secrets.db = { file = "/etc/web/db.cred", encrypted = true }"#,
        &[
            "ExecStart",
            "Environment",
            "DB_PASSWORD_FILE",
            "LoadCredential",
            "LoadCredentialEncrypted",
        ],
        expect![[r#"
            systemd  web.service          LoadCredential=api.token:/etc/web/100%%/token
            systemd  web.service          LoadCredentialEncrypted=db:/etc/web/db.cred
            systemd  web.service          Environment=DB_PASSWORD_FILE=%d/db
            systemd  web.service          ExecStart=/usr/bin/web --token-file=%d/api.token
            nixos    web.nix              DB_PASSWORD_FILE = "%d/db";
            nixos    web.nix              LoadCredential = "api.token:/etc/web/100%%/token";
            nixos    web.nix              LoadCredentialEncrypted = "db:/etc/web/db.cred";
            nixos    web.nix              ExecStart = "/usr/bin/web --token-file=%d/api.token";
        "#]],
    );
}

#[test]
fn a_container_reads_its_secrets_where_podman_put_them() {
    check_manifest(
        r#"
        [hosts.nix]
        nixos = "25.11"
        [hosts.new]
        [hosts.old]
        systemd = 252
        podman = "4.9"

        [services.web]
        container = { image = "localhost/web:1", command = ["--token-file=${secrets.token}"] }
        secrets.token = "/etc/web.token"
        secrets.db = { file = "/etc/db.cred", encrypted = true }
        secrets.tls.podman = "wildcard-key"
        "#,
        &[
            "Exec",
            "cmd",
            "Secret",
            "extraOptions",
            "ExecStartPre",
            "ExecStopPost",
            "LoadCredential",
            "LoadCredentialEncrypted",
        ],
        expect![[r#"
            systemd  web.service          LoadCredentialEncrypted=db:/etc/db.cred
            systemd  web.service          ExecStartPre=/usr/bin/podman secret create --replace web-db %d/db
            systemd  web.service          ExecStartPre=/usr/bin/podman secret create --replace web-token /etc/web.token
            systemd  web.service          ExecStopPost=-/usr/bin/podman secret rm web-db web-token
            systemd  web.service          ExecStopPost=-/usr/bin/podman rm --force --ignore web
            systemd  web.service          LoadCredentialEncrypted=db:/etc/db.cred
            systemd  web.service          ExecStartPre=/usr/bin/podman secret create --replace web-db %d/db
            systemd  web.service          ExecStartPre=/usr/bin/podman secret create --replace web-token /etc/web.token
            systemd  web.service          ExecStopPost=-/usr/bin/podman secret rm web-db web-token
            systemd  web.service          ExecStopPost=-/usr/bin/podman rm --force --ignore web
            quadlet  web.container        Exec=--token-file=/run/secrets/token
            quadlet  web.container        Secret=web-db,type=mount,target=db wildcard-key,type=mount,target=tls web-token,type=mount,target=token
            quadlet  web.container        LoadCredentialEncrypted=db:/etc/db.cred
            quadlet  web.container        ExecStartPre=/usr/bin/podman secret create --replace web-db %d/db
            quadlet  web.container        ExecStartPre=/usr/bin/podman secret create --replace web-token /etc/web.token
            quadlet  web.container        ExecStopPost=-/usr/bin/podman secret rm web-db web-token
            quadlet  web.container        Exec=--token-file=/run/secrets/token
            quadlet  web.container        Secret=web-db,type=mount,target=db wildcard-key,type=mount,target=tls web-token,type=mount,target=token
            quadlet  web.container        LoadCredentialEncrypted=db:/etc/db.cred
            quadlet  web.container        ExecStartPre=/usr/bin/podman secret create --replace web-db %d/db
            quadlet  web.container        ExecStartPre=/usr/bin/podman secret create --replace web-token /etc/web.token
            quadlet  web.container        ExecStopPost=-/usr/bin/podman secret rm web-db web-token
            nixos    web.nix              cmd = [ "--token-file=/run/secrets/token" ];
            nixos    web.nix              extraOptions = [ "--secret=web-db,type=mount,target=db" "--secret=wildcard-key,type=mount,target=tls" "--secret=web-token,type=mount,target=token" ];
            nixos    web.nix              LoadCredentialEncrypted = "db:/etc/db.cred";
            nixos    web.nix              ExecStartPre = [ "${lib.getExe pkgs.podman} secret create --replace web-db %d/db" "${lib.getExe pkgs.podman} secret create --replace web-token /etc/web.token" ];
            nixos    web.nix              ExecStopPost = [ "-${lib.getExe pkgs.podman} secret rm web-db web-token" ];
        "#]],
    );
}

#[test]
fn directories_are_made_by_the_unit() {
    const DIRECTORIES: &str = r#"
        directories = { state = "web/data", cache = "web", logs = "web", runtime = "web-x", mode = "750" }"#;
    let keys = [
        "StateDirectory",
        "StateDirectoryMode",
        "CacheDirectory",
        "LogsDirectory",
        "RuntimeDirectory",
        "RuntimeDirectoryMode",
        "WorkingDirectory",
        "Environment",
        "ExecStart",
        "Volume",
        "volumes",
        "SOCKET",
    ];
    check(
        &format!(
            r#"exec = {{ command = ["/usr/bin/web", "--db=${{stateDirectory}}/a b.db"], workingDirectory = "${{stateDirectory}}/sub" }}
            environment.SOCKET = "${{runtimeDirectory}}/web.sock"{DIRECTORIES}"#
        ),
        &keys,
        expect![[r#"
            systemd  web.service          StateDirectory=web/data
            systemd  web.service          StateDirectoryMode=0750
            systemd  web.service          CacheDirectory=web
            systemd  web.service          LogsDirectory=web
            systemd  web.service          RuntimeDirectory=web-x
            systemd  web.service          RuntimeDirectoryMode=0750
            systemd  web.service          WorkingDirectory=/var/lib/web/data/sub
            systemd  web.service          Environment=SOCKET=/run/web-x/web.sock
            systemd  web.service          ExecStart=/usr/bin/web '--db=/var/lib/web/data/a b.db'
            nixos    web.nix              SOCKET = "/run/web-x/web.sock";
            nixos    web.nix              StateDirectory = "web/data";
            nixos    web.nix              StateDirectoryMode = "0750";
            nixos    web.nix              CacheDirectory = "web";
            nixos    web.nix              LogsDirectory = "web";
            nixos    web.nix              RuntimeDirectory = "web-x";
            nixos    web.nix              RuntimeDirectoryMode = "0750";
            nixos    web.nix              WorkingDirectory = "/var/lib/web/data/sub";
            nixos    web.nix              ExecStart = "/usr/bin/web '--db=/var/lib/web/data/a b.db'";
        "#]],
    );
    check(
        &format!(
            r#"container.image = "localhost/web:1"
            container.volumes = [{{ source = "${{stateDirectory}}", target = "/data" }}, {{ source = "${{runtimeDirectory}}/a b", target = "/run/web" }}]{DIRECTORIES}"#
        ),
        &keys,
        expect![[r#"
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --volume=/var/lib/web/data:/data '--volume=/run/web-x/a b:/run/web' localhost/web:1
            systemd  web.service          StateDirectory=web/data
            systemd  web.service          StateDirectoryMode=0750
            systemd  web.service          CacheDirectory=web
            systemd  web.service          LogsDirectory=web
            systemd  web.service          RuntimeDirectory=web-x
            systemd  web.service          RuntimeDirectoryMode=0750
            quadlet  web.container        Volume=/var/lib/web/data:/data
            quadlet  web.container        StateDirectory=web/data
            quadlet  web.container        StateDirectoryMode=0750
            quadlet  web.container        CacheDirectory=web
            quadlet  web.container        LogsDirectory=web
            quadlet  web.container        RuntimeDirectory=web-x
            quadlet  web.container        RuntimeDirectoryMode=0750
            nixos    web.nix              volumes = [ "/var/lib/web/data:/data" "/run/web-x/a b:/run/web" ];
            nixos    web.nix              StateDirectory = "web/data";
            nixos    web.nix              StateDirectoryMode = "0750";
            nixos    web.nix              CacheDirectory = "web";
            nixos    web.nix              LogsDirectory = "web";
            nixos    web.nix              RuntimeDirectory = [ "web-x" ];
            nixos    web.nix              RuntimeDirectoryMode = "0750";
        "#]],
    );
}
