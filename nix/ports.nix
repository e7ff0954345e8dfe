# The port of a service is a function of its name, so that both ends of a proxy agree without asking.
#
# The algorithm is called `md5-window`.
# The lower-case hexadecimal MD5 of the key is read from the left in eight windows of four digits.
# The first window whose value lies between 1024 and 49151, both excluded, is the port.
# When all windows are outside or taken, the digests of `KEY#1`, `KEY#2` and so on are read in the same way.
#
# This file needs only Nix itself, so that a configuration can import it before it has a nixpkgs.
let
  inherit (builtins)
    attrNames
    attrValues
    concatStringsSep
    filter
    foldl'
    genList
    groupBy
    hashString
    head
    length
    listToAttrs
    substring
    ;

  lowest = 1025;
  highest = 49150;
  count = highest - lowest + 1;

  digits = {
    "0" = 0;
    "1" = 1;
    "2" = 2;
    "3" = 3;
    "4" = 4;
    "5" = 5;
    "6" = 6;
    "7" = 7;
    "8" = 8;
    "9" = 9;
    a = 10;
    b = 11;
    c = 12;
    d = 13;
    e = 14;
    f = 15;
  };

  window =
    digest: index:
    let
      digit = offset: digits.${substring (4 * index + offset) 1 digest};
    in
    4096 * digit 0 + 256 * digit 1 + 16 * digit 2 + digit 3;

  # The ports that the digest of one text offers, best first.
  # About one text in 40,000 offers none.
  candidates =
    text:
    filter (value: lowest <= value && value <= highest) (genList (window (hashString "md5" text)) 8);

  # `taken` has an attribute for each port that is gone, named by its digits.
  firstFree =
    taken: key:
    let
      search =
        round:
        let
          text = if round == 0 then key else "${key}#${toString round}";
          free = filter (port: !taken ? ${toString port}) (candidates text);
        in
        if free == [ ] then search (round + 1) else head free;
    in
    search 0;

  take = port: key: {
    ${toString port} = {
      name = key;
      value = port;
    };
  };

  # The ports that pins take; throws when one is pinned twice, for neither pin may be broken in silence.
  takenByPins =
    pins:
    let
      keysOfPort = groupBy (key: toString pins.${key}) (attrNames pins);
      shared = filter (port: length keysOfPort.${port} > 1) (attrNames keysOfPort);
      quote = key: "`${key}`";
      complaint =
        port:
        "port ${port} is pinned for ${
          concatStringsSep " and " (map quote keysOfPort.${port})
        }: give each a port of its own";
    in
    if shared == [ ] then
      foldl' (taken: key: taken // take pins.${key} key) { } (attrNames pins)
    else
      throw (concatStringsSep "\n" (map complaint shared));
in
{
  inherit candidates;

  # The port of a key that competes with no other.
  portOf = firstFree { };

  # The ports of all keys, no two alike, as `{ KEY = PORT; … }`.
  #
  # A pin (`{ KEY = PORT; … }`) always wins, and its port is taken even when nobody asks for its key.
  # Then the lock (of the same shape) keeps what was once given, unless another key is pinned there.
  # The other keys choose in the byte order of their names.
  allocate =
    {
      keys,
      pins ? { },
      lock ? { },
    }:
    let
      wanted = groupBy (key: key) keys;
      # `attrNames` sorts by bytes.
      unpinned = attrNames (removeAttrs wanted (attrNames pins));

      keep =
        taken: key:
        if lock ? ${key} && !taken ? ${toString lock.${key}} then taken // take lock.${key} key else taken;
      kept = foldl' keep (takenByPins pins) unpinned;
      isKept = key: lock ? ${key} && kept.${toString lock.${key}}.name == key;

      choose = taken: key: taken // take (firstFree taken key) key;
      taken = foldl' choose kept (filter (key: !isKept key) unpinned);
    in
    # Without this the search for the last keys would never end.
    if length (attrNames pins) + length unpinned > count then
      throw "more than ${toString count} keys want a port, and there are no more ports"
    else
      listToAttrs (filter (it: wanted ? ${it.name}) (attrValues taken));
}
