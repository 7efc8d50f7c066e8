// A parent lets its child make 41 steps by ptrace through a loop that has run before, then run to a breakpoint in
// it, and then to its end, where the child exits with 100. Exits with the turns that the child's second loop
// had begun at the breakpoint: 14; with 255 where a stop was another one than expected.
        .globl _start
_start: mov x0, #17                 // clone(SIGCHLD)
        mov x1, #0
        mov x2, #0
        mov x3, #0
        mov x4, #0
        mov x8, #220
        svc #0
        cbz x0, child
        mov x19, x0
        mov w22, #0x137f            // stopped by SIGSTOP
        bl wait
        mov x20, #41
step:   mov x0, #9                  // PTRACE_SINGLESTEP
        mov x3, #0
        bl trace
        mov w22, #0x057f            // stopped by SIGTRAP
        bl wait
        subs x20, x20, #1
        b.ne step
        ldr x23, =turn
        ldr x24, [x23]
        mov x0, #4                  // PTRACE_POKETEXT: brk #0 and what is behind it
        mov x2, x23
        mov x3, x24
        movk x3, #0
        movk x3, #0xd420, lsl #16
        bl trace
        mov x0, #7                  // PTRACE_CONT
        mov x3, #0
        bl trace
        mov w22, #0x057f
        bl wait
        ldr x3, =vector
        mov x0, #0x4204             // PTRACE_GETREGSET of NT_PRSTATUS
        mov x2, #1
        bl trace
        mov x0, #4
        mov x2, x23
        mov x3, x24
        bl trace
        mov x0, #7
        mov x3, #0
        bl trace
        mov w22, #100 << 8          // exited with 100
        bl wait
        ldr x1, =registers
        ldr x0, [x1, #9 * 8]
exit:   mov x8, #93
        svc #0

trace:  mov x1, x19                 // ptrace(x0, the child, x2, x3)
        mov x8, #117
        svc #0
        cbnz x0, wrong
        ret

wait:   mov x0, x19                 // wait4(the child, &status, 0, 0); the status must be w22
        ldr x1, =status
        mov x2, #0
        mov x3, #0
        mov x8, #260
        svc #0
        ldr x1, =status
        ldr w1, [x1]
        cmp w1, w22
        b.ne wrong
        ret
wrong:  mov x0, #255
        b exit

child:  bl count
        mov x0, #0                  // PTRACE_TRACEME
        mov x8, #117
        svc #0
        mov x8, #172                // kill(getpid(), SIGSTOP)
        svc #0
        mov x1, #19
        mov x8, #129
        svc #0
        bl count
        mov x0, x9
        b exit
count:  mov x9, #0
loop:   add x9, x9, #1
turn:   cmp x9, #100
        b.ne loop
        ret

        .bss
        .balign 16
status: .skip 16
registers:
        .skip 272
        .data
        .balign 16
vector: .quad registers, 272
