// Four pipes for SIMD and floating point: the fifth waits.
.include "loop.inc"
BODY
  fadd v1.2d, v20.2d, v21.2d
  fadd v2.2d, v20.2d, v21.2d
  fadd v3.2d, v20.2d, v21.2d
  fadd v4.2d, v20.2d, v21.2d
  fadd v5.2d, v20.2d, v21.2d
END
