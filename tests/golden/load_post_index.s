// The updated base is a uop of its own and does not wait for the load.
.include "loop.inc"
BODY
  mov x1, x19
  ldr x2, [x1], #64
  add x3, x1, #1
END
