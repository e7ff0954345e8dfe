# What modules define beside units: sysctl, tmpfiles, users, files below /etc.
{ lib, utils }:
let
  inherit (builtins) concatStringsSep;

  named =
    { name, ... }:
    {
      config.name = lib.mkOptionDefault name;
    };
in
{
  behaviours = {
    "environment.etc" = [
      (
        { name, ... }:
        {
          config.target = lib.mkOptionDefault name;
        }
      )
    ];
    "services.caddy.virtualHosts" = [
      (
        { name, ... }:
        {
          config.hostName = lib.mkOptionDefault name;
        }
      )
    ];
    "services.ts-proxy.hosts" = [
      (
        { config, name, ... }:
        {
          config.name = lib.mkOptionDefault name;
          config.unitName = lib.mkOptionDefault "ts-proxy-${config.name}";
        }
      )
    ];
    "systemd.tmpfiles.settings" = [
      (
        { name, ... }:
        {
          config.type = lib.mkOptionDefault name;
        }
      )
    ];
    "users.groups" = [ named ];
    "users.users" = [ named ];
  };

  module =
    { config, ... }:
    let
      sysctl = lib.filterAttrs (_: it: it != null) config.boot.kernel.sysctl;
      # `true` is 1 and `false` is 0.
      number = it: if it == false then "0" else toString it;
    in
    {
      _file = "the base system";
      config = {
        environment.etc = lib.mkIf (sysctl != { }) {
          "sysctl.d/60-nixos.conf".text = lib.concatStrings (
            lib.mapAttrsToList (key: it: "${key}=${number it}\n") sysctl
          );
        };
        assertions = lib.concatLists (
          lib.mapAttrsToList (name: it: [
            {
              assertion = it.isSystemUser != it.isNormalUser;
              message = "Exactly one of users.users.${name}.isSystemUser and users.users.${name}.isNormalUser must be set.";
            }
            {
              assertion = it.group != "" || it.isNormalUser;
              message = "users.users.${name}.group is unset.";
            }
          ]) config.users.users
        );
      };
    };

  # The files that tmpfiles.d gets. The base system's own rules, which come last, are left out.
  tmpfiles =
    config:
    let
      inherit (config.systemd.tmpfiles) rules settings;
      argument = utils.escapeC [
        "\t"
        "\n"
        "\r"
        " "
        "\\"
      ];
      quoted = it: "'${it}'";
      rule =
        path: it:
        concatStringsSep " " (
          map quoted [
            it.type
            path
            it.mode
            it.user
            it.group
            it.age
          ]
          ++ [ (argument it.argument) ]
        );
      file =
        paths:
        lib.concatLines (
          lib.concatLists (lib.mapAttrsToList (path: types: map (rule path) (lib.attrValues types)) paths)
        );
    in
    lib.optionalAttrs (rules != [ ]) {
      "00-nixos.conf" = lib.concatLines rules;
    }
    // lib.mapAttrs' (name: paths: lib.nameValuePair "${name}.conf" (file paths)) settings;
}
