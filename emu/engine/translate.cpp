#include "emu/engine/translate.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "emu/engine/block_end.h"
#include "insts/decode.h"
#include "insts/encoding.h"
#include "insts/operands.h"

namespace m2sim::emu {
namespace {

using insts::Flow;
using insts::Inst;
using insts::Op;

// How far flags_are_read looks: instructions along one path, branches along the way.
constexpr unsigned kFlagInsts = 12;
constexpr unsigned kFlagBranches = 2;

// Immediates that are offsets from the instruction become addresses: a handler has no pc.
Inst with_absolute_address(Inst inst, std::uint64_t pc) {
  const auto kind = insts::encoding_of(inst.op).imm;
  const auto offset = static_cast<std::uint64_t>(inst.imm);
  if (kind == insts::Imm::kAdr || kind == insts::Imm::kBranch19) {
    inst.imm = static_cast<std::int64_t>(pc + offset);
  } else if (kind == insts::Imm::kAdrp) {
    inst.imm = static_cast<std::int64_t>((pc & ~std::uint64_t{4095}) + offset);
  }
  return inst;
}

std::uint8_t slot_of(const insts::RegRole& role, std::uint8_t number) {
  if (role.reg_class == insts::RegClass::kVector || number != 31) return number;
  if (role.reg_class == insts::RegClass::kS) return kSpSlot;
  return role.written ? kTrashSlot : kZeroSlot;
}

// Fields without a role keep what exec.h promises: ra the second immediate, rm the shape.
Uop default_uop(const Inst& inst, Handler handler) {
  Uop uop{handler, inst.rd, inst.rn, inst.shape, inst.aux, static_cast<std::int32_t>(inst.imm)};
  for (const insts::RegRole& role : insts::encoding_of(inst.op).roles()) {
    switch (role.field) {
      case insts::RegField::kD:
        uop.rd = slot_of(role, inst.rd);
        break;
      case insts::RegField::kN:
        uop.rn = slot_of(role, inst.rn);
        break;
      case insts::RegField::kM:
        uop.rm = slot_of(role, inst.rm);
        break;
      case insts::RegField::kA:
        uop.ra = slot_of(role, inst.ra);
        break;
      default:
        break;
    }
  }
  return uop;
}

Exit system_exit(const Inst& inst) {
  switch (inst.op) {
    case Op::kSVC:
      return Exit::kSystemCall;
    case Op::kBRK:
      return Exit::kBreakpoint;
    case Op::kISB:
      return Exit::kSynchronise;
    default:
      return Exit::kUndefined;
  }
}

bool ends_block(const Inst& inst) { return insts::flow_of(inst.op) != Flow::kNone; }

// Whether sp may be misaligned behind an instruction though it was aligned before. Blocks end there and the
// run loop looks (Emulator::enter_next), so that no load or store has to.
bool may_misalign_stack(const Inst& inst) {
  constexpr auto kAlignment = static_cast<std::int64_t>(kStackAlignment);
  const insts::RowRoles& roles = insts::roles_of(inst.op);
  const bool keeps_alignment = inst.imm % kAlignment == 0;
  if (roles.writes_base && inst.rn == 31) {
    const insts::Imm kind = insts::encoding_of(inst.op).imm;
    const bool by_immediate =
        kind == insts::Imm::kMemS9 || kind == insts::Imm::kMemS7 || kind == insts::Imm::kMemS10;
    return !by_immediate || !keeps_alignment;
  }
  if (roles.d.kind != insts::FieldKind::kGprOrSp || !roles.d.written || inst.rd != 31) return false;
  if (inst.op == Op::kAND_imm) return !keeps_alignment;
  const bool moves = inst.op == Op::kADD_imm || inst.op == Op::kSUB_imm;
  return !moves || inst.rn != 31 || !keeps_alignment;
}

std::uint16_t count_memory(std::span<const Inst> insts) {
  return static_cast<std::uint16_t>(std::count_if(insts.begin(), insts.end(), [](const Inst& inst) {
    return insts::operands_of(inst).memory.kind != insts::Access::kNone;
  }));
}

}  // namespace

Support support_of(const Inst& inst, Cpu cpu) {
  if (inst.op == Op::kUndefined) return Support::kUndefined;
  if (insts::flow_of(inst.op) != Flow::kNone) return Support::kExecutes;
  const Row* row = row_of(inst.op, cpu);
  if (row == nullptr) return Support::kMissing;
  // A row that refuses this form says that the processor does.
  return row->pick(inst, false).handler == nullptr ? Support::kUndefined : Support::kExecutes;
}

const Block* Translator::translate(std::uint64_t pc, BlockCache& cache, unsigned most_insts, bool findable) {
  decode_block(pc, most_insts);
  if (inst_count_ == 0) return nullptr;
  const std::span<const Inst> insts(insts_.data(), inst_count_);
  uop_count_ = 0;
  push_counter();
  lay_out(pc, insts);
  return cache.add(pc, space_, insts, count_memory(insts), {uops_.data(), uop_count_}, findable);
}

const Block* Translator::step_of(const Block& block, unsigned index) {
  const std::uint64_t pc = block.pc + 4 * std::uint64_t{index};
  const std::span<const Inst> inst = block.insts().subspan(index, 1);
  uop_count_ = 0;
  lay_out(pc, inst);
  step_.block = {pc, block.id, 1, count_memory(inst), inst.data(), block.space};
  std::copy_n(uops_.begin(), uop_count_, step_.uops.begin());
  return &step_.block;
}

unsigned Translator::inst_index(const Block& block, const Uop* uop) {
  lay_out(block);
  const auto offset = static_cast<std::uint16_t>(uop - block.uops());
  const std::uint16_t* const begin = first_uop_.data();
  // The last instruction whose first uop is not behind `uop`; a fused pair counts as its first half.
  const std::uint16_t* const after = std::upper_bound(begin, begin + block.inst_count, offset);
  return static_cast<unsigned>(std::lower_bound(begin, after, *(after - 1)) - begin);
}

std::span<const UopSlot> Translator::slots_of(const Block& block) {
  lay_out(block);
  return {slots_.data(), uop_count_};
}

// A mapped file is read through the host's kernel, in case it has become shorter: a call for every word would
// cost more than decoding it. Code that the guest may write, here or through another mapping, is read afresh.
bool Translator::fetch(const Region& region, std::uint64_t address, std::uint32_t& word) {
  constexpr std::uint8_t kBoth = kProtRead | kProtWrite;
  if (!region.file || region.shared || (region.protection & kBoth) != kProtRead) {
    return memory_->fetch(region, address, word);
  }
  const std::uint64_t begin = address / kCodePage * kCodePage;
  CodePage& page = code_pages_[address / kCodePage % code_pages_.size()];
  if (page.begin != begin || page.epoch != memory_->code_epoch()) {
    page.begin = UINT64_MAX;
    if (!memory_->read(begin, page.bytes.data(), kCodePage)) return false;
    page.begin = begin;
    page.epoch = memory_->code_epoch();
  }
  region.decoded = true;
  std::memcpy(&word, page.bytes.data() + (address - begin), sizeof(word));
  return true;
}

void Translator::decode_block(std::uint64_t pc, unsigned most_insts) {
  inst_count_ = 0;
  const Region* region = memory_->region_at(pc);
  while (inst_count_ < most_insts) {
    const std::uint64_t at = pc + 4 * std::uint64_t{inst_count_};
    if (region != nullptr && at >= region->end) region = memory_->region_at(at);
    if (region == nullptr || (region->protection & kProtExec) == 0) return;
    std::uint32_t word = 0;
    if (!fetch(*region, at, word)) return;
    const Inst inst = insts::decode(word);
    // What cannot be executed gets a block of its own, so that all before it retires.
    if (!has_handler(inst) && inst_count_ > 0) return;
    if (inst_count_ > 0 && watched_ != nullptr && watched_->has(at, inst)) return;
    insts_[inst_count_++] = inst;
    if (!has_handler(inst) || ends_block(inst) || may_misalign_stack(inst)) return;
  }
}

void Translator::lay_out(const Block& block) {
  uop_count_ = 0;
  if (&block != &step_.block) push_counter();
  lay_out(block.pc, block.insts());
}

void Translator::push_counter() {
  if (hot_ != 0) push({counting_handler(), 0, 0, 0, 0, hot_}, UopSlot::kCounter);
}

void Translator::lay_out(std::uint64_t pc, std::span<const Inst> insts) {
  const auto count = static_cast<unsigned>(insts.size());
  for (unsigned i = 0; i < count; ++i) {
    const Inst& inst = insts[i];
    first_uop_[i] = static_cast<std::uint16_t>(uop_count_);
    const bool last = i + 1 == count;
    if (!last && i + 2 == count && fused_handler(inst, insts[i + 1], log_, true) != nullptr) {
      first_uop_[i + 1] = first_uop_[i];
      emit_fused(inst, insts[i + 1], pc + 4 * std::uint64_t{i}, count);
      return;
    }
    if (last && (!has_handler(inst) || ends_block(inst))) {
      emit_last(inst, pc + 4 * std::uint64_t{i}, count);
      return;
    }
    emit(inst, pc + 4 * std::uint64_t{i}, i);
  }
  emit_fall_through(count, may_misalign_stack(insts.back()));
}

void Translator::emit(const Inst& decoded, std::uint64_t pc, unsigned index) {
  const Inst inst = with_absolute_address(decoded, pc);
  const Row& row = *row_of(inst.op, cpu_);
  const Binding binding = row.pick(inst, log_);
  Uop uop = default_uop(inst, binding.handler);
  if (row.adjust != nullptr) row.adjust(inst, uop);
  // What reads the time asks how many instructions have retired.
  if (inst.op == Op::kMRS) uop.imm = static_cast<std::int32_t>(index);
  push(uop);
  if (binding.extended) push_constant(static_cast<std::uint64_t>(inst.imm), inst.aux);
}

void Translator::emit_last(const Inst& inst, std::uint64_t pc, unsigned inst_count) {
  Uop uop = default_uop(inst, nullptr);
  uop.ra = static_cast<std::uint8_t>(inst_count);
  if (!has_handler(inst)) {
    uop.handler = leaving_handler(Exit::kUndefined);
    push(uop);
    return;
  }
  switch (insts::flow_of(inst.op)) {
    case Flow::kJump:
      uop.handler = jump_handler(log_);
      break;
    case Flow::kConditional:
      uop.handler = conditional_handler(inst, log_);
      uop.rm = inst.aux;
      uop.imm = static_cast<std::int32_t>(condition_mask(inst.aux & 15U));
      break;
    case Flow::kCall:
      uop.handler = call_handler(log_);
      break;
    case Flow::kIndirect:
    case Flow::kReturn:
      uop.handler = indirect_handler(log_);
      break;
    case Flow::kIndirectCall:
      uop.handler = indirect_call_handler(log_);
      break;
    default:
      uop.handler = leaving_handler(system_exit(inst));
      break;
  }
  if (const Handler authenticated = authenticated_handler(inst.op, log_, cpu_); authenticated != nullptr)
    uop.handler = authenticated;
  push(uop);
  const Flow flow = insts::flow_of(inst.op);
  if (flow == Flow::kCall || flow == Flow::kIndirectCall) push_constant(pc + 4, 0);
  if (flow == Flow::kJump || flow == Flow::kConditional || flow == Flow::kCall) push_successors();
}

void Translator::emit_fused(const Inst& compare, const Inst& branch, std::uint64_t pc, unsigned inst_count) {
  const std::uint64_t branch_pc = pc + 4;
  const bool keep_flags = flags_are_read(branch_pc + 4, kFlagBranches) ||
                          flags_are_read(branch_pc + static_cast<std::uint64_t>(branch.imm), kFlagBranches);
  Uop uop = default_uop(compare, fused_handler(compare, branch, log_, keep_flags));
  uop.ra = static_cast<std::uint8_t>(inst_count);
  push(uop);
  push_successors();
}

// Whether the flags at pc may be read before they are written: decodes a few instructions ahead along
// direct control flow, and says yes where that does not settle it. Code that changes later drops all
// blocks, so a wrong answer cannot outlive what it was read from.
bool Translator::flags_are_read(std::uint64_t pc, unsigned branches) {
  for (unsigned i = 0; i < kFlagInsts; ++i, pc += 4) {
    const Region* region = pc % 4 == 0 ? memory_->region_at(pc) : nullptr;
    if (region == nullptr || (region->protection & kProtExec) == 0) return true;
    std::uint32_t word = 0;
    if (!fetch(*region, pc, word)) return true;
    const Inst inst = insts::decode(word);
    const insts::RowRoles& roles = insts::roles_of(inst.op);
    // A system register may be the flags.
    if (roles.reads_flags || inst.op == Op::kMRS || inst.op == Op::kMSR || inst.op == Op::kMSR_imm)
      return true;
    if (roles.writes_flags) return false;
    const std::uint64_t target = pc + static_cast<std::uint64_t>(inst.imm);
    switch (insts::flow_of(inst.op)) {
      case Flow::kNone:
        break;
      case Flow::kJump:
      case Flow::kCall:
        return branches == 0 || flags_are_read(target, branches - 1);
      case Flow::kConditional:
        if (branches == 0 || flags_are_read(target, branches - 1)) return true;
        break;
      default:
        return true;
    }
  }
  return true;
}

void Translator::emit_fall_through(unsigned inst_count, bool check_stack) {
  const Handler handler = check_stack ? aligned_fall_through_handler(log_) : fall_through_handler(log_);
  push({handler, 0, 0, 0, static_cast<std::uint8_t>(inst_count), 0});
  push_successors();
}

void Translator::push_constant(std::uint64_t value, std::uint64_t extra) {
  push(std::bit_cast<Uop>(Constant{value, extra}), UopSlot::kConstant);
}

void Translator::push_successors() {
  push(std::bit_cast<Uop>(Successors{nullptr, nullptr}), UopSlot::kSuccessors);
}

}  // namespace m2sim::emu
