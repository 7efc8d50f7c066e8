#include "insts/disasm.h"

#include <capstone/capstone.h>
#include <fmt/format.h>

#include <array>
#include <optional>

#include "insts/decode.h"
#include "insts/row_text.h"

namespace m2sim::insts {
namespace {

class Capstone {
 public:
  Capstone() {
    if (cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &handle_) != CS_ERR_OK) return;
    inst_ = cs_malloc(handle_);
  }
  ~Capstone() {
    if (inst_ != nullptr) cs_free(inst_, 1);
    if (handle_ != 0) cs_close(&handle_);
  }
  Capstone(const Capstone&) = delete;
  Capstone& operator=(const Capstone&) = delete;

  std::optional<std::string> text(std::uint32_t word, std::uint64_t pc) {
    if (inst_ == nullptr) return std::nullopt;
    const std::array<std::uint8_t, 4> bytes = {
        static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8U),
        static_cast<std::uint8_t>(word >> 16U), static_cast<std::uint8_t>(word >> 24U)};
    const std::uint8_t* code = bytes.data();
    std::size_t size = bytes.size();
    if (!cs_disasm_iter(handle_, &code, &size, &pc, inst_)) return std::nullopt;
    std::string text = inst_->mnemonic;
    if (inst_->op_str[0] != '\0') text.append(" ").append(inst_->op_str);
    return text;
  }

 private:
  csh handle_ = 0;
  cs_insn* inst_ = nullptr;
};

// Words that Capstone 4 (Armv8.0) reads wrongly: newer hints as a number, sb as a write to a system
// register, system registers of op0 = 2 as op0 = 3, elements as scalars in ins, conditional selects on
// "always" as an alias with the condition "never"; and bfc by its older name. Found by
// tests/insts/objdump_sweep.py.
bool knows_better(const Inst& inst, const std::string& text) {
  switch (inst.op) {
    case Op::kSB:
    case Op::kINS_b_elem:
    case Op::kINS_h_elem:
    case Op::kINS_s_elem:
    case Op::kINS_d_elem:
      return true;
    case Op::kBFM:
      return inst.rn == 31;
    case Op::kCSINC:
    case Op::kCSINV:
    case Op::kCSNEG:
      return inst.aux >= 14;
    case Op::kMSR:
    case Op::kMRS:
      return inst.imm >> 14 == 2;
    default:
      return inst.op != Op::kHINT && text.starts_with("hint ");
  }
}

}  // namespace

std::string disassemble(std::uint32_t word, std::uint64_t pc) {
  const Inst inst = decode(word);
  if (inst.op == Op::kUndefined) {
    return fmt::format(".word {:#010x}", word);
  }
  static thread_local Capstone capstone;
  const auto text = capstone.text(word, pc);
  return text && !knows_better(inst, *text) ? *text : row_text(inst, word, pc);
}

}  // namespace m2sim::insts
