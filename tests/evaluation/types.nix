# Option types: what a definition may be, and how several become one.
#
# Names, descriptions and merge rules are those of nixpkgs' `lib.types`.
{ lib }:
let
  inherit (builtins)
    all
    any
    attrNames
    concatMap
    elem
    filter
    foldl'
    head
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isPath
    isString
    length
    mapAttrs
    match
    typeOf
    ;
  inherit (lib.modules) mergeDefinitions mergeEqualOption mergeOneOption;

  # Several definitions of a type that does not say: sets and lists are joined, equals are one.
  mergeDefaultOption =
    path: definitions:
    let
      values = map (it: it.value) definitions;
    in
    if length values == 1 then
      head values
    else if all isList values then
      lib.concatLists values
    else if all isAttrs values then
      foldl' (a: b: a // b) { } values
    else
      mergeEqualOption path definitions;

  mkOptionType =
    {
      name,
      description ? name,
      check ? (_: true),
      merge ? mergeDefaultOption,
      emptyValue ? { },
      getSubModules ? null,
      nestedTypes ? { },
      descriptionClass ? null,
      ...
    }:
    {
      _type = "option-type";
      inherit
        name
        description
        check
        merge
        emptyValue
        getSubModules
        nestedTypes
        descriptionClass
        ;
    };

  equal =
    name: description: check:
    mkOptionType {
      inherit name description check;
      descriptionClass = "noun";
      merge = mergeEqualOption;
    };

  addCheck = type: check: type // { check = it: type.check it && check it; };

  between =
    name: low: high:
    equal name "integer between ${toString low} and ${toString high} (both inclusive)" (
      it: isInt it && it >= low && it <= high
    );
  bits =
    name: n: low: high:
    (between name low high)
    // {
      description = "${toString n} bit ${
        if low < 0 then "signed" else "unsigned"
      } integer; between ${toString low} and ${toString high} (both inclusive)";
    };

  separatedString =
    separator:
    mkOptionType {
      name = "separatedString";
      descriptionClass = "noun";
      description = "strings concatenated with ${builtins.toJSON separator}";
      check = isString;
      merge = _: definitions: lib.concatMapStringsSep separator (it: it.value) definitions;
    };

  strMatching =
    pattern:
    equal "strMatching ${lib.escapeNixString pattern}" "string matching the pattern ${pattern}" (
      it: isString it && match pattern it != null
    );

  # How a description stands inside another: alternatives may follow alternatives without
  # parentheses, and what is not known to read well has them everywhere.
  wrapUnless =
    classes: type:
    if elem type.descriptionClass classes then type.description else "(${type.description})";
  wrap = wrapUnless [
    "noun"
    "composite"
  ];
  wrapAlternative = wrapUnless [
    "noun"
    "composite"
    "conjunction"
  ];

  listOf =
    elemType:
    mkOptionType {
      name = "listOf";
      descriptionClass = "composite";
      description = "list of ${wrap elemType}";
      check = isList;
      merge =
        path: definitions:
        map (it: it.value) (
          filter (it: it ? value) (
            lib.concatLists (
              lib.imap1 (
                n: definition:
                lib.imap1 (
                  m: value:
                  (mergeDefinitions (path ++ [ "[definition ${toString n}-entry ${toString m}]" ]) elemType [
                    {
                      inherit (definition) file;
                      inherit value;
                    }
                  ]).optionalValue
                ) definition.value
              ) definitions
            )
          )
        );
      emptyValue.value = [ ];
      inherit (elemType) getSubModules;
      nestedTypes = { inherit elemType; };
    };

  mergedAttrs =
    elemType: path: definitions:
    builtins.zipAttrsWith (name: mergeDefinitions (path ++ [ name ]) elemType) (
      map (
        it:
        mapAttrs (_: value: {
          inherit (it) file;
          inherit value;
        }) it.value
      ) definitions
    );
  attrsOf =
    elemType:
    mkOptionType {
      name = "attrsOf";
      descriptionClass = "composite";
      description = "attribute set of ${wrap elemType}";
      check = isAttrs;
      # An attribute whose conditions are all false is not there.
      merge =
        path: definitions:
        mapAttrs (_: it: it.mergedValue) (
          lib.filterAttrs (_: it: it.isDefined) (mergedAttrs elemType path definitions)
        );
      emptyValue.value = { };
      inherit (elemType) getSubModules;
      nestedTypes = { inherit elemType; };
    };
  lazyAttrsOf =
    elemType:
    (attrsOf elemType)
    // {
      name = "lazyAttrsOf";
      description = "lazy attribute set of ${wrap elemType}";
      merge = path: definitions: mapAttrs (_: it: it.mergedValue) (mergedAttrs elemType path definitions);
    };

  nullOr =
    elemType:
    mkOptionType {
      name = "nullOr";
      descriptionClass = "conjunction";
      description = "null or ${wrapAlternative elemType}";
      check = it: it == null || elemType.check it;
      merge =
        path: definitions:
        if all (it: it.value == null) definitions then
          null
        else if any (it: it.value == null) definitions then
          throw "The option `${lib.modules.showOption path}' is defined both null and not null, in ${
            lib.concatMapStringsSep " and " (it: "`${it.file}'") definitions
          }."
        else
          elemType.merge path definitions;
      emptyValue.value = null;
      inherit (elemType) getSubModules;
      nestedTypes = { inherit elemType; };
    };

  either =
    a: b:
    mkOptionType {
      name = "either";
      descriptionClass = "conjunction";
      description = "${wrapAlternative a} or ${wrapAlternative b}";
      check = it: a.check it || b.check it;
      merge =
        path: definitions:
        if all (it: a.check it.value) definitions then
          a.merge path definitions
        else if all (it: b.check it.value) definitions then
          b.merge path definitions
        else
          mergeOneOption path definitions;
      nestedTypes = {
        left = a;
        right = b;
      };
    };

  submoduleWith =
    {
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
      description ? "submodule",
      class ? null,
    }:
    mkOptionType {
      name = "submodule";
      inherit description;
      check = it: isAttrs it || isFunction it || isPath it;
      merge =
        path: definitions:
        (lib.modules.evalModules {
          inherit specialArgs;
          prefix = path;
          modules = [
            { _module.args.name = lib.last path; }
          ]
          ++ modules
          ++ map (
            it:
            # A set is the definitions themselves; as an import it would be one level deeper, and
            # the order of lists depends on the level.
            if isAttrs it.value && shorthandOnlyDefinesConfig then
              {
                _file = it.file;
                config = it.value;
              }
            else
              {
                _file = it.file;
                imports = [ it.value ];
              }
          ) definitions;
        }).config;
      emptyValue.value = { };
      getSubModules = modules;
    };

  # Sets are merged name by name, lists are concatenated, everything else must be equal.
  anything = mkOptionType {
    name = "anything";
    descriptionClass = "noun";
    merge =
      path: definitions:
      let
        kinds = lib.unique (map (it: typeOf it.value) definitions);
      in
      if length kinds > 1 then
        throw "The option `${lib.modules.showOption path}' has conflicting option types in ${
          lib.concatMapStringsSep ", " (it: "`${it.file}'") definitions
        }"
      else if kinds == [ "set" ] && !any (it: lib.isDerivation it.value) definitions then
        (lazyAttrsOf anything).merge path definitions
      else if kinds == [ "list" ] && length definitions > 1 then
        (listOf anything).merge path definitions
      else if kinds == [ "lambda" ] && length definitions > 1 then
        argument: anything.merge path (map (it: it // { value = it.value argument; }) definitions)
      else
        mergeEqualOption path definitions;
  };

  isStorePath = it: lib.isStringLike it && match "/nix/store/[^.].*" (toString it) != null;
in
rec {
  inherit
    addCheck
    anything
    attrsOf
    either
    lazyAttrsOf
    listOf
    mkOptionType
    nullOr
    separatedString
    strMatching
    submoduleWith
    ;

  bool = equal "bool" "boolean" isBool;
  int = equal "int" "signed integer" isInt;
  float = equal "float" "floating point number" isFloat;
  number = either int float;
  str = equal "str" "string" isString;
  nonEmptyStr = equal "nonEmptyStr" "non-empty string" (
    it: isString it && match "[ \t\n]*" it == null
  );
  singleLineStr = (strMatching "[^\n\r]*\n?") // {
    name = "singleLineStr";
    description = "(optionally newline-terminated) single-line string";
    merge = path: definitions: lib.removeSuffix "\n" (mergeEqualOption path definitions);
  };
  lines = separatedString "\n";
  commas = separatedString ",";
  envVar = separatedString ":";
  path = equal "path" "absolute path" (
    it: lib.isStringLike it && builtins.substring 0 1 (toString it) == "/"
  );
  pathInStore = equal "pathInStore" "path in the Nix store" isStorePath;
  package = mkOptionType {
    name = "package";
    descriptionClass = "noun";
    check = it: lib.isDerivation it || isStorePath it;
    merge = mergeOneOption;
  };
  shellPackage = package;
  pathWith = _: path;

  ints = {
    between = between "intBetween";
    unsigned = equal "unsignedInt" "unsigned integer, meaning >=0" (it: isInt it && it >= 0);
    positive = equal "positiveInt" "positive integer, meaning >0" (it: isInt it && it > 0);
    u8 = bits "unsignedInt8" 8 0 255;
    u16 = bits "unsignedInt16" 16 0 65535;
    u32 = bits "unsignedInt32" 32 0 4294967295;
    s8 = bits "signedInt8" 8 (-128) 127;
    s16 = bits "signedInt16" 16 (-32768) 32767;
    s32 = bits "signedInt32" 32 (-2147483648) 2147483647;
  };
  port = ints.u16;

  enum =
    values:
    equal "enum" "one of ${
      lib.concatMapStringsSep ", " (it: if isString it then ''"${it}"'' else lib.boolToString it) values
    }" (it: elem it values);
  oneOf = types: foldl' either (head types) (lib.tail types);
  nonEmptyListOf = elemType: addCheck (listOf elemType) (it: it != [ ]);
  attrs = mkOptionType {
    name = "attrs";
    descriptionClass = "noun";
    description = "attribute set";
    check = isAttrs;
    merge = _: foldl' (acc: it: acc // it.value) { };
    emptyValue.value = { };
  };
  submodule =
    module:
    submoduleWith {
      modules = lib.toList module;
      shorthandOnlyDefinesConfig = true;
    };
  coercedTo =
    from: convert: to:
    mkOptionType {
      name = "coercedTo";
      description = "${wrap to} or ${wrap from} convertible to it";
      check = it: (from.check it && to.check (convert it)) || to.check it;
      merge =
        path: definitions:
        to.merge path (
          map (it: if from.check it.value then it // { value = convert it.value; } else it) definitions
        );
      inherit (to) emptyValue;
    };
  functionTo =
    elemType:
    mkOptionType {
      name = "functionTo";
      description = "function that evaluates to ${wrap elemType}";
      check = isFunction;
      merge =
        path: definitions: argument:
        (mergeDefinitions (path ++ [ "<function body>" ]) elemType (
          map (it: it // { value = it.value argument; }) definitions
        )).mergedValue;
    };
  uniq = type: type // { merge = mergeOneOption; };
  unique = _: uniq;
  raw = mkOptionType {
    name = "raw";
    descriptionClass = "noun";
    description = "raw value";
    merge = mergeOneOption;
  };
  unspecified = mkOptionType {
    name = "unspecified";
    descriptionClass = "noun";
    description = "unspecified value";
  };
}
