# How NixOS turns the options of a unit into its text (measured on 26.05).
#
# Two halves: `behaviours`, what is computed inside the submodule of a unit, so that a user's
# definitions merge with it; and `module`, which prints every unit into `systemd.units`.
{
  lib,
  pkgs,
  utils,
}:
let
  inherit (builtins)
    concatLists
    concatStringsSep
    elem
    filter
    isAttrs
    isList
    replaceStrings
    toJSON
    ;
  inherit (lib) optionalAttrs optionalString;

  # A file with the triggers in it: another item makes another path, and so another unit.
  triggers =
    kind: name: items:
    pkgs.writeText "X-${kind}-Triggers-${name}" (toString (lib.flatten items));

  # The lists and texts that every kind of unit has, as directives of [Unit].
  unit =
    {
      config,
      name,
      options,
      ...
    }:
    let
      words = {
        After = config.after;
        Before = config.before;
        BindsTo = config.bindsTo;
        Conflicts = config.conflicts;
        Documentation = config.documentation;
        OnFailure = config.onFailure;
        OnSuccess = config.onSuccess;
        PartOf = config.partOf;
        Requires = config.requires;
        Requisite = config.requisite;
        Upholds = config.upholds;
        Wants = config.wants;
      };
    in
    {
      config.unitConfig =
        lib.mapAttrs (_: toString) (lib.filterAttrs (_: it: it != [ ]) words)
        // optionalAttrs (config.description != "") { Description = config.description; }
        // optionalAttrs (config.restartTriggers != [ ]) {
          X-Restart-Triggers = triggers "Restart" name config.restartTriggers;
        }
        // optionalAttrs (config.reloadTriggers != [ ]) {
          X-Reload-Triggers = triggers "Reload" name config.reloadTriggers;
        }
        // optionalAttrs options.startLimitIntervalSec.isDefined {
          StartLimitIntervalSec = toString config.startLimitIntervalSec;
        }
        // optionalAttrs options.startLimitBurst.isDefined {
          StartLimitBurst = toString config.startLimitBurst;
        };
    };

  # A script of a service, as a file of the store.
  jobScript =
    name: text:
    let
      fileName = replaceStrings [ "\\" "@" ] [ "--" "_" ] name;
      file = pkgs.writeTextFile {
        name = "unit-script-${fileName}";
        destination = "/bin/${fileName}";
        text = "#!${pkgs.runtimeShell}\nset -e\n\n${text}\n\n";
      };
    in
    {
      outPath = "${file}${file.destination}";
      inherit (file) text;
    };
  jobs = {
    script = "start";
    preStart = "pre-start";
    postStart = "post-start";
    reload = "reload";
    preStop = "pre-stop";
    postStop = "post-stop";
  };
  # The scripts that a service has, by option.
  scriptsOf =
    name: service:
    lib.mapAttrs (option: suffix: jobScript "${name}-${suffix}" service.${option}) (
      lib.filterAttrs (option: _: service.${option} != "") jobs
    );

  service =
    { config, name, ... }:
    {
      imports = [ jobDirectives ];
      config = {
        name = lib.mkOptionDefault "${name}.service";
        enableStrictShellChecks = lib.mkOptionDefault false;
        environment.PATH = lib.mkIf (config.path != [ ]) (
          "${lib.makeBinPath config.path}:${lib.makeSearchPathOutput "bin" "sbin" config.path}"
        );
        path = lib.mkIf config.enableDefaultPath (
          lib.mkAfter [
            pkgs.coreutils
            pkgs.findutils
            pkgs.gnugrep
            pkgs.gnused
            pkgs.systemd
          ]
        );
      };
    };
  # The directives of the scripts. ExecStart, ExecReload and the stops are scalars, so that a
  # second one conflicts; the two others are lists, and the script's line comes before what other
  # modules add, because this is an import: NixOS has it as one, too.
  jobDirectives =
    { config, name, ... }:
    let
      scripts = scriptsOf name config;
      ifScript = option: directives: lib.mkIf (config.${option} != "") directives;
    in
    {
      config = lib.mkMerge [
        (ifScript "preStart" { serviceConfig.ExecStartPre = [ scripts.preStart ]; })
        (ifScript "script" {
          serviceConfig.ExecStart = "${scripts.script.outPath} ${config.scriptArgs}";
        })
        (ifScript "postStart" { serviceConfig.ExecStartPost = [ scripts.postStart ]; })
        (ifScript "reload" { serviceConfig.ExecReload = scripts.reload; })
        (ifScript "preStop" { serviceConfig.ExecStop = scripts.preStop; })
        (ifScript "postStop" { serviceConfig.ExecStopPost = scripts.postStop; })
      ];
    };

  mount =
    { config, ... }:
    {
      config = {
        name = lib.mkOptionDefault "${utils.escapeSystemdPath config.where}.mount";
        mountConfig = {
          What = config.what;
          Where = config.where;
        }
        // optionalAttrs (config.type != "") { Type = config.type; }
        // optionalAttrs (config.options != "") { Options = config.options; };
      };
    };
  automount =
    { config, ... }:
    {
      config = {
        name = lib.mkOptionDefault "${utils.escapeSystemdPath config.where}.automount";
        automountConfig.Where = config.where;
      };
    };
  named =
    suffix:
    { name, ... }:
    {
      config.name = lib.mkOptionDefault "${name}${suffix}";
    };

  # Only these two directives are checked, and a forced or conditional value is looked into.
  oneOfDirective =
    key: allowed: directives:
    let
      content =
        it:
        if
          elem (it._type or null) [
            "override"
            "if"
          ]
        then
          it.content
        else
          it;
    in
    !(isAttrs directives && directives ? ${key}) || elem (content directives.${key}) allowed;
  serviceCheck =
    directives:
    oneOfDirective "Type" [
      "exec"
      "simple"
      "forking"
      "oneshot"
      "dbus"
      "notify"
      "notify-reload"
      "idle"
    ] directives
    && oneOfDirective "Restart" [
      "no"
      "on-success"
      "on-failure"
      "on-abnormal"
      "on-abort"
      "always"
    ] directives;

  # A directive's value. Nothing is quoted or escaped here, which is as NixOS does it.
  value =
    place: it:
    if it == true then
      "true"
    else if it == false then
      "false"
    else if isAttrs it && !(it ? outPath) then
      throw "cannot coerce a set to a string: the value of `${place}'"
    else
      toString it;
  directives =
    place: set:
    lib.concatStrings (
      concatLists (
        lib.mapAttrsToList (
          key: values: map (it: "${key}=${value "${place}.${key}" it}\n") (lib.toList values)
        ) set
      )
    );

  unitSection = name: it: "[Unit]\n${directives "${name}.unitConfig" it.unitConfig}\n";
  install =
    it:
    optionalString (it.wantedBy != [ ]) "\n[Install]\nWantedBy=${concatStringsSep " " it.wantedBy}\n";

  serviceText =
    globalEnvironment: name: it:
    let
      environment = lib.filterAttrs (_: value: value != null) (globalEnvironment // it.environment);
    in
    unitSection name it
    + "[Service]\n"
    + lib.concatStrings (
      lib.mapAttrsToList (key: value: "Environment=${toJSON "${key}=${value}"}\n") environment
    )
    + (
      if it.reloadIfChanged then
        "X-ReloadIfChanged=true\n"
      else
        optionalString (!it.restartIfChanged) "X-RestartIfChanged=false\n"
    )
    + optionalString (!it.stopIfChanged) "X-StopIfChanged=false\n"
    + optionalString it.notSocketActivated "X-NotSocketActivated=true\n"
    + directives "${name}.serviceConfig" it.serviceConfig
    + install it;

  socketText =
    name: it:
    let
      lines = key: addresses: concatStringsSep "\n" (map (address: "${key}=${address}") addresses);
    in
    unitSection name it
    + "[Socket]\n${directives "${name}.socketConfig" it.socketConfig}\n"
    + "${lines "ListenStream" it.listenStreams}\n"
    + "${lines "ListenDatagram" it.listenDatagrams}\n"
    + install it;

  # The kinds that have one section of directives and nothing else.
  plainText =
    section: option: name: it:
    unitSection name it + "[${section}]\n${directives "${name}.${option}" it.${option}}\n" + install it;

  # A target never gets an [Install], although its links are made.
  targetText = unitSection;

  toUnit = text: name: it: {
    inherit (it)
      aliases
      enable
      overrideStrategy
      requiredBy
      upheldBy
      wantedBy
      ;
    text = text name it;
  };
  fromSet =
    suffix: text: set:
    lib.mapAttrs' (name: it: lib.nameValuePair "${name}${suffix}" (toUnit text name it)) set;
  fromList =
    text: list: lib.listToAttrs (map (it: lib.nameValuePair it.name (toUnit text it.name it)) list);

  warningsOf =
    name: it:
    let
      type = it.serviceConfig.Type or "";
      restart = it.serviceConfig.Restart or "no";
    in
    lib.optional (type == "oneshot" && (restart == "always" || restart == "on-success"))
      "Service '${name}.service' with 'Type=oneshot' cannot have 'Restart=always' or 'Restart=on-success'"
    ++
      lib.optional (it.serviceConfig ? StartLimitInterval)
        "Service '${name}.service' uses the attribute 'StartLimitInterval' in the Service section, which is deprecated. See https://github.com/NixOS/nixpkgs/issues/45786.";
  onlineWarningsOf =
    name: it:
    lib.optional (
      elem "network-online.target" it.after
      && !elem "network-online.target" (it.wants ++ it.requires ++ it.bindsTo)
    ) "${name}.service is ordered after 'network-online.target' but doesn't depend on it";
in
{
  inherit scriptsOf;

  behaviours = {
    checks."systemd.services.<name>.serviceConfig" = serviceCheck;
    "systemd.services" = [
      unit
      service
    ];
    "systemd.sockets" = [
      unit
      (named ".socket")
    ];
    "systemd.timers" = [
      unit
      (named ".timer")
    ];
    "systemd.targets" = [
      unit
      (named ".target")
    ];
    "systemd.paths" = [
      unit
      (named ".path")
    ];
    "systemd.slices" = [
      unit
      (named ".slice")
    ];
    "systemd.mounts" = [
      unit
      mount
    ];
    "systemd.automounts" = [
      unit
      automount
    ];
    "systemd.units" = [ (named "") ];
  };

  module =
    { config, ... }:
    let
      cfg = config.systemd;
    in
    {
      _file = "the printer of units";
      config = {
        systemd.package = lib.mkOptionDefault pkgs.systemd;
        systemd.defaultPath = lib.mkOptionDefault [ ];
        # What every service of a NixOS system has beside its own environment.
        systemd.globalEnvironment = {
          LOCALE_ARCHIVE = "${pkgs.glibcLocales}/lib/locale/locale-archive";
          TZDIR = "${pkgs.tzdata}/share/zoneinfo";
        };
        systemd.timers = lib.mapAttrs (_: it: {
          wantedBy = [ "timers.target" ];
          timerConfig.OnCalendar = lib.toList it.startAt;
        }) (lib.filterAttrs (_: it: it.enable && lib.toList it.startAt != [ ]) cfg.services);
        systemd.units = lib.mkMerge [
          (fromSet ".path" (plainText "Path" "pathConfig") cfg.paths)
          (fromSet ".service" (serviceText cfg.globalEnvironment) cfg.services)
          (fromSet ".slice" (plainText "Slice" "sliceConfig") cfg.slices)
          (fromSet ".socket" socketText cfg.sockets)
          (fromSet ".target" targetText cfg.targets)
          (fromSet ".timer" (plainText "Timer" "timerConfig") cfg.timers)
          (fromList (plainText "Mount" "mountConfig") cfg.mounts)
          (fromList (plainText "Automount" "automountConfig") cfg.automounts)
        ];
        warnings =
          concatLists (lib.mapAttrsToList warningsOf cfg.services)
          ++ concatLists (lib.mapAttrsToList onlineWarningsOf cfg.services);
      };
    };
}
