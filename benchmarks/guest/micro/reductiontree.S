// Sixteen loads and a tree of additions four levels deep; iterations are independent.
#include "harness.inc"

    kernel_entry
    sub sp, sp, #128
    .set k, 0
    .rept 16
    mov x0, #k + 1
    str x0, [sp, #8 * k]
    .set k, k + 1
    .endr
    set_trips x20, x21
loop:
    .set k, 0
    .irp r, 0, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17
    ldr x\r, [sp, #8 * k]
    .set k, k + 1
    .endr
    add x0, x0, x2
    add x3, x3, x4
    add x5, x5, x6
    add x7, x7, x9
    add x10, x10, x11
    add x12, x12, x13
    add x14, x14, x15
    add x16, x16, x17
    add x0, x0, x3
    add x5, x5, x7
    add x10, x10, x12
    add x14, x14, x16
    add x0, x0, x5
    add x10, x10, x14
    add x0, x0, x10
    loop_end x20, x21

    add x0, x0, x20, lsl #8
    print_and_exit
