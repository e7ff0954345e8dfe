# How modules become one configuration: imports, declarations, definitions, priorities.
#
# The rules are those of nixpkgs' module system as far as generated modules and their users can
# meet them: a definition has a priority (50 forced, 100 plain, 1000 default, 1500 an option's own
# default) and only those of the lowest number are merged; conditions reach every definition below
# them without being looked at before the value is needed; an undeclared option is an error even
# under a false condition.
{ lib }:
let
  inherit (builtins)
    all
    any
    attrNames
    concatLists
    concatMap
    concatStringsSep
    filter
    foldl'
    functionArgs
    genericClosure
    head
    isAttrs
    isFunction
    isList
    isPath
    isString
    length
    mapAttrs
    removeAttrs
    typeOf
    zipAttrsWith
    ;

  isType = type: it: it._type or null == type;

  # Properties: values that say how they are to be merged.
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };
  mkForce = mkOverride 50;
  mkDefault = mkOverride 1000;
  mkOptionDefault = mkOverride 1500;
  plainPriority = 100;
  plainOrder = 1000;

  mkOption = declaration: declaration // { _type = "option"; };
  mkEnableOption =
    what:
    mkOption {
      type = lib.types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${what}.";
    };
  mkPackageOption =
    pkgs: name:
    {
      nullable ? false,
      default ? name,
      example ? null,
      extraDescription ? "",
      pkgsText ? "pkgs",
    }:
    let
      path = if isString default then [ default ] else default;
    in
    mkOption (
      {
        type = if nullable then lib.types.nullOr lib.types.package else lib.types.package;
        description = "The ${if isString name then name else lib.last name} package to use.";
      }
      // (if default == null then { } else { default = lib.getAttrFromPath path pkgs; })
    );

  # Error texts follow nixpkgs, so that what is said here can be searched for.
  showOption =
    path:
    concatStringsSep "." (
      map (
        name:
        if builtins.match "[a-zA-Z_][a-zA-Z0-9_'-]*|[<*].*" name != null then
          name
        else
          lib.escapeNixString name
      ) path
    );
  showValue =
    depth: it:
    if isString it || builtins.isInt it || builtins.isBool it || it == null then
      builtins.toJSON it
    else if isPath it then
      toString it
    else if isList it then
      if depth == 0 then "[ … ]" else "[ ${lib.concatMapStringsSep " " (showValue (depth - 1)) it} ]"
    else if isAttrs it && !(it ? type) then
      if depth == 0 then
        "{ … }"
      else
        "{ ${
          lib.concatMapStringsSep " " (name: "${name} = ${showValue (depth - 1) it.${name}};") (attrNames it)
        } }"
    else
      "<${it.type or (typeOf it)}>";
  showDefinitions =
    definitions: lib.concatMapStrings (it: "\n- In `${it.file}': ${showValue 3 it.value}") definitions;

  # Moves conditions, priorities and merges from a set down to its attributes.
  pushDown =
    path: value:
    if isType "merge" value then
      concatMap (pushDown path) value.contents
    else if isType "if" value then
      map (mapAttrs (_: mkIf value.condition)) (pushDown path value.content)
    else if isType "override" value then
      map (mapAttrs (_: mkOverride value.priority)) (pushDown path value.content)
    else if isAttrs value && !(value ? _type) then
      [ value ]
    else
      throw "You're trying to define a value of type `${typeOf value}' rather than an attribute set for the option `${showOption path}'!";

  # Looks at the conditions of one definition: what is left is a value, perhaps with a priority.
  discharge =
    value:
    if isType "merge" value then
      concatMap discharge value.contents
    else if isType "if" value then
      if !builtins.isBool value.condition then
        throw "mkIf called with a non-Boolean condition"
      else if value.condition then
        discharge value.content
      else
        [ ]
    else
      [ value ];

  # The definitions of the winning priority, without their properties and in order.
  winners =
    definitions:
    let
      alive = concatMap (it: map (value: it // { inherit value; }) (discharge it.value)) definitions;
      priorityOf = it: if isType "override" it.value then it.value.priority else plainPriority;
      best = foldl' (acc: it: lib.min acc (priorityOf it)) 9999 alive;
      plain = map (it: if isType "override" it.value then it // { value = it.value.content; } else it) (
        filter (it: priorityOf it == best) alive
      );
      orderOf = it: if isType "order" it.value then it.value.priority else plainOrder;
      ordered =
        if any (it: isType "order" it.value) plain then
          builtins.sort (a: b: orderOf a < orderOf b) plain
        else
          plain;
    in
    {
      values = map (
        it: if isType "order" it.value then it // { value = it.value.content; } else it
      ) ordered;
      highestPrio = best;
    };

  # Merges the definitions of one value: an option's, or one element's of a list or set.
  mergeDefinitions =
    path: type: definitions:
    let
      found = winners definitions;
      wrong = filter (it: !type.check it.value) found.values;
    in
    rec {
      defsFinal = found.values;
      inherit (found) highestPrio;
      isDefined = defsFinal != [ ];
      mergedValue =
        if isDefined then
          if wrong == [ ] then
            type.merge path defsFinal
          else
            throw "A definition for option `${showOption path}' is not of type `${type.description}'. Definition values:${showDefinitions wrong}"
        else
          type.emptyValue.value
            or (throw "The option `${showOption path}' was accessed but has no value defined. Try setting the option.");
      optionalValue = if isDefined then { value = mergedValue; } else { };
    };

  mergeOneOption =
    path: definitions:
    if length definitions == 1 then
      (head definitions).value
    else
      throw "The option `${showOption path}' is defined multiple times while it's expected to be unique. Definition values:${showDefinitions definitions}";

  mergeEqualOption =
    path: definitions:
    let
      first = (head definitions).value;
    in
    if all (it: it.value == first) definitions then
      first
    else
      throw "The option `${showOption path}' has conflicting definition values:${showDefinitions definitions}";

  evalOption =
    path: declaration: definitions:
    let
      type = declaration.type or lib.types.unspecified;
      candidates =
        definitions
        ++ lib.optional (declaration ? default) {
          file = "the option's default";
          value = mkOptionDefault declaration.default;
        };
      merged = mergeDefinitions path type candidates;
      checked =
        if declaration.readOnly or false && length (winners definitions).values > 1 then
          throw "The option `${showOption path}' is read-only, but it's set multiple times. Definition values:${showDefinitions definitions}"
        else
          merged.mergedValue;
    in
    declaration
    // {
      inherit type;
      loc = path;
      value = (declaration.apply or lib.id) checked;
      inherit (merged) isDefined highestPrio;
      definitions = map (it: it.value) merged.defsFinal;
      definitionsWithLocations = merged.defsFinal;
      files = map (it: it.file) merged.defsFinal;
      __toString = _: showOption path;
    };

  # One level of the option tree: what is declared is evaluated, the rest is handed back.
  evalLevel =
    path: declarations: definitions:
    let
      declared = zipAttrsWith (_: them: them) (
        map (
          it:
          mapAttrs (_: value: {
            inherit (it) file;
            inherit value;
          }) it.value
        ) declarations
      );
      defined = zipAttrsWith (_: them: them) (
        concatMap (
          it:
          map (mapAttrs (
            _: value: {
              inherit (it) file;
              inherit value;
            }
          )) (pushDown path it.value)
        ) definitions
      );
      nodes = mapAttrs (
        name: them:
        let
          here = path ++ [ name ];
          below = defined.${name} or [ ];
          options = filter (it: isType "option" it.value) them;
        in
        if options == [ ] then
          evalLevel here them below
        else if length them == 1 then
          let
            option = evalOption here (head options).value below;
          in
          {
            options = option;
            config = option.value;
            unmatched = [ ];
          }
        else
          throw "The option `${showOption here}' in `${(head them).file}' is already declared in `${(lib.last them).file}'."
      ) declared;
    in
    {
      options = mapAttrs (_: it: it.options) nodes;
      config = mapAttrs (_: it: it.config) nodes;
      unmatched =
        concatLists (lib.mapAttrsToList (_: it: it.unmatched) nodes)
        ++ lib.mapAttrsToList (name: definitions: {
          path = path ++ [ name ];
          inherit definitions;
        }) (removeAttrs defined (attrNames declared));
    };

  # One module, however it was written, as { file, key, imports, options, config }.
  load =
    args: parentFile: fallbackKey: module:
    if isPath module || isString module then
      shape args (toString module) (toString module) (import module)
    else
      shape args parentFile fallbackKey module;
  shape =
    args: file: key: module:
    let
      known = [
        "_class"
        "_file"
        "disabledModules"
        "freeformType"
        "imports"
        "key"
      ];
      structured = module ? config || module ? options;
      unknown = removeAttrs module (
        known
        ++ [
          "config"
          "meta"
          "options"
        ]
      );
      config = if structured then module.config or { } else removeAttrs module known;
    in
    if isFunction module || module ? __functor then
      shape args file key (
        module (args // mapAttrs (name: _: args.${name} or (args._argument name)) (argumentsOf module))
      )
    else if !isAttrs module then
      throw "Module `${file}' does not look like a module: it is a ${typeOf module}."
    else if module ? _type then
      shape args file key { config = module; }
    else if structured && unknown != { } then
      throw "Module `${file}' has an unsupported attribute `${head (attrNames unknown)}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them into the explicit `config' attribute."
    else
      {
        file = module._file or file;
        key = toString (module.key or key);
        imports = module.imports or [ ];
        disabled = map toString (module.disabledModules or [ ]);
        options = module.options or { };
        config =
          if module ? freeformType then
            mkMerge [
              config
              { _module.freeformType = module.freeformType; }
            ]
          else
            config;
      };
  argumentsOf =
    it: if it ? __functor then it.__functionArgs or functionArgs (it.__functor it) else functionArgs it;

  # The given modules and all they import, each file once. Breadth first, as nixpkgs does it: the
  # order decides in which order lists are concatenated.
  collect =
    args: modules:
    let
      children =
        file: key: imports:
        lib.imap1 (
          n: it:
          let
            module = load args file "${key}:anon-${toString n}" it;
          in
          {
            inherit (module) key;
            inherit module;
          }
        ) imports;
      found = keep: genericClosure {
        startSet = keep (children "<unknown-file>" "" modules);
        operator = it: keep (children it.module.file it.module.key it.module.imports);
      };
      all = found lib.id;
      # What a disabled module imports is gone with it, what it disables itself stays disabled.
      disabled = concatMap (it: it.module.disabled) all;
      enabled = filter (it: !builtins.elem it.key disabled);
    in
    map (it: it.module) (if disabled == [ ] then all else found enabled);

  evalModules =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
      class ? null,
    }:
    let
      internal = {
        _file = "the module system";
        options._module = {
          args = mkOption {
            type = lib.types.lazyAttrsOf lib.types.raw;
            default = { };
          };
          freeformType = mkOption {
            type = lib.types.raw;
            default = null;
          };
          check = mkOption {
            type = lib.types.bool;
            default = true;
          };
        };
      };
      args = {
        inherit config lib specialArgs;
        inherit (level) options;
        _prefix = prefix;
        _argument = name: level.config._module.args.${name};
      }
      // specialArgs;
      # Later modules come first: so top-level lists are concatenated in reverse, and lists inside
      # submodules, which are reversed twice, in order (facts of NixOS 25.11 and 26.05).
      collected = lib.reverseList (collect args (modules ++ [ internal ]));
      level =
        evalLevel prefix
          (map (it: {
            inherit (it) file;
            value = it.options;
          }) collected)
          (
            map (it: {
              inherit (it) file;
              value = it.config;
            }) collected
          );
      inherit (level.config._module) check freeformType;
      declared = removeAttrs level.config [ "_module" ];
      # What nobody declared, as definitions of one set for the freeform type.
      free =
        (mergeDefinitions prefix freeformType (
          concatMap (
            it:
            map (definition: {
              inherit (definition) file;
              value = lib.setAttrByPath (lib.drop (length prefix) it.path) definition.value;
            }) it.definitions
          ) level.unmatched
        )).mergedValue;
      stray = head level.unmatched;
      config =
        if level.unmatched == [ ] then
          declared
        else if freeformType != null then
          lib.recursiveUpdate free declared
        else if check then
          throw "The option `${showOption stray.path}' does not exist. Definition values:${
            showDefinitions (
              map (it: it // { value = head (discharge it.value ++ [ it.value ]); }) stray.definitions
            )
          }"
        else
          declared;
    in
    {
      _type = "configuration";
      inherit config;
      inherit (level) options;
      inherit class;
    };
in
{
  inherit
    evalModules
    isType
    mergeDefinitions
    mergeEqualOption
    mergeOneOption
    mkDefault
    mkEnableOption
    mkForce
    mkIf
    mkMerge
    mkOption
    mkOptionDefault
    mkOrder
    mkOverride
    mkPackageOption
    showDefinitions
    showOption
    ;
  isOption = isType "option";
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;
  mkVMOverride = mkOverride 10;
  mkImageMediaOverride = mkOverride 60;
  getValues = map (it: it.value);
  getFiles = map (it: it.file);
  mkAliasOptionModule = throw "mkAliasOptionModule is not part of the stand-in";
}
