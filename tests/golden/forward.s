// A load right behind a store to its bytes gets its value from the store queue.
.include "loop.inc"
BODY
  str x1, [x19, #64]
  ldr x2, [x19, #64]
  add x3, x2, #1
END
