// How a row's immediates are gathered from the word: what Inst::imm and Inst::aux then hold.
// Encodings that a kind's comment or the manual reserves (a mask of all ones, a 32-bit shift by 32 or
// more) decode to Op::kUndefined.
#pragma once

#include <cstdint>

namespace m2sim::insts {

enum class Imm : std::uint8_t {
  kNone,
  kU12Sh,         // add/sub immediate: imm = imm12 << (0 or 12)
  kBitmask,       // logical immediate: imm = the mask unfolded to 64 bits (32-bit forms: upper half zero)
  kMovWide,       // movz/movn/movk: imm = imm16, aux = shift amount 0, 16, 32, 48
  kAdr,           // adr: imm = signed byte offset from the instruction
  kAdrp,          // adrp: imm = signed byte offset between 4 KiB pages
  kBitfield,      // sbfm/bfm/ubfm: imm = immr | imms << 8
  kExtract,       // extr: imm = lsb
  kShift,         // shifted register: imm = amount, aux = type (0 lsl, 1 lsr, 2 asr, 3 ror)
  kShiftNoRor,    // as kShift, but ror is reserved (add/sub)
  kExtend,        // extended register (add/sub): imm = shift 0..4, aux = option (0 uxtb .. 7 sxtx)
  kCond,          // csel, fcsel, b.cond-less users: aux = condition
  kCondCmpReg,    // ccmp register: imm = nzcv, aux = condition
  kCondCmpImm,    // ccmp immediate: imm = imm5 | nzcv << 8, aux = condition
  kBranch26,      // b, bl: imm = byte offset
  kBranch19,      // cbz, ldr literal: imm = byte offset
  kBranch19Cond,  // b.cond: imm = byte offset, aux = condition
  kTest14,        // tbz: imm = byte offset, aux = bit number 0..63
  kImm16,         // svc, brk, udf: imm = the 16 bits
  kSysReg,        // mrs, msr: imm = op0:op1:CRn:CRm:op2 as 16 bits (op0 in 15:14)
  kSys,           // sys, sysl, hints, barriers: imm = op1:CRn:CRm:op2 as 14 bits
  kMsrImm,        // msr (immediate): imm = CRm, aux = op1:op2
  kMemU12,        // load/store unsigned offset: imm = imm12 * access bytes
  kMemS9,         // unscaled, pre- and post-indexed: imm = signed 9 bits, in bytes
  kMemS7,         // pairs: imm = signed 7 bits * bytes of one register
  kMemReg,        // register offset: imm = shift amount, aux = option (2 uxtw, 3 lsl, 6 sxtw, 7 sxtx)
  kMemS10,        // ldraa: imm = signed 10 bits * 8
  kMaskRmif,      // rmif: imm = rotate, aux = mask
  kImm4Mask,      // setf etc. and other 4-bit masks in 3:0: aux
  kFp8,           // fmov immediate: imm = the 8-bit code (expand with fp8_to_bits)
  kFpFixed,       // fixed-point conversions: imm = fraction bits
  kSimdModImm,    // movi/mvni/orr/bic/fmov vector: imm = the expanded 64-bit element pattern
  kSimdShift,     // shift by immediate: imm = immh:immb (7 bits)
  kSimdCopy,      // dup/ins/umov/smov element: imm = imm5, aux = imm4
  kSimdExt,       // ext: imm = byte index
  // By element; all also gather aux = bits 14:13, the rotation of fcmla.
  kSimdIndexH,   // 16-bit: imm = H:L:M, rm is 4 bits
  kSimdIndexS,   // 32-bit: imm = H:L
  kSimdIndexD,   // 64-bit: imm = H
  kSimdIndexB4,  // dot product: imm = H:L
  kSimdLane,     // ld1..ld4 / st1..st4 single structure: imm = lane number for the row's element size
  kRotate2,      // fcmla: imm = rotation 0..3 (times 90 degrees)
  kRotate1,      // fcadd: imm = rotation 0 (90) or 1 (270)
  kImm6,         // xar: imm = imm6
  kImm2,         // sm3tt: imm = index
};

// Expands the 8-bit floating-point immediate to the bits of a number of `bits` = 16, 32 or 64.
std::uint64_t fp8_to_bits(std::uint8_t code, unsigned bits);

}  // namespace m2sim::insts
