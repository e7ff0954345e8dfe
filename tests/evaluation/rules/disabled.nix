# A module that the rules disable, with what it imports.
{
  imports = [ { list = [ "imported" ]; } ];
  list = [ "own" ];
}
