// Words to decode: one of each common group of the base set, floating point and Advanced SIMD.
#pragma once

#include <cstdint>

namespace m2sim::benchmarks {

inline constexpr std::uint32_t kSampleWords[] = {
    0x91000400,  // add x0, x0, #0x1
    0x4b030041,  // sub w1, w2, w3
    0xab060ca4,  // adds x4, x5, x6, lsl #3
    0xf10100ff,  // cmp x7, #0x40
    0x8b2ac928,  // add x8, x9, w10, sxtw #2
    0x92089d8b,  // and x11, x12, #0xff00ff00ff00ff00
    0xaa0e03ed,  // mov x13, x14
    0x4ad11e0f,  // eor w15, w16, w17, ror #7
    0x7200165f,  // tst w18, #0x3f
    0xd2a24693,  // mov x19, #0x12340000
    0xf28acf13,  // movk x19, #0x5678
    0x12800014,  // mov w20, #0xffffffff
    0x10000215,  // adr x21, 70
    0x90000016,  // adrp x22, 0
    0xd3485f17,  // ubfx x23, x24, #8, #16
    0x13031f59,  // sbfx w25, w26, #3, #5
    0xd37beb9b,  // lsl x27, x28, #5
    0xb37c2c20,  // bfi x0, x1, #4, #12
    0x13842462,  // extr w2, w3, w4, #9
    0x9b0720c5,  // madd x5, x6, x7, x8
    0x1b0bb149,  // msub w9, w10, w11, w12
    0x9bcf7dcd,  // umulh x13, x14, x15
    0x9b327e30,  // smull x16, w17, w18
    0x9ad50a93,  // udiv x19, x20, x21
    0x9ad822f6,  // lsl x22, x23, x24
    0x5ac01359,  // clz w25, w26
    0xdac00f9b,  // rev x27, x28
    0x5ac00020,  // rbit w0, w1
    0x9ac45c62,  // crc32cx w2, w3, x4
    0x9a8700c5,  // csel x5, x6, x7, eq
    0x1a8ab528,  // csinc w8, w9, w10, lt
    0xfa451962,  // ccmp x11, #0x5, #0x2, ne
    0x9a0e01ac,  // adc x12, x13, x14
    0x14000020,  // b 104
    0x97fffc00,  // bl fffffffffffff088
    0x54ffff41,  // b.ne 74
    0xb4000080,  // cbz x0, a0
    0x372fffa1,  // tbnz w1, #5, 88
    0xd61f0200,  // br x16
    0xd63f0220,  // blr x17
    0xd65f03c0,  // ret
    0xf9400862,  // ldr x2, [x3, #16]
    0xb86678a4,  // ldr w4, [x5, x6, lsl #2]
    0x38401507,  // ldrb w7, [x8], #1
    0xb89fcd49,  // ldrsw x9, [x10, #-4]!
    0xa8c27bfd,  // ldp x29, x30, [sp], #32
    0xa9bd53f3,  // stp x19, x20, [sp, #-48]!
    0xf9007d8b,  // str x11, [x12, #248]
    0x782f59cd,  // strh w13, [x14, w15, uxtw #1]
    0xf85f8230,  // ldur x16, [x17, #-8]
    0x58000212,  // ldr x18, 108
    0xc85ffe93,  // ldaxr x19, [x20]
    0xc815fef6,  // stlxr w21, x22, [x23]
    0xf8380359,  // ldadd x24, x25, [x26]
    0x88bb7c1c,  // cas w27, w28, [x0]
    0x88dffc41,  // ldar w1, [x2]
    0xd5033bbf,  // dmb ish
    0xd503201f,  // nop
    0xd53bd043,  // mrs x3, tpidr_el0
    0xd4000001,  // svc #0x0
    0x1e622820,  // fadd d0, d1, d2
    0x1f051883,  // fmadd s3, s4, s5, s6
    0x1e6020e8,  // fcmp d7, #0.0
    0x9e780104,  // fcvtzs x4, d8
    0x1e6200a9,  // scvtf d9, w5
    0x1e6f100a,  // fmov d10, #1.500000000000000000e+00
    0x9e660166,  // fmov x6, d11
    0x1e61c1ac,  // fsqrt d12, d13
    0x4eb085ee,  // add v14.4s, v15.4s, v16.4s
    0x4e209a51,  // cmeq v17.16b, v18.16b, #0
    0x6e35a693,  // umaxp v19.16b, v20.16b, v21.16b
    0x6f00e416,  // movi v22.2d, #0x0
    0x4fd91b17,  // fmla v23.2d, v24.2d, v25.d[1]
    0x6f1d077a,  // ushr v26.8h, v27.8h, #3
    0x4e040cfc,  // dup v28.4s, w7
    0x4e1f03dd,  // tbl v29.16b, {v30.16b}, v31.16b
    0x6e022020,  // ext v0.16b, v1.16b, v2.16b, #4
    0x4cdfa103,  // ld1 {v3.16b, v4.16b}, [x8], #32
    0xad411925,  // ldp q5, q6, [x9, #32]
    0x3cab6947,  // str q7, [x10, x11]
};

}  // namespace m2sim::benchmarks
