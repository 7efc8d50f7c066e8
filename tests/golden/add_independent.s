// Independent adds find as many ports as there are, two dispatch queues in turn.
.include "loop.inc"
BODY
  add x1, x20, #1
  add x2, x20, #1
  add x3, x20, #1
  add x4, x20, #1
  add x5, x20, #1
  add x6, x20, #1
  add x7, x20, #1
  add x8, x20, #1
END
