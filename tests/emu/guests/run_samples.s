// Executes single instructions on given states: reads samples from standard input, writes what became of
// them to standard output. A sample is laid out as tests/emu/qemu_rows.h says, and lies at 0x2000000, sp
// pointing to it; the instruction is put into a page of its own, followed by a branch back.
        .set    sample, 0x2000000
        .set    slot, 0x2004000
        .set    sample_bytes, 1824
        .set    flags_at, 256
        .set    vectors_at, 288

        .text
        .globl  _start
_start: mov     x0, #sample
        mov     x1, #0x8000
        mov     x2, #7
        mov     x3, #0x32
        mov     x4, #-1
        mov     x5, #0
        mov     x8, #222
        svc     #0
        // The branch back, from slot + 4 to `after`.
        ldr     x9, =slot
        ldr     x10, =after
        sub     x10, x10, x9
        sub     x10, x10, #4
        ubfx    x10, x10, #2, #26
        mov     w11, #0x14000000
        orr     w10, w10, w11
        str     w10, [x9, #4]
        // The loads of all registers, to lie in front of the slot: no register is left to jump with.
        adr     x10, load
        adr     x11, load_end
        sub     x9, x9, x11
        add     x9, x9, x10
        ldr     x13, =entry
        str     x9, [x13]
copy:   ldr     w12, [x10], #4
        str     w12, [x9], #4
        cmp     x10, x11
        b.ne    copy

next:   mov     x0, #0
        mov     x1, #sample
        mov     x2, #sample_bytes
        mov     x8, #63
        svc     #0
        cmp     x0, #sample_bytes
        b.ne    done
        mov     x9, #sample
        mov     sp, x9
        ldr     w10, [x9]
        ldr     x11, =slot
        str     w10, [x11]
        dc      cvau, x11
        dsb     ish
        ic      ivau, x11
        dsb     ish
        isb
        ldp     x10, x11, [sp, #flags_at]
        ldr     x12, [sp, #flags_at + 16]
        msr     nzcv, x10
        msr     fpcr, x11
        msr     fpsr, x12
        ldr     x13, =entry
        ldr     x13, [x13]
        br      x13

load:
        ldp     q0, q1, [sp, #vectors_at + 0]
        ldp     q2, q3, [sp, #vectors_at + 32]
        ldp     q4, q5, [sp, #vectors_at + 64]
        ldp     q6, q7, [sp, #vectors_at + 96]
        ldp     q8, q9, [sp, #vectors_at + 128]
        ldp     q10, q11, [sp, #vectors_at + 160]
        ldp     q12, q13, [sp, #vectors_at + 192]
        ldp     q14, q15, [sp, #vectors_at + 224]
        ldp     q16, q17, [sp, #vectors_at + 256]
        ldp     q18, q19, [sp, #vectors_at + 288]
        ldp     q20, q21, [sp, #vectors_at + 320]
        ldp     q22, q23, [sp, #vectors_at + 352]
        ldp     q24, q25, [sp, #vectors_at + 384]
        ldp     q26, q27, [sp, #vectors_at + 416]
        ldp     q28, q29, [sp, #vectors_at + 448]
        ldp     q30, q31, [sp, #vectors_at + 480]
        ldp     x0, x1, [sp, #8]
        ldp     x2, x3, [sp, #24]
        ldp     x4, x5, [sp, #40]
        ldp     x6, x7, [sp, #56]
        ldp     x8, x9, [sp, #72]
        ldp     x10, x11, [sp, #88]
        ldp     x12, x13, [sp, #104]
        ldp     x14, x15, [sp, #120]
        ldp     x16, x17, [sp, #136]
        ldp     x18, x19, [sp, #152]
        ldp     x20, x21, [sp, #168]
        ldp     x22, x23, [sp, #184]
        ldp     x24, x25, [sp, #200]
        ldp     x26, x27, [sp, #216]
        ldp     x28, x29, [sp, #232]
        ldr     x30, [sp, #248]
load_end:

after:
        stp     x0, x1, [sp, #8]
        stp     x2, x3, [sp, #24]
        stp     x4, x5, [sp, #40]
        stp     x6, x7, [sp, #56]
        stp     x8, x9, [sp, #72]
        stp     x10, x11, [sp, #88]
        stp     x12, x13, [sp, #104]
        stp     x14, x15, [sp, #120]
        stp     x16, x17, [sp, #136]
        stp     x18, x19, [sp, #152]
        stp     x20, x21, [sp, #168]
        stp     x22, x23, [sp, #184]
        stp     x24, x25, [sp, #200]
        stp     x26, x27, [sp, #216]
        stp     x28, x29, [sp, #232]
        str     x30, [sp, #248]
        stp     q0, q1, [sp, #vectors_at + 0]
        stp     q2, q3, [sp, #vectors_at + 32]
        stp     q4, q5, [sp, #vectors_at + 64]
        stp     q6, q7, [sp, #vectors_at + 96]
        stp     q8, q9, [sp, #vectors_at + 128]
        stp     q10, q11, [sp, #vectors_at + 160]
        stp     q12, q13, [sp, #vectors_at + 192]
        stp     q14, q15, [sp, #vectors_at + 224]
        stp     q16, q17, [sp, #vectors_at + 256]
        stp     q18, q19, [sp, #vectors_at + 288]
        stp     q20, q21, [sp, #vectors_at + 320]
        stp     q22, q23, [sp, #vectors_at + 352]
        stp     q24, q25, [sp, #vectors_at + 384]
        stp     q26, q27, [sp, #vectors_at + 416]
        stp     q28, q29, [sp, #vectors_at + 448]
        stp     q30, q31, [sp, #vectors_at + 480]
        mrs     x10, nzcv
        mrs     x11, fpcr
        mrs     x12, fpsr
        stp     x10, x11, [sp, #flags_at]
        str     x12, [sp, #flags_at + 16]
        mov     x0, #1
        mov     x1, #sample
        mov     x2, #sample_bytes
        mov     x8, #64
        svc     #0
        b       next

done:   mov     x0, #0
        mov     x8, #93
        svc     #0

        .bss
        .balign 8
entry:  .skip   8
