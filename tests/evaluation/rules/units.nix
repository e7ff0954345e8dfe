# Rules of NixOS' units, containers and accounts, one a case, in the form of modules.nix.
let
  web = ./web.nix;
  enabled = {
    services.web.enable = true;
  };
  afterOf = config: config.systemd.services.web.after;
  after = it: { systemd.services.web.after = [ "${it}.service" ]; };
in
{
  "mkForce in a module wins over a plain definition" = {
    modules = [
      web
      enabled
      { systemd.services.web.serviceConfig.Restart = "always"; }
    ];
    probe = config: config.systemd.services.web.serviceConfig.Restart;
    value = "no";
  };
  "mkForce of an empty list deletes a directive" = {
    modules = [
      web
      enabled
      ({ lib, ... }: { systemd.services.web.serviceConfig.ExecStart = lib.mkForce [ ]; })
    ];
    probe = config: config.systemd.services.web.serviceConfig.ExecStart;
    value = [ ];
  };
  "true and yes conflict" = {
    modules = [
      { systemd.services.web.serviceConfig.NoNewPrivileges = true; }
      { systemd.services.web.serviceConfig.NoNewPrivileges = "yes"; }
    ];
    expected = "fail";
  };
  "a list makes scalars a list" = {
    modules = [
      { systemd.services.web.serviceConfig.ExecStartPre = "/a"; }
      { systemd.services.web.serviceConfig.ExecStartPre = [ "/b" ]; }
    ];
    probe = config: config.systemd.services.web.serviceConfig.ExecStartPre;
    value = [
      "/a"
      "/b"
    ];
  };
  "lists of one unit keep the order of the modules" = {
    modules = [
      (after "a")
      (after "b")
      (after "c")
    ];
    probe = afterOf;
    value = [
      "a.service"
      "b.service"
      "c.service"
    ];
  };
  "a module comes before its own imports in a unit" = {
    modules = [
      (after "a" // { imports = [ (after "b" // { imports = [ (after "c") ]; }) ]; })
      (after "d")
    ];
    probe = afterOf;
    value = [
      "a.service"
      "d.service"
      "b.service"
      "c.service"
    ];
  };
  "a key of sysctl has one definition" = {
    modules = [
      { boot.kernel.sysctl."a.b" = 1; }
      { boot.kernel.sysctl."a.b" = 1; }
    ];
    expected = "fail";
  };
  "script lines of a user come after the module's" = {
    modules = [
      { systemd.services.web.script = "first"; }
      { systemd.services.web.script = "second"; }
    ];
    probe = config: config.systemd.services.web.script;
    value = "first\nsecond";
  };
  "a unit written raw conflicts with the same service" = {
    modules = [
      { systemd.services.web.script = "a"; }
      { systemd.units."web.service".text = "[Unit]\n"; }
    ];
    expected = "fail";
  };
  "null in an environment removes a global variable" = {
    modules = [
      { systemd.globalEnvironment.A = "1"; }
      {
        systemd.services.web = {
          environment.A = null;
          path = [ ];
          enableDefaultPath = false;
        };
      }
    ];
    probe = config: builtins.match ".*\"A=.*" config.systemd.units."web.service".text == null;
    value = true;
  };
  "a user needs a group" = {
    modules = [ { users.users.web.isSystemUser = true; } ];
    expected = "fail";
  };
  "a user is of a kind" = {
    modules = [ { users.users.web.group = "web"; } ];
    expected = "fail";
  };
  "a user with both is accepted" = {
    modules = [
      {
        users.users.web = {
          isSystemUser = true;
          group = "web";
        };
      }
    ];
  };
  "a service that is off has no timer" = {
    modules = [
      {
        systemd.services.web = {
          enable = false;
          startAt = "daily";
        };
      }
    ];
    probe = config: config.systemd.timers;
    value = { };
  };
  "a container runs as a user that exists" = {
    modules = [
      {
        virtualisation.oci-containers.containers.web = {
          image = "i";
          podman.user = "bob";
        };
      }
    ];
    expected = "fail";
  };
  "a rootless container has its user's home and mounts" = {
    modules = [
      {
        users.groups.bob = { };
        users.users.bob = {
          isSystemUser = true;
          group = "bob";
          uid = 900;
          home = "/home/bob";
          linger = true;
        };
        virtualisation.oci-containers.containers.web = {
          image = "i";
          podman.user = "bob";
          podman.sdnotify = "healthy";
        };
      }
    ];
    probe =
      config:
      let
        it = config.systemd.services.podman-web;
      in
      {
        inherit (it) after requires wants;
        inherit (it.environment) HOME;
        inherit (it.unitConfig) RequiresMountsFor;
        inherit (it.serviceConfig) User;
      };
    value = {
      HOME = "/home/bob";
      RequiresMountsFor = "/run/user/900/containers";
      User = "bob";
      after = [
        "network-online.target"
        "linger-users.service"
        "user@900.service"
      ];
      requires = [ "user@900.service" ];
      wants = [
        "network-online.target"
        "linger-users.service"
      ];
    };
  };
  "an exposed host has the fields of its module" = {
    modules = [
      {
        services.ts-proxy.hosts.web = {
          address = "127.0.0.1:1";
          enableTLS = true;
          proxies = [ "web.socket" ];
        };
      }
    ];
    probe = config: config.services.ts-proxy.hosts.web;
    value = {
      address = "127.0.0.1:1";
      enableFunnel = false;
      enableRaw = false;
      enableTLS = true;
      listen = null;
      name = "web";
      network = "tcp";
      proxies = [ "web.socket" ];
      token = null;
      unitName = "ts-proxy-web";
    };
  };
  "an exposed host has no other field" = {
    modules = [ { services.ts-proxy.hosts.web.adress = "127.0.0.1:1"; } ];
    expected = "fail";
  };
  "a failed assertion refuses the system" = {
    modules = [
      {
        assertions = [
          {
            assertion = false;
            message = "no";
          }
        ];
      }
    ];
    expected = "fail";
  };
  "a program of a package is a path of its store path" = {
    modules = [
      (
        { lib, pkgs, ... }:
        {
          systemd.services.web.serviceConfig.ExecStart = "${lib.getExe' pkgs.nodejs "node"} x.js";
        }
      )
    ];
    probe =
      config:
      builtins.match "/nix/store/[0-9a-z]{32}-nodejs-1.0/bin/node x.js" config.systemd.services.web.serviceConfig.ExecStart
      != null;
    value = true;
  };
  "another trigger makes another path" = {
    modules = [
      { systemd.services.a.restartTriggers = [ "x" ]; }
      { systemd.services.b.restartTriggers = [ "y" ]; }
    ];
    probe =
      config:
      let
        path = name: toString config.systemd.services.${name}.unitConfig.X-Restart-Triggers;
      in
      builtins.substring 0 43 (path "a") == builtins.substring 0 43 (path "b");
    value = false;
  };
  "containers depend on each other in the order of their names" = {
    modules = [
      {
        virtualisation.oci-containers.containers = {
          a.image = "i";
          b.image = "i";
          c.image = "i";
          c.dependsOn = [
            "b"
            "a"
          ];
        };
      }
    ];
    probe = config: config.systemd.services.podman-c.requires;
    value = [
      "podman-a.service"
      "podman-b.service"
    ];
  };
  "a container started on demand restarts on failure, one started at boot always" = {
    modules = [
      {
        virtualisation.oci-containers.containers = {
          boot.image = "i";
          demand.image = "i";
          demand.autoStart = false;
        };
      }
    ];
    probe = config: {
      boot = config.systemd.services.podman-boot.serviceConfig.Restart;
      demand = config.systemd.services.podman-demand.serviceConfig.Restart;
      links = config.systemd.services.podman-demand.wantedBy;
    };
    value = {
      boot = "always";
      demand = "on-failure";
      links = [ ];
    };
  };
  "a proxy of nginx has locations" = {
    modules = [
      {
        services.nginx.virtualHosts."a.example" = {
          forceSSL = true;
          locations."/".proxyPass = "http://127.0.0.1:1";
        };
      }
    ];
    probe = config: config.services.nginx.virtualHosts."a.example".locations."/".proxyPass;
    value = "http://127.0.0.1:1";
  };
}
