// A load-acquire of another address waits until the store-release before it has written; a plain load does not.
.include "loop.inc"
BODY
  add x2, x19, #256
  stlr x3, [x19]
  ldr x4, [x2]
  ldar x5, [x2]
END
