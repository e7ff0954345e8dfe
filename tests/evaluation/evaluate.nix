# Evaluates NixOS modules without nixpkgs and prints what they make of a system.
#
#   nix-instantiate --eval --strict --json evaluate.nix \
#     --arg modules '[ ./nixos/default.nix { services.web.enable = true; } ]'
#   … --arg cases '{ a = [ ./a.nix ]; b = [ ./b.nix ]; }'    one document for each case
#   … --arg probe 'config: config.services.web.port'         any value of the configuration
#   … --argstr packages 'hello-web other'                    more names in `pkgs`
#   … --argstr nixpkgsLib PATH                               with nixpkgs' own lib and module system
#
# A list of modules that does not evaluate is an error that names the option. Among `cases` it
# becomes { ok = false; } so that the others are still told; Nix does not hand its message to the
# expression, so ask for that case alone to read it. An error that Nix itself raises (a missing
# attribute, a sum of a string and a number) ends the whole evaluation.
{
  modules ? null,
  cases ? null,
  probe ? _: null,
  packages ? "",
  nixpkgsLib ? builtins.getEnv "NIXPKGS_LIB",
}:
let
  lib = import ./library.nix nixpkgsLib;
  pkgs = import ./pkgs.nix {
    inherit lib;
    packages = builtins.filter (it: it != "") (lib.splitString " " packages);
  };
  utils = import ./utils.nix { inherit lib; };

  units = import ./units.nix { inherit lib pkgs utils; };
  containers = import ./containers.nix { inherit lib pkgs; };
  system = import ./system.nix { inherit lib utils; };
  report = import ./report.nix {
    inherit lib;
    inherit (units) scriptsOf;
    inherit (system) tmpfiles;
  };

  declarations = {
    _file = "the option tables";
    options = (import ./options.nix { inherit lib; }).declare {
      behaviours = units.behaviours // containers.behaviours // system.behaviours;
      rows = lib.importJSON ../data/nixos-options.json ++ import ./extra-options.nix;
    };
  };

  evaluate =
    modules:
    let
      evaluated = lib.evalModules {
        specialArgs = { inherit pkgs utils; };
        modules = [
          declarations
          units.module
          containers.module
          system.module
        ]
        ++ modules;
      };
    in
    report {
      inherit (evaluated) config options;
      inherit probe;
    };

  attempt =
    modules:
    let
      document = evaluate modules;
      tried = builtins.tryEval (builtins.deepSeq document document);
    in
    if tried.success then tried.value // { ok = true; } else { ok = false; };
in
if cases == null then evaluate modules else lib.mapAttrs (_: attempt) cases
