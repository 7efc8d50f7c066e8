// A chain of additions in floating point.
.include "loop.inc"
BODY
  fadd d1, d1, d31
  fadd d1, d1, d31
END
