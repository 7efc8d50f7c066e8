// Twenty independent loads from one base that never changes.
#include "harness.inc"

// Some systems keep x18 for themselves; what runs there names another register.
#ifndef FREE_REGISTER
#define FREE_REGISTER 18
#endif

    kernel_entry
    sub sp, sp, #160
    mov x1, sp
    .set k, 0
    .rept 20
    mov x0, #k + 1
    str x0, [x1, #8 * k]
    .set k, k + 1
    .endr
    set_trips x10, x11
loop:
    .set k, 0
    .irp r, 0, 2, 3, 4, 5, 6, 7, 9, 12, 13, 14, 15, 16, 17, FREE_REGISTER, 19, 20, 21, 22, 23
    ldr x\r, [x1, #8 * k]
    .set k, k + 1
    .endr
    loop_end x10, x11

    .irp r, 2, 3, 4, 5, 6, 7, 9, 12, 13, 14, 15, 16, 17, FREE_REGISTER, 19, 20, 21, 22, 23
    add x0, x\r, x0, lsl #1
    .endr
    print_and_exit
