// Bits 55:48 are address bits even for user programs: this is no address of the guest.
        .globl _start, bad
_start: movz x1, #0x0080, lsl #48
        movk x1, #0x1234
        movz x1, #0x00ff, lsl #48
bad:    ldp x2, x3, [x1]
        svc #0
