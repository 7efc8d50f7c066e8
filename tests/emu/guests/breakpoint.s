        .globl _start, bad
_start: mov x0, #1
bad:    brk #7
