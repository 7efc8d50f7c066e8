// A load of more than the store wrote merges it with the L1D, for some cycles more.
.include "loop.inc"
BODY
  str w1, [x19, #64]
  ldr x2, [x19, #64]
END
