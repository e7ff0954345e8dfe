# A configuration as one document of plain data: what a system built from it would have.
#
# The shape is that of the recorded evaluations in `data/nixos-eval`.
{
  lib,
  scriptsOf,
  tmpfiles,
}:
{
  config,
  options,
  probe,
}:
let
  inherit (builtins) concatLists isAttrs listToAttrs;
  inherit (config.systemd) units;

  links = concatLists (
    lib.mapAttrsToList (
      name: it:
      map (target: "${target}.wants/${name}") it.wantedBy
      ++ map (target: "${target}.requires/${name}") it.requiredBy
      ++ map (target: "${target}.upholds/${name}") it.upheldBy
      ++ map (alias: "${alias} -> ${name}") it.aliases
    ) units
  );

  # Files with their text: the scripts of services, and every directive that is such a file.
  textOf = it: lib.nameValuePair it.outPath it.text;
  filesIn =
    set: map textOf (builtins.filter (it: isAttrs it && it ? text) (lib.flatten (lib.attrValues set)));
  scripts = listToAttrs (
    concatLists (
      lib.mapAttrsToList (
        name: it:
        map textOf (lib.attrValues (scriptsOf name it)) ++ filesIn it.serviceConfig ++ filesIn it.unitConfig
      ) config.systemd.services
    )
  );

  # Reading every option that somebody defined finds the definitions of a wrong type, those of
  # options that no unit depends on included.
  force =
    it:
    if lib.isOption it then
      if !it.isDefined then
        null
      else if (it.type.getSubModules or null) == null then
        builtins.deepSeq it.value null
      else
        builtins.seq it.value null
    else
      lib.mapAttrsToList (_: force) it;
  forced = builtins.deepSeq (force (removeAttrs options [ "_module" ])) null;
in
builtins.seq forced {
  units = lib.mapAttrs (_: it: if it.text == null then "" else it.text) units;
  unitMeta = lib.mapAttrs (
    _: it:
    {
      inherit (it) enable overrideStrategy;
    }
    // lib.filterAttrs (_: list: list != [ ]) {
      inherit (it)
        aliases
        requiredBy
        upheldBy
        wantedBy
        ;
    }
  ) units;
  inherit links scripts;
  etc = lib.mapAttrs' (_: it: lib.nameValuePair it.target it.text) (
    lib.filterAttrs (_: it: it.enable && it.text != null) config.environment.etc
  );
  tmpfiles = tmpfiles config;
  sysctl = lib.filterAttrs (_: it: it != null) config.boot.kernel.sysctl;
  users = lib.attrNames config.users.users;
  groups = lib.attrNames config.users.groups;
  # The names alone do not say what an account is.
  accounts = {
    users = lib.mapAttrs (_: it: removeAttrs it [ "packages" ]) config.users.users;
    inherit (config.users) groups;
  };
  firewall = {
    inherit (config.networking.firewall)
      allowedTCPPortRanges
      allowedTCPPorts
      allowedUDPPortRanges
      allowedUDPPorts
      ;
  };
  exposed = {
    tsProxy = config.services.ts-proxy.hosts;
    caddy = config.services.caddy.virtualHosts;
    nginx = config.services.nginx.virtualHosts;
  };
  podman = config.virtualisation.podman.enable;
  docker = config.virtualisation.docker.enable;
  failedAssertions = map (it: it.message) (builtins.filter (it: !it.assertion) config.assertions);
  inherit (config) warnings;
  probe = probe config;
}
