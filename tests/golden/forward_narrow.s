// A part of a store forwards as the whole does.
.include "loop.inc"
BODY
  str x1, [x19, #64]
  ldrb w2, [x19, #67]
END
