// A prefetch takes a load port and nobody waits for it.
.include "loop.inc"
BODY
  prfm pldl1keep, [x19, #512]
  add x1, x1, #1
END
