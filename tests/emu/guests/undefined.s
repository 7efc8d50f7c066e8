        .globl _start, bad
_start: mov x0, #1
        mov x0, #2
bad:    udf #9
