// A small constant takes no port either.
.include "loop.inc"
BODY
  mov x1, #5
  add x2, x1, #1
END
