# The same in Nix.
{
  nixos = { prefix = "services"; ports = "networking.ports"; };
  hosts.pi = { systemd = 257; podman = "5.4"; };
  hosts.nas.nixos = "25.11";
  services.web = {
    description = "Größe 日本語";
    hosts = [ "pi" "nas" ];
    allow = [ "US042" ];
    port = 8080;
    backendPort = 8081;
    environment = { IDLE = "10"; "A.B" = "c:\\d"; };
    environmentFiles = [
      "/etc/web.env" # a comment
    ];
    user = "web";
    group = "web";
    activation = { on = "socket"; handoff = "proxy"; idleTimeout = "30min"; };
    dependsOn.db = "started";
    restart.policy = "on-failure";
    restart.delay = "5s";
    limits.openFiles = 100000;
    expose.tsProxy = { tls = true; };
    exec.command = [ { package = "nodejs"; bin = "node"; } "/srv/web.js" ''
      two
      lines'' ];
  };
  services.web.exec.workingDirectory = "/srv";
  services.db.container = {
    image = "postgres:17";
    pull = "missing";
    capabilities.drop = [ "ALL" ];
    ports = [
      { container = 5432; protocol = "tcp"; }
      { container = 5433; host = 15433; }
    ];
    volumes = [ { source = "data"; target = "/var/lib"; readOnly = false; } ];
  };
  services.empty = { };
}
