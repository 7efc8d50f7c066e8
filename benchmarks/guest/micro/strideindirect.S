// Follows eight indices through a table; the walk starts over in each iteration, so iterations overlap.
#include "harness.inc"

    kernel_entry
    sub sp, sp, #64
    .set k, 0
    .irp next, 3, 5, 7, 1, 6, 2, 0, 4
    mov x0, #\next
    str x0, [sp, #8 * k]
    .set k, k + 1
    .endr
    set_trips x10, x11
loop:
    mov x2, #0
    mov x3, #0
hop:
    lsl x5, x2, #3
    add x5, sp, x5
    ldr x2, [x5]
    add x3, x3, #1
    cmp x3, #8
    b.lt hop
    loop_end x10, x11

    add x0, x2, x10, lsl #8
    print_and_exit
