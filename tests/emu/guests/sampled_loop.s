// 100,000 turns that walk 64 KiB in steps of 72 bytes, with a branch that goes the other way every eighth turn,
// then exit(0).
        .globl _start
_start: mov x0, #0
        mov x1, #34464
        movk x1, #1, lsl #16
        ldr x2, =buffer
        mov x4, #0
1:      and x5, x4, #0xfff8
        ldr x3, [x2, x5]
        add x3, x3, x1
        str x3, [x2, x5]
        add x4, x4, #72
        tst x1, #7
        b.eq 2f
        mul x6, x3, x1
        add x0, x0, x6
2:      subs x1, x1, #1
        b.ne 1b
        mov x0, #0
        mov x8, #93
        svc #0
        .bss
        .balign 64
buffer: .skip 65536
