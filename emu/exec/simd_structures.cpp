// Loads and stores of SIMD structures: ld1..ld4 and st1..st4 of whole registers and of single lanes,
// and the replicating loads.

#include <algorithm>
#include <cstdint>

#include "emu/exec/simd.h"

namespace m2sim::emu {
namespace {

using insts::Inst;
using insts::Op;
using insts::op_after;
using insts::op_sized;

// What becomes of the base address, in the table's order of the three forms.
struct NoWriteBack {
  template <unsigned kBytes>
  static void write_back(const Uop& /*u*/, CpuState& /*c*/, std::uint64_t /*address*/) {}
};
struct AddRegister {
  template <unsigned kBytes>
  static void write_back(const Uop& u, CpuState& c, std::uint64_t address) {
    c.x[u.rn] = address + c.x[u.rm];
  }
};
struct AddBytes {
  template <unsigned kBytes>
  static void write_back(const Uop& u, CpuState& c, std::uint64_t address) {
    c.x[u.rn] = address + kBytes;
  }
};

// Lists of registers wrap around from v31 to v0.
Vec& listed(CpuState& c, const Uop& u, unsigned i) { return c.v[(u.rd + i) % 32]; }

template <bool kQ>
using Chunk = std::conditional_t<kQ, Vec, std::uint64_t>;

// Element i of register r lies at element i * kRegs + r in memory; kInterleave false: r * lanes + i.
template <class T, unsigned kRegs, bool kQ, bool kInterleave>
constexpr unsigned place(unsigned reg, unsigned lane) {
  return kInterleave ? lane * kRegs + reg : reg * kActiveLanes<T, kQ> + lane;
}

template <class Mode, class T, unsigned kRegs, bool kInterleave, bool kQ>
constexpr auto load_multiple = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  std::array<Chunk<kQ>, kRegs> chunks;
  for (unsigned r = 0; r < kRegs; ++r) {
    chunks[r] = m.template load<Chunk<kQ>>(address + r * sizeof(Chunk<kQ>));
  }
  constexpr unsigned kCount = kActiveLanes<T, kQ>;
  const auto in = std::bit_cast<std::array<T, kRegs * kCount>>(chunks);
  Mode::template write_back<sizeof(chunks)>(u, c, address);
  for (unsigned r = 0; r < kRegs; ++r) {
    LaneArray<T> out{};
    for (unsigned i = 0; i < kCount; ++i) out[i] = in[place<T, kRegs, kQ, kInterleave>(r, i)];
    listed(c, u, r) = vec_of<T>(out);
  }
};

template <class Mode, class T, unsigned kRegs, bool kInterleave, bool kQ>
constexpr auto store_multiple = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  constexpr unsigned kCount = kActiveLanes<T, kQ>;
  std::array<T, kRegs * kCount> out;
  for (unsigned r = 0; r < kRegs; ++r) {
    const auto in = lanes_of<T>(listed(c, u, r));
    for (unsigned i = 0; i < kCount; ++i) out[place<T, kRegs, kQ, kInterleave>(r, i)] = in[i];
  }
  const auto chunks = std::bit_cast<std::array<Chunk<kQ>, kRegs>>(out);
  for (unsigned r = 0; r < kRegs; ++r) {
    m.template store<Chunk<kQ>>(address + r * sizeof(Chunk<kQ>), chunks[r]);
  }
  Mode::template write_back<sizeof(chunks)>(u, c, address);
};

// imm: the lane.
template <class Mode, class T, unsigned kRegs>
constexpr auto load_lane = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  std::array<T, kRegs> values;
  for (unsigned r = 0; r < kRegs; ++r) values[r] = m.template load<T>(address + r * sizeof(T));
  Mode::template write_back<sizeof(values)>(u, c, address);
  for (unsigned r = 0; r < kRegs; ++r)
    listed(c, u, r).template set<T>(static_cast<unsigned>(u.imm), values[r]);
};
template <class Mode, class T, unsigned kRegs>
constexpr auto store_lane = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  for (unsigned r = 0; r < kRegs; ++r) {
    m.template store<T>(address + r * sizeof(T),
                        listed(c, u, r).template get<T>(static_cast<unsigned>(u.imm)));
  }
  Mode::template write_back<sizeof(T) * kRegs>(u, c, address);
};
template <class Mode, class T, unsigned kRegs, bool kQ>
constexpr auto load_replicate = [](const Uop& u, CpuState& c, auto& m) {
  const std::uint64_t address = c.x[u.rn];
  m.record(address);
  std::array<T, kRegs> values;
  for (unsigned r = 0; r < kRegs; ++r) values[r] = m.template load<T>(address + r * sizeof(T));
  Mode::template write_back<sizeof(values)>(u, c, address);
  for (unsigned r = 0; r < kRegs; ++r) {
    LaneArray<T> out{};
    std::fill_n(out.begin(), kActiveLanes<T, kQ>, values[r]);
    listed(c, u, r) = vec_of<T>(out);
  }
};

template <class Mode, class T, unsigned kRegs, bool kInterleave, bool kLoad>
Binding pick_multiple(const Inst& inst, bool log) {
  // 64-bit elements interleave in full registers only; plain lists are moved as bytes.
  constexpr bool kFullOnly = sizeof(T) == 8;
  if constexpr (kLoad) {
    if constexpr (!kFullOnly) {
      if (!inst.wide()) return memory<load_multiple<Mode, T, kRegs, kInterleave, false>>(inst, log);
    }
    return memory<load_multiple<Mode, T, kRegs, kInterleave, true>>(inst, log);
  } else {
    if constexpr (!kFullOnly) {
      if (!inst.wide()) return memory<store_multiple<Mode, T, kRegs, kInterleave, false>>(inst, log);
    }
    return memory<store_multiple<Mode, T, kRegs, kInterleave, true>>(inst, log);
  }
}

template <class Mode, unsigned kRegs>
Binding pick_replicate(const Inst& inst, bool log) {
  const auto choose = [&]<class T>() {
    return inst.wide() ? memory<load_replicate<Mode, T, kRegs, true>>(inst, log)
                       : memory<load_replicate<Mode, T, kRegs, false>>(inst, log);
  };
  switch (inst.size()) {
    case 0:
      return choose.template operator()<std::uint8_t>();
    case 1:
      return choose.template operator()<std::uint16_t>();
    case 2:
      return choose.template operator()<std::uint32_t>();
    default:
      return choose.template operator()<std::uint64_t>();
  }
}

// Each family is three rows in the table: no write-back, by register, by the bytes moved.
template <class T, unsigned kRegs, bool kInterleave, bool kLoad>
consteval std::array<Row, 3> multiple(Op first) {
  return {Row{first, pick_multiple<NoWriteBack, T, kRegs, kInterleave, kLoad>},
          Row{op_after(first, 1, "*_post"), pick_multiple<AddRegister, T, kRegs, kInterleave, kLoad>},
          Row{op_after(first, 2, "*_post_imm"), pick_multiple<AddBytes, T, kRegs, kInterleave, kLoad>}};
}
template <unsigned kRegs, bool kLoad>
consteval std::array<Row, 12> interleaved(Op first) {
  return join_rows(multiple<std::uint8_t, kRegs, true, kLoad>(first),
                   multiple<std::uint16_t, kRegs, true, kLoad>(op_sized(first, 'b', 3, 'h')),
                   multiple<std::uint32_t, kRegs, true, kLoad>(op_sized(first, 'b', 6, 's')),
                   multiple<std::uint64_t, kRegs, true, kLoad>(op_sized(first, 'b', 9, 'd')));
}
template <class T, unsigned kRegs, bool kLoad>
consteval std::array<Row, 3> lane(Op first) {
  if constexpr (kLoad) {
    return {Row{first, memory<load_lane<NoWriteBack, T, kRegs>>},
            Row{op_after(first, 1, "*_post"), memory<load_lane<AddRegister, T, kRegs>>},
            Row{op_after(first, 2, "*_post_imm"), memory<load_lane<AddBytes, T, kRegs>>}};
  } else {
    return {Row{first, memory<store_lane<NoWriteBack, T, kRegs>>},
            Row{op_after(first, 1, "*_post"), memory<store_lane<AddRegister, T, kRegs>>},
            Row{op_after(first, 2, "*_post_imm"), memory<store_lane<AddBytes, T, kRegs>>}};
  }
}
template <unsigned kRegs, bool kLoad>
consteval std::array<Row, 12> lanes(Op first) {
  return join_rows(lane<std::uint8_t, kRegs, kLoad>(first),
                   lane<std::uint16_t, kRegs, kLoad>(op_sized(first, 'b', 3, 'h')),
                   lane<std::uint32_t, kRegs, kLoad>(op_sized(first, 'b', 6, 's')),
                   lane<std::uint64_t, kRegs, kLoad>(op_sized(first, 'b', 9, 'd')));
}
template <unsigned kRegs>
consteval std::array<Row, 3> replicate(Op first) {
  return {Row{first, pick_replicate<NoWriteBack, kRegs>},
          Row{op_after(first, 1, "*_post"), pick_replicate<AddRegister, kRegs>},
          Row{op_after(first, 2, "*_post_imm"), pick_replicate<AddBytes, kRegs>}};
}

using Byte = std::uint8_t;

constexpr auto kRows = join_rows(
    multiple<Byte, 1, false, true>(Op::kLD1_x1), multiple<Byte, 2, false, true>(Op::kLD1_x2),
    multiple<Byte, 3, false, true>(Op::kLD1_x3), multiple<Byte, 4, false, true>(Op::kLD1_x4),
    interleaved<2, true>(Op::kLD2_b), interleaved<3, true>(Op::kLD3_b), interleaved<4, true>(Op::kLD4_b),
    multiple<Byte, 1, false, false>(Op::kST1_x1), multiple<Byte, 2, false, false>(Op::kST1_x2),
    multiple<Byte, 3, false, false>(Op::kST1_x3), multiple<Byte, 4, false, false>(Op::kST1_x4),
    interleaved<2, false>(Op::kST2_b), interleaved<3, false>(Op::kST3_b), interleaved<4, false>(Op::kST4_b),
    lanes<1, true>(Op::kLD1_lane_b), lanes<2, true>(Op::kLD2_lane_b), lanes<3, true>(Op::kLD3_lane_b),
    lanes<4, true>(Op::kLD4_lane_b), lanes<1, false>(Op::kST1_lane_b), lanes<2, false>(Op::kST2_lane_b),
    lanes<3, false>(Op::kST3_lane_b), lanes<4, false>(Op::kST4_lane_b), replicate<1>(Op::kLD1R),
    replicate<2>(Op::kLD2R), replicate<3>(Op::kLD3R), replicate<4>(Op::kLD4R));

}  // namespace

std::span<const Row> simd_structure_rows() { return kRows; }

}  // namespace m2sim::emu
