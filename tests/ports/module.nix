# nix/module.nix is called with as much of nixpkgs' `lib` as it uses, so that this needs no nixpkgs.
# The value is the list of all differences; an empty list means that the module is right.
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elemAt
    filter
    groupBy
    length
    listToAttrs
    map
    mapAttrs
    ;

  lib = {
    inherit attrNames groupBy length;
    concatMapStringsSep =
      separator: f: list:
      concatStringsSep separator (map f list);
    filterAttrs =
      keep: set:
      listToAttrs (
        map (name: {
          inherit name;
          value = set.${name};
        }) (filter (name: keep name set.${name}) (attrNames set))
      );
    last = list: elemAt list (length list - 1);
    literalExpression = text: text;
    literalMD = text: text;
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    mkEnableOption = _: { default = false; };
    mkOption = option: option;
    showOption = concatStringsSep ".";
    types = {
      attrsOf = type: type;
      port = null;
      str = null;
      submodule = module: module;
    };
  };

  # The module with the entries of a machine, each completed with the defaults of its options.
  evaluate =
    entries:
    let
      module = import ../../nix/module.nix {
        inherit lib;
        config.networking.ports = ports;
      };
      complete =
        name: entry:
        let
          config = mapAttrs (_: option: option.default) options // entry;
          inherit (module.options.networking.ports.type { inherit name config; }) options;
        in
        config;
      ports = mapAttrs complete entries;
    in
    {
      ports = mapAttrs (_: entry: entry.port) ports;
      failed = map (it: it.message) (filter (it: !it.assertion) module.config.assertions);
    };

  compare =
    entries: expected:
    let
      found = evaluate entries;
    in
    if expected == found then [ ] else [ { inherit entries expected found; } ];

  on = {
    enable = true;
  };
in
compare { } {
  ports = { };
  failed = [ ];
}
++
  compare
    {
      grafana = on;
      renamed = on // {
        key = "prometheus";
      };
      set = on // {
        port = 8080;
      };
    }
    {
      ports = {
        grafana = 29909;
        renamed = 1592;
        set = 8080;
      };
      failed = [ ];
    }
# Two names whose hashes give one port.
++
  compare
    {
      cache-forum = on;
      grafana = on;
      mail-calendar = on;
    }
    {
      ports = {
        cache-forum = 4786;
        grafana = 29909;
        mail-calendar = 4786;
      };
      failed = [
        "Port 4786 is the port of `networking.ports.cache-forum` and `networking.ports.mail-calendar`. Set `networking.ports.mail-calendar.key` to another text, or `networking.ports.mail-calendar.port` to another port."
      ];
    }
# A name that is not enabled takes nothing.
++
  compare
    {
      cache-forum = on;
      mail-calendar = { };
    }
    {
      ports = {
        cache-forum = 4786;
        mail-calendar = 4786;
      };
      failed = [ ];
    }
++
  compare
    {
      cache-forum = on;
      mail-calendar = on // {
        key = "mail-calendar/2";
      };
    }
    {
      ports = {
        cache-forum = 4786;
        mail-calendar = 24476;
      };
      failed = [ ];
    }
