# A module as they are generated: options under a prefix, everything else under a condition.
{ config, lib, ... }:
let
  cfg = config.services.web;
in
{
  options.services.web = {
    enable = lib.mkEnableOption "the web";
    port = lib.mkOption {
      type = lib.types.port;
      default = 8080;
      description = "Port to listen on.";
    };
    restart = lib.mkOption {
      type = lib.types.enum [
        "no"
        "always"
      ];
      default = "no";
    };
    environment = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
    };
    user = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
    };
    words = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ "from the default" ];
    };
  };
  config = lib.mkIf cfg.enable {
    systemd.services.web = {
      environment = cfg.environment // {
        PORT = toString cfg.port;
      };
      serviceConfig = {
        ExecStart = "/bin/web";
        Restart = lib.mkForce cfg.restart;
      };
    };
  };
}
