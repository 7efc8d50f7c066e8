#include "emu/jit/path.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace m2sim::emu {
namespace {

using Kind = KnownValue::Kind;

// Instructions of a handler that are looked at: along its main path, and along one beside it.
constexpr unsigned kMostMain = 48;
constexpr unsigned kMostSide = 8;
constexpr unsigned kMostSides = 8;
constexpr unsigned kMostFlagLook = 8;
constexpr std::size_t kDecoded = 8192;
constexpr std::size_t kMostItems = std::size_t{2 * kMaxBlockInsts} * kMostMain;

// What handlers hand on in registers (uop.h).
constexpr X86RegSet kHandedOn = set_of(kRdi) | set_of(kRsi) | set_of(kRdx) | set_of(kRcx) | set_of(kR8);

bool is_conditional(const X86Inst& x) {
  if (x.vex) return false;
  return (x.map == X86Map::kOneByte && x.opcode >= 0x70 && x.opcode <= 0x7F) ||
         (x.map == X86Map::k0F && x.opcode >= 0x80 && x.opcode <= 0x8F);
}
bool is_jump(const X86Inst& x) { return x.is(X86Map::kOneByte, 0xE9) || x.is(X86Map::kOneByte, 0xEB); }
bool is_indirect_jump(const X86Inst& x) { return x.is(X86Map::kOneByte, 0xFF); }
bool is_nothing(const X86Inst& x) { return x.is(X86Map::k0F, 0x1F) || x.is(X86Map::kOneByte, 0x90); }
bool is_return(const X86Inst& x) { return x.is(X86Map::kOneByte, 0xC3); }

CodeItem item(CodeItem::Kind kind, std::uint16_t label, std::uint8_t condition = 0) {
  CodeItem result;
  result.kind = kind;
  result.label = label;
  result.condition = condition;
  return result;
}

}  // namespace

PathMaker::PathMaker(const std::byte* reach) : reach_(reach) {
  // Nothing is allocated once programs run.
  code_.main.reserve(kMostItems);
  code_.side.reserve(kMostItems);
  sides_.reserve(kMostSides);
  decoded_.resize(kDecoded);
}

// Null for what is not to be expected. The same few handlers come again and again.
const X86Inst* PathMaker::decoded(const std::byte* at) {
  Decoded& known = decoded_[reinterpret_cast<std::uintptr_t>(at) % kDecoded];
  if (known.at != at) known = {at, decode_x86(at)};
  return known.inst ? &*known.inst : nullptr;
}

void PathMaker::begin(const Block& block, std::span<const UopSlot> slots) {
  uops_ = block.uops();
  slots_ = slots;
  code_.main.clear();
  code_.side.clear();
  code_.labels = kFirstSideLabel;
}

void PathMaker::add(unsigned slot) {
  slot_ = slot;
  sides_.clear();
  side_count_ = 0;
  code_.main.push_back(item(CodeItem::Kind::kLabel, static_cast<std::uint16_t>(slot)));
  const std::size_t begin = code_.main.size();
  state_ = PathState{};
  set(kRsi, {Kind::kCpu, true, 0});
  set(kRdi, {Kind::kConstant, false, reinterpret_cast<std::intptr_t>(uops_ + slot)});
  const PathState fresh = state_;
  const auto* const handler = reinterpret_cast<const std::byte*>(uops_[slot].handler);
  out_ = &code_.main;
  if (!walk(handler, kMostMain)) {
    // All of it as it is.
    code_.main.resize(begin);
    sides_.clear();
    state_ = fresh;
    leave_to(handler);
  }
  add_sides();
}

// The ways beside the main one. A long one soon goes on in the handler itself.
void PathMaker::add_sides() {
  out_ = &code_.side;
  while (!sides_.empty()) {
    const Side side = sides_.back();
    sides_.pop_back();
    const std::size_t waiting = sides_.size();
    code_.side.push_back(item(CodeItem::Kind::kLabel, side.label));
    const std::size_t begin = code_.side.size();
    state_ = side.state;
    const bool last = slot_ + 1 < slots_.size() && slots_[slot_ + 1] == UopSlot::kSuccessors;
    if (walk(side.at, last ? kMostMain : kMostSide)) continue;
    code_.side.resize(begin);
    sides_.resize(waiting);
    state_ = side.state;
    [[maybe_unused]] const bool left = leave_to(side.at);
    assert(left);  // a branch has valid flags
  }
}

// False: nothing of what was appended is of use.
bool PathMaker::walk(const std::byte* at, unsigned most) {
  for (unsigned i = 0; i < most; ++i) {
    const X86Inst* const x = decoded(at);
    // The stack has to be as it was when the handler goes on by itself.
    const bool stays = x != nullptr && (x->writes & set_of(kRsp)) == 0;
    if (!stays || !keep_cpu(x->writes)) return leave_to(at);
    const X86Inst inst = *x;  // what follows decodes too
    switch (step(inst, at)) {
      case Step::kGoesOn:
        break;
      case Step::kEnds:
        return true;
      case Step::kFails:
        return false;
    }
  }
  return out_ == &code_.main && leave_to(at);
}

// A register that holds the CpuState's address, or one near it: there always is one.
unsigned PathMaker::cpu_register() const {
  if (value(kRsi).kind == Kind::kCpu && value(kRsi).in_register) return kRsi;
  unsigned reg = 0;
  while (value(reg).kind != Kind::kCpu || !value(reg).in_register) ++reg;
  return reg;
}

// Before these are written. False: no register would have it any more.
bool PathMaker::keep_cpu(X86RegSet written) {
  const KnownValue& rsi = value(kRsi);
  if ((written & set_of(kRsi)) == 0 && rsi.kind == Kind::kCpu && rsi.in_register) return true;
  std::optional<unsigned> other;
  for (unsigned reg = 0; reg < kX86Regs; ++reg) {
    if ((written & set_of(reg)) != 0 || value(reg).kind != Kind::kCpu) continue;
    if (value(reg).in_register) return true;
    other = reg;
  }
  if (other) ensure(*other);
  return other.has_value();
}

PathMaker::Step PathMaker::step(const X86Inst& x, const std::byte*& at) {
  if (is_conditional(x)) return branch(x, at);
  at += x.length;
  if (is_jump(x)) {
    at += x.imm;
    return Step::kGoesOn;
  }
  if (is_indirect_jump(x)) return indirect_jump(x);
  if (is_return(x)) {
    ensure(kRax);
    push(x);
    return Step::kEnds;
  }
  if (is_nothing(x) || fold(x, at)) return Step::kGoesOn;
  return emit(x) ? Step::kGoesOn : Step::kFails;
}

PathMaker::Step PathMaker::branch(const X86Inst& x, const std::byte*& at) {
  if (!state_.flags_valid || side_count_ == kMostSides) return Step::kFails;
  ++side_count_;
  at += x.length;
  const std::uint16_t label = code_.labels++;
  sides_.push_back({label, at + x.imm, state_});
  out_->push_back(item(CodeItem::Kind::kBranch, label, x.opcode & 15U));
  return Step::kGoesOn;
}

PathMaker::Step PathMaker::indirect_jump(const X86Inst& x) {
  X86Inst jump = x;
  if (x.memory.used) {
    const std::optional<KnownValue> to = known_at(resolved(x.memory), 8);
    if (to && to->kind == Kind::kNextHandler) return go_on_at(static_cast<unsigned>(to->number));
    jump.memory = operand(x.memory);
  } else if (value(x.rm).kind == Kind::kNextHandler) {
    return go_on_at(static_cast<unsigned>(value(x.rm).number));
  }
  ensure_all(kHandedOn | x.reads);
  push(jump);
  return Step::kEnds;
}

PathMaker::Step PathMaker::go_on_at(unsigned slot) {
  const KnownValue& uop = value(kRdi);
  if (uop.kind != Kind::kConstant || uop.number != reinterpret_cast<std::intptr_t>(uops_ + slot))
    return Step::kFails;
  if (value(kRsi).kind != Kind::kCpu || value(kRsi).number != 0) return Step::kFails;
  ensure_all(kHandedOn & static_cast<X86RegSet>(~set_of(kRdi)));
  const auto between = slots_.subspan(slot_ + 1, slot > slot_ ? slot - slot_ - 1 : 0);
  const bool follows = out_ == &code_.main && slot > slot_ &&
                       std::find(between.begin(), between.end(), UopSlot::kUop) == between.end();
  if (!follows) out_->push_back(item(CodeItem::Kind::kJump, static_cast<std::uint16_t>(slot)));
  return Step::kEnds;
}

// On with the handler's own code, in the state that it expects.
bool PathMaker::leave_to(const std::byte* at) {
  if (!state_.flags_valid && !flags_are_dead(at)) return false;
  ensure_all(static_cast<X86RegSet>(~0U));
  CodeItem leaves;
  leaves.kind = CodeItem::Kind::kLeave;
  leaves.target = at;
  out_->push_back(leaves);
  return true;
}

// Whether the code from here on writes all flags before it reads one.
bool PathMaker::flags_are_dead(const std::byte* at) {
  for (unsigned i = 0; i < kMostFlagLook; ++i) {
    const X86Inst* const x = decoded(at);
    if (x == nullptr || x->reads_flags) return false;
    if (x->writes_flags || is_indirect_jump(*x) || is_return(*x)) return true;
    at += x->length;
    if (is_jump(*x)) at += x->imm;
  }
  return false;
}

// Anything that was not folded, with operands that are known by now.
bool PathMaker::emit(X86Inst x) {
  if (x.reads_flags && !state_.flags_valid) return false;
  if (x.memory.used) x.memory = operand(x.memory);
  const bool cpu = x.memory.base != kNoReg && value(x.memory.base).kind == Kind::kCpu;
  const bool guest =
      x.memory.used && !x.memory.absolute && !cpu && x.memory.base != kRsp && !x.is(X86Map::kOneByte, 0x8D);
  // A guest access: a fault looks for its uop in rdi.
  ensure_all(static_cast<X86RegSet>(x.reads | (guest ? set_of(kRdi) : 0)));
  push(x);
  for (unsigned left = x.writes; left != 0; left &= left - 1) {
    set(static_cast<unsigned>(std::countr_zero(left)), KnownValue{});
  }
  if (x.writes_flags) state_.flags_valid = true;
  return true;
}

void PathMaker::push(const X86Inst& x) {
  CodeItem one;
  one.inst = x;
  out_->push_back(one);
}

bool PathMaker::reachable(std::int64_t address) const {
  constexpr std::int64_t kReach = std::int64_t{7} << 28U;
  return std::abs(address - reinterpret_cast<std::intptr_t>(reach_)) < kReach;
}

// The same place, by what is known of its registers.
X86Memory PathMaker::resolved(const X86Memory& memory) const {
  if (memory.absolute) return memory;
  X86Memory m = memory;
  if (m.index != kNoReg && m.scale == 0 && value(m.index).kind == Kind::kCpu) std::swap(m.base, m.index);
  if (m.index != kNoReg && is_constant(m.index)) {
    m.disp += value(m.index).number << m.scale;
    m.index = kNoReg;
  }
  if (m.base != kNoReg && value(m.base).kind == Kind::kCpu) {
    const unsigned cpu = cpu_register();
    m.disp += value(m.base).number - value(cpu).number;
    m.base = static_cast<std::uint8_t>(cpu);
  } else if (m.base != kNoReg && is_constant(m.base)) {
    m.disp += value(m.base).number;
    m.base = kNoReg;
  }
  m.absolute = m.base == kNoReg && m.index == kNoReg;
  return m;
}

// The same for an instruction that is appended: with registers that hold their values by then.
X86Memory PathMaker::operand(const X86Memory& memory) {
  X86Memory m = resolved(memory);
  const bool encodable = m.absolute ? reachable(m.disp) : m.disp == static_cast<std::int32_t>(m.disp);
  if (!encodable) m = memory;
  if (m.base != kNoReg) ensure(m.base);
  if (m.index != kNoReg) ensure(m.index);
  return m;
}

// What lies there, where nothing changes it.
std::optional<KnownValue> PathMaker::known_at(const X86Memory& memory, unsigned bytes) const {
  const std::int64_t offset = memory.disp - reinterpret_cast<std::intptr_t>(uops_);
  if (!memory.absolute || offset < 0) return {};
  const auto at = static_cast<std::size_t>(offset);
  const std::size_t slot = at / sizeof(Uop);
  const std::size_t within = at % sizeof(Uop);
  if (slot >= slots_.size() || within + bytes > sizeof(Uop)) return {};
  if (slots_[slot] != UopSlot::kUop && slots_[slot] != UopSlot::kConstant) return {};
  if (slots_[slot] == UopSlot::kUop && within < sizeof(Handler)) {
    if (within != 0 || bytes != sizeof(Handler)) return {};
    return KnownValue{Kind::kNextHandler, false, static_cast<std::int64_t>(slot)};
  }
  std::uint64_t number = 0;
  std::memcpy(&number, reinterpret_cast<const std::byte*>(uops_) + at, bytes);
  return KnownValue{Kind::kConstant, false, static_cast<std::int64_t>(number)};
}

void PathMaker::ensure(unsigned reg) {
  const KnownValue known = value(reg);
  if (known.in_register) return;
  X86Inst x;
  switch (known.kind) {
    case Kind::kConstant: {
      const auto bits = static_cast<std::uint64_t>(known.number);
      if (bits == static_cast<std::uint32_t>(bits)) {
        x.opcode = static_cast<std::uint8_t>(0xB8 + (reg & 7U));
        x.imm_bytes = 4;
      } else if (known.number == static_cast<std::int32_t>(known.number)) {
        x.opcode = 0xC7;
        x.wide = x.has_modrm = true;
        x.rm = static_cast<std::uint8_t>(reg);
        x.imm_bytes = 4;
      } else {
        x.opcode = static_cast<std::uint8_t>(0xB8 + (reg & 7U));
        x.wide = true;
        x.imm_bytes = 8;
      }
      x.low_reg = static_cast<std::uint8_t>(reg);
      x.imm = known.number;
      break;
    }
    case Kind::kCpu: {
      const unsigned cpu = cpu_register();
      x.opcode = 0x8D;
      x.memory = {true, false, static_cast<std::uint8_t>(cpu), kNoReg, 0, known.number - value(cpu).number};
      break;
    }
    default:
      x.opcode = 0x8B;
      x.memory = {true, true, kNoReg, kNoReg, 0, reinterpret_cast<std::intptr_t>(uops_ + known.number)};
      break;
  }
  if (x.memory.used) {
    x.wide = x.has_modrm = true;
    x.reg = static_cast<std::uint8_t>(reg);
  }
  push(x);
  state_.regs[reg].in_register = true;
}

void PathMaker::ensure_all(X86RegSet regs) {
  for (unsigned left = regs; left != 0; left &= left - 1)
    ensure(static_cast<unsigned>(std::countr_zero(left)));
}

}  // namespace m2sim::emu
