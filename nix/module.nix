# `networking.ports.NAME`: stable ports by name, for generated modules and for what is written by hand.
#
# It gives `config.networking.ports.NAME.port` to a configuration that has no such allocator yet.
# It does not open the firewall and does not reserve the ports in the kernel: the modules that use a port do.
{ config, lib, ... }:
let
  inherit (import ./ports.nix) portOf;

  enabled = lib.filterAttrs (_: entry: entry.enable) config.networking.ports;

  namesOfPort = lib.groupBy (name: toString enabled.${name}.port) (lib.attrNames enabled);
in
{
  options.networking.ports = lib.mkOption {
    default = { };
    description = ''
      Ports by name.
      Each name has the port that its hash gives, the same on every machine, so that both ends of a connection agree on it without asking.
    '';
    example = lib.literalExpression ''
      {
        grafana.enable = true;
        prometheus = {
          enable = true;
          port = 9090;
        };
      }
    '';
    type = lib.types.attrsOf (
      lib.types.submodule (
        { name, config, ... }:
        {
          options = {
            enable = lib.mkEnableOption "the port, which no other enabled name may then have";
            key = lib.mkOption {
              type = lib.types.str;
              default = name;
              defaultText = lib.literalMD "the name of the entry";
              example = "grafana/backend";
              description = ''
                The text whose hash gives the port.
                Another text gives another port, which ends a collision.
              '';
            };
            port = lib.mkOption {
              type = lib.types.port;
              default = portOf config.key;
              defaultText = lib.literalMD "the port that the hash of {option}`key` gives";
              example = 3000;
              description = ''
                The port.
                A machine that needs another one may set it.
              '';
            };
          };
        }
      )
    );
  };

  config.assertions = lib.mapAttrsToList (
    port: names:
    let
      options = map (
        name:
        lib.showOption [
          "networking"
          "ports"
          name
        ]
      ) names;
      last = lib.last options;
    in
    {
      assertion = lib.length names == 1;
      message =
        "Port ${port} is the port of ${lib.concatMapStringsSep " and " (option: "`${option}`") options}. "
        + "Set `${last}.key` to another text, or `${last}.port` to another port.";
    }
  ) namesOfPort;
}
