// A read, an addition and a write; the next atomic takes the port three cycles later.
.arch armv8.1-a
.include "loop.inc"
BODY
  add x2, x19, #256
  ldadd x3, x4, [x19]
  ldadd x3, x5, [x2]
END
