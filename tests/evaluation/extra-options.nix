# Options that modules may define and that the measured table does not have, in its own form.
#
# Names and types are those of NixOS; `services.ts-proxy` is that of its own module. Of the options
# that are not about units and containers only the few that a generated module may set are here.
# A caller that needs more passes a module that declares them.
let
  row =
    name: type: default:
    { inherit name type; } // (if default == null then { } else { inherit default; });
  # The rows of one submodule.
  rows = prefix: map (it: it // { name = "${prefix}.${it.name}"; });

  port = "16 bit unsigned integer; between 0 and 65535 (both inclusive)";
  firewall = [
    (row "allowedTCPPortRanges" "list of attribute set of ${port}" "[ ]")
    (row "allowedTCPPorts" "list of ${port}" "[ ]")
    (row "allowedUDPPortRanges" "list of attribute set of ${port}" "[ ]")
    (row "allowedUDPPorts" "list of ${port}" "[ ]")
  ];
in
[
  (row "assertions" "list of unspecified value" "[ ]")
  (row "warnings" "list of string" "[ ]")
  (row "system.stateVersion" "string" null)
  (row "networking.hostName" "string" "\"nixos\"")
  (row "networking.firewall.enable" "boolean" "true")
  (row "networking.firewall.interfaces" "attribute set of (submodule)" "{ }")
  (row "environment.systemPackages" "list of package" "[ ]")
  (row "environment.etc" "attribute set of (submodule)" "{ }")
  (row "virtualisation.containers.enable" "boolean" "false")
  (row "virtualisation.docker.enable" "boolean" "false")
  (row "virtualisation.docker.package" "package" null)
  (row "virtualisation.podman.enable" "boolean" "false")
  (row "virtualisation.podman.package" "package" null)
  (row "users.users" "attribute set of (submodule)" "{ }")
  (row "users.groups" "attribute set of (submodule)" "{ }")
  (row "services.caddy.enable" "boolean" "false")
  (row "services.caddy.virtualHosts" "attribute set of (submodule)" "{ }")
  (row "services.cloudflared.enable" "boolean" "false")
  (row "services.cloudflared.tunnels" "attribute set of (submodule)" "{ }")
  (row "services.tailscale.enable" "boolean" "false")
  (row "services.nginx.enable" "boolean" "false")
  (row "services.nginx.virtualHosts" "attribute set of (submodule)" "{ }")
  (row "services.ts-proxy.hosts" "attribute set of (submodule)" "{ }")
]
++ rows "networking.firewall" firewall
++ rows "networking.firewall.interfaces.<name>" firewall
++ rows "environment.etc.<name>" [
  (row "enable" "boolean" "true")
  (row "group" "string" "\"root\"")
  (row "mode" "string" "\"symlink\"")
  (row "source" "null or absolute path" "null")
  (row "target" "string" null)
  (row "text" "null or (strings concatenated with \"\\n\")" "null")
  (row "user" "string" "\"root\"")
]
++ rows "users.users.<name>" [
  (row "createHome" "boolean" "false")
  (row "description" "(optionally newline-terminated) single-line string" "\"\"")
  (row "extraGroups" "list of string" "[ ]")
  (row "group" "string" "\"\"")
  (row "home" "absolute path" "\"/var/empty\"")
  (row "homeMode" "string" "\"700\"")
  (row "isNormalUser" "boolean" "false")
  (row "isSystemUser" "boolean" "false")
  (row "linger" "boolean" "false")
  (row "autoSubUidGidRange" "boolean" "false")
  (row "name" "string" null)
  (row "packages" "list of package" "[ ]")
  (row "shell" "null or package or absolute path" "null")
  (row "uid" "null or signed integer" "null")
]
++ rows "users.groups.<name>" [
  (row "gid" "null or signed integer" "null")
  (row "members" "list of string" "[ ]")
  (row "name" "string" null)
]
++ rows "services.caddy.virtualHosts.<name>" [
  (row "extraConfig" "strings concatenated with \"\\n\"" "\"\"")
  (row "hostName" "string" null)
  (row "listenAddresses" "list of string" "[ ]")
  (row "serverAliases" "list of string" "[ ]")
  (row "useACMEHost" "null or string" "null")
]
++ rows "services.cloudflared.tunnels.<name>" [
  (row "credentialsFile" "null or absolute path" "null")
  (row "default" "string" "\"http_status:404\"")
  (row "ingress" "attribute set of (string or submodule)" "{ }")
  (row "ingress.<name>.path" "null or string" "null")
  (row "ingress.<name>.service" "null or string" "null")
]
++ rows "services.nginx.virtualHosts.<name>" [
  (row "enableACME" "boolean" "false")
  (row "extraConfig" "strings concatenated with \"\\n\"" "\"\"")
  (row "forceSSL" "boolean" "false")
  (row "listenAddresses" "list of string" "[ ]")
  (row "locations" "attribute set of (submodule)" "{ }")
  (row "locations.<name>.extraConfig" "strings concatenated with \"\\n\"" "\"\"")
  (row "locations.<name>.proxyPass" "null or string" "null")
  (row "locations.<name>.proxyWebsockets" "boolean" "false")
  (row "locations.<name>.recommendedProxySettings" "boolean" "false")
  (row "serverAliases" "list of string" "[ ]")
  (row "serverName" "null or string" "null")
  # These two have no default in NixOS, which nobody could report.
  (row "sslCertificate" "null or absolute path" "null")
  (row "sslCertificateKey" "null or absolute path" "null")
  (row "useACMEHost" "null or string" "null")
]
++ rows "services.ts-proxy.hosts.<name>" [
  (row "address" "string" null)
  (row "enableFunnel" "boolean" "false")
  (row "enableRaw" "boolean" "false")
  (row "enableTLS" "boolean" "false")
  (row "listen" "null or string or signed integer" "null")
  (row "name" "string" null)
  (row "network" "string" "\"tcp\"")
  (row "proxies" "list of string" "[ ]")
  (row "token" "null or string" "null")
  (row "unitName" "string" null)
]
