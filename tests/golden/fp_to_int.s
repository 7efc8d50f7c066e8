// And back it is two uops.
.include "loop.inc"
BODY
  fadd d1, d1, d31
  fmov x1, d1
  add x2, x1, #1
END
