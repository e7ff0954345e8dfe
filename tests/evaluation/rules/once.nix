# A module that rules.nix imports twice.
{ lib, ... }:
{
  options.once = lib.mkOption { type = lib.types.listOf lib.types.str; };
  config.once = [ "once" ];
}
