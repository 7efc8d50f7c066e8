// With an instruction in between they are two.
.include "loop.inc"
BODY
  cmp x1, x2
  add x3, x3, #1
  b.ne 1f
1:
  add x3, x3, #1
END
