// One way through a compiled handler, with the operands of one uop put in: partial evaluation of machine
// code.
//
// At a uop's begin rdi is known (its address), rsi is the CpuState, and what the uop holds is constant. So
// the loads of operands, and the arithmetic on them, are done here, once; what depends on the guest's state
// is left, with operands like `[rsi + offset of x5]` or immediates in place of what was computed. Where an
// instruction is not understood, code goes on with the handler's own from there on, whose last jump comes
// back through the next uop.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "emu/block.h"
#include "emu/engine/uop.h"
#include "emu/jit/x86.h"

namespace m2sim::emu {

// Code before it is laid out: instructions, labels, and jumps to these or to elsewhere.
struct CodeItem {
  enum class Kind : std::uint8_t { kInst, kLabel, kBranch, kJump, kLeave };
  Kind kind = Kind::kInst;
  std::uint8_t condition = 0;         // kBranch: the host's, as encoded
  std::uint16_t label = 0;            // kLabel, kBranch, kJump
  const std::byte* target = nullptr;  // kLeave
  X86Inst inst;
};

// Labels below this number are the slots of uops.
inline constexpr std::uint16_t kFirstSideLabel = 256;

struct BlockCode {
  std::vector<CodeItem> main;
  std::vector<CodeItem> side;  // what is jumped to, behind it
  std::uint16_t labels = kFirstSideLabel;
};

// What is known of a register. Unless `in_register`, the register does not hold it yet.
struct KnownValue {
  enum class Kind : std::uint8_t { kNothing, kConstant, kCpu, kNextHandler };
  Kind kind = Kind::kNothing;
  bool in_register = true;
  // The constant; the offset from the CpuState; the slot of the uop whose handler it is.
  std::int64_t number = 0;
};

struct PathState {
  std::array<KnownValue, kX86Regs> regs;
  bool flags_valid = true;  // the host's flags are what the handler would have left
};

class PathMaker {
 public:
  // reach: addresses near it can be operands.
  explicit PathMaker(const std::byte* reach);

  // slots: of the block's uops.
  void begin(const Block& block, std::span<const UopSlot> slots);
  // Appends the code of the uop in this slot.
  void add(unsigned slot);

  BlockCode& code() { return code_; }

 private:
  struct Side {
    std::uint16_t label;
    const std::byte* at;
    PathState state;
  };
  struct Decoded {
    const std::byte* at = nullptr;
    std::optional<X86Inst> inst;
  };
  enum class Step : std::uint8_t { kGoesOn, kEnds, kFails };

  const X86Inst* decoded(const std::byte* at);
  unsigned cpu_register() const;
  bool keep_cpu(X86RegSet written);
  bool walk(const std::byte* at, unsigned most);
  Step step(const X86Inst& x, const std::byte*& at);
  Step branch(const X86Inst& x, const std::byte*& at);
  Step indirect_jump(const X86Inst& x);
  Step go_on_at(unsigned slot);
  bool leave_to(const std::byte* at);
  bool flags_are_dead(const std::byte* at);
  void add_sides();

  bool fold(const X86Inst& x, const std::byte* following);
  bool fold_move(const X86Inst& x, const X86Memory& memory);
  bool fold_load(const X86Inst& x, const X86Memory& memory);
  bool fold_arithmetic(const X86Inst& x, const X86Memory& memory);
  bool fold_immediate(const X86Inst& x);
  bool fold_shift(const X86Inst& x, const X86Memory& memory, const std::byte* following);
  bool combine(unsigned operation, std::uint8_t target, const KnownValue& value, bool wide);
  bool emit(X86Inst x);

  X86Memory resolved(const X86Memory& memory) const;
  X86Memory operand(const X86Memory& memory);
  bool reachable(std::int64_t address) const;
  std::optional<KnownValue> known_at(const X86Memory& memory, unsigned bytes) const;
  void ensure(unsigned reg);
  void ensure_all(X86RegSet regs);
  void push(const X86Inst& x);
  void set(unsigned reg, const KnownValue& value) { state_.regs[reg] = value; }
  const KnownValue& value(unsigned reg) const { return state_.regs[reg]; }
  bool is_constant(unsigned reg) const { return value(reg).kind == KnownValue::Kind::kConstant; }

  const Uop* uops_ = nullptr;
  std::span<const UopSlot> slots_;
  const std::byte* reach_;
  BlockCode code_;
  std::vector<CodeItem>* out_ = nullptr;
  unsigned slot_ = 0;
  PathState state_;
  std::vector<Side> sides_;
  std::vector<Decoded> decoded_;
  unsigned side_count_ = 0;  // of this uop
};

}  // namespace m2sim::emu
