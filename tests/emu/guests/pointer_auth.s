// Pointer authentication: what is signed authenticates again, with every key and through every form; exits
// with the number of wrong outcomes. Holds on any processor that has the instructions.
        .arch   armv8.5-a
        .globl  _start
        .macro  wrong_unless_equal a, b
        cmp     \a, \b
        cinc    x20, x20, ne
        .endm
        .macro  round_trip sign, check, strip
        mov     x0, x21
        \sign   x0, x22
        mov     x1, x0
        \check  x0, x22
        wrong_unless_equal x0, x21
        \strip  x1
        wrong_unless_equal x1, x21
        .endm
        .macro  round_trip_zero sign, check
        mov     x0, x21
        \sign   x0
        \check  x0
        wrong_unless_equal x0, x21
        .endm
        .macro  round_trip_link sign, check
        mov     x30, x21
        \sign
        mov     x1, x30
        \check
        wrong_unless_equal x30, x21
        mov     x30, x1
        xpaclri
        wrong_unless_equal x30, x21
        .endm
        .macro  round_trip_1716 sign, check
        mov     x17, x21
        mov     x16, x22
        \sign
        \check
        wrong_unless_equal x17, x21
        .endm

_start: mov     x20, #0
        adr     x21, data
        mov     x22, sp
        mov     x19, #0
        // A pointer of the program, one with a tag, one of the upper half.
again:  round_trip pacia, autia, xpaci
        round_trip pacib, autib, xpaci
        round_trip pacda, autda, xpacd
        round_trip pacdb, autdb, xpacd
        round_trip_zero paciza, autiza
        round_trip_zero pacizb, autizb
        round_trip_zero pacdza, autdza
        round_trip_zero pacdzb, autdzb
        round_trip_link paciasp, autiasp
        round_trip_link pacibsp, autibsp
        round_trip_link paciaz, autiaz
        round_trip_link pacibz, autibz
        round_trip_1716 pacia1716, autia1716
        round_trip_1716 pacib1716, autib1716
        add     x19, x19, #1
        orr     x21, x21, #0x3c00000000000000
        cmp     x19, #1
        b.eq    again
        orr     x21, x21, #0xffff000000000000
        cmp     x19, #2
        b.eq    again

        // Codes of one pointer under 64 modifiers: they differ, and only in bits 54:48.
        adr     x21, data
        mov     x0, #0
        mov     x1, #0
        mov     x2, #-1
codes:  mov     x3, x21
        pacda   x3, x0
        eor     x3, x3, x21
        orr     x1, x1, x3
        and     x2, x2, x3
        add     x0, x0, #1
        cmp     x0, #64
        b.ne    codes
        mov     x3, #0x007f000000000000
        wrong_unless_equal x1, x3
        wrong_unless_equal x2, xzr

        pacga   x0, x21, x22
        wrong_unless_equal w0, wzr
        pacga   x1, x21, sp
        wrong_unless_equal x0, x1
        pacga   x1, x22, x21
        cmp     x0, x1
        cinc    x20, x20, eq

        // Branches and loads that authenticate.
        adr     x0, first
        pacia   x0, x22
        braa    x0, x22
        add     x20, x20, #1
first:  adr     x0, second
        pacizb  x0
        brabz   x0
        add     x20, x20, #1
second: adr     x0, callee_a
        pacib   x0, sp
        blrab   x0, sp
        wrong_unless_equal x0, x21
        adr     x0, callee_b
        paciza  x0
        blraaz  x0
        wrong_unless_equal x0, x21
        mov     x0, x21
        pacdza  x0
        ldraa   x1, [x0, #8]
        ldr     x2, [x21, #8]
        wrong_unless_equal x1, x2
        mov     x0, x21
        pacdzb  x0
        ldrab   x1, [x0, #16]!
        ldr     x2, [x21, #16]
        wrong_unless_equal x1, x2
        add     x3, x21, #16
        wrong_unless_equal x0, x3

        mov     x0, x20
        mov     x8, #93
        svc     #0

callee_a:
        paciasp
        mov     x0, x21
        retaa
callee_b:
        pacibsp
        mov     x0, x21
        retab
        .balign 8
data:   .quad   1, 2, 3
