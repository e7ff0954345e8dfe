# What nix/ports.nix gives is compared with the tables in tests/data, which the Rust tests read too.
# The value is the list of all differences; an empty list means that both agree.
let
  inherit (builtins)
    concatMap
    elemAt
    filter
    fromJSON
    genList
    head
    isString
    length
    listToAttrs
    map
    match
    readFile
    replaceStrings
    sort
    split
    tail
    tryEval
    ;

  ports = import ../../nix/ports.nix;

  separate = separator: text: filter isString (split separator text);
  words = text: filter (word: word != "") (separate " " text);

  # The rows below the header, each a list of fields.
  table =
    file:
    let
      rows = map (separate "\t") (tail (filter (line: line != "") (separate "\n" (readFile file))));
    in
    if rows == [ ] then throw "${toString file} has no rows" else rows;

  # `KEY=PORT KEY=PORT …` as an attribute set.
  assignments =
    text:
    listToAttrs (
      map (
        word:
        let
          parts = match "(.*)=([0-9]+)" word;
        in
        {
          name = elemAt parts 0;
          value = fromJSON (elemAt parts 1);
        }
      ) (words text)
    );

  compare =
    what: expected: found:
    if expected == found then [ ] else [ { inherit what expected found; } ];

  vector =
    row:
    let
      key = elemAt row 0;
      port = fromJSON (elemAt row 1);
    in
    compare "portOf ${key}" port (ports.portOf key);

  # A row has all windows of the digest, also those that are no ports.
  collision =
    row:
    let
      kind = elemAt row 0;
      keys = words (elemAt row 1);
      allWindows = map fromJSON (separate "\n" (replaceStrings [ "] [" ] [ "]\n[" ] (elemAt row 2)));
      candidates = map (filter (value: 1024 < value && value < 49151)) allWindows;
      contested = map fromJSON (match "collides@([0-9]+)" kind);
      numbered = genList (index: {
        key = elemAt keys index;
        candidates = elemAt candidates index;
      }) (length keys);
      # The first key in byte order keeps the port, and the other goes on to its next window.
      ordered = sort (a: b: a.key < b.key) numbered;
      allocated = ports.allocate { inherit keys; };
      inherit (ports) portOf;
    in
    compare "candidates of ${elemAt row 1}" candidates (map ports.candidates keys)
    ++ (
      if kind == "exhausted" then
        compare "windows of ${elemAt row 1}" [ [ ] ] candidates
        ++ compare "portOf ${head keys}" (head (ports.candidates "${head keys}#1")) (portOf (head keys))
      else
        compare "portOf of ${elemAt row 1}" (contested ++ contested) (map portOf keys)
        ++ compare "allocate ${elemAt row 1}" (contested ++ [ (elemAt (elemAt ordered 1).candidates 1) ]) (
          map (it: allocated.${it.key}) ordered
        )
    );

  allocation =
    row:
    let
      keys = words (elemAt row 0);
      found = ports.allocate { inherit keys; };
    in
    compare "allocate ${elemAt row 0}" (map fromJSON (words (elemAt row 1))) (
      map (key: found.${key}) keys
    );

  lock =
    row:
    let
      keys = words (elemAt row 0);
      found = ports.allocate {
        inherit keys;
        pins = assignments (elemAt row 1);
        lock = assignments (elemAt row 2);
      };
    in
    compare "allocate ${elemAt row 0}, pins ${elemAt row 1}, lock ${elemAt row 2}" (map fromJSON (
      words (elemAt row 3)
    )) (map (key: found.${key}) keys);

  isAllowed =
    pins:
    (tryEval (
      ports.allocate {
        inherit pins;
        keys = [ "web" ];
      }
    )).success;
in
concatMap vector (table ../data/port-vectors.tsv)
++ concatMap collision (table ../data/port-collisions.tsv)
++ concatMap allocation (table ../data/port-allocations.tsv)
++ concatMap lock (table ../data/port-locks.tsv)
++ compare "two pins with ports of their own" true (isAllowed {
  web = 8080;
  api = 8081;
})
++ compare "two pins with one port" false (isAllowed {
  web = 8080;
  api = 8080;
})
