#include "timing/crack/crack.h"

#include <algorithm>
#include <cassert>

#include "insts/operands.h"
#include "timing/crack/crack_inst.h"

namespace m2sim::timing {
namespace {

using insts::Inst;

constexpr std::uint32_t kMemoryCapabilities = kCapLoad | kCapStore;
constexpr std::uint32_t kSimdCapabilities =
    kCapFp | kCapFpToInt | kCapFpSelect | kCapFpCompare | kCapFpDivide | kCapFpRecip | kCapSha | kCapFpJcvt;

// A mask of the ports that can do any of these.
std::uint32_t ports_with_any(const CoreConfig& config, std::uint32_t capabilities) {
  std::uint32_t mask = 0;
  for (std::uint32_t i = 0; i < config.ports.size(); ++i) {
    if ((config.ports[i].capabilities & capabilities) != 0) mask |= 1U << i;
  }
  return mask;
}

// The instructions of one block as rename sees them: what is eliminated or fused among its neighbours.
class BlockCracker {
 public:
  BlockCracker(const CoreConfig& config, const QueueLayout& layout, std::span<const Inst> insts,
               std::vector<UopInfo>& out)
      : config_(config), insts_(insts), cracker_(config, layout, out), out_(out) {}

  void run(std::vector<std::uint16_t>& first_uop) {
    for (unsigned i = 0; i < insts_.size(); ++i) {
      first_uop.push_back(static_cast<std::uint16_t>(out_.size()));
      if (fuses(i)) {
        first_uop.push_back(static_cast<std::uint16_t>(out_.size()));
        cracker_.crack_fused(insts_[i], insts_[i + 1], i + 1);
        ++fused_pairs;
        ++i;
        continue;
      }
      if (i + 1 < insts_.size() && can_fuse_simd(insts_[i], insts_[i + 1])) {
        first_uop.push_back(static_cast<std::uint16_t>(out_.size()));
        cracker_.crack_fused_simd(insts_[i], insts_[i + 1], i + 1);
        note_vector_moves(insts_[i], Elimination::kNone);
        ++simd_pairs;
        ++i;
        continue;
      }
      const Elimination how = allowed(i);
      if (how == Elimination::kNone) {
        cracker_.crack(insts_[i], i);
      } else {
        cracker_.crack_eliminated(insts_[i], i, how);
        ++eliminated;
      }
      note_vector_moves(insts_[i], how);
    }
    first_uop.push_back(static_cast<std::uint16_t>(out_.size()));
  }

  unsigned fused_pairs = 0;
  unsigned simd_pairs = 0;
  unsigned eliminated = 0;

 private:
  bool fuses(unsigned i) {
    if (i + 1 >= insts_.size() || !can_fuse(insts_[i], insts_[i + 1])) return false;
    unsigned registers = insts::operands_of(insts_[i]).reads;
    if (i - fused_at_ < config_.rename.fusion_window && fused_pairs != 0) registers += fused_reads_;
    if (registers > config_.rename.fusion_registers) return false;
    fused_reads_ = registers;
    fused_at_ = i;
    return true;
  }

  // Measured: a pure stream of immediate moves vanishes at full width, two of them among eight others do.
  bool immediate_allowed(unsigned i) const {
    // What rename looks at in one cycle, as if the block began with one.
    const unsigned window = config_.rename.width;
    const unsigned begin = i / window * window;
    const unsigned end = std::min<unsigned>(begin + window, static_cast<unsigned>(insts_.size()));
    unsigned before = 0;
    bool pure = true;
    for (unsigned k = begin; k < end; ++k) {
      const Elimination how = elimination_of(insts_[k]);
      if (how != Elimination::kImmediate && how != Elimination::kZero) pure = false;
      if (k < i && how == Elimination::kImmediate) ++before;
    }
    return pure || before < config_.rename.eliminated_immediates;
  }

  Elimination allowed(unsigned i) const {
    const Elimination how = elimination_of(insts_[i]);
    if (how == Elimination::kImmediate && !immediate_allowed(i)) return Elimination::kNone;
    if (how == Elimination::kVectorMove && moved_[insts_[i].rn]) return Elimination::kNone;
    return how;
  }

  void note_vector_moves(const Inst& inst, Elimination how) {
    const insts::Operands operands = insts::operands_of(inst);
    for (const insts::RegId reg : operands.written()) {
      if (insts::is_vector(reg)) moved_[reg - insts::kV0] = how == Elimination::kVectorMove;
    }
  }

  const CoreConfig& config_;
  std::span<const Inst> insts_;
  InstCracker cracker_;
  std::vector<UopInfo>& out_;
  std::array<bool, 32> moved_{};  // last written by an eliminated vector move
  unsigned fused_at_ = 0;
  unsigned fused_reads_ = 0;
};

bool branch_kind_of(insts::Op op, BranchKind& kind) {
  switch (insts::flow_of(op)) {
    case insts::Flow::kJump:
      kind = BranchKind::kDirect;
      return true;
    case insts::Flow::kConditional:
      kind = BranchKind::kConditional;
      return true;
    case insts::Flow::kCall:
      kind = BranchKind::kCall;
      return true;
    case insts::Flow::kIndirect:
      kind = BranchKind::kIndirect;
      return true;
    case insts::Flow::kIndirectCall:
      kind = BranchKind::kIndirectCall;
      return true;
    case insts::Flow::kReturn:
      kind = BranchKind::kReturn;
      return true;
    default:
      return false;
  }
}

// A function's own: its callers' values of sp lie above, whatever it does with its own behind that.
bool saves_link(const insts::Operands& operands) {
  constexpr insts::RegId kLink = 30;
  bool link = false;
  bool stack = false;
  for (const insts::Source& source : operands.read()) {
    link |= source.reg == kLink && source.role == insts::Role::kStoreData;
    stack |= source.reg == insts::kSp && source.role == insts::Role::kBase;
  }
  return link && stack;
}

std::uint8_t link_save_of(std::span<const Inst> insts) {
  std::uint8_t accesses = 0;
  for (const Inst& inst : insts) {
    const insts::Operands operands = insts::operands_of(inst);
    if (operands.memory.kind == insts::Access::kNone) continue;
    ++accesses;
    if (saves_link(operands)) return accesses;
  }
  return 0;
}

}  // namespace

CrackTable::CrackTable(const CoreConfig& config)
    : config_(config),
      layout_(queue_layout(config)),
      memory_ports_(ports_with_any(config, kMemoryCapabilities)),
      simd_ports_(ports_with_any(config, kSimdCapabilities) & ~memory_ports_),
      load_ports_(ports_with_any(config, kCapLoad)) {
  table_.reserve(std::size_t{1} << 16);
  counts_.reserve(std::size_t{1} << 16);
  scratch_.reserve(emu::kMaxBlockInsts * 12);
  scratch_indices_.reserve(emu::kMaxBlockInsts + 1);
}

BlockCounts CrackTable::executed() const {
  BlockCounts all = dropped_;
  for (std::size_t id = 0; id < table_.size(); ++id) all.add(counts_[id], table_[id].executions);
  return all;
}

void CrackTable::clear() {
  dropped_ = executed();
  table_.clear();
  places_.assign(kFirstPlaces, {});
  places_mask_ = kFirstPlaces - 1;
  entered_ = 0;
  counts_.clear();
  uop_chunks_.clear();
  index_chunks_.clear();
  uops_used_ = kChunkUops;
  indices_used_ = kChunkIndices;
}

void CrackTable::enter(std::uint32_t id) {
  if (2 * ++entered_ > places_.size()) {
    const std::vector<Place> all = std::exchange(places_, std::vector<Place>(2 * places_.size()));
    places_mask_ = places_.size() - 1;
    entered_ = 1;
    for (const Place& place : all) {
      if (place.id != emu::kNoBlock) enter(place.id);
    }
  }
  const std::uint64_t hash = hash_of(table_[id].cracked.pc, table_[id].space);
  std::size_t at = place_of(hash);
  while (places_[at].id != emu::kNoBlock) at = (at + 1) & places_mask_;
  places_[at] = {id, tag_of(hash)};
}

UopInfo* CrackTable::room_for_uops(std::size_t count) {
  assert(count <= kChunkUops);
  if (uops_used_ + count > kChunkUops) {
    uop_chunks_.emplace_back(kChunkUops);
    uops_used_ = 0;
  }
  UopInfo* place = uop_chunks_.back().data() + uops_used_;
  uops_used_ += count;
  return place;
}

std::uint16_t* CrackTable::room_for_indices(std::size_t count) {
  if (indices_used_ + count > kChunkIndices) {
    index_chunks_.push_back(std::make_unique<std::uint16_t[]>(kChunkIndices));
    indices_used_ = 0;
  }
  std::uint16_t* place = index_chunks_.back().get() + indices_used_;
  indices_used_ += count;
  return place;
}

CrackTable::Entry& CrackTable::crack(const emu::Block& block) {
  if (block.id >= table_.size()) {
    table_.resize(block.id + 1);
    counts_.resize(block.id + 1);
  }
  Entry& entry = table_[block.id];
  CrackedBlock& cracked = entry.cracked;
  cracked.pc = block.pc;
  cracked.inst_count = block.inst_count;
  const auto insts = block.insts();
  cracked.has_branch = branch_kind_of(insts.back().op, cracked.branch);
  cracked.link_save = link_save_of(insts);
  cracked.target = cracked.branch_pc() + static_cast<std::uint64_t>(insts.back().imm);
  entry.space = block.space;
  enter(block.id);

  scratch_.clear();
  scratch_indices_.clear();
  BlockCracker cracker(config_, layout_, insts, scratch_);
  cracker.run(scratch_indices_);
  BlockCounts& counts = counts_[block.id];
  counts.fused_pairs = cracker.fused_pairs + cracker.simd_pairs;
  counts.eliminated_uops = cracker.eliminated;
  for (const insts::Inst& inst : insts) counts.count(inst);
  for (const UopInfo& uop : scratch_) counts.count(uop, load_ports_, memory_ports_, simd_ports_);
  if (cracked.has_branch) {
    UopInfo& branch = scratch_.back();
    branch.flags |= kUopBranch;
    if (branch.ports != 0) branch.needs += kBranchEntry;
  }

  for (UopInfo& uop : scratch_) uop.settle();

  std::uint16_t* indices = room_for_indices(scratch_indices_.size());
  std::copy(scratch_indices_.begin(), scratch_indices_.end(), indices);
  cracked.first_uop = indices;
  UopInfo* uops = room_for_uops(scratch_.size());
  std::copy(scratch_.begin(), scratch_.end(), uops);
  cracked.uops = uops;
  return entry;
}

}  // namespace m2sim::timing
