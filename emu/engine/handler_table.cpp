// Joins the rows of all exec_*.cpp files into one table by Op.

#include <array>
#include <cassert>
#include <span>

#include "emu/engine/handler.h"

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
    pointer_auth_rows,    crypto_sha_rows,
    crypto_aes_rows,
};

using Table = std::array<const Row*, insts::kOpCount + 1>;

Table make_table() {
  Table table{};
  for (const auto source : kSources) {
    for (const Row& row : source()) {
      const Row*& entry = table[static_cast<std::size_t>(row.op)];
      assert(entry == nullptr && "an encoding is bound twice");
      entry = &row;
    }
  }
  return table;
}

}  // namespace

const Row* row_of(insts::Op op) {
  static const Table kTable = make_table();
  return kTable[static_cast<std::size_t>(op)];
}

}  // namespace m2sim::emu
