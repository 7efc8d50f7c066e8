#include "benchmarks/host/synthetic_log.h"

#include "insts/decode.h"

namespace m2sim::benchmarks {
namespace {

constexpr std::uint64_t kLoopStart = 0x400000;

constexpr std::uint32_t kLoopWords[] = {
    0x91000400,  // add x0, x0, #0x1
    0x8b090021,  // add x1, x1, x9
    0xca010042,  // eor x2, x2, x1
    0xd1001c63,  // sub x3, x3, #0x7
    0xaa000084,  // orr x4, x4, x0
    0x8b0200a5,  // add x5, x5, x2
    0x92405cc6,  // and x6, x6, #0xffffff
    0xd37df0a7,  // lsl x7, x5, #3
    0x8b070000,  // add x0, x0, x7
    0xca000021,  // eor x1, x1, x0
    0x91001442,  // add x2, x2, #0x5
    0xcb040063,  // sub x3, x3, x4
    0x91002484,  // add x4, x4, #0x9
    0xca0300a5,  // eor x5, x5, x3
    0x8b0100c6,  // add x6, x6, x1
    0xd3445cc7,  // ubfx x7, x6, #4, #20
    0x91000c00,  // add x0, x0, #0x3
    0x91002c21,  // add x1, x1, #0xb
    0xcb090042,  // sub x2, x2, x9
    0xb2400063,  // orr x3, x3, #0x1
    0xca020084,  // eor x4, x4, x2
    0x910008a5,  // add x5, x5, #0x2
    0x8b0900c6,  // add x6, x6, x9
    0xd342fce7,  // lsr x7, x7, #2
    0x8b090000,  // add x0, x0, x9
    0x8b070021,  // add x1, x1, x7
    0xca050042,  // eor x2, x2, x5
    0x91003463,  // add x3, x3, #0xd
    0x8b090084,  // add x4, x4, x9
    0xd10004a5,  // sub x5, x5, #0x1
    0xf1000508,  // subs x8, x8, #0x1
    0x54fffc21,  // b.ne 0
};

}  // namespace

std::vector<insts::Inst> alu_loop_body() {
  std::vector<insts::Inst> body;
  for (const std::uint32_t word : kLoopWords) body.push_back(insts::decode(word));
  return body;
}

AluLog::AluLog()
    : block_(cache_.add(kLoopStart, 0, alu_loop_body(), 0, {}, true)), words_(kPasses, block_->id) {}

emu::RetiredBatch AluLog::batch() const { return {words_, cache_.blocks(), block_->id, 0, insts()}; }

}  // namespace m2sim::benchmarks
