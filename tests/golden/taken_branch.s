// A direct jump takes no port, and what it jumps to, fetched long before, renames with it.
.include "loop.inc"
BODY
  add x1, x1, #1
  b 1f
  nop
  nop
1:
  add x2, x2, #1
END
