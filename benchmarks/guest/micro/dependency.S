// One dependence chain of twenty additions an iteration.
#include "harness.inc"

    kernel_entry
    mov x0, #0
    set_trips x10, x11
loop:
    .rept 20
    add x0, x0, #1
    .endr
    loop_end x10, x11

    print_and_exit
