// Exclusive pairs of every size: a store-exclusive succeeds after its load, fails after clrex, after another
// address or size, and when it is the second. Exits with the number of wrong outcomes.
        .globl _start
        .macro expect register, value
        cmp \register, #\value
        cinc x20, x20, ne
        .endm
        .macro pair load, store, data
        \load \data, [x1]
        \store w9, \data, [x1]
        expect w9, 0
        \store w9, \data, [x1]
        expect w9, 1
        \load \data, [x1]
        clrex
        \store w9, \data, [x1]
        expect w9, 1
        \load \data, [x1]
        \store w9, \data, [x2]
        expect w9, 1
        .endm
_start: mov x20, #0
        ldr x1, =buffer
        add x2, x1, #32
        pair ldxr, stxr, x3
        pair ldxr, stxr, w3
        pair ldxrb, stxrb, w3
        pair ldxrh, stxrh, w3
        pair ldaxr, stlxr, x3
        pair ldaxrb, stlxrb, w3
        ldxp x3, x4, [x1]
        mov x5, #17
        mov x6, #18
        stxp w9, x5, x6, [x1]
        expect w9, 0
        stxp w9, x5, x6, [x1]
        expect w9, 1
        ldp x7, x8, [x1]
        expect x7, 17
        expect x8, 18
        ldaxp w3, w4, [x1]
        stlxp w9, w5, w5, [x1]
        expect w9, 0
        ldp w7, w8, [x1]
        expect w8, 17
        ldxr w3, [x1]               // another size than the store's
        stxrb w9, w3, [x1]
        expect w9, 1
        mov x0, x20
        mov x8, #93
        svc #0
        .bss
        .balign 64
buffer: .skip 64
