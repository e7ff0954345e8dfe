# The escapers that NixOS hands to its modules as `utils`.
{ lib }:
let
  inherit (builtins)
    elemAt
    listToAttrs
    replaceStrings
    toJSON
    ;

  digits = lib.stringToCharacters "0123456789abcdef";
  hex = code: elemAt digits (code / 16) + elemAt digits (lib.mod code 16);
  printable = lib.stringToCharacters " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  codes = listToAttrs (lib.imap0 (n: it: lib.nameValuePair it (hex (n + 32))) printable) // {
    "\t" = "09";
    "\n" = "0a";
    "\r" = "0d";
  };

  # Each of the characters as `\xHH`.
  escapeC = characters: replaceStrings characters (map (it: "\\x${codes.${it}}") characters);
in
rec {
  inherit escapeC;

  # A word of an Exec line: the only quoting that systemd reads back as it was.
  escapeSystemdExecArg =
    argument:
    let
      text =
        if builtins.isPath argument then
          "${argument}"
        else if builtins.isString argument then
          argument
        else if builtins.isInt argument || builtins.isFloat argument || lib.isDerivation argument then
          toString argument
        else
          throw "escapeSystemdExecArg only allows strings, paths, numbers and derivations";
    in
    replaceStrings [ "%" "$" ] [ "%%" "$$" ] (toJSON text);
  escapeSystemdExecArgs = lib.concatMapStringsSep " " escapeSystemdExecArg;

  # The unit name of a mount point.
  escapeSystemdPath =
    path:
    let
      names = builtins.filter (it: it != "") (lib.splitString "/" path);
      escaped = escapeC (lib.stringToCharacters " !\"#$%&'()*+,;<=>@[\\]^`{|}~-") (
        lib.concatStringsSep "/" names
      );
      dotted = if lib.hasPrefix "." escaped then "\\x2e${lib.removePrefix "." escaped}" else escaped;
    in
    if names == [ ] then "-" else replaceStrings [ "/" ] [ "-" ] dotted;
}
