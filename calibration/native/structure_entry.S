// What stands around a structure's loop: copied before and behind it (structures.c). x19 counts the passes; all
// other registers are zero when the trial's own words begin, as they are in a new program.

#ifdef __APPLE__
#define SYMBOL(name) _##name
#else
#define SYMBOL(name) name
#endif

    .text
    .p2align 2
    .globl SYMBOL(m2sim_structure_entry)
    .globl SYMBOL(m2sim_structure_exit)
    .globl SYMBOL(m2sim_structure_end)
SYMBOL(m2sim_structure_entry):
    stp x29, x30, [sp, #-160]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x19, x0
    .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    mov x\r, #0
    movi v\r\().2d, #0
    .endr
SYMBOL(m2sim_structure_exit):
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #160
    ret
SYMBOL(m2sim_structure_end):
