// An add with a shifted operand takes two cycles, as measured.
.include "loop.inc"
BODY
  add x1, x1, x2, lsl #5
  add x1, x1, x2, lsl #5
END
