// Sums sixteen words in an inner loop that starts over in each iteration.
#include "harness.inc"

    kernel_entry
    sub sp, sp, #128
    .set k, 0
    .rept 16
    mov x0, #k + 1
    str x0, [sp, #8 * k]
    .set k, k + 1
    .endr
    set_trips x10, x11
loop:
    mov x0, #0
    mov x1, sp
    mov x2, #0
    mov x3, #16
element:
    ldr x4, [x1]
    add x0, x0, x4
    add x1, x1, #8
    add x2, x2, #1
    cmp x2, x3
    b.lt element
    loop_end x10, x11

    add x0, x0, x10, lsl #8
    print_and_exit
