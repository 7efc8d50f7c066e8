// Data is not executable; the fault is at the target.
        .globl _start, bad
_start: ldr x1, =bad
        br x1
        .data
        .balign 8
bad:    nop
