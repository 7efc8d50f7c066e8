// Twenty independent stores of one value, to the same places every iteration.
#include "harness.inc"

    kernel_entry
    sub sp, sp, #160
    mov x1, sp
    mov x2, #99
    set_trips x10, x11
loop:
    .set k, 0
    .rept 20
    str x2, [x1, #8 * k]
    .set k, k + 1
    .endr
    loop_end x10, x11

    mov x0, #0
    .set k, 0
    .rept 20
    ldr x2, [x1, #8 * k]
    add x0, x2, x0, lsl #1
    .set k, k + 1
    .endr
    print_and_exit
