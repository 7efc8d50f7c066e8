// Faults in the middle of a block: four instructions retire before it.
        .globl _start, bad
_start: mov x0, #0
        mov x1, #16
        add x2, x0, x1
        str x2, [sp, #-16]
bad:    ldr x3, [x2, #8]
        add x3, x3, #1
        svc #0
