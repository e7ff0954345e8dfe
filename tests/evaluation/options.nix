# Declares options from tables of { name, type, default }, as NixOS documents its own.
#
# The table `nixos-options.json` was measured; the types are read from their descriptions, so that
# a definition is checked against what NixOS says of the option and nothing else.
# `behaviours` are modules that join a submodule: what NixOS computes inside it.
{ lib }:
let
  inherit (builtins)
    concatMap
    elem
    filter
    fromJSON
    groupBy
    head
    isString
    length
    mapAttrs
    match
    tail
    ;
  inherit (lib) types;

  # A directive of a unit: one list makes all definitions a list, otherwise all must be equal.
  systemdOption = lib.mkOptionType {
    name = "systemd option";
    description = "systemd option";
    merge =
      path: definitions:
      if builtins.any (it: builtins.isList it.value) definitions then
        concatMap (it: lib.toList it.value) definitions
      else
        lib.mergeEqualOption path definitions;
  };

  # One key of sysctl: two plain definitions are refused even when they are equal.
  sysctlOption = lib.mkOptionType {
    name = "sysctl option value";
    description = "sysctl option value";
    check = it: it == null || builtins.isBool it || builtins.isInt it || isString it;
    merge = lib.mergeOneOption;
  };

  leaves = {
    "(optionally newline-terminated) single-line string" = types.singleLineStr;
    "16 bit unsigned integer; between 0 and 65535 (both inclusive)" = types.port;
    "absolute path" = types.path;
    "boolean" = types.bool;
    "package" = types.package;
    "path in the Nix store" = types.pathInStore;
    "signed integer" = types.int;
    "string" = types.str;
    "sysctl option value" = sysctlOption;
    "systemd option" = systemdOption;
    "unsigned integer, meaning >=0" = types.ints.unsigned;
    "unspecified value" = types.unspecified;
  };

  # Which part of a description is left when it starts with `prefix`.
  after = prefix: text: if lib.hasPrefix prefix text then lib.removePrefix prefix text else null;

  # The type that a description describes; `submodule` makes the one that has the options below.
  parseType =
    submodule: text:
    let
      parse = parseType submodule;
      inner = match "\\(([^()]*)\\)" text;
      wrapped = filter (it: it.rest != null) [
        {
          rest = after "null or " text;
          make = types.nullOr;
        }
        {
          rest = after "list of " text;
          make = types.listOf;
        }
        {
          rest = after "attribute set of " text;
          make = types.attrsOf;
        }
        {
          rest = after "lazy attribute set of " text;
          make = types.lazyAttrsOf;
        }
      ];
      pattern = after "string matching the pattern " text;
      values = after "one of " text;
      separator = after "strings concatenated with " text;
      open = after "open submodule of attribute set of " text;
      union = match "(.*[^,]) or (.*)" text;
    in
    if leaves ? ${text} then
      leaves.${text}
    else if text == "submodule" then
      submodule { }
    else if open != null then
      submodule { freeformType = types.attrsOf (parse open); }
    else if inner != null then
      parse (head inner)
    else if pattern != null then
      types.strMatching pattern
    else if values != null then
      types.enum (map fromJSON (lib.splitString ", " values))
    else if separator != null then
      types.separatedString (fromJSON separator)
    else if wrapped != [ ] then
      (head wrapped).make (parse (head wrapped).rest)
    else if union != null then
      types.either (parse (head union)) (parse (lib.last union))
    else
      throw "the type `${text}' of an option table has no reader in options.nix";

  # `a.b."c.d"` as [ "a" "b" "c.d" ].
  pathOf =
    name:
    let
      quoted = match "(.*)[.]\"(.*)\"" name;
    in
    if quoted == null then
      lib.splitString "." name
    else
      lib.splitString "." (head quoted) ++ tail quoted;

  isWildcard = name: name == "*" || match "<.*>" name != null;
  dropWildcards =
    path: if path != [ ] && isWildcard (head path) then dropWildcards (tail path) else path;

  # A default is taken from the table where it is plain data; one in words is a behaviour's.
  plainDefault =
    row:
    if row ? default && match "null|true|false|-?[0-9]+|\\[ ]|\\{ }|\"[^<‹]*\"" row.default != null then
      { default = fromJSON row.default; }
    else
      { };

  # The option tree of some rows, all of which are below the option or set called `place`.
  tree =
    behaviours: place: rows:
    mapAttrs (
      name: them:
      let
        here = place ++ [ name ];
        rest = map (it: it // { path = tail it.path; }) them;
        own = filter (it: it.path == [ ]) rest;
        below = filter (it: it.path != [ ]) (
          map (it: it // { path = if own == [ ] then it.path else dropWildcards it.path; }) rest
        );
        submodule =
          extra:
          types.submoduleWith {
            shorthandOnlyDefinesConfig = true;
            modules = [
              (extra // { options = tree behaviours here below; })
            ]
            ++ behaviours.${lib.concatStringsSep "." here} or [ ];
          };
        row = head own;
        type = parseType submodule row.type;
        check = behaviours.checks.${row.name} or null;
      in
      if own == [ ] then
        tree behaviours here below
      else if length own > 1 then
        throw "the option tables have `${row.name}' twice"
      else
        lib.mkOption (
          { type = if check == null then type else types.addCheck type check; } // plainDefault row
        )
    ) (groupBy (it: head it.path) rows);
in
{
  inherit systemdOption;
  # The declarations of a table.
  declare =
    { behaviours, rows }:
    tree behaviours [ ] (map (row: row // { path = pathOf row.name; }) rows);
}
