// A compare and the conditional branch behind it are one uop (the line marked +).
.include "loop.inc"
BODY
  cmp x1, x2
  b.eq 1f
1:
  add x3, x3, #1
END
