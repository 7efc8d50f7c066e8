// A pair of loads is one uop; only its first register has the short way to an address.
.include "loop.inc"
BODY
  str x19, [x19, #8]
  ldp x1, x2, [x19]
  ldr x3, [x2, #64]
END
