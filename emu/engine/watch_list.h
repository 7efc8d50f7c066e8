// Where a run may want to stop: it grows, and never shrinks, over the runs of one emulator.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emu/block.h"
#include "insts/inst.h"
#include "insts/system_register.h"

namespace m2sim::emu {

inline bool reads_counter(const insts::Inst& inst) {
  return inst.op == insts::Op::kMRS && (inst.imm == insts::kCntvctEl0 || inst.imm == insts::kCntvctssEl0);
}

class WatchList {
 public:
  // True: some are new, and blocks that were made before have to be looked at again.
  bool add(std::span<const std::uint64_t> addresses, std::span<const insts::Inst> instructions) {
    bool grown = false;
    for (const std::uint64_t address : addresses) {
      const auto at = std::lower_bound(addresses_.begin(), addresses_.end(), address);
      if (at != addresses_.end() && *at == address) continue;
      addresses_.insert(at, address);
      grown = true;
    }
    for (const insts::Inst& inst : instructions) {
      if (std::find(instructions_.begin(), instructions_.end(), inst) != instructions_.end()) continue;
      instructions_.push_back(inst);
      grown = true;
    }
    return grown;
  }

  bool add_counter_reads() { return !std::exchange(counter_reads_, true); }

  bool empty() const { return addresses_.empty() && instructions_.empty() && !counter_reads_; }

  bool has(std::uint64_t address, const insts::Inst& inst) const {
    return std::binary_search(addresses_.begin(), addresses_.end(), address) || has(inst);
  }

  bool concerns(const Block& block) const {
    const auto address = std::lower_bound(addresses_.begin(), addresses_.end(), block.pc);
    if (address != addresses_.end() && *address < block.end()) return true;
    const std::span<const insts::Inst> insts = block.insts();
    return std::any_of(insts.begin(), insts.end(), [this](const insts::Inst& inst) { return has(inst); });
  }

 private:
  bool has(const insts::Inst& inst) const {
    return std::find(instructions_.begin(), instructions_.end(), inst) != instructions_.end() ||
           (counter_reads_ && reads_counter(inst));
  }

  std::vector<std::uint64_t> addresses_;  // ascending
  std::vector<insts::Inst> instructions_;
  bool counter_reads_ = false;
};

}  // namespace m2sim::emu
