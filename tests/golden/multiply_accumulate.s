// The addend of a madd gets the product of the madd before early: a cycle a link.
.include "loop.inc"
BODY
  madd x1, x2, x3, x1
  madd x1, x2, x3, x1
  madd x1, x2, x3, x1
END
