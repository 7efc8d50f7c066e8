// One chain through memory: each load takes what the store before it wrote, ten hops an iteration.
#include "harness.inc"

    kernel_entry
    sub sp, sp, #320
    mov x1, sp
    mov x0, #7
    set_trips x10, x11
loop:
    .set k, 0
    .rept 10
    str x0, [x1, #32 * k]
    ldr x0, [x1, #32 * k]
    .set k, k + 1
    .endr
    loop_end x10, x11

    add x0, x0, x10
    print_and_exit
