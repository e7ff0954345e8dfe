# A check that fails when generated files are not those that the manifest wants, and says how to repair it.
#
# A lock beside the manifest counts, as it does for the program.
# Files that a formatter has laid out anew are the same files, because a flake often has one for all its Nix.
# `includes` are the files and directories that the manifest includes, below its own directory.
{ unitsmithFor }:
{
  pkgs,
  manifest,
  generated,
  includes ? [ ],
}:
let
  name = baseNameOf manifest;
  # `services.v2.toml` has `services.v2.lock`.
  stem = builtins.head (builtins.match "(.*)\\.[^.]*" name);
  lock = dirOf manifest + "/${stem}.lock";
  # Where a path is from the directory of the manifest on.
  root = toString (dirOf manifest) + "/";
  isBelow = path: builtins.substring 0 (builtins.stringLength root) (toString path) == root;
  pathOf =
    path:
    if isBelow path then
      builtins.substring (builtins.stringLength root) (-1) (toString path)
    else
      throw "`${toString path}` of `includes` is not below `${root}`, the directory of the manifest";
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
  + builtins.concatStringsSep "" (
    map (path: ''
      mkdir -p "$(dirname ${pkgs.lib.escapeShellArg (pathOf path)})"
      cp -r ${path} ${pkgs.lib.escapeShellArg (pathOf path)}
    '') includes
  )
  + ''
    cp -r ${generated} ${directory}
    unitsmith check ${pkgs.lib.escapeShellArg name} -o ${directory} --structural
    touch "$out"
  ''
)
