// The signal of a failed authentication: exits with 40 + si_code (ILL_ILLOPN is 2) where si_addr is the
// instruction. The handlers of jumps and loads that authenticate see the address instead: SIGSEGV adds 16.
        .arch   armv8.5-a
        .globl  _start
_start: mov     x0, #4              // SIGILL
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134
        svc     #0
        mov     x0, #11             // SIGSEGV
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134
        svc     #0
        mov     x19, #0
        adr     x28, bad
        adr     x27, next
        mov     x30, x28
        paciasp
        eor     x30, x30, #1 << 48
bad:    autiasp
        mov     x19, #99
next:   adr     x27, last
        adr     x0, data
        pacdza  x0
        eor     x0, x0, #1 << 54
        ldraa   x1, [x0]
        mov     x19, #99
last:   mov     x0, x19
        mov     x8, #93
        svc     #0

handler:
        cmp     w0, #11
        b.eq    segv
        ldr     x3, [x1, #16]       // si_addr
        cmp     x3, x28
        b.ne    resume
        ldr     w19, [x1, #8]       // si_code
        add     x19, x19, #40
        b       resume
segv:   add     x19, x19, #16
resume: str     x19, [x2, #336]     // uc_mcontext.regs[19]
        str     x27, [x2, #440]     // uc_mcontext.pc
        mov     x8, #139
        svc     #0
        .balign 8
action: .quad   handler, 4, 0, 0    // SA_SIGINFO
data:   .quad   5
