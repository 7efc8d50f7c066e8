// Three loads a cycle: the fourth waits for a port.
.include "loop.inc"
BODY
  ldr x1, [x19, #64]
  ldr x2, [x19, #128]
  ldr x3, [x19, #192]
  ldr x4, [x19, #256]
END
