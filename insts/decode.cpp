#include "insts/decode.h"

#include "insts/bits.h"
#include "insts/decode_table.h"
#include "insts/encoding.h"
#include "insts/immediate.h"

namespace m2sim::insts {

Inst decode(std::uint32_t word) {
  static const DecodeTable kTable;
  Inst inst;
  const Op op = kTable.find(word);
  if (op == Op::kUndefined) return inst;
  const Encoding& row = encoding_of(op);
  const auto field = [&](unsigned lsb, std::size_t index) {
    return static_cast<std::uint8_t>(word >> lsb & row.reg_mask[index]);
  };
  inst.rd = field(0, 0);
  inst.rn = field(5, 1);
  inst.rm = field(16, 2);
  inst.ra = field(10, 3);
  inst.shape = static_cast<std::uint8_t>((word >> row.wide_shift & row.wide_mask) |
                                         (word >> row.size_shift & row.size_mask) << 1U);
  if (!gather_immediate(row, word, inst)) return {};
  inst.op = op;
  return inst;
}

}  // namespace m2sim::insts
