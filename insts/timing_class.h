// Classes of instructions that a core treats alike. An ISA has no latencies: what a class costs is
// in timing/crack/op_timing.inc. The cut follows the groups measured on Apple cores.
#pragma once

#include <cstdint>

namespace m2sim::insts {

enum class TimingClass : std::uint8_t {
  kNop,       // nop and hints without effect
  kAlu,       // add, sub, logic, shifts, extends, clz, rev, movk, immediate moves
  kAluShift,  // shifted or extended second operand (a zero shift counts as kAlu: see crack)
  kAluFlags,  // flag setting, adc, csel, ccmp, rmif, cfinv
  kAluFlagsShift,
  kMoveImm,      // movz, movn: candidates for elimination at rename
  kMove,         // orr xd, xzr, xm (and mov sp forms): candidates for elimination at rename
  kAdr,          // adr, adrp
  kBitfieldIns,  // bfm, extr
  kMul,          // mul, smull, umulh, smulh (addend is xzr)
  kMadd,
  kDiv,
  kCrc,
  kPac,
  kBranch,         // b
  kBranchCond,     // b.cond
  kBranchCmp,      // cbz, cbnz, tbz, tbnz
  kBranchLink,     // bl
  kBranchInd,      // br
  kBranchIndLink,  // blr
  kReturn,         // ret
  kLoad,           // general register, one access
  kLoadPair,
  kLoadIndexed,  // pre- and post-indexed (writes the base)
  kLoadPairIndexed,
  kLoadAcquire,  // ldar, ldapr
  kLoadExclusive,
  kStore,
  kStorePair,
  kStoreIndexed,
  kStorePairIndexed,
  kStoreRelease,
  kStoreExclusive,
  kAtomic,   // ld<op>, st<op>
  kSwap,     // swp
  kCas,      // cas
  kCasPair,  // casp
  kPrefetch,
  kLoadFp,
  kLoadFpPair,
  kLoadFpIndexed,
  kLoadFpPairIndexed,
  kStoreFp,
  kStoreFpPair,
  kStoreFpIndexed,
  kStoreFpPairIndexed,
  kLoadVec,   // ld1..ld4 multiple/single/replicate; uops by register count and form
  kStoreVec,  // st1..st4
  kBarrier,   // dmb
  kClrex,
  kBarrierSync,         // dsb
  kBarrierSpeculation,  // sb, ssbb, pssbb
  kIsb,
  kSysRead,       // mrs
  kSysFlags,      // mrs, msr of nzcv: see crack
  kSysWrite,      // msr
  kSysReadFpsr,   // mrs of fpsr: see crack
  kSysWriteFpcr,  // msr of fpcr: see crack
  kCacheOp,       // dc, ic, at user level
  kSvc,
  kTrap,        // brk, udf, hlt
  kFpMove,      // fmov register, vector mov: candidates for elimination
  kFpMoveImm,   // fmov/movi immediate
  kFpToInt,     // fmov/umov/smov to a general register
  kIntToFp,     // fmov/ins/dup from a general register
  kFpCvtToInt,  // fcvt*s/u to a general register
  kIntCvtToFp,  // scvtf/ucvtf from a general register
  kFpAdd,       // fadd, fsub, fabd, across-lane max and min, fcvt, frint: 3 cycles
  kFpSimple,    // fabs, fneg, fmax, fmin, compares to a vector: 2 cycles
  kFpMul,       // fmul, fnmul, fmulx
  kFpMadd,      // fmadd, fmla and kin
  kFpDivHalf,
  kFpDivSingle,
  kFpDivDouble,
  kFpSqrtHalf,
  kFpSqrtSingle,
  kFpSqrtDouble,
  kFpRecip,  // frecpe, frsqrte, urecpe
  kFpCmp,    // fcmp, fccmp (writes flags)
  kFpSel,    // fcsel
  kFpJcvt,
  kSimdAlu,    // integer add, logic, shifts, permutes: 2 cycles
  kSimdAlu3,   // saturating, narrowing, absolute difference, min/max, across-lane: 3 cycles
  kSimdMul,    // integer multiplies, dot products, pmull: 3 cycles
  kBfDot,      // bfdot
  kBfMmla,     // bfmmla
  kSimdTable,  // tbl, tbx with one or two registers; more registers cost more uops
  kCryptoAes,
  kCryptoSha,       // sha256h, sha256h2
  kCryptoSha1,      // sha1c, sha1m, sha1p
  kCryptoSha512,    // sha512h, sha512h2, sha256su1
  kCryptoShaShort,  // the other steps of a message schedule, sha1h
  kCount
};

}  // namespace m2sim::insts
