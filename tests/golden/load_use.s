// A load that hits the L1D and an add that reads it.
.include "loop.inc"
BODY
  ldr x1, [x19, #64]
  add x2, x1, #1
END
