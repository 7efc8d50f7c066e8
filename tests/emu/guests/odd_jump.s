// The program counter must be a multiple of 4.
        .globl _start, bad
        .set bad, _start + 2
_start: adr x1, _start
        add x1, x1, #2
        br x1
