// Three instructions, then 1000 turns of four, then exit(0): 3 + 4000 + 3 retired.
        .globl _start
_start: mov x0, #0
        mov x1, #1000
        ldr x2, =buffer
1:      ldr x3, [x2]
        str x3, [x2, #8]
        subs x1, x1, #1
        b.ne 1b
        mov x0, #0
        mov x8, #93
        svc #0
        .bss
        .balign 64
buffer: .skip 64
