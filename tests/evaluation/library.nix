# The `lib` of an evaluation: the stand-in, or nixpkgs' own from a checkout of `lib` or of a tree
# that has it as a folder.
path:
if path == "" then
  import ./lib.nix
else if builtins.pathExists (path + "/lib/default.nix") then
  import (path + "/lib")
else
  import path
