// isb renames in an empty core, and what follows waits for it.
.include "loop.inc"
BODY
  mul x1, x1, x1
  isb
  add x2, x2, #1
END
