// A move to a vector register goes through a load port.
.include "loop.inc"
BODY
  add x1, x1, #1
  fmov d1, x1
  fadd d2, d1, d31
END
