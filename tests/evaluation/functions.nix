# Answers of `lib`, so that the stand-in's can be compared with nixpkgs' own.
lib:
let
  nasty = [
    ""
    "a"
    "a b"
    "it's"
    "$HOME"
    "\${x}"
    "a=b"
    "x:y@z/%-+_.,"
    "\"q\""
    "back\\slash"
    "l1\nl2"
    "é"
  ];
  set = {
    a = 1;
    b.c = 2;
    b.d = [ 3 ];
  };
  package = {
    type = "derivation";
    name = "hello-1.0";
    outPath = "/nix/store/x-hello";
    meta.mainProgram = "hello";
  };
in
{
  escapeShellArg = map lib.escapeShellArg nasty;
  escapeShellArgs = lib.escapeShellArgs nasty;
  escapeNixString = map lib.strings.escapeNixString nasty;
  escapeRegex = map lib.escapeRegex nasty;
  escape = map (lib.escape [
    "'"
    "\\"
  ]) nasty;
  hasInfix = map (lib.hasInfix "s") nasty;
  hasPrefix = map (lib.hasPrefix "a") nasty;
  hasSuffix = map (lib.hasSuffix "b") nasty;
  removePrefix = map (lib.removePrefix "a") nasty;
  removeSuffix = map (lib.removeSuffix "b") nasty;
  splitString =
    map (lib.splitString " ") nasty
    ++ map (lib.splitString ".") [
      "a.b..c"
      "."
      ""
    ];
  stringToCharacters = lib.stringToCharacters "abc";
  toUpper = lib.toUpper "aZ9-";
  toLower = lib.toLower "aZ9-";
  toInt = map lib.toInt [
    "5"
    "-7"
    " 3 "
  ];
  fixedWidthNumber = lib.fixedWidthNumber 5 42;
  toHexString = map lib.toHexString [
    0
    255
    4096
  ];
  fromHexString = map lib.fromHexString [
    "ff"
    "66c3"
  ];
  concatImapStringsSep = lib.concatImapStringsSep "," (n: it: "${toString n}${it}") nasty;
  mapAttrsRecursive = lib.mapAttrsRecursive (path: _: lib.concatStringsSep "-" path) set;
  zipAttrs = lib.zipAttrs [
    set
    { a = 2; }
  ];
  concatLines = lib.concatLines nasty;
  concatMapStringsSep = lib.concatMapStringsSep "," lib.toUpper nasty;
  optionalString = [
    (lib.optionalString true "a")
    (lib.optionalString false "a")
  ];
  versionAtLeast = [
    (lib.versionAtLeast "26.05" "25.11")
    (lib.versionOlder "26.05" "25.11")
  ];
  makeBinPath = lib.makeBinPath [
    package
    "/opt"
  ];
  getExe = lib.getExe package;
  getExe' = lib.getExe' package "other";
  optional = [
    (lib.optional true 1)
    (lib.optionals false [ 1 ])
    (lib.optionalAttrs true set)
  ];
  unique = lib.unique [
    1
    2
    1
  ];
  flatten = lib.flatten [
    1
    [
      2
      [ 3 ]
    ]
    [ ]
  ];
  range = lib.range 1 4;
  take = [
    (lib.take 2 nasty)
    (lib.take 99 nasty)
    (lib.drop 10 nasty)
    (lib.drop 99 nasty)
    (lib.last nasty)
    (lib.init [
      1
      2
    ])
  ];
  imap = [
    (lib.imap0 (n: it: [
      n
      it
    ]) [ "a" ])
    (lib.imap1 (n: it: [
      n
      it
    ]) [ "a" ])
  ];
  foldr = lib.foldr (a: b: "${a}(${b})") "end" [
    "a"
    "b"
  ];
  findFirst = [
    (lib.findFirst (it: it > 1) null [
      1
      2
      3
    ])
    (lib.findFirst (it: it > 9) null [
      1
      2
      3
    ])
  ];
  subtractLists =
    lib.subtractLists
      [ 1 ]
      [
        1
        2
      ];
  zipLists = lib.zipLists [ 1 2 ] [ "a" ];
  reverseList = lib.reverseList [
    1
    2
    3
  ];
  mapAttrs' = lib.mapAttrs' (name: value: lib.nameValuePair "x-${name}" value) set;
  mapAttrsToList = lib.mapAttrsToList (name: _: name) set;
  filterAttrs = lib.filterAttrs (name: _: name != "a") set;
  genAttrs = lib.genAttrs [ "p" "q" ] lib.toUpper;
  concatMapAttrs = lib.concatMapAttrs (name: _: { "${name}${name}" = name; }) set;
  recursiveUpdate = lib.recursiveUpdate set {
    b.c = 3;
    b.d = { };
    e = [ ];
  };
  attrByPath = [
    (lib.attrByPath [ "b" "c" ] 0 set)
    (lib.attrByPath [ "b" "x" ] 0 set)
    (lib.setAttrByPath [ "b" "c" ] 1)
    (lib.hasAttrByPath [ "b" "c" ] set)
  ];
  foldlAttrs = lib.foldlAttrs (
    acc: name: _:
    "${acc}${name}"
  ) "" set;
  attrsToList = lib.attrsToList { a = 1; };
  showOption = lib.showOption [
    "a"
    "b.c"
    "<name>"
    "*"
  ];
  priorities = [
    (lib.mkForce 1)
    (lib.mkDefault 1)
    (lib.mkOptionDefault 1)
    (lib.mkVMOverride 1)
    (lib.mkIf true 1)
    (lib.mkMerge [ 1 ])
    (lib.mkBefore 1)
    (lib.mkAfter 1)
  ];
  descriptions = map (it: it.description) [
    lib.types.str
    lib.types.bool
    lib.types.port
    lib.types.path
    lib.types.lines
    lib.types.package
    lib.types.anything
    lib.types.ints.positive
    lib.types.ints.unsigned
    (lib.types.ints.between 1 2)
    (lib.types.nullOr lib.types.str)
    (lib.types.listOf lib.types.str)
    (lib.types.attrsOf lib.types.int)
    (lib.types.enum [
      "a"
      "b"
    ])
    (lib.types.strMatching "[a-z]+")
    (lib.types.submodule { })
    (lib.types.listOf (lib.types.submodule { }))
    (lib.types.attrsOf (lib.types.nullOr lib.types.str))
    (lib.types.listOf (lib.types.attrsOf lib.types.str))
    (lib.types.attrsOf lib.types.lines)
    (lib.types.either lib.types.str (lib.types.listOf lib.types.str))
    (lib.types.nullOr (lib.types.either lib.types.str lib.types.int))
  ];
  checks =
    map
      (
        type:
        map type.check [
          1
          (-1)
          70000
          true
          null
          ""
          "a"
          "a\nb"
          "/x"
          "relative"
          1.5
          [ ]
          [ 1 ]
          { }
          package
        ]
      )
      [
        lib.types.anything
        lib.types.bool
        lib.types.float
        lib.types.int
        lib.types.ints.positive
        lib.types.ints.u8
        lib.types.lines
        lib.types.nonEmptyStr
        lib.types.number
        lib.types.path
        lib.types.port
        lib.types.singleLineStr
        lib.types.str
        (lib.types.attrsOf lib.types.str)
        (lib.types.either lib.types.int lib.types.str)
        (lib.types.listOf lib.types.str)
        (lib.types.nullOr lib.types.str)
      ];
  mkEnableOption = (removeAttrs (lib.mkEnableOption "x") [ "type" ]);
}
