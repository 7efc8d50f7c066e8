// A lookup in four registers: two lookups side by side and a merge.
.include "loop.inc"
BODY
  tbl v0.16b, {v1.16b-v4.16b}, v5.16b
  fadd v6.4s, v0.4s, v0.4s
END
