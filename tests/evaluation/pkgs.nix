# A stand-in for `pkgs`: named packages and files whose store paths are made up but stable.
#
# Nothing is built. A path depends on its name and content only, so that a changed script or
# trigger changes the path, as it does in a real store. Nix has no set that answers to every name,
# so a caller adds the names of its own packages.
{
  lib,
  packages ? [ ],
}:
let
  # 32 digits that Nix accepts in a store path: its alphabet has no `e`.
  storePath =
    name: content:
    let
      digits = builtins.substring 0 32 (builtins.hashString "sha256" "${name}\n${content}");
    in
    "/nix/store/${builtins.replaceStrings [ "e" ] [ "x" ] digits}-${name}";

  # Something with a path that is not built: a package or a file.
  fake =
    name: outPath: extra:
    {
      type = "derivation";
      inherit name outPath;
      drvPath = "${outPath}.drv";
      outputName = "out";
      __toString = _: outPath;
    }
    // extra;

  # Where the version or the program is not the name's, it is that of the recorded evaluations.
  particulars = {
    bash.version = "5.3p9";
    glibcLocales = {
      pname = "glibc-locales";
      version = "2.42";
    };
    nodejs.mainProgram = "node";
    podman.version = "5.8.1";
    postgresql.mainProgram = "postgres";
    redis.mainProgram = "redis-server";
    systemd.version = "259.3";
    tzdata.version = "2026b";
  };
  package =
    attribute:
    let
      it = particulars.${attribute} or { };
      pname = it.pname or attribute;
      version = it.version or "1.0";
      name = "${pname}-${version}";
    in
    fake name (storePath name "") {
      inherit pname version;
      meta = {
        mainProgram = it.mainProgram or pname;
        description = "";
      };
    };

  # A file in the store; `text` stays on it, so that a report can show what it holds.
  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      ...
    }:
    fake name (storePath name "${destination}\n${text}") { inherit destination text; };
in
lib.genAttrs (
  [
    "bash"
    "busybox"
    "caddy"
    "conmon"
    "coreutils"
    "curl"
    "findutils"
    "gawk"
    "git"
    "glibcLocales"
    "gnugrep"
    "gnused"
    "hello"
    "iproute2"
    "jq"
    "netcat"
    "nginx"
    "nodejs"
    "openssl"
    "docker"
    "podman"
    "postgresql"
    "python3"
    "redis"
    "socat"
    "sqlite"
    "systemd"
    "tailscale"
    "tzdata"
    "util-linux"
  ]
  ++ packages
) package
// rec {
  inherit lib writeTextFile;
  bash = package "bash";
  runtimeShell = "${bash}/bin/bash";
  runtimeShellPackage = bash;
  shadow = package "shadow" // {
    su = package "su";
  };
  stdenv.hostPlatform = {
    system = "x86_64-linux";
    isLinux = true;
  };
  system = "x86_64-linux";
  writeText = name: text: writeTextFile { inherit name text; };
  writeScript = name: text: writeTextFile { inherit name text; };
  writeShellScript = name: text: writeScript name "#!${runtimeShell}\n${text}\n";
  writeScriptBin =
    name: text:
    writeTextFile {
      inherit name text;
      destination = "/bin/${name}";
    }
    // {
      meta.mainProgram = name;
    };
  writeShellScriptBin = name: text: writeScriptBin name "#!${runtimeShell}\n${text}\n";
  # Without inputs only: a PATH line would need their real outputs.
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      ...
    }:
    writeScriptBin name "#!${runtimeShell}\nset -o errexit\nset -o nounset\nset -o pipefail\n\n${
      lib.optionalString (
        runtimeInputs != [ ]
      ) "export PATH=\"${lib.makeBinPath runtimeInputs}:$PATH\"\n\n"
    }${text}\n";
}
