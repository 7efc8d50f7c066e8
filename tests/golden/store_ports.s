// Two stores a cycle.
.include "loop.inc"
BODY
  str x1, [x19, #64]
  str x2, [x19, #128]
  str x3, [x19, #192]
  str x4, [x19, #256]
END
