// A loaded value gets to the address of the next load a cycle earlier than elsewhere.
.include "loop.inc"
BODY
  ldr x1, [x19]
  ldr x1, [x1]
  add x2, x1, #1
END
