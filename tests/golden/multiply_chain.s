// A multiplication takes three cycles.
.include "loop.inc"
BODY
  mul x1, x1, x1
  mul x1, x1, x1
END
