// Two independent divisions share the one divider, which each blocks for two cycles.
.include "loop.inc"
BODY
  sdiv x1, x2, x28
  sdiv x3, x4, x28
END
