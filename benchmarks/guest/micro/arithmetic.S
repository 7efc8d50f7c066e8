// Five dependence chains of additions, four links each an iteration.
#include "harness.inc"

    kernel_entry
    mov x0, #0
    mov x1, #0
    mov x2, #0
    mov x3, #0
    mov x4, #0
    set_trips x10, x11
loop:
    .rept 4
    add x0, x0, #1
    add x1, x1, #1
    add x2, x2, #1
    add x3, x3, #1
    add x4, x4, #1
    .endr
    loop_end x10, x11

    add x0, x0, x1, lsl #1
    add x0, x0, x2, lsl #2
    add x0, x0, x3, lsl #3
    add x0, x0, x4, lsl #4
    print_and_exit
