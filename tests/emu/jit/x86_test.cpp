// What is read of the handlers' own machine code, against Capstone's reading of it.

#include "emu/jit/x86.h"

#include <capstone/capstone.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "emu/engine/block_end.h"
#include "emu/engine/handler.h"
#include "insts/decode.h"
#include "insts/encoding.h"

// Other builds make no machine code, and their handlers are other ones.
#if M2SIM_TAIL_DISPATCH && M2SIM_PINNED_ACCESS

namespace m2sim::emu {
namespace {

class HostDisassembler {
 public:
  HostDisassembler() {
    cs_open(CS_ARCH_X86, CS_MODE_64, &handle_);
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    inst_ = cs_malloc(handle_);
  }
  ~HostDisassembler() {
    cs_free(inst_, 1);
    cs_close(&handle_);
  }
  HostDisassembler(const HostDisassembler&) = delete;
  HostDisassembler& operator=(const HostDisassembler&) = delete;

  // Null where it knows no instruction. Good until the next call.
  const cs_insn* read(const std::byte* code, std::uint64_t address) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(code);
    std::size_t size = kMostX86Bytes;
    return cs_disasm_iter(handle_, &bytes, &size, &address, inst_) ? inst_ : nullptr;
  }
  std::string text(const cs_insn& inst) const { return std::string(inst.mnemonic) + " " + inst.op_str; }

  struct Uses {
    X86RegSet reads = 0;
    X86RegSet writes = 0;
    bool reads_flags = false;
    bool writes_flags = false;
  };
  // General registers, those of its addresses among them, and flags.
  Uses uses(const cs_insn& inst) const {
    cs_regs read{};
    cs_regs written{};
    std::uint8_t reads = 0;
    std::uint8_t writes = 0;
    EXPECT_EQ(cs_regs_access(handle_, &inst, read, &reads, written, &writes), CS_ERR_OK);
    Uses uses;
    for (unsigned i = 0; i < reads; ++i) uses.reads |= general(read[i]);
    for (unsigned i = 0; i < writes; ++i) uses.writes |= general(written[i]);
    // Capstone 4 has it that testing a register writes it.
    if (inst.id == X86_INS_TEST) uses.writes = 0;
    const std::uint64_t flags = inst.detail->x86.eflags;
    uses.reads_flags = (flags & kFlagTests) != 0;
    uses.writes_flags = (flags & kFlagWrites) != 0;
    return uses;
  }

 private:
  X86RegSet general(unsigned reg) const {
    static constexpr std::array<std::array<const char*, 5>, kX86Regs> kNames = {
        {{"rax", "eax", "ax", "al", "ah"},
         {"rcx", "ecx", "cx", "cl", "ch"},
         {"rdx", "edx", "dx", "dl", "dh"},
         {"rbx", "ebx", "bx", "bl", "bh"},
         {"rsp", "esp", "sp", "spl", ""},
         {"rbp", "ebp", "bp", "bpl", ""},
         {"rsi", "esi", "si", "sil", ""},
         {"rdi", "edi", "di", "dil", ""},
         {"r8", "r8d", "r8w", "r8b", ""},
         {"r9", "r9d", "r9w", "r9b", ""},
         {"r10", "r10d", "r10w", "r10b", ""},
         {"r11", "r11d", "r11w", "r11b", ""},
         {"r12", "r12d", "r12w", "r12b", ""},
         {"r13", "r13d", "r13w", "r13b", ""},
         {"r14", "r14d", "r14w", "r14b", ""},
         {"r15", "r15d", "r15w", "r15b", ""}}};
    const std::string name = cs_reg_name(handle_, reg);
    for (unsigned i = 0; i < kX86Regs; ++i) {
      for (const char* known : kNames[i]) {
        if (name == known) return set_of(i);
      }
    }
    return 0;
  }

  static constexpr std::uint64_t kFlagTests =
      X86_EFLAGS_TEST_OF | X86_EFLAGS_TEST_SF | X86_EFLAGS_TEST_ZF | X86_EFLAGS_TEST_PF | X86_EFLAGS_TEST_CF;
  static constexpr std::uint64_t kFlagWrites = X86_EFLAGS_MODIFY_CF | X86_EFLAGS_MODIFY_SF |
                                               X86_EFLAGS_MODIFY_ZF | X86_EFLAGS_MODIFY_OF |
                                               X86_EFLAGS_RESET_CF | X86_EFLAGS_RESET_OF;

  csh handle_ = 0;
  cs_insn* inst_ = nullptr;
};

// The handlers that words of every row get.
std::set<Handler> all_handlers() {
  std::set<Handler> handlers;
  std::uint32_t random = 1;
  for (const insts::Encoding& row : insts::encodings()) {
    for (unsigned i = 0; i < 64; ++i) {
      random = random * 1664525 + 1013904223;
      const insts::Inst inst = insts::decode(row.match | (random & ~row.mask));
      const Row* exec = row_of(inst.op, Cpu::kM2);
      if (exec != nullptr) handlers.insert(exec->pick(inst, false).handler);
    }
  }
  for (const bool log : {false, true}) handlers.insert(fall_through_handler(log));
  handlers.erase(nullptr);
  return handlers;
}

X86RegSet address_registers(const X86Inst& inst) {
  X86RegSet set = 0;
  if (inst.memory.base != kNoReg) set |= set_of(inst.memory.base);
  if (inst.memory.index != kNoReg) set |= set_of(inst.memory.index);
  return set;
}

bool jumps(const cs_insn& inst) {
  for (unsigned i = 0; i < inst.detail->groups_count; ++i) {
    if (inst.detail->groups[i] == CS_GRP_JUMP || inst.detail->groups[i] == CS_GRP_RET) return true;
  }
  return false;
}

class X86Code : public testing::Test {
 protected:
  // Of each handler the straight line from its begin, as far as it is understood.
  template <class Look>
  void for_each_inst(const Look& look) {
    for (const Handler handler : all_handlers()) {
      const auto* at = reinterpret_cast<const std::byte*>(handler);
      for (unsigned i = 0; i < 40; ++i) {
        const std::optional<X86Inst> inst = decode_x86(at);
        const cs_insn* const known = host.read(at, reinterpret_cast<std::uintptr_t>(at));
        if (!inst || known == nullptr) break;
        ASSERT_EQ(inst->length, known->size) << host.text(*known);
        if (jumps(*known)) break;
        ++count;
        look(*inst, *known, at);
        at += inst->length;
      }
    }
    EXPECT_GT(count, 10000U);
  }

  HostDisassembler host;
  unsigned count = 0;
};

TEST_F(X86Code, RegistersAndFlagsAreThoseOfCapstone) {
  for_each_inst([&](const X86Inst& inst, const cs_insn& known, const std::byte* /*at*/) {
    const HostDisassembler::Uses uses = host.uses(known);
    const X86RegSet reads = inst.reads | address_registers(inst);
    EXPECT_EQ(uses.reads & ~reads, 0) << host.text(known) << ": reads more than " << reads;
    EXPECT_EQ(uses.writes & ~inst.writes, 0) << host.text(known) << ": writes more than " << inst.writes;
    EXPECT_LE(uses.reads_flags, inst.reads_flags) << host.text(known);
    EXPECT_LE(uses.writes_flags, inst.writes_flags) << host.text(known);
  });
}

TEST_F(X86Code, WrittenAgainItIsTheSameInstruction) {
  for_each_inst([&](const X86Inst& inst, const cs_insn& known, const std::byte* at) {
    const std::string before = host.text(known);
    const std::uint64_t id = known.id;
    std::array<std::byte, kMostX86Bytes + 1> bytes{};
    X86Inst moved = inst;
    const auto there = reinterpret_cast<std::intptr_t>(bytes.data());
    // As if it were to execute where it came from.
    if (inst.memory.absolute) moved.memory.disp += there - reinterpret_cast<std::intptr_t>(at);
    const std::size_t size = encode_x86(moved, bytes.data());
    ASSERT_NE(size, 0U) << before;
    const auto difference = static_cast<std::int64_t>(inst.length) - static_cast<std::int64_t>(size);
    if (inst.memory.absolute) {
      moved.memory.disp -= difference;  // relative to its end
      encode_x86(moved, bytes.data());
    }
    const cs_insn* const after = host.read(bytes.data(), reinterpret_cast<std::uintptr_t>(at));
    ASSERT_NE(after, nullptr) << before;
    EXPECT_EQ(after->id, id);
    if (!inst.memory.absolute) {
      EXPECT_EQ(host.text(*after), before);
    }
  });
}

}  // namespace
}  // namespace m2sim::emu

#endif
