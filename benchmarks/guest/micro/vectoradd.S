// Adds two vectors of sixteen words into a third; nothing is carried from element to element.
#include "harness.inc"

    kernel_entry
    sub sp, sp, #384
    .set k, 0
    .rept 16
    mov x0, #k + 1
    str x0, [sp, #8 * k]
    mov x0, #3 * k + 5
    str x0, [sp, #128 + 8 * k]
    .set k, k + 1
    .endr
    set_trips x10, x11
loop:
    add x1, sp, #0
    add x2, sp, #128
    add x3, sp, #256
    mov x4, #0
    mov x5, #16
element:
    ldr x6, [x1]
    ldr x7, [x2]
    add x9, x6, x7
    str x9, [x3]
    add x1, x1, #8
    add x2, x2, #8
    add x3, x3, #8
    add x4, x4, #1
    cmp x4, x5
    b.lt element
    loop_end x10, x11

    mov x0, #0
    .set k, 0
    .rept 16
    ldr x2, [sp, #256 + 8 * k]
    add x0, x2, x0, lsl #1
    .set k, k + 1
    .endr
    print_and_exit
