// aese and aesmc fuse: one operation of three cycles, a chain of them.
.arch armv8-a+crypto
.include "loop.inc"
BODY
  aese v1.16b, v2.16b
  aesmc v1.16b, v1.16b
  aese v1.16b, v2.16b
  aesmc v1.16b, v1.16b
END
