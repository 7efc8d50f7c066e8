// A load of other bytes does not wait for the store.
.include "loop.inc"
BODY
  mul x1, x1, x1
  str x1, [x19, #64]
  ldr x2, [x19, #72]
END
