//! `lint` in every form.

use super::*;

const DOUBTFUL: &str = r#"[services.web]
environment.DB_PASSWORD = "correct horse, 100%"
container.image = "docker.io/library/nginx:latest"
"#;

#[test]
fn what_is_doubtful_is_shown_under_its_line() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", DOUBTFUL);
    check(
        scratch.path(),
        "lint",
        expect![[r#"
        --- stderr
        warning[US221]: `DB_PASSWORD` is in plain text in the manifest and in each file made from it
         --> unitsmith.toml:2:27
          |
        2 | environment.DB_PASSWORD = "correct horse, 100%"
          |                           ^^^^^^^^^^^^^^^^^^^^^
          |
          = help: keep it in a file of the host: `environmentFiles`, or `secrets` where the program reads a file

        note[US212]: `docker.io/library/nginx:latest` is another image tomorrow
         --> unitsmith.toml:3:19
          |
        3 | container.image = "docker.io/library/nginx:latest"
          |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: name a version or a digest; a machine or a bot can raise it in a commit of its own

        1 warning, 1 note
        --- exit 1
    "#]],
    );
    check(
        scratch.path(),
        "lint --format github",
        expect![[r#"
        --- stdout
        ::warning file=unitsmith.toml,line=2,col=27,title=US221::`DB_PASSWORD` is in plain text in the manifest and in each file made from it%0Akeep it in a file of the host: `environmentFiles`, or `secrets` where the program reads a file
        ::notice file=unitsmith.toml,line=3,col=19,title=US212::`docker.io/library/nginx:latest` is another image tomorrow%0Aname a version or a digest; a machine or a bot can raise it in a commit of its own
        --- exit 1
    "#]],
    );
    check(
        scratch.path(),
        "lint --format json",
        expect![[r#"
        --- stdout
        {
          "errors": 0,
          "notes": 1,
          "problems": [
            {
              "code": "US221",
              "column": 27,
              "file": "unitsmith.toml",
              "hint": "keep it in a file of the host: `environmentFiles`, or `secrets` where the program reads a file",
              "line": 2,
              "message": "`DB_PASSWORD` is in plain text in the manifest and in each file made from it",
              "path": "services.web.environment.DB_PASSWORD",
              "severity": "warning"
            },
            {
              "code": "US212",
              "column": 19,
              "file": "unitsmith.toml",
              "hint": "name a version or a digest; a machine or a bot can raise it in a commit of its own",
              "line": 3,
              "message": "`docker.io/library/nginx:latest` is another image tomorrow",
              "path": "services.web.container.image",
              "severity": "note"
            }
          ],
          "version": 1,
          "warnings": 1
        }
        --- exit 1
    "#]],
    );
}

#[test]
fn notes_alone_are_clean() {
    let scratch = scratch();
    let noted = DOUBTFUL.replace("DB_PASSWORD", "DB_HOST");
    write(scratch.path(), "unitsmith.toml", &noted);
    check(
        scratch.path(),
        "lint",
        expect![[r#"
        --- stderr
        note[US212]: `docker.io/library/nginx:latest` is another image tomorrow
         --> unitsmith.toml:3:19
          |
        3 | container.image = "docker.io/library/nginx:latest"
          |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: name a version or a digest; a machine or a bot can raise it in a commit of its own

        1 note
        --- exit 0
    "#]],
    );
    // Who writes files did not ask for them.
    check(
        scratch.path(),
        "gen --target systemd",
        expect![[r#"
        --- stderr
        1 file written, 0 unchanged in `generated`
        --- exit 0
    "#]],
    );
    let fine = noted.replace("latest", "1.29");
    write(scratch.path(), "unitsmith.toml", &fine);
    check(
        scratch.path(),
        "lint",
        expect![[r#"
        --- stderr
        nothing to say
        --- exit 0
    "#]],
    );
}

#[test]
fn problems_of_the_manifest_are_told_in_each_form() {
    let scratch = scratch();
    write(scratch.path(), "unitsmith.toml", "[services.web]\nexec.comand = [\"/usr/bin/web\"]\n");
    write(scratch.path(), "unitsmith.lock", "{");
    check(
        scratch.path(),
        "lint --format github",
        expect![[r#"
            --- stdout
            ::error file=unitsmith.toml,line=2,col=6,title=US002::`comand` is not a key of `services.web.exec`%0Adid you mean `command`? keys are: command, logFile, postStart, postStop, preStart, reload, stop, workingDirectory
            ::error file=unitsmith.lock,title=US032::`unitsmith.lock` is not a lock file: EOF while parsing an object at line 1 column 1%0Arestore it from version control; without it ports may move
            --- exit 1
        "#]],
    );
    check(
        scratch.path(),
        "lint --format json",
        expect![[r#"
            --- stdout
            {
              "errors": 2,
              "notes": 0,
              "problems": [
                {
                  "code": "US002",
                  "column": 6,
                  "file": "unitsmith.toml",
                  "hint": "did you mean `command`? keys are: command, logFile, postStart, postStop, preStart, reload, stop, workingDirectory",
                  "line": 2,
                  "message": "`comand` is not a key of `services.web.exec`",
                  "path": "services.web.exec.comand",
                  "severity": "error"
                },
                {
                  "code": "US032",
                  "column": null,
                  "file": "unitsmith.lock",
                  "hint": "restore it from version control; without it ports may move",
                  "line": null,
                  "message": "`unitsmith.lock` is not a lock file: EOF while parsing an object at line 1 column 1",
                  "path": null,
                  "severity": "error"
                }
              ],
              "version": 1,
              "warnings": 0
            }
            --- exit 1
        "#]],
    );
    write(scratch.path(), "unitsmith.toml", "[services.web\n");
    check(
        scratch.path(),
        "lint --format json",
        expect![[r#"
        --- stdout
        {
          "errors": 2,
          "notes": 0,
          "problems": [
            {
              "code": "US001",
              "column": 14,
              "file": "unitsmith.toml",
              "hint": null,
              "line": 1,
              "message": "unclosed table, expected `]`",
              "path": null,
              "severity": "error"
            },
            {
              "code": "US032",
              "column": null,
              "file": "unitsmith.lock",
              "hint": "restore it from version control; without it ports may move",
              "line": null,
              "message": "`unitsmith.lock` is not a lock file: EOF while parsing an object at line 1 column 1",
              "path": null,
              "severity": "error"
            }
          ],
          "version": 1,
          "warnings": 0
        }
        --- exit 1
    "#]],
    );
}

#[test]
fn a_code_is_explained() {
    let scratch = scratch();
    check(
        scratch.path(),
        "lint --explain us204",
        expect![[r#"
            --- stdout
            note[US204]: An idle timeout so short that each pause of a reader is a cold start.

            ## What

            The idle timeout is below ten seconds.

            ## Why

            Who reads a page asks for the next one after some seconds, and would wait for a cold start each time.

            ## Example

            ```toml
            [services.web]
            user = "web"
            exec.command = ["/usr/bin/web", "--port=${backendPort}"]
            activation = { on = "socket", handoff = "proxy", idleTimeout = "2s" }
            ```

            ## Instead

            ```toml
            [services.web]
            user = "web"
            exec.command = ["/usr/bin/web", "--port=${backendPort}"]
            activation = { on = "socket", handoff = "proxy", idleTimeout = "10min" }
            ```
            --- exit 0
        "#]],
    );
    // What is no rule has a sentence.
    check(
        scratch.path(),
        "lint --explain US043",
        expect![[r#"
            --- stdout
            error[US043]: A restart policy that fights the idle exit.
            --- exit 0
        "#]],
    );
    check(
        scratch.path(),
        "lint --explain US999",
        expect![[r#"
            --- stderr
            error: there is no code `US999`
              hint: a code is between the brackets of a message, like `US221`; the README lists all
            --- exit 2
        "#]],
    );
}

#[test]
fn what_is_accepted_without_need_or_reason_is_said() {
    let scratch = scratch();
    let manifest = r#"[services.web]
allow = ["US233", { code = "US211" }, { code = "US234", reason = "guests" }]
container.image = "docker.io/library/nginx"

[services.db]
allow = [{ code = "US999", reason = "x" }, { reason = "y" }]
container.image = "docker.io/library/nginx:1"
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "lint",
        expect![[r#"
            --- stderr
            error[US004]: `services.db.allow[1]` has no `code`
             --> unitsmith.toml:6:44
              |
            6 | allow = [{ code = "US999", reason = "x" }, { reason = "y" }]
              |                                            ^^^^^^^^^^^^^^^^
              |
              = help: add `code`

            1 problem
            --- exit 1
        "#]],
    );
    let (web, _) = manifest.split_once("\n[services.db]").unwrap();
    write(scratch.path(), "unitsmith.toml", web);
    check(
        scratch.path(),
        "lint",
        expect![[r#"
        --- stderr
        note[US271]: nobody will know why `web` may do what US233 is about
         --> unitsmith.toml:2:10
          |
        2 | allow = ["US233", { code = "US211" }, { code = "US234", reason = "guests" }]
          |          ^^^^^^^
          |
          = help: write `{ code = "US233", reason = "…" }`

        note[US272]: `web` accepts US233, and nothing of the kind is there
         --> unitsmith.toml:2:10
          |
        2 | allow = ["US233", { code = "US211" }, { code = "US234", reason = "guests" }]
          |          ^^^^^^^
          |
          = help: take it out, so that it does not hide what comes later

        note[US271]: nobody will know why `web` may do what US211 is about
         --> unitsmith.toml:2:19
          |
        2 | allow = ["US233", { code = "US211" }, { code = "US234", reason = "guests" }]
          |                   ^^^^^^^^^^^^^^^^^^
          |
          = help: write `{ code = "US211", reason = "…" }`

        note[US272]: `web` accepts US234, and nothing of the kind is there
         --> unitsmith.toml:2:48
          |
        2 | allow = ["US233", { code = "US211" }, { code = "US234", reason = "guests" }]
          |                                                ^^^^^^^
          |
          = help: take it out, so that it does not hide what comes later

        4 notes
        --- exit 0
    "#]],
    );
}
