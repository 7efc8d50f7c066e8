// A move between registers takes no port: who reads the copy waits for the source.
.include "loop.inc"
BODY
  mul x1, x1, x1
  mov x2, x1
  add x3, x2, #1
END
