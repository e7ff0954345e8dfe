# What `virtualisation.oci-containers` makes of a container: under podman measured on 26.05,
# under docker read in nixpkgs nixos/modules/virtualisation/oci-containers.nix.
{ lib, pkgs }:
let
  inherit (builtins) concatStringsSep;
  inherit (lib)
    escapeShellArg
    mapAttrsToList
    optional
    optionalString
    ;

  # Every argument on a line of its own. Image, log driver and registry are not quoted, which is
  # how NixOS does it: an image with a space breaks there as well.
  startScript =
    backend: name: container:
    let
      each = option: map (it: "${option}${escapeShellArg it}");
      maybe = option: it: optional (it != null) "${option}${escapeShellArg it}";
      granted = wanted: lib.attrNames (lib.filterAttrs (_: it: it == wanted) container.capabilities);
    in
    concatStringsSep " \\\n  " (
      [ "exec ${backend} " ]
      ++ map escapeShellArg container.preRunExtraOptions
      ++ [
        "run"
        "--name=${escapeShellArg name}"
        "--log-driver=${container.log-driver}"
      ]
      ++ maybe "--entrypoint=" container.entrypoint
      ++ maybe "--hostname=" container.hostname
      ++ lib.optionals (backend == "podman") [
        "--cidfile=/run/${escapeShellArg name}/ctr-id"
        "--cgroups=enabled"
        "--sdnotify=${sdnotify container}"
        "-d"
        "--replace"
      ]
      ++ mapAttrsToList (key: it: "-e ${escapeShellArg key}=${escapeShellArg it}") container.environment
      ++ each "--env-file " container.environmentFiles
      ++ each "-p " container.ports
      ++ maybe "-u " container.user
      ++ each "-v " container.volumes
      ++ mapAttrsToList (key: it: "-l ${escapeShellArg key}=${escapeShellArg it}") container.labels
      ++ maybe "-w " container.workdir
      ++ optional container.privileged "--privileged"
      ++ optional container.autoRemoveOnStop "--rm"
      ++ each "--cap-add=" (granted true)
      ++ each "--cap-drop=" (granted false)
      ++ each "--device=" container.devices
      ++ each "--network=" (lib.unique container.networks)
      ++ [ "--pull ${escapeShellArg container.pull}" ]
      ++ map escapeShellArg container.extraOptions
      ++ [ container.image ]
      ++ map escapeShellArg container.cmd
    );

  # `podman` is null or a set without all its values where nobody defined it.
  sdnotify =
    container: (if container.podman == null then { } else container.podman).sdnotify or "conmon";
  userOf = container: (if container.podman == null then { } else container.podman).user or "root";

  preStart =
    backend: name: container:
    let
      inherit (container) login;
      valid = login.username != null && login.passwordFile != null && login.registry != null;
      script = pkgs.writeShellApplication {
        name = "pre-start";
        text = ''
          ${backend} rm -f ${name} || true
          ${optionalString valid ''
            # try logging in, if it fails, check if image exists locally
            ${backend} login \
            ${login.registry} \
            --username ${escapeShellArg login.username} \
            --password-stdin < ${login.passwordFile} \
            || ${backend} image inspect ${container.image} >/dev/null \
            || { echo "image doesn't exist locally and login failed" >&2 ; exit 1; }
          ''}
          ${optionalString (container.imageFile != null) ''
            ${backend} load -i ${container.imageFile}
          ''}
          ${optionalString (container.imageStream != null) ''
            ${container.imageStream} | ${backend} load
          ''}
          ${optionalString (backend == "podman") ''
            rm -f /run/${escapeShellArg name}/ctr-id
          ''}
        '';
      };
    in
    {
      outPath = "${script}${script.destination}";
      inherit (script) text;
    };

  # The unit of one container. What concerns a user other than root was read in nixpkgs and stands
  # in the facts; only root's was recorded.
  service =
    config: name: container:
    let
      inherit (config.virtualisation.oci-containers) backend containers;
      isPodman = backend == "podman";
      serviceOf =
        other:
        if containers ? ${other} then
          "${containers.${other}.serviceName}.service"
        else
          throw "attribute '${other}' missing: the container `${name}' depends on it";
      # By name, whatever the order they are listed in.
      dependsOn = map serviceOf (lib.naturalSort (lib.unique container.dependsOn));
      online = optional (
        container.imageFile == null && container.imageStream == null
      ) "network-online.target";
      cidfile = "--ignore --cidfile=/run/${escapeShellArg name}/ctr-id";
      rootless = userOf container != "root";
      user = userIn config name container;
      lingering = optional (rootless && user.linger) "linger-users.service";
      session = optional (
        rootless && sdnotify container == "healthy"
      ) "user@${toString user.uid}.service";
    in
    lib.nameValuePair container.serviceName {
      wantedBy = optional container.autoStart "multi-user.target";
      wants = online ++ lingering;
      after =
        lib.optionals (!isPodman) [
          "docker.service"
          "docker.socket"
        ]
        ++ online ++ dependsOn ++ lingering ++ session;
      requires = dependsOn ++ session;
      path = [ config.virtualisation.${backend}.package ];
      environment = lib.mkIf rootless { HOME = user.home; };
      script = startScript backend name container;
      preStop = if isPodman then "podman stop ${cidfile}" else "docker stop ${name} || true";
      postStop = if isPodman then "podman rm -f ${cidfile}" else "docker rm -f ${name} || true";
      unitConfig = lib.mkIf rootless {
        RequiresMountsFor = "/run/user/${toString user.uid}/containers";
      };
      serviceConfig = {
        ExecStartPre = [ (preStart backend name container) ];
        # Since nixpkgs PR 485421 a container that is started on demand restarts on failure only.
        Restart = if container.autoStart then "always" else "on-failure";
        # Not the number 0: that was measured to conflict with what NixOS defines.
        TimeoutStartSec = "0";
        TimeoutStopSec = 120;
      }
      // lib.optionalAttrs isPodman {
        Delegate = true;
        # A scalar, so that another scalar conflicts; a list adds to it.
        Environment = "PODMAN_SYSTEMD_UNIT=%n";
        NotifyAccess = "all";
        RuntimeDirectory = escapeShellArg name;
        Type = "notify";
        User = userOf container;
      };
    };

  userIn =
    config: name: container:
    config.users.users.${userOf container}
    or (throw "attribute '${userOf container}' missing: the container `${name}' runs as this user");

  warningsOf =
    config: name: container:
    let
      user = userOf container;
      inherit (userIn config name container) linger;
      warning = sdnotify': state: ''
        Podman container ${name} is configured as rootless (user ${user})
        with `--sdnotify=${sdnotify'}`, but lingering for this user is turned ${state}.
      '';
    in
    lib.optionals (user != "root") (
      optional (linger && sdnotify container == "conmon") (warning "conmon" "on")
      ++ optional (!linger && sdnotify container == "healthy") (warning "healthy" "off")
    );
in
{
  behaviours = {
    "virtualisation.oci-containers.containers" = [
      (
        { name, ... }:
        {
          config.serviceName = lib.mkOptionDefault "podman-${name}";
        }
      )
    ];
  };

  module =
    { config, ... }:
    let
      cfg = config.virtualisation.oci-containers;
    in
    {
      _file = "oci-containers";
      config = lib.mkMerge [
        {
          virtualisation.docker.package = lib.mkOptionDefault pkgs.docker;
          virtualisation.podman.package = lib.mkOptionDefault pkgs.podman;
        }
        (lib.mkIf (cfg.containers != { }) {
          systemd.services = lib.mapAttrs' (service config) cfg.containers;
          virtualisation.docker = lib.mkIf (cfg.backend == "docker") { enable = true; };
          virtualisation.podman = lib.mkIf (cfg.backend == "podman") { enable = true; };
          assertions = lib.concatLists (
            mapAttrsToList (name: it: [
              {
                assertion = it.imageFile == null || it.imageStream == null;
                message = "virtualisation.oci-containers.containers.${name}: You can only define one of imageFile and imageStream";
              }
              {
                assertion = cfg.backend == "docker" -> it.podman == null;
                message = "virtualisation.oci-containers.containers.${name}: Cannot set `podman` option if backend is `docker`.";
              }
            ]) cfg.containers
          );
          warnings = lib.concatLists (mapAttrsToList (warningsOf config) cfg.containers);
        })
      ];
    };
}
