// The branch goes another way in the last pass alone: the right path comes after the penalty.
.include "loop.inc"
BODY
  sub x1, x28, #1
  cbz x1, 1f
  add x2, x2, #1
1:
  add x3, x3, #1
END
