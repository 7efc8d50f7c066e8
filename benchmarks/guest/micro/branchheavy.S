// Ten conditional branches: after the first iteration the odd ones are always taken, the even ones never.
#include "harness.inc"

    kernel_entry
    set_trips x10, x11
loop:
    .rept 5
    cmp x10, #0
    b.ge 1f
    nop
1:
    cmp xzr, x10
    b.ge 2f
    nop
2:
    .endr
    loop_end x10, x11

    mov x0, x10
    print_and_exit
