// Nops take rename slots and retire groups of seven, and nothing else.
.include "loop.inc"
BODY
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
END
