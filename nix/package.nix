{ lib, rustPlatform }:
let
  manifest = (lib.importTOML ../Cargo.toml).package;
in
rustPlatform.buildRustPackage {
  pname = manifest.name;
  inherit (manifest) version;

  # Only what cargo reads, so that an edited README or test case does not build the program again.
  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../Cargo.lock
      ../Cargo.toml
      ../src
      # Tests beside the code read these tables.
      ../tests/data
    ];
  };

  cargoLock.lockFile = ../Cargo.lock;

  # The tests beside the code; the others want systemd, podman and Nix itself.
  cargoTestFlags = [ "--lib" ];

  meta = {
    inherit (manifest) description;
    license = lib.licenses.mit;
    mainProgram = manifest.name;
    platforms = lib.platforms.linux;
  };
}
