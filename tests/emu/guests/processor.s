// Tries what tells an M1 from an M2, and asks what each says of itself. Exits with a bit for each:
//   1 bfdot, 2 smmla, 4 sudot of an element, 8 cntvctss_el0: SIGILL
//   16 a failed autia: SIGILL
//   32 a failed autdb leaves bits 54:53 as 10, and the rest of the pointer
//   64 AT_HWCAP2 has none of bf16, i8mm and ecv, and ID_AA64ISAR1_EL1 neither bf16 nor i8mm
//   128 MIDR_EL1 is a Firestorm's, and ID_AA64ISAR1_EL1.API says FEAT_EPAC
        .arch   armv8.6-a+bf16+i8mm
        .globl  _start
        .macro  attempt bit, instruction:vararg
        mov     x22, #\bit
        adr     x21, 1f
        \instruction
1:
        .endm
_start: ldr     x1, [sp]            // the arguments' count, the arguments and a null
        add     x1, sp, x1, lsl #3
        add     x1, x1, #16
1:      ldr     x2, [x1], #8        // the environment and a null
        cbnz    x2, 1b
1:      ldp     x2, x3, [x1], #16
        cmp     x2, #26             // AT_HWCAP2
        b.ne    1b
        mov     x23, x3
        mov     x0, #4              // SIGILL
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134
        svc     #0
        mov     x19, #0
        attempt 1, bfdot v0.4s, v1.8h, v2.8h
        attempt 2, smmla v0.4s, v1.16b, v2.16b
        attempt 4, sudot v0.4s, v1.16b, v2.4b[1]
        attempt 8, mrs x0, s3_3_c14_c0_6
        adr     x0, _start
        pacia   x0, sp
        eor     x0, x0, #1 << 50
        mov     x1, sp
        attempt 16, autia x0, x1
        adr     x20, _start
        mov     x0, x20
        pacdb   x0, sp
        eor     x0, x0, #1 << 50
        mov     x1, sp
        attempt 0, autdb x0, x1
        orr     x20, x20, #1 << 54
        cmp     x0, x20
        cset    x0, eq
        orr     x19, x19, x0, lsl #5

        mrs     x1, id_aa64isar1_el1
        ubfx    x2, x1, #44, #4     // BF16
        ubfx    x3, x1, #52, #4     // I8MM
        orr     x2, x2, x3
        mov     x3, #0x6000         // i8mm, bf16
        orr     x3, x3, #0x80000    // ecv
        and     x3, x3, x23
        orr     x2, x2, x3
        cmp     x2, #0
        cset    x0, eq
        orr     x19, x19, x0, lsl #6
        ubfx    x2, x1, #8, #4      // API
        mrs     x1, midr_el1
        ubfx    x1, x1, #4, #12
        cmp     x1, #0x23
        ccmp    x2, #2, #0, eq
        cset    x0, eq
        orr     x19, x19, x0, lsl #7
        mov     x0, x19
        mov     x8, #93
        svc     #0

handler:
        orr     x19, x19, x22
        str     x19, [x2, #336]     // uc_mcontext.regs[19]
        str     x21, [x2, #440]     // uc_mcontext.pc
        mov     x8, #139
        svc     #0
        .balign 8
action: .quad   handler, 4, 0, 0    // SA_SIGINFO
