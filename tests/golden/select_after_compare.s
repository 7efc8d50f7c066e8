// csel waits for the compare, not for the branch predictor.
.include "loop.inc"
BODY
  cmp x1, x2
  csel x3, x4, x5, eq
  add x3, x3, #1
END
