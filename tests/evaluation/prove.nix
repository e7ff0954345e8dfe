# Shows that the evaluator says what NixOS says: yields { checks, differences }.
#
#   nix-instantiate --eval --strict --json --read-write-mode prove.nix --argstr nixpkgsLib ""
#
# `differences` is empty when all is right, and `checks` counts what was compared, so that an empty
# proof is not taken for a good one. With `nixpkgsLib` every case is evaluated a second time on
# nixpkgs' own module system, and the two documents must be equal.
# The rows of cases.tsv become files in the store (hence --read-write-mode): Nix evaluates no text.
{
  nixpkgsLib ? builtins.getEnv "NIXPKGS_LIB",
}:
let
  lib = import ./library.nix "";
  inherit (builtins)
    concatLists
    elemAt
    filter
    fromJSON
    isString
    readFile
    toJSON
    ;

  data = ../data/nixos-eval;
  engines = [ "" ] ++ lib.optional (nixpkgsLib != "") nixpkgsLib;
  run = engine: arguments: import ./evaluate.nix (arguments // { nixpkgsLib = engine; });

  # Equal, or a difference in words.
  compare =
    what: expected: found:
    lib.optional (expected != found) "${what}: expected ${toJSON expected}, evaluated ${toJSON found}";

  # Store paths are made up here and were real there: only their names can be compared.
  anonymous =
    text:
    lib.concatStringsSep "/nix/store/HASH-" (
      filter isString (builtins.split "/nix/store/[0-9a-z]{32}-" text)
    );

  # 1. Two systems whose evaluation by NixOS 26.05 was recorded, unit by unit and byte by byte.
  recordings = [
    "plain"
    "oci"
  ];
  # Units that the recorded systems have without their module: the base system's.
  isBase =
    unit:
    lib.hasPrefix "systemd-" unit
    || lib.elem unit [
      "kmod-static-nodes.service"
      "modprobe@.service"
    ];
  isBaseLink = link: lib.any (it: lib.hasPrefix "systemd-" it) (lib.splitString "/" link);
  # Recorded files that are not scripts or triggers of these units, and why they are not compared.
  notCompared = {
    "00-nixos.conf" = "compared as tmpfiles";
    "10-web.conf" = "compared as tmpfiles";
    "X-Restart-Triggers-systemd-sysctl" = "the base system's";
    "X-Restart-Triggers-systemd-tmpfiles-resetup" = "the base system's";
    "etc-sysctl.d-60-nixos.conf" = "compared as etc";
    inner = "a file made by a string in environment.etc: a string does not say what it was made of";
    "tmpfiles.d" = "a folder of the files above";
  };
  fileName = path: lib.last (lib.splitString "/" (lib.last (lib.splitString "HASH-" path)));
  # Names and texts together, since two scripts may differ in their hash only.
  scriptsOf =
    document:
    lib.naturalSort (
      map toJSON (
        filter (it: !(notCompared ? ${fileName it.path})) (
          lib.mapAttrsToList (path: text: {
            path = anonymous path;
            text = anonymous text;
          }) document.scripts
        )
      )
    );
  # The lines of a file that also has the base system's are compared with those that are not.
  linesIn = text: lib.splitString "\n" (lib.removeSuffix "\n" text);
  ownLines = recorded: found: filter (it: lib.elem it (linesIn recorded)) (linesIn found);

  compareRecording =
    engine: name:
    let
      recorded = fromJSON (readFile (data + "/${name}.json"));
      found = run engine { modules = [ (data + "/${name}.nix") ]; };
      units = lib.filterAttrs (unit: _: !isBase unit) recorded.units;
      at = what: "${name}.json: ${what}";
      sameLines =
        what: file: expected: evaluated:
        compare (at "${what} ${file}") (linesIn (anonymous evaluated)) (
          ownLines (anonymous expected) (anonymous evaluated)
        );
    in
    compare (at "names of units") (lib.attrNames units) (lib.attrNames found.units)
    ++ concatLists (
      lib.mapAttrsToList (
        unit: text:
        compare (at unit) (anonymous text) (anonymous (found.units.${unit} or "no such unit"))
        ++ compare (at "${unit}, enabling") recorded.unitMeta.${unit} (found.unitMeta.${unit} or null)
      ) units
    )
    ++ compare (at "links") (filter (it: !isBaseLink it) recorded.links) found.links
    ++ compare (at "scripts") (scriptsOf recorded) (scriptsOf found)
    ++ compare (at "names of files below /etc") (lib.attrNames recorded.etc) (lib.attrNames found.etc)
    ++ compare (at "names of tmpfiles") (lib.attrNames recorded.tmpfiles) (lib.attrNames found.tmpfiles)
    ++ concatLists (
      lib.mapAttrsToList (file: text: sameLines "/etc" file recorded.etc.${file} text) found.etc
      ++ lib.mapAttrsToList (
        file: text: sameLines "tmpfiles" file recorded.tmpfiles.${file} text
      ) found.tmpfiles
    )
    ++ concatLists (
      map (key: compare (at key) recorded.${key} found.${key}) [
        "docker"
        "failedAssertions"
        "firewall"
        "groups"
        "podman"
        "users"
        "warnings"
      ]
    );

  # 2. One module a row, of which NixOS 26.05 accepted some and refused others.
  rows = map (
    line:
    let
      field = elemAt (lib.splitString "\t" line);
    in
    {
      expected = field 0;
      title = field 1;
      module = builtins.toFile "case.nix" (field 2);
    }
  ) (lib.tail (linesIn (readFile (data + "/cases.tsv"))));
  # Rows that the evaluator cannot decide, each with its reason. There is none.
  outOfReach = { };
  rowCases = lib.listToAttrs (
    lib.imap1 (
      n: row:
      lib.nameValuePair "row ${toString (n + 1)}, ${row.title}" (row // { modules = [ row.module ]; })
    ) (filter (row: !(outOfReach ? ${row.title})) rows)
  );

  # 3. Rules of the module system that the rows do not touch.
  ruleCases = import ./rules/modules.nix // import ./rules/units.nix;

  cases = lib.mapAttrs (
    _: it:
    it
    // {
      accepted = (it.expected or "ok") == "ok";
    }
  ) (rowCases // ruleCases);
  verdicts =
    engine:
    lib.mapAttrs (
      _: it:
      (run engine {
        probe = it.probe or (_: null);
        cases.it = it.modules;
      }).it
    ) cases;
  own = verdicts "";
  # A failed assertion refuses a system as an error does.
  accepts = document: document.ok && document.failedAssertions == [ ];
  compareCase =
    name: it:
    compare "${name}: accepted" it.accepted (accepts own.${name})
    ++ lib.optionals (it ? value && own.${name}.ok) (
      compare "${name}: value" it.value own.${name}.probe
    );

  # 4. Both engines, case by case: whole documents.
  real = verdicts nixpkgsLib;
  compareEngines =
    concatLists (
      lib.mapAttrsToList (
        name: _: compare "${name}: nixpkgs' module system" real.${name} own.${name}
      ) cases
    )
    ++ concatLists (
      map (
        name:
        let
          document = engine: run engine { modules = [ (data + "/${name}.nix") ]; };
        in
        compare "${name}.nix: nixpkgs' module system" (document nixpkgsLib) (document "")
      ) recordings
    )
    ++ concatLists (
      lib.mapAttrsToList (
        name: value: compare "lib: ${name}" value (import ./functions.nix lib).${name}
      ) (import ./functions.nix (import ./library.nix nixpkgsLib))
    );
in
{
  checks = {
    recordings = lib.length recordings;
    rows = lib.length rows;
    rules = lib.length (lib.attrNames ruleCases);
    functions = lib.length (lib.attrNames (import ./functions.nix lib));
    engines = lib.length engines;
    inherit outOfReach;
  };
  differences =
    concatLists (concatLists (map (engine: map (compareRecording engine) recordings) engines))
    ++ concatLists (lib.mapAttrsToList compareCase cases)
    ++ compare "lib: every function answers" true (isString (toJSON (import ./functions.nix lib)))
    ++ lib.optionals (nixpkgsLib != "") compareEngines;
}
