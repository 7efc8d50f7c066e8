// Five taken branches to the following instruction, and the loop's own.
#include "harness.inc"

    kernel_entry
    set_trips x10, x11
loop:
    .rept 5
    b 1f
1:
    .endr
    loop_end x10, x11

    mov x0, x10
    print_and_exit
