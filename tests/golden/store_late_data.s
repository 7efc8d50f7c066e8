// A store whose data come late waits for them, and a load of the same bytes for it.
.include "loop.inc"
BODY
  mul x1, x1, x1
  mul x1, x1, x1
  str x1, [x19, #64]
  ldr x2, [x19, #64]
END
