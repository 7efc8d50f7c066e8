// Runs samples (sample.h) one after the other and writes what became of each to standard output. Everything
// goes through signals: a sample is entered by returning from a handler whose frame has been rewritten, and
// ends when an instruction raises a signal, at the latest the zero word (udf) behind its code. So all
// registers, sp and pc included, belong to the sample, and control flow shows in the pc of the signal.
        .set    samples, 0x10000000     // their number, then (at +4096) the samples themselves
        .set    sample_bytes, 2864
        .set    state_at, 1024          // signal and code, fault address, x0..x30, sp, pc, pstate,
        .set    control_at, 1312        // fpsr, fpcr, tpidr_el0,
        .set    vectors_at, 1328        // q0..q31
        .set    window_at, 1840
        .set    code, 0x40000000
        .set    window, 0x40008200
        .set    stack, 0x418000
        .set    stack_bytes, 0x8000
        .set    machine_context, 176    // in struct ucontext
        .set    first_record, 176 + 288 // struct fpsimd_context

        .text
        .globl  _start
_start: adr     x0, alternate
        mov     x1, #0
        mov     x8, #132                // sigaltstack
        svc     #0
        mov     x20, #4                 // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE .. SIGSEGV
catch:  mov     x0, x20
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134                // rt_sigaction
        svc     #0
        add     x20, x20, #1
        cmp     x20, #9
        csinc   x20, x20, x20, ne       // not SIGKILL
        cmp     x20, #11
        b.ls    catch
        udf     #0                      // the first signal: nothing to save, the first sample to enter

// x0 signal, x1 siginfo, x2 ucontext; sp is the frame's.
handler:
        ldr     x19, current
        cbz     x19, first
        ldr     w3, [x1, #8]            // si_code
        orr     x3, x0, x3, lsl #32
        ldr     x4, [x1, #16]           // si_addr
        str     x3, [x19, #state_at]
        str     x4, [x19, #state_at + 8]
        add     x5, x2, #machine_context + 8
        add     x6, x19, #state_at + 16
        mov     x7, #34
        bl      copy
        ldr     x3, [x2, #first_record + 8]
        mrs     x4, tpidr_el0
        str     x3, [x19, #control_at]
        str     x4, [x19, #control_at + 8]
        add     x5, x2, #first_record + 16
        add     x6, x19, #vectors_at
        mov     x7, #64
        bl      copy
        ldr     x5, =window
        add     x6, x19, #window_at
        mov     x7, #128
        bl      copy
        mov     x21, x2
        mov     x0, #1
        mov     x1, x19
        mov     x2, #sample_bytes
        mov     x8, #64                 // write
        svc     #0
        mov     x2, x21
        add     x19, x19, #sample_bytes
        ldr     x20, left
        subs    x20, x20, #1
        b.ne    enter
        mov     x0, #0
        mov     x8, #93                 // exit
        svc     #0
first:  ldr     x19, =samples + 4096
        ldr     x20, =samples
        ldr     x20, [x20]
enter:  adr     x3, current
        stp     x19, x20, [x3]
        mov     x5, x19
        ldr     x6, =code
        mov     x7, #128
        bl      copy
        ldr     x6, =code
        add     x7, x6, #1024
clean:  dc      cvau, x6
        ic      ivau, x6
        add     x6, x6, #64
        cmp     x6, x7
        b.ne    clean
        dsb     ish
        isb
        add     x5, x19, #window_at
        ldr     x6, =window
        mov     x7, #128
        bl      copy
        add     x5, x19, #state_at + 16
        add     x6, x2, #machine_context + 8
        mov     x7, #34
        bl      copy
        ldr     x3, [x19, #control_at]
        ldr     x4, [x19, #control_at + 8]
        str     x3, [x2, #first_record + 8]
        msr     tpidr_el0, x4
        add     x5, x19, #vectors_at
        add     x6, x2, #first_record + 16
        mov     x7, #64
        bl      copy
        stp     xzr, xzr, [x6]          // no record after it: one of SVE would win over these registers
        clrex
        mov     x8, #139                // rt_sigreturn
        svc     #0

// x7 doublewords from x5 to x6, both advanced.
copy:   ldr     x8, [x5], #8
        str     x8, [x6], #8
        subs    x7, x7, #1
        b.ne    copy
        ret

        .balign 16
current:
        .quad   0
left:   .quad   0
alternate:
        .quad   stack
        .quad   0
        .quad   stack_bytes
action: .quad   handler
        .quad   0x48000004              // SA_SIGINFO | SA_ONSTACK | SA_NODEFER
        .quad   0
        .quad   0
        .ltorg
