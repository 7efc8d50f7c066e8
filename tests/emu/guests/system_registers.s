// System registers and cache operations as a program uses them. Exits with the number of wrong outcomes.
        .globl _start
        .macro check condition
        cinc x20, x20, \condition
        .endm
_start: mov x20, #0
        movz x1, #0xa000, lsl #16   // nzcv
        msr nzcv, x1
        cinc x20, x20, pl
        cinc x20, x20, cc
        cinc x20, x20, eq
        cinc x20, x20, vs
        mrs x2, nzcv
        cmp x1, x2
        check ne
        ldr x1, =0x123456789abcdef0
        msr tpidr_el0, x1
        mrs x2, tpidr_el0
        cmp x1, x2
        check ne
        mov x1, #0x03000000         // default nan and flush to zero
        msr fpcr, x1
        mrs x2, fpcr
        cmp x1, x2
        check ne
        msr fpcr, xzr
        mov x1, #0x1f
        msr fpsr, x1
        mrs x2, fpsr
        cmp x1, x2
        check ne
        mrs x1, dczid_el0           // 2^4 words, permitted
        cmp x1, #4
        check ne
        mrs x1, ctr_el0             // 64-byte lines
        ubfx x1, x1, #16, #4
        cmp x1, #4
        check ne
        mrs x1, cntfrq_el0
        ldr x2, =24000000
        cmp x1, x2
        check ne
        mrs x1, cntvct_el0
        mrs x2, cntvct_el0
        cmp x2, x1
        check cc
        mrs x1, midr_el1            // implementer 'a'
        lsr x1, x1, #24
        cmp x1, #0x61
        check ne
        ldr x1, =buffer + 70        // dc zva clears the 64-byte line around its address, and no more
        mov x2, #-1
        str x2, [x1, #-14]
        str x2, [x1, #50]
        str x2, [x1, #58]
        dc zva, x1
        ldr x3, [x1, #-14]
        cmp x3, x2
        check ne
        ldr x3, [x1, #50]
        cmp x3, #0
        check ne
        ldr x3, [x1, #58]
        cmp x3, x2
        check ne
        dc cvac, x1
        dc civac, x1
        dmb ish
        mov x0, x20
        mov x8, #93
        svc #0
        .bss
        .balign 64
buffer: .skip 256
