// Flags are a register: each adcs waits for the one before.
.include "loop.inc"
BODY
  adcs x1, x2, x3
  adcs x4, x5, x6
  adcs x7, x9, x10
END
