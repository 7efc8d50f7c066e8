// Every compare that can be fused with every condition, over pairs of edge values, beside the same pair with
// a nop between them (not fused). Writes a 64-bit hash of all outcomes and flags; exits with the number of
// disagreements.
        .globl _start
        .macro outcome compare:vararg
        .irp cond, eq, ne, cs, cc, mi, pl, vs, vc, hi, ls, ge, lt, gt, le
        mov x10, #0
        \compare
        b.\cond 1f
        mov x10, #1
1:      mrs x11, nzcv
        add x12, x10, x11
        mov x10, #0
        \compare
        nop
        b.\cond 2f
        mov x10, #1
2:      mrs x11, nzcv
        add x13, x10, x11
        cmp x12, x13
        cinc x20, x20, ne
        eor x21, x21, x12
        ror x21, x21, #7
        .endr
        .endm
_start: mov x20, #0
        mov x21, #0
        ldr x22, =values
        mov x23, #0
outer:  ldr x1, [x22, x23, lsl #3]
        mov x24, #0
inner:  ldr x2, [x22, x24, lsl #3]
        outcome cmp x1, x2
        outcome cmp w1, w2
        outcome cmn x1, x2
        outcome cmn w1, w2
        outcome tst x1, x2
        outcome tst w1, w2
        outcome cmp x1, #5
        outcome cmp w1, #4095
        outcome cmn x1, #1
        outcome cmn w1, #1, lsl #12
        outcome tst x1, #0xff
        outcome tst w1, #0xf0f0f0f0
        outcome tst x1, #0x7fffffff00000000
        outcome subs x3, x1, x2
        eor x21, x21, x3
        outcome adds w3, w1, w2
        eor x21, x21, x3
        outcome ands x3, x1, x2
        eor x21, x21, x3
        add x24, x24, #1
        cmp x24, #12
        b.ne inner_far
        add x23, x23, #1
        cmp x23, #12
        b.ne outer_far
        str x21, [sp, #-16]!
        mov x0, #1
        mov x1, sp
        mov x2, #8
        mov x8, #64
        svc #0
        mov x0, x20
        mov x8, #93
        svc #0
inner_far: b inner
outer_far: b outer
        .data
        .balign 8
values: .quad 0, 1, -1, 5, 4095, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000
        .quad 0x7fffffffffffffff, 0x8000000000000000, 0x123456789abcdef0
