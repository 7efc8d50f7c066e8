// A loop whose body is longer than the longest block, with loads, stores, a call, a marker, a system call
// (getpid) and an indirect jump; 40 turns, then exit(x0 & 127).
        .globl _start, turn, called
_start: mov x0, #0
        mov x19, #40
        ldr x2, =buffer
        adr x7, last
turn:   .rept 20
        ldr x3, [x2]
        add x3, x3, #3
        str x3, [x2, #8]
        ldr x4, [x2, #8]
        add x0, x0, x4
        .endr
        hint #99
        mul x5, x0, x19
        bl called
        mov x8, #172
        mov x20, x0
        svc #0
        mov x0, x20
        br x7
last:   subs x19, x19, #1
        b.ne turn
        and x0, x0, #127
        mov x8, #93
        svc #0
called: .rept 5
        add x0, x0, #1
        ldp x9, x10, [x2, #16]
        .endr
        mrs x11, cntvct_el0
        str x11, [x2]
        ret
        .bss
        .balign 64
buffer: .skip 64
