# A stand-in for nixpkgs' `lib`: the functions that generated modules and this evaluator use.
#
# It exists so that modules can be evaluated without a copy of nixpkgs. Whatever is here answers
# as the function of the same name in nixpkgs does; what is not here is missing by name, never
# approximated. `evaluate.nix` can run the same evaluation on the real `lib` to show it.
let
  inherit (builtins)
    all
    any
    attrNames
    attrValues
    concatLists
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    genList
    head
    isAttrs
    isFunction
    isList
    isString
    length
    listToAttrs
    mapAttrs
    match
    replaceStrings
    stringLength
    substring
    tail
    ;

  trivial = rec {
    inherit (builtins)
      add
      deepSeq
      fromJSON
      functionArgs
      isBool
      isFloat
      isInt
      isPath
      lessThan
      readFile
      seq
      toJSON
      toString
      trace
      ;
    inherit isFunction;
    id = it: it;
    const = it: _: it;
    flip =
      f: a: b:
      f b a;
    pipe = foldl' (value: f: f value);
    min = a: b: if a < b then a else b;
    max = a: b: if a > b then a else b;
    mod = base: int: base - int * (builtins.div base int);
    boolToString = it: if it then "true" else "false";
    toFunction = it: if isFunction it then it else const it;
    importJSON = path: fromJSON (readFile path);
    toHexString =
      number:
      let
        digit = strings.substring (mod number 16) 1 "0123456789ABCDEF";
      in
      if number < 16 then digit else toHexString (number / 16) + digit;
    fromHexString = text: (builtins.fromTOML "it = 0x${strings.removePrefix "0x" text}").it;
    importTOML = path: builtins.fromTOML (readFile path);
    fileContents = path: strings.removeSuffix "\n" (readFile path);
    warn = message: builtins.trace "warning: ${message}";
    warnIf = condition: message: if condition then warn message else id;
    throwIf = condition: message: if condition then throw message else id;
    throwIfNot = condition: throwIf (!condition);
    assertMsg = condition: message: condition || throw message;
  };

  strings = rec {
    inherit
      concatStringsSep
      isString
      match
      replaceStrings
      stringLength
      substring
      ;
    inherit (builtins) split;
    concatStrings = concatStringsSep "";
    concatMapStrings = f: list: concatStrings (map f list);
    concatMapStringsSep =
      separator: f: list:
      concatStringsSep separator (map f list);
    concatImapStringsSep =
      separator: f: list:
      concatStringsSep separator (lists.imap1 f list);
    concatImapStrings = concatImapStringsSep "";
    concatLines = concatMapStrings (line: line + "\n");
    optionalString = condition: string: if condition then string else "";
    hasPrefix = prefix: string: substring 0 (stringLength prefix) string == prefix;
    hasSuffix =
      suffix: string:
      let
        start = stringLength string - stringLength suffix;
      in
      start >= 0 && substring start (-1) string == suffix;
    hasInfix = infix: string: length (builtins.split (escapeRegex infix) string) > 1;
    removePrefix =
      prefix: string:
      if hasPrefix prefix string then substring (stringLength prefix) (-1) string else string;
    removeSuffix =
      suffix: string:
      if hasSuffix suffix string then
        substring 0 (stringLength string - stringLength suffix) string
      else
        string;
    splitString = separator: string: filter isString (builtins.split (escapeRegex separator) string);
    stringToCharacters = string: genList (n: substring n 1 string) (stringLength string);
    stringAsChars = f: string: concatStrings (map f (stringToCharacters string));
    escape = characters: replaceStrings characters (map (it: "\\${it}") characters);
    escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");
    # Quotes only what the shell would not take as it is; nixpkgs has done so since 24.11.
    escapeShellArg =
      argument:
      let
        string = toString argument;
      in
      if match "[[:alnum:],._+:@%/-]+" string != null then
        string
      else
        "'${replaceStrings [ "'" ] [ "'\\''" ] string}'";
    escapeShellArgs = concatMapStringsSep " " escapeShellArg;
    escapeNixString = string: escape [ "$" ] (builtins.toJSON string);
    isStringLike = it: isString it || builtins.isPath it || it ? outPath || it ? __toString;
    toUpper = replaceStrings lowerChars upperChars;
    toLower = replaceStrings upperChars lowerChars;
    lowerChars = stringToCharacters "abcdefghijklmnopqrstuvwxyz";
    upperChars = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    toInt =
      string:
      let
        digits = match "[[:space:]]*(-?(0|[1-9][0-9]*))[[:space:]]*" string;
      in
      if digits == null then
        throw "Could not convert ${string} to int."
      else
        builtins.fromJSON (head digits);
    trim =
      string:
      let
        inner = match "[[:space:]]*(.*[^[:space:]])[[:space:]]*" string;
      in
      if inner == null then "" else head inner;
    fixedWidthString =
      width: filler: string:
      if stringLength string >= width then
        string
      else
        filler + fixedWidthString (width - stringLength filler) filler string;
    fixedWidthNumber = width: number: fixedWidthString width "0" (toString number);
    versionAtLeast = a: b: builtins.compareVersions a b >= 0;
    versionOlder = a: b: builtins.compareVersions a b < 0;
    makeSearchPath =
      directory: paths:
      concatMapStringsSep ":" (path: "${path}/${directory}") (filter (it: it != null) paths);
    makeSearchPathOutput =
      output: directory: packages:
      makeSearchPath directory (map (attrsets.getOutput output) packages);
    makeBinPath = makeSearchPathOutput "bin" "bin";
  };

  lists = rec {
    inherit
      all
      any
      concatLists
      concatMap
      elem
      elemAt
      filter
      foldl'
      genList
      head
      isList
      length
      map
      tail
      ;
    inherit (builtins) groupBy partition sort;
    singleton = it: [ it ];
    optional = condition: it: if condition then [ it ] else [ ];
    optionals = condition: list: if condition then list else [ ];
    toList = it: if isList it then it else [ it ];
    foldr =
      f: last: list:
      let
        go = n: if n == length list then last else f (elemAt list n) (go (n + 1));
      in
      go 0;
    range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
    reverseList = list: genList (n: elemAt list (length list - n - 1)) (length list);
    take = n: list: genList (elemAt list) (trivial.min n (length list));
    drop = n: list: genList (i: elemAt list (i + n)) (trivial.max 0 (length list - n));
    last = list: elemAt list (length list - 1);
    init = list: take (length list - 1) list;
    imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
    imap1 = f: imap0 (n: f (n + 1));
    flatten = it: if isList it then concatMap flatten it else [ it ];
    unique = foldl' (kept: it: if elem it kept then kept else kept ++ [ it ]) [ ];
    allUnique = list: unique list == list;
    subtractLists = removed: filter (it: !elem it removed);
    intersectLists = a: filter (it: elem it a);
    remove = removed: filter (it: it != removed);
    count = predicate: list: length (filter predicate list);
    findFirst =
      predicate: default: list:
      let
        found = filter predicate list;
      in
      if found == [ ] then default else head found;
    zipListsWith =
      f: a: b:
      genList (n: f (elemAt a n) (elemAt b n)) (trivial.min (length a) (length b));
    zipLists = zipListsWith (fst: snd: { inherit fst snd; });
    sortOn = f: builtins.sort (a: b: f a < f b);
    naturalSort = builtins.sort builtins.lessThan;
    forEach = list: f: map f list;
  };

  attrsets = rec {
    inherit
      attrNames
      attrValues
      isAttrs
      listToAttrs
      mapAttrs
      ;
    inherit (builtins)
      catAttrs
      hasAttr
      getAttr
      intersectAttrs
      removeAttrs
      zipAttrsWith
      ;
    mapAttrsRecursive =
      f:
      let
        go =
          path:
          mapAttrs (
            name: value:
            let
              here = path ++ [ name ];
            in
            if isAttrs value then go here value else f here value
          );
      in
      go [ ];
    zipAttrs = builtins.zipAttrsWith (_: values: values);
    nameValuePair = name: value: { inherit name value; };
    optionalAttrs = condition: set: if condition then set else { };
    mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    attrsToList = mapAttrsToList nameValuePair;
    concatMapAttrs = f: set: foldl' (a: b: a // b) { } (mapAttrsToList f set);
    filterAttrs =
      predicate: set: removeAttrs set (filter (name: !predicate name set.${name}) (attrNames set));
    genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
    mergeAttrsList = foldl' (a: b: a // b) { };
    attrVals = names: set: map (name: set.${name}) names;
    getAttrs = names: set: genAttrs names (name: set.${name});
    attrByPath =
      path: default: set:
      if path == [ ] then
        set
      else if isAttrs set && set ? ${head path} then
        attrByPath (tail path) default set.${head path}
      else
        default;
    hasAttrByPath = path: set: attrByPath path null set != null;
    getAttrFromPath =
      path: attrByPath path (throw "cannot find attribute `${concatStringsSep "." path}'");
    setAttrByPath = path: value: lists.foldr (name: inner: { ${name} = inner; }) value path;
    foldlAttrs =
      f: first: set:
      foldl' (acc: name: f acc name set.${name}) first (attrNames set);
    recursiveUpdateUntil =
      stop: a: b:
      let
        go =
          path:
          builtins.zipAttrsWith (
            name: values:
            let
              here = path ++ [ name ];
            in
            if length values == 1 || stop here (elemAt values 1) (head values) then
              head values
            else
              go here values
          );
      in
      # Of two values the first wins, so the update comes first.
      go [ ] [ b a ];
    recursiveUpdate = recursiveUpdateUntil (
      _: a: b:
      !(isAttrs a && isAttrs b)
    );
    isDerivation = it: it.type or null == "derivation";
    getOutput =
      output: package:
      if package.outputSpecified or false then package else package.${output} or package.out or package;
    getBin = getOutput "bin";
    getExe =
      package:
      getExe' package (
        package.meta.mainProgram or (throw "`${package.name}` does not say its main program: use getExe'")
      );
    getExe' = package: program: "${getBin package}/bin/${program}";
  };

  modules = import ./modules.nix { inherit lib; };

  lib = {
    inherit
      attrsets
      lists
      modules
      strings
      trivial
      ;
    types = import ./types.nix { inherit lib; };
    inherit (lib.types) mkOptionType;
    options = lib.modules;
    meta = { inherit (attrsets) getExe getExe'; };
    # Prose has no effect on what a module means.
    mdDoc = trivial.id;
    literalExpression = text: {
      _type = "literalExpression";
      inherit text;
    };
    literalMD = text: {
      _type = "literalMD";
      inherit text;
    };
    maintainers = { };
    licenses = { };
  }
  // trivial
  // strings
  // lists
  // attrsets
  // modules;
in
lib
