        .globl _start, bad
_start: add x1, sp, #9            // eight bytes over a multiple of 16
bad:    ldxr x2, [x1]
        svc #0
