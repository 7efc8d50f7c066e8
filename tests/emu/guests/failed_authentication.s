// An authentication that fails is an exception at the instruction itself.
        .arch   armv8.5-a
        .globl  _start, bad
_start: adr     x0, _start
        pacia   x0, sp
        eor     x0, x0, #1 << 50
        mov     x1, sp
bad:    autia   x0, x1
        mov     x0, #0
        mov     x8, #93
        svc     #0
