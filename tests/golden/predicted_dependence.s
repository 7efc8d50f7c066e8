// A load that once ran before the store to its address now waits for it.
.include "loop.inc"
BODY
  mul x4, x28, xzr
  mul x4, x4, x4
  add x4, x4, x19
  str x1, [x4, #64]
  ldr x2, [x19, #64]
END
