// A chain of adds takes a cycle a link.
.include "loop.inc"
BODY
  add x1, x1, #1
  add x1, x1, #1
  add x1, x1, #1
  add x1, x1, #1
END
