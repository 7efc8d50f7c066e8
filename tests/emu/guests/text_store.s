// A store to code must fault as a write.
        .globl _start, bad
_start: adr x1, _start
        mov w2, #1
bad:    strb w2, [x1, #1]
        svc #0
