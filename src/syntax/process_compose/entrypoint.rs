//! The script with which a container begins.

/// What the script does when it is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usual {
    /// It becomes process-compose, which then is the first process and gets the signals.
    Services,
    /// It becomes a shell, because no service starts by itself.
    Shell,
}

/// Returns the script, which lies beside the file of process-compose.
pub fn file(header: &str, usual: Usual) -> String {
    let usual = match usual {
        Usual::Services => SERVICES,
        Usual::Shell => SHELL,
    };
    format!("#!/bin/sh\n# {header}\n{SETTINGS}\n{usual}")
}

/// process-compose (1.87 src/config/config.go) has its interface on for people and its server on a port
/// that a service may want; with `PC_NO_SERVER` there is none, whatever its value.
const SETTINGS: &str = r#"#
# Variables of process-compose that the container has already stay as they are.
set -eu

script=$0
[ ! -L "$script" ] || script=$(readlink -f -- "$script")
directory=${script%/*}
[ "$directory" != "$script" ] || directory=.
export PC_CONFIG_FILES="${PC_CONFIG_FILES:-$directory/process-compose.yaml}"
export PC_DISABLE_TUI="${PC_DISABLE_TUI:-1}"
# Its usual port is one that a service may have.
[ -n "${PC_SOCKET_PATH-}${PC_PORT_NUM-}" ] || export PC_NO_SERVER=1
"#;

const SERVICES: &str = r#"# The command that it is given, or the services.
[ $# -gt 0 ] || set -- process-compose up
exec "$@"
"#;

const SHELL: &str = r#"# The command that it is given, or a shell.
if [ $# -eq 0 ]; then
  echo 'no service starts by itself, so this is a shell' >&2
  set -- sh
  ! command -v bash >/dev/null || set -- bash
fi
exec "$@"
"#;
