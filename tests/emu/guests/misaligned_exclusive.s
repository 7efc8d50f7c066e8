        .globl _start, bad
_start: add x1, sp, #1
bad:    ldxr x2, [x1]
        svc #0
