// 30 times 30,000 instructions that add and 20,000 that divide, then exit(0).
        .globl _start
_start: mov x9, #30
        mov x5, #7
1:      mov x1, #10000
2:      add x2, x2, #1
        subs x1, x1, #1
        b.ne 2b
        mov x1, #5000
3:      udiv x4, x5, x5
        add x5, x4, #6
        subs x1, x1, #1
        b.ne 3b
        subs x9, x9, #1
        b.ne 1b
        mov x0, #0
        mov x8, #93
        svc #0
