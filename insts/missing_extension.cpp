#include "insts/missing_extension.h"

namespace m2sim::insts {
namespace {

struct Pattern {
  std::uint32_t mask;
  std::uint32_t match;
  const char* extension;
};

// Arm Architecture Reference Manual, C4.1 "A64 instruction set encoding", by its groups; the first that
// matches is the answer.
constexpr Pattern kPatterns[] = {
    {0x9e000000, 0x80000000, "SME"},     {0xfffff8ff, 0xd503407f, "SME"},  // smstart, smstop
    {0x1e000000, 0x04000000, "SVE"},     {0xffc00000, 0x91800000, "MTE"},  // addg
    {0xffc00000, 0xd1800000, "MTE"},                                       // subg
    {0xff200000, 0xd9200000, "MTE"},                                       // stg, stzg, st2g, stz2g, ldg
    {0xffe0f800, 0x9ac01000, "MTE"},                                       // irg, gmi
    {0xdfe0fc00, 0x9ac00000, "MTE"},                                       // subp, subps
    {0xffc00000, 0x69000000, "MTE"},                                       // stgp with an offset
    {0xffc00000, 0x68800000, "MTE"},                                       // stgp before its base is changed
    {0xffc00000, 0x69800000, "MTE"},                                       // stgp behind
    {0xffffffe0, 0xd50b7460, "MTE"},                                       // dc gva
    {0xffffffe0, 0xd50b7480, "MTE"},                                       // dc gzva
    {0x3b200c00, 0x19000400, "MOPS"},                                      // cpyf*, cpy*, set*
    {0xff000010, 0x54000010, "HBC"},                                       // bc.cond
    {0xffffffc0, 0xd5031000, "WFxT"},                                      // wfet, wfit
    {0xfffffc00, 0xf83f9000, "LS64"},                                      // st64b
    {0xfffffc00, 0xf83fd000, "LS64"},                                      // ld64b
    {0xffe0ec00, 0xf820a000, "LS64"},                                      // st64bv, st64bv0
    {0xffffff00, 0xd5233000, "TME"},                                       // tstart
    {0xffffff00, 0xd5233100, "TME"},                                       // ttest
    {0xffffffff, 0xd503307f, "TME"},                                       // tcommit
    {0xffe0001f, 0xd4600000, "TME"},                                       // tcancel
    {0x7ffff800, 0x5ac01800, "CSSC"},                                      // ctz, cnt
    {0x7ffffc00, 0x5ac02000, "CSSC"},                                      // abs
    {0x7fe0f000, 0x1ac06000, "CSSC"},     // smax, umax, smin, umin of registers
    {0x7ff00000, 0x11c00000, "CSSC"},     // the same with an immediate
    {0xffe08000, 0xce400000, "SM3/SM4"},  // sm3ss1
    {0xffe0c000, 0xce408000, "SM3/SM4"},  // sm3tt1a, sm3tt1b, sm3tt2a, sm3tt2b
    {0xffe0f000, 0xce60c000, "SM3/SM4"},  // sm3partw1, sm3partw2, sm4ekey
    {0xfffffc00, 0xcec08400, "SM3/SM4"},  // sm4e
};

}  // namespace

const char* missing_extension(std::uint32_t word) {
  for (const Pattern& pattern : kPatterns) {
    if ((word & pattern.mask) == pattern.match) return pattern.extension;
  }
  return nullptr;
}

}  // namespace m2sim::insts
