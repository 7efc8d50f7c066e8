// A call and its return, both predicted.
.include "loop.inc"
BODY
  bl 1f
  add x1, x1, #1
  b 2f
1:
  add x2, x2, #1
  ret
2:
  nop
END
