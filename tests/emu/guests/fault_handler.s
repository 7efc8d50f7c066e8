// A SIGSEGV handler that repairs the base register of the load that faulted; then a SIGILL handler that
// skips the undefined instruction. Exits with what the repaired load read, plus the number of handlers run.
        .globl _start
_start: mov x0, #11                 // rt_sigaction(SIGSEGV, &action, 0, 8)
        ldr x1, =action
        mov x2, #0
        mov x3, #8
        mov x8, #134
        svc #0
        mov x0, #4                  // SIGILL
        mov x8, #134
        svc #0
        mov x19, #0
        mov x20, #0
        mov x21, #100
again:  add x20, x20, #1
        ldr x3, [x19, #8]
        udf #1
        subs x21, x21, #1
        mov x19, #0
        b.ne again
        ldr x4, =count
        ldr x4, [x4]
        add x0, x3, x4
        mov x8, #93
        svc #0
handler:                            // x0: signal, x1: siginfo, x2: ucontext
        ldr x4, =count
        ldr x5, [x4]
        add x5, x5, #1
        str x5, [x4]
        cmp x0, #4
        b.eq 1f
        ldr x5, [x1, #16]           // si_addr
        cmp x5, #8
        b.ne 2f
        ldr x5, =good
        str x5, [x2, #336]          // ucontext: registers begin at 184, x19 is at 184 + 152
        ret
1:      ldr x5, [x2, #440]          // pc, at 184 + 31 * 8 + 8
        add x5, x5, #4
        str x5, [x2, #440]
        ret
2:      mov x0, #255
        mov x8, #93
        svc #0
        .data
        .balign 8
action: .quad handler, 4, 0, 0      // SA_SIGINFO
good:   .quad 0, 7
count:  .quad 0
