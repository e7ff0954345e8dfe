# Evaluates modules of process-compose-flake and prints the file that process-compose would read.
#
#   nix-instantiate --eval --strict --json process-compose.nix --arg modules '{ box = ./box.nix; }'
#
# The options are those of process-compose-flake and services-flake (August 2026) that generated modules
# set, with their types: another one, or a value of another type, is an error that names it. Of the
# services of services-flake there are two, each with a process that a probe finds ready.
{
  modules,
  packages ? "",
  nixpkgsLib ? builtins.getEnv "NIXPKGS_LIB",
}:
let
  lib = import ./library.nix nixpkgsLib;
  pkgs = import ./pkgs.nix {
    inherit lib;
    packages = builtins.filter (it: it != "") (lib.splitString " " packages);
  };
  inherit (lib) mkOption types;

  option = type: mkOption { inherit type; };
  optional = type: usual: mkOption { inherit type; default = usual; };
  maybe = type: optional (types.nullOr type) null;
  submodule = options: types.submoduleWith { modules = [ { inherit options; } ]; };

  seconds = types.ints.unsigned;
  environment =
    maybe (types.either (types.listOf types.str) (types.attrsOf types.str))
    // {
      apply =
        it: if builtins.isAttrs it then lib.mapAttrsToList (name: value: "${name}=${value}") it else it;
    };
  probe = submodule {
    exec = maybe (submodule {
      command = option types.str;
      working_dir = maybe types.str;
    });
    http_get = maybe (submodule {
      host = option types.str;
      path = optional types.str "/";
      port = option types.port;
      scheme = optional types.str "http";
      status_code = maybe types.int;
    });
    failure_threshold = optional seconds 3;
    initial_delay_seconds = optional seconds 0;
    period_seconds = optional seconds 10;
    success_threshold = optional seconds 1;
    timeout_seconds = optional seconds 3;
  };
  process = submodule {
    availability = {
      backoff_seconds = maybe seconds;
      exit_on_end = maybe types.bool;
      exit_on_skipped = maybe types.bool;
      max_restarts = maybe seconds;
      restart = maybe (types.enum [ "always" "on_failure" "exit_on_failure" "no" ]);
    };
    # Without a default: a process must have one.
    command = option (types.either types.package types.str) // {
      apply = it: if builtins.isString it then it else lib.getExe it;
    };
    depends_on = maybe (types.attrsOf (submodule {
      condition = option (types.enum [
        "process_completed"
        "process_completed_successfully"
        "process_healthy"
        "process_log_ready"
        "process_started"
      ]);
    }));
    description = maybe types.str;
    disabled = maybe types.bool;
    inherit environment;
    is_dotenv_disabled = maybe types.bool;
    liveness_probe = maybe probe;
    log_location = maybe types.str;
    log_configuration = maybe (submodule {
      disable_json = maybe types.bool;
      fields_order = maybe (types.listOf (types.enum [ "time" "level" "message" ]));
      flush_each_line = maybe types.bool;
      no_color = maybe types.bool;
      no_metadata = maybe types.bool;
      rotation.max_size_mb = maybe seconds;
    });
    namespace = optional types.str "default";
    readiness_probe = maybe probe;
    ready_log_line = maybe types.str;
    shutdown = {
      command = maybe types.str;
      parent_only = maybe types.bool;
      signal = maybe seconds;
      timeout_seconds = maybe seconds;
    };
    working_dir = maybe types.str;
  };

  flake = {
    options.settings = optional (submodule {
      disable_env_expansion = optional (types.nullOr types.bool) true;
      inherit environment;
      log_location = maybe types.str;
      ordered_shutdown = maybe types.bool;
      processes = optional (types.attrsOf process) { };
      shell = {
        shell_argument = optional types.str "-c";
        # It is bash of nixpkgs there, which this machine does not have.
        shell_command = optional types.str "/bin/bash";
      };
      version = maybe types.str;
    }) { };
  };

  service = kind: { config, ... }: {
    options.services.${kind} = optional (types.attrsOf (submodule {
      enable = lib.mkEnableOption "the service";
      port = optional types.port 1;
    })) { };
    config.settings.processes = lib.mapAttrs (name: it: {
      command = "${kind} of ${name} on ${toString it.port}";
      readiness_probe.exec.command = "true";
    }) (lib.filterAttrs (_: it: it.enable) config.services.${kind});
  };

  evaluate =
    module:
    (lib.evalModules {
      specialArgs = { inherit pkgs; };
      modules = [
        flake
        (service "postgres")
        (service "redis")
        module
      ];
    }).config.settings;

  # What is left empty goes as well.
  prune =
    it:
    if builtins.isAttrs it then
      lib.filterAttrs (_: it: it != null && it != { }) (lib.mapAttrs (_: prune) it)
    else
      it;
in
lib.mapAttrs (_: module: prune (evaluate module)) modules
