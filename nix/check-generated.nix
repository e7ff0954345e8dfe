# A check that fails when generated files are not those that the manifest wants, and says how to repair it.
#
# A lock beside the manifest counts, as it does for the program.
# Files that a formatter has laid out anew are the same files, because a flake often has one for all its Nix.
{ unitsmithFor }:
{
  pkgs,
  manifest,
  generated,
}:
let
  name = baseNameOf manifest;
  # `services.v2.toml` has `services.v2.lock`.
  stem = builtins.head (builtins.match "(.*)\\.[^.]*" name);
  lock = dirOf manifest + "/${stem}.lock";
  # The command that repairs it then names the directory as whoever runs it does.
  directory = pkgs.lib.escapeShellArg (baseNameOf generated);
in
pkgs.runCommand "unitsmith-check" { nativeBuildInputs = [ (unitsmithFor pkgs) ]; } (
  ''
    cp ${manifest} ${pkgs.lib.escapeShellArg name}
  ''
  + pkgs.lib.optionalString (builtins.pathExists lock) ''
    cp ${lock} ${pkgs.lib.escapeShellArg "${stem}.lock"}
  ''
  + ''
    cp -r ${generated} ${directory}
    unitsmith check ${pkgs.lib.escapeShellArg name} -o ${directory} --structural
    touch "$out"
  ''
)
