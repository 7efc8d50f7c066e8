// Joins the rows of all files of emu/exec into one table by Op for each processor.

#include <array>
#include <cassert>
#include <span>

#include "emu/engine/handler.h"
#include "insts/operands.h"

namespace m2sim::emu {
namespace {

constexpr std::span<const Row> (*kSources[])() = {
    data_processing_rows, multiply_and_select_rows,
    load_store_rows,      atomic_rows,
    system_rows,          fp_move_rows,
    fp_arithmetic_rows,   fp_convert_rows,
    simd_memory_rows,     simd_structure_rows,
    simd_three_same_rows, simd_misc_rows,
    simd_shift_rows,      simd_copy_rows,
    simd_widening_rows,   simd_fp_rows,
    simd_fp_misc_rows,    simd_dot_rows,
    simd_fp_product_rows, simd_bfloat_rows,
    crypto_sha_rows,      crypto_aes_rows,
};
constexpr std::span<const Row> (*kProcessorSources[])(Cpu) = {pointer_auth_rows, system_register_rows};

using Table = std::array<const Row*, insts::kOpCount + 1>;

constexpr Row kLacking{insts::Op::kUndefined, [](const insts::Inst&, bool) { return Binding{nullptr}; }};

bool has(const Processor& processor, insts::Extension extension) {
  switch (extension) {
    case insts::Extension::kBf16:
      return processor.bf16;
    case insts::Extension::kI8mm:
      return processor.i8mm;
    case insts::Extension::kNone:
      break;
  }
  return true;
}

void bind(Table& table, std::span<const Row> rows) {
  for (const Row& row : rows) {
    const Row*& entry = table[static_cast<std::size_t>(row.op)];
    assert(entry == nullptr && "an encoding is bound twice");
    entry = &row;
  }
}

Table make_table(Cpu cpu) {
  Table table{};
  for (const auto source : kSources) bind(table, source());
  for (const auto source : kProcessorSources) bind(table, source(cpu));
  for (std::size_t i = 0; i < insts::kOpCount; ++i) {
    if (!has(processor(cpu), insts::extension_of(static_cast<insts::Op>(i)))) table[i] = &kLacking;
  }
  return table;
}

}  // namespace

const Row* row_of(insts::Op op, Cpu cpu) {
  static const std::array<Table, kProcessors.size()> kTables = {make_table(Cpu::kM1), make_table(Cpu::kM2)};
  return kTables[static_cast<std::size_t>(cpu)][static_cast<std::size_t>(op)];
}

}  // namespace m2sim::emu
