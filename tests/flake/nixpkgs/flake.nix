# Stands in for nixpkgs, as far as unitsmith's flake uses it, so that a test runs the flake without a network.
#
# It builds with the cargo of the machine and says nothing of whether nixpkgs itself would build the package.
# Functions take exactly what unitsmith gives them: a new argument fails here until somebody decides what it does.
{
  outputs =
    _:
    let
      # The environment of whoever runs the test, who finds cargo and its registry; see ../run.
      machine = builtins.fromJSON (builtins.readFile ./machine.json);

      lib = {
        genAttrs =
          names: f:
          builtins.listToAttrs (
            map (name: {
              inherit name;
              value = f name;
            }) names
          );
        # What needs quotes is nothing that the test has.
        escapeShellArg = text: "'${text}'";
        optionalString = condition: text: if condition then text else "";
        getExe = package: "${package}/bin/${package.meta.mainProgram}";
        importTOML = file: builtins.fromTOML (builtins.readFile file);
        licenses.mit = "MIT";
        platforms.linux = [
          "aarch64-linux"
          "x86_64-linux"
        ];
        fileset = {
          unions = map toString;
          toSource =
            { root, fileset }:
            builtins.path {
              name = "source";
              path = root;
              filter =
                path: type:
                builtins.any (member: isWithin member path || type == "directory" && isWithin path member) fileset;
            };
        };
      };

      isWithin =
        directory: path:
        path == directory
        || builtins.substring 0 (builtins.stringLength directory + 1) path == "${directory}/";

      packagesFor =
        system:
        let
          build =
            name: attributes: script:
            derivation (
              machine
              // attributes
              // {
                inherit name system;
                builder = "/bin/sh";
                args = [
                  "-euc"
                  script
                ];
              }
            );

          emptyDirectory = build "empty-directory" { } ''
            mkdir -p "$out/bin"
          '';

          packages = {
            inherit lib;

            callPackage =
              file: arguments:
              let
                function = import file;
              in
              function (builtins.intersectAttrs (builtins.functionArgs function) packages // arguments);

            # They are on the PATH of the machine.
            cargo = emptyDirectory;
            rustfmt = emptyDirectory;

            emptyFile = build "empty-file" { } ''
              : > "$out"
            '';

            runCommand =
              name:
              { nativeBuildInputs }:
              script:
              build name { inherit nativeBuildInputs; } ''
                for it in $nativeBuildInputs; do PATH=$it/bin:$PATH; done
                cd "$(mktemp -d)"
                ${script}
              '';

            writeShellScript =
              name: text:
              build name { inherit text; } ''
                printf '#!/bin/sh\n%s\n' "$text" > "$out"
                chmod +x "$out"
              '';

            rustPlatform.buildRustPackage =
              {
                pname,
                version,
                src,
                cargoLock,
                cargoTestFlags,
                meta,
              }:
              build "${pname}-${version}"
                {
                  inherit cargoTestFlags pname src;
                  inherit (cargoLock) lockFile;
                }
                ''
                  cmp "$src/Cargo.lock" "$lockFile"
                  # In a workspace, because cargo would take a package at the root of its own for that of whoever
                  # runs the test, and then see no difference between its sources and these.
                  cd "$(mktemp -d)"
                  printf '[workspace]\nmembers = ["package"]\nresolver = "3"\n' > Cargo.toml
                  cp "$lockFile" Cargo.lock
                  cp -r "$src" package
                  # No release, because optimizing takes minutes and changes nothing that is tested here.
                  cargo build --offline --locked
                  cargo test --offline --locked $cargoTestFlags
                  mkdir -p "$out/bin"
                  cp "$CARGO_TARGET_DIR/debug/$pname" "$out/bin"
                ''
              // {
                inherit meta;
              };
          };
        in
        packages;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs lib.platforms.linux packagesFor;
    };
}
