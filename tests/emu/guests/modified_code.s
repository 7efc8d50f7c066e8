// Writes "mov w0, #n; ret" for n = 5, then 6, into a page it made writable and executable, with the cache
// maintenance the architecture asks for; exits with 5 * 16 + 6.
        .globl _start
_start: mov x0, #0                  // mmap(0, 16384, rwx, private | anonymous, -1, 0)
        mov x1, #16384
        mov x2, #7
        mov x3, #0x22
        mov x4, #-1
        mov x5, #0
        mov x8, #222
        svc #0
        mov x19, x0
        mov w20, #5
        bl write_and_call
        lsl w21, w0, #4
        mov w20, #6
        bl write_and_call
        orr w0, w0, w21
        mov x8, #93
        svc #0
write_and_call:
        ldr w9, =0x52800000         // mov w0, #0
        orr w9, w9, w20, lsl #5
        ldr w10, =0xd65f03c0        // ret
        stp w9, w10, [x19]
        dc cvau, x19
        dsb ish
        ic ivau, x19
        dsb ish
        isb
        br x19
