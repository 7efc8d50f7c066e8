// Exclusive, atomic and ordered accesses in every position within 16 bytes: each shall raise SIGBUS exactly
// where it crosses a multiple of 16. Exits with the number of wrong outcomes.
        .arch   armv8.5-a
        .globl  _start
        // At x21 + 0 .. 15; w23: bytes. The handler skips to x27 and counts in x24.
        .macro  try bytes, access:vararg
        mov     x25, #0
1:      add     x1, x21, x25
        mov     x24, #0
        adr     x27, 2f
        \access
2:      add     x2, x25, #\bytes
        cmp     x2, #16
        cset    x2, hi
        cmp     x2, x24
        cinc    x20, x20, ne
        add     x25, x25, #1
        cmp     x25, #16
        b.ne    1b
        .endm
_start: mov     x0, #7              // SIGBUS
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134
        svc     #0
        mov     x20, #0
        ldr     x21, =buffer
        try     1, ldxrb w3, [x1]
        try     2, ldxrh w3, [x1]
        try     4, ldaxr w3, [x1]
        try     8, ldxr x3, [x1]
        try     8, ldxp w3, w4, [x1]
        try     16, ldaxp x3, x4, [x1]
        try     4, stxr w9, w3, [x1]
        try     8, stlxr w9, x3, [x1]
        try     16, stxp w9, x3, x4, [x1]
        try     2, casah w3, w4, [x1]
        try     8, casal x3, x4, [x1]
        try     8, casp w2, w3, w4, w5, [x1]
        try     16, casp x2, x3, x4, x5, [x1]
        try     1, ldaddb w3, w4, [x1]
        try     4, swp w3, w4, [x1]
        try     8, ldsetal x3, x4, [x1]
        try     8, stumax x3, [x1]
        try     2, ldarh w3, [x1]
        try     8, ldar x3, [x1]
        try     4, stlr w3, [x1]
        try     8, ldapr x3, [x1]
        try     4, ldlar w3, [x1]
        try     8, stllr x3, [x1]
        mov     x0, x20
        mov     x8, #93
        svc     #0

handler:
        mov     x3, #1
        str     x3, [x2, #376]      // uc_mcontext.regs[24]
        str     x27, [x2, #440]     // uc_mcontext.pc
        mov     x8, #139
        svc     #0
        .balign 8
action: .quad   handler, 4, 0, 0    // SA_SIGINFO
        .bss
        .balign 64
buffer: .skip   64
