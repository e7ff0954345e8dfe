{
  description = "One manifest of services: NixOS modules, systemd units, sockets and Quadlets that agree";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;

      eachSystem =
        f:
        lib.genAttrs [
          "aarch64-linux"
          "x86_64-linux"
        ] (system: f nixpkgs.legacyPackages.${system} self.packages.${system}.default);

      checkGenerated = import ./nix/check-generated.nix {
        unitsmithFor = pkgs: pkgs.callPackage ./nix/package.nix { };
      };
    in
    {
      packages = eachSystem (
        pkgs: _: {
          default = pkgs.callPackage ./nix/package.nix { };
        }
      );

      # `nix run github:…#gen -- MANIFEST -o DIR` needs no checkout of unitsmith.
      apps = eachSystem (
        pkgs: unitsmith:
        let
          gen = {
            type = "app";
            program = "${pkgs.writeShellScript "unitsmith-gen" ''exec ${lib.getExe unitsmith} gen "$@"''}";
            meta.description = "Write the NixOS modules and unit files of a manifest";
          };
        in
        {
          inherit gen;
          default = gen;
        }
      );

      # Not the bare path, which `nix flake check` of Nix 2.8 does not take for a module.
      nixosModules.ports.imports = [ ./nix/module.nix ];

      # The function behind the module, for configurations with options of their own.
      lib.ports = import ./nix/ports.nix;

      # `checkGenerated { pkgs, manifest, generated }` is a check for a flake that commits its generated files.
      lib.checkGenerated = checkGenerated;

      checks = eachSystem (
        pkgs: unitsmith: {
          # The build runs the tests beside the code.
          package = unitsmith;

          formatting =
            let
              source = lib.fileset.toSource {
                root = ./.;
                fileset = lib.fileset.unions [
                  ./Cargo.lock
                  ./Cargo.toml
                  ./rustfmt.toml
                  ./src
                  ./tests
                ];
              };
              nativeBuildInputs = [
                pkgs.cargo
                pkgs.rustfmt
              ];
            in
            pkgs.runCommand "unitsmith-formatting" { inherit nativeBuildInputs; } ''
              cd ${source}
              cargo fmt --check
              touch "$out"
            '';

          generated = checkGenerated {
            inherit pkgs;
            manifest = ./tests/cases/homelab/unitsmith.toml;
            generated = ./tests/cases/homelab/generated;
          };

          ports =
            let
              differences = import ./tests/ports/vectors.nix ++ import ./tests/ports/module.nix;
            in
            if differences == [ ] then
              pkgs.emptyFile
            else
              throw "the ports differ: ${builtins.toJSON differences}";
        }
      );
    };
}
