// A fused multiply-add takes as long by its addend as by its factors.
.include "loop.inc"
BODY
  fmadd d1, d2, d3, d1
  fmadd d1, d2, d3, d1
END
