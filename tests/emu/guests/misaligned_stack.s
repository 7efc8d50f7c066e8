// Loads and stores through a misaligned sp: SIGBUS with BUS_ADRALN and the sp as its address, before anything is
// written; prefetches and what only moves sp go on. Exits with the number of wrong outcomes.
        .arch   armv8.5-a
        .globl  _start
        // x24 counts the signals of `code`, entered with sp 8 too low; the handler skips to x27.
        .macro  try signals, code:vararg
        mov     x24, #0
        adr     x27, 2f
        sub     sp, x21, #8
        \code
2:      mov     sp, x21
        cmp     x24, #\signals
        cinc    x20, x20, ne
        .endm
        .macro  begin
        mov     x24, #0
        adr     x27, 2f
        mov     sp, x21
        .endm
        .macro  end
2:      mov     sp, x21
        cmp     x24, #0
        cinc    x20, x20, ne
        .endm
_start: mov     x20, #0
        sub     x21, sp, #512
        adr     x0, alternate
        mov     x1, #0
        mov     x8, #132            // sigaltstack
        svc     #0
        mov     x0, #7              // SIGBUS
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134
        svc     #0
        try     1, ldr x0, [sp]
        try     1, str x0, [sp, #8]
        try     1, ldp x0, x1, [sp], #16
        try     1, stp x0, x1, [sp, #-16]!
        try     1, ldr q0, [sp, #8]
        try     1, ld1 {v0.4s}, [sp], #16
        try     1, ldrb w0, [sp, x20]
        try     1, ldadd x0, x1, [sp]
        try     1, ldar x0, [sp]
        try     0, prfm pldl1keep, [sp]
        try     0, add x0, sp, #8
        try     0, ldr x0, [x21]
        // Aligned again before the access, moved in every way.
        begin
        sub     sp, sp, #8
        add     sp, sp, #8
        ldr     x0, [sp]
        end
        begin
        sub     sp, sp, #12
        and     sp, x21, #-16
        ldr     x0, [sp]
        end
        begin
        ldr     x0, [sp], #8
        sub     sp, sp, #8
        ldr     x0, [sp]
        end
        begin
        sub     sp, sp, #4
        mov     x1, sp
        b       1f
1:      add     sp, x1, #4
        ldr     x0, [sp]
        end
        begin
        sub     sp, sp, #4
        adr     x1, 1f
        br      x1
1:      add     sp, sp, #4
        ldr     x0, [sp]
        end
        // The write-back that misaligns sp does not fault, the access behind it does: the handler makes 0 of -1.
        begin
        ldr     x0, [sp], #8
        mov     x24, #-1
        ldr     x0, [sp]
        end
        begin
        str     x0, [sp, #-8]!
        mov     x24, #-1
        ldr     x0, [sp]
        end
        begin
        mov     x1, #4
        add     sp, sp, x1
        mov     x24, #-1
        ldr     x0, [sp]
        end
        // A loop and a call with a stack that nothing goes through.
        mov     x24, #0
        sub     sp, x21, #4
        mov     x2, #1000
1:      bl      leaf
        subs    x2, x2, #1
        b.ne    1b
        mov     sp, x21
        cmp     x24, #0
        cinc    x20, x20, ne
        mov     x0, x20
        mov     x8, #93
        svc     #0
leaf:   add     x3, x3, #1
        ret

handler:
        ldr     w4, [x1, #8]        // si_code
        cmp     w4, #1              // BUS_ADRALN
        cinc    x20, x20, ne
        ldr     x4, [x1, #16]       // si_addr
        ldr     x5, [x2, #432]      // uc_mcontext.sp
        cmp     x4, x5
        cinc    x20, x20, ne
        str     x20, [x2, #344]     // uc_mcontext.regs[20]
        ldr     x3, [x2, #376]      // uc_mcontext.regs[24]
        add     x3, x3, #1
        str     x3, [x2, #376]
        str     x27, [x2, #440]     // uc_mcontext.pc
        mov     x8, #139
        svc     #0
        .balign 8
alternate:
        .quad   stack, 0, 65536
action: .quad   handler, 0x08000004, 0, 0    // SA_SIGINFO | SA_ONSTACK
        .bss
        .balign 64
stack:  .skip   65536
