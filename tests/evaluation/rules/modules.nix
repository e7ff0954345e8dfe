# Rules of the module system, one a case: modules, and whether they are accepted or what they yield.
#
# What is expected is the measured behaviour of NixOS; `prove.nix` holds nixpkgs' own module system
# to the same values.
let
  web = ./web.nix;
  enabled = {
    services.web.enable = true;
  };
  set = value: { services.web = value; };
  port = config: config.services.web.port;

  list =
    { lib, ... }:
    {
      options.list = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ ];
      };
    };
  item = it: { list = [ it ]; };
in
{
  "a disabled module defines nothing" = {
    modules = [ web ];
    probe = config: config.systemd.services;
    value = { };
  };
  "a module that is named as disabled is not there, with all that it imports" = {
    modules = [
      web
      list
      { imports = [ ./disabled.nix ]; }
      { disabledModules = [ ./disabled.nix ]; }
    ];
    probe = config: config.list;
    value = [ ];
  };
  "a module can be disabled by one that imports it, and another take its place" = {
    modules = [
      list
      {
        disabledModules = [ ./web.nix ];
        imports = [
          { imports = [ ./web.nix ]; }
          (
            { lib, ... }:
            {
              options.services.web.port = lib.mkOption {
                type = lib.types.port;
                default = 7;
              };
            }
          )
        ];
      }
    ];
    probe = port;
    value = 7;
  };
  "an option's default is the weakest" = {
    modules = [
      web
      ({ lib, ... }: set { port = lib.mkDefault 1; })
    ];
    probe = port;
    value = 1;
  };
  "plain is stronger than mkDefault" = {
    modules = [
      web
      ({ lib, ... }: set { port = lib.mkDefault 1; })
      (set { port = 2; })
    ];
    probe = port;
    value = 2;
  };
  "mkForce is stronger than plain" = {
    modules = [
      web
      (set { port = 2; })
      ({ lib, ... }: set { port = lib.mkForce 3; })
    ];
    probe = port;
    value = 3;
  };
  "mkOverride compares numbers" = {
    modules = [
      web
      ({ lib, ... }: set { port = lib.mkOverride 49 4; })
      ({ lib, ... }: set { port = lib.mkForce 3; })
    ];
    probe = port;
    value = 4;
  };
  "two plain values conflict" = {
    modules = [
      web
      (set { port = 1; })
      (set { port = 2; })
    ];
    expected = "fail";
  };
  "two equal values do not" = {
    modules = [
      web
      (set { port = 1; })
      (set { port = 1; })
    ];
    probe = port;
    value = 1;
  };
  "an own option has its type although nothing reads it" = {
    modules = [
      web
      (set { user = 5; })
    ];
    expected = "fail";
  };
  "a port is below 65536" = {
    modules = [
      web
      (set { port = 65536; })
    ];
    expected = "fail";
  };
  "an enum refuses other words" = {
    modules = [
      web
      (set { restart = "sometimes"; })
    ];
    expected = "fail";
  };
  "a misspelt own option is refused" = {
    modules = [
      web
      (set { prot = 1; })
    ];
    expected = "fail";
  };
  "a misspelt option is refused under a false condition" = {
    modules = [ ({ lib, ... }: { config = lib.mkIf false { services.wbe.enable = true; }; }) ];
    expected = "fail";
  };
  "a set where options are expected must be one" = {
    modules = [
      web
      { services.web = true; }
    ];
    expected = "fail";
  };
  "two declarations of one option are refused" = {
    modules = [
      web
      ({ lib, ... }: { options.services.web.enable = lib.mkEnableOption "the web"; })
    ];
    expected = "fail";
  };
  "config beside other attributes is refused" = {
    modules = [
      {
        config = { };
        services = { };
      }
    ];
    expected = "fail";
  };
  "a value of another module is read" = {
    modules = [
      web
      enabled
      (set { port = 7000; })
      (
        { config, ... }:
        {
          services.web.environment.UPSTREAM = "127.0.0.1:${toString config.services.web.port}";
        }
      )
    ];
    probe = config: removeAttrs config.systemd.services.web.environment [ "PATH" ];
    value = {
      PORT = "7000";
      UPSTREAM = "127.0.0.1:7000";
    };
  };
  "top-level lists have the reverse order" = {
    modules = [
      list
      (item "a")
      (item "b" // { imports = [ (item "c") ]; })
      (item "d")
    ];
    probe = config: config.list;
    value = [
      "c"
      "d"
      "b"
      "a"
    ];
  };
  "mkBefore and mkAfter order definitions" = {
    modules = [
      list
      # Without the two, the reverse.
      ({ lib, ... }: { list = lib.mkBefore [ "first" ]; })
      (item "middle")
      ({ lib, ... }: { list = lib.mkAfter [ "last" ]; })
    ];
    probe = config: config.list;
    value = [
      "first"
      "middle"
      "last"
    ];
  };
  "mkMerge and mkIf nest" = {
    modules = [
      list
      (
        { lib, ... }:
        {
          config = lib.mkMerge [
            (lib.mkIf true (lib.mkMerge [ { list = lib.mkIf true [ "a" ]; } ]))
            (lib.mkIf false { list = [ "b" ]; })
            {
              list = lib.mkMerge [
                [ "c" ]
                (lib.mkIf false [ "d" ])
              ];
            }
          ];
        }
      )
    ];
    probe = config: config.list;
    value = [
      "a"
      "c"
    ];
  };
  "mkForce of a set reaches its attributes" = {
    modules = [
      web
      (set { port = 1; })
      ({ lib, ... }: { services = lib.mkForce { web.port = 2; }; })
    ];
    probe = port;
    value = 2;
  };
  "an attribute under a false condition is not there" = {
    modules = [
      web
      ({ lib, ... }: set { environment.A = lib.mkIf false "1"; })
    ];
    probe = config: config.services.web.environment;
    value = { };
  };
  "a definition replaces a default list" = {
    modules = [
      web
      (set { words = [ "mine" ]; })
    ];
    probe = config: config.services.web.words;
    value = [ "mine" ];
  };
  "null and not null conflict" = {
    modules = [
      web
      (set { user = null; })
      (set { user = "a"; })
    ];
    expected = "fail";
  };
  "a module can declare options anywhere" = {
    modules = [
      (
        { config, lib, ... }:
        {
          options.networking.ports = lib.mkOption {
            default = { };
            type = lib.types.attrsOf (
              lib.types.submodule (
                { name, ... }:
                {
                  options = {
                    enable = lib.mkEnableOption "the port" // {
                      default = true;
                    };
                    key = lib.mkOption {
                      type = lib.types.str;
                      default = name;
                    };
                    port = lib.mkOption {
                      type = lib.types.port;
                      readOnly = true;
                    };
                  };
                  config.port = lib.stringLength name;
                }
              )
            );
            apply = lib.mapAttrs (_: it: it // { url = "http://127.0.0.1:${toString it.port}"; });
          };
        }
      )
      { networking.ports.four = { }; }
    ];
    probe = config: config.networking.ports;
    value.four = {
      enable = true;
      key = "four";
      port = 4;
      url = "http://127.0.0.1:4";
    };
  };
  "one file imported twice is one module" = {
    modules = [
      ./once.nix
      { imports = [ ./once.nix ]; }
    ];
    probe = config: config.once;
    value = [ "once" ];
  };
  "mkDefault in a list keeps to itself" = {
    modules = [
      list
      (item "a")
      ({ lib, ... }: { list = lib.mkDefault [ "b" ]; })
    ];
    probe = config: config.list;
    value = [ "a" ];
  };
  "an argument comes from _module.args" = {
    modules = [
      list
      { _module.args.word = "said"; }
      ({ word, ... }: item word)
    ];
    probe = config: config.list;
    value = [ "said" ];
  };
  "a package is an option's default" = {
    modules = [
      (
        { lib, pkgs, ... }:
        {
          options.package = lib.mkPackageOption pkgs "hello" { };
        }
      )
    ];
    probe = config: config.package.name;
    value = "hello-1.0";
  };
  "an element under a false condition is not there" = {
    modules = [
      list
      (
        { lib, ... }:
        {
          list = [
            "a"
            (lib.mkIf false "b")
          ];
        }
      )
    ];
    probe = config: config.list;
    value = [ "a" ];
  };
  "a read-only option is set once" = {
    modules = [
      (
        { lib, ... }:
        {
          options.fixed = lib.mkOption {
            type = lib.types.int;
            readOnly = true;
          };
        }
      )
      { fixed = 1; }
      { fixed = 1; }
    ];
    expected = "fail";
  };
}
