// subs fuses as cmp does.
.include "loop.inc"
BODY
  subs x1, x28, #1
  b.mi 1f
  add x2, x1, #1
1:
  nop
END
